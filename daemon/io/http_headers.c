/* SPDX-License-Identifier: MIT */
#include "http_headers.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

#define HEADER_MAX  8192
#define VALUE_MAX   1024
#define SECONDS_MAX INT64_C(1000000000000)

bool http_headers_valid(const char *line)
{
	for (; *line; line++)
		if (((unsigned char)*line < 0x20 && *line != '\t') || *line == 0x7f)
			return false;
	return true;
}

int http_headers_append(struct curl_slist **list, const char *name, struct str value)
{
	struct curl_slist *longer;
	struct buf line;

	buf_init(&line, HEADER_MAX);
	buf_addz(&line, name);
	buf_adds(&line, value);
	longer = buf_failed(&line) ? NULL : curl_slist_append(*list, buf_z(&line));
	if (line.data)
		explicit_bzero(line.data, line.len); /* it may hold a token */
	buf_release(&line);
	if (!longer)
		return -(int)ERR_NOMEM;
	*list = longer;
	return 0;
}

const char *http_headers_get(CURL *easy, const char *name, size_t max)
{
	struct curl_header *h;
	size_t n;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return NULL;
	if (h->amount > 1 &&
		curl_easy_header(easy, name, h->amount - 1, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return NULL;
	n = strlen(h->value);
	return n == 0 || n > max || !http_headers_valid(h->value) ? NULL : h->value;
}

/* Parses decimal digits; -1 if there is anything else. Values above SECONDS_MAX are cut off. */
static int64_t http_headers_read_seconds(struct str s)
{
	int64_t v = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return -1;
		if (v < SECONDS_MAX)
			v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

int64_t http_headers_retry_after(CURL *easy, int64_t now)
{
	const char *value = http_headers_get(easy, "Retry-After", VALUE_MAX);
	int64_t s, ms;

	if (!value)
		return -1;
	s = http_headers_read_seconds(str_trim(str_of(value)));
	if (s < 0) {
		s = (int64_t)curl_getdate(value, NULL);
		if (s < 0)
			return -1;
		ms = s * 1000 - now;
		if (ms < 0)
			ms = 0;
	} else {
		ms = s * 1000;
	}
	return ms < CLOCK_DAY ? ms : CLOCK_DAY;
}

int64_t http_headers_max_age(CURL *easy)
{
	const char *p = http_headers_get(easy, "Cache-Control", VALUE_MAX);
	int64_t found = -1;

	while (p && *p) {
		size_t n = strcspn(p, ",");
		struct str part = str_trim(str_slice(p, n));
		ptrdiff_t eq = str_find(part, STR("="));

		if (eq > 0 &&
			str_eq_nocase(str_trim(str_slice(part.p, (size_t)eq)), STR("max-age"))) {
			struct str v =
				str_trim(str_slice(part.p + eq + 1, part.n - (size_t)eq - 1));

			if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
				v = str_slice(v.p + 1, v.n - 2);
			found = http_headers_read_seconds(v);
		}
		p += n + (p[n] == ',');
	}
	if (found > 365 * 86400)
		found = 365 * 86400;
	return found < 0 ? -1 : found * 1000;
}
