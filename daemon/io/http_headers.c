/* SPDX-License-Identifier: MIT */
#include "http_headers.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "feed/date.h"

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
	buf_wipe(&line); /* it may hold a token */
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

void http_headers_join(CURL *easy, const char *name, struct buf *out)
{
	struct curl_header *h;

	for (size_t i = 0; i < HTTP_HEADERS_MAX &&
			   curl_easy_header(easy, name, i, CURLH_HEADER, -1, &h) == CURLHE_OK;
		i++) {
		if (!http_headers_valid(h->value) || strlen(h->value) + 2 > out->max - out->len)
			continue;
		if (out->len)
			buf_addz(out, ", ");
		buf_addz(out, h->value);
	}
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

/*
 * Retry-After in seconds, rounded up, also as "120.5", "120s" or "120 seconds"; -1: it may be a
 * date.
 */
static int64_t http_headers_read_delay(struct str s)
{
	static const char *const units[] = {"", "s", "sec", "secs", "second", "seconds"};
	int64_t seconds;
	size_t n = 0, end;
	bool more = false;
	struct str unit;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	seconds = http_headers_read_seconds(str_slice(s.p, n));
	end = n;
	if (end < s.n && s.p[end] == '.')
		for (end++; end < s.n && ascii_is_digit(s.p[end]); end++)
			more = more || s.p[end] != '0';
	unit = str_trim(str_slice(s.p + end, s.n - end));
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_eq_nocase(unit, str_of(units[i])))
			return seconds < 0 ? -1 : seconds + more;
	return -1;
}

/* Two digits; a large negative number if they are none. */
static int http_headers_read_pair(const char *p)
{
	return ascii_is_digit(p[0]) && ascii_is_digit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0')
							    : -10000;
}

/*
 * IMF-fixdate (RFC 9110 §5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT", which all servers send; the day
 * of the week is not looked at. Returns s; -1: it is in another form. curl_getdate() reads those
 * too, but takes more instructions than the rest of an answer.
 */
static int64_t http_headers_read_fixdate(const char *v)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = {0};
	int month = 0;

	if (strlen(v) != 29 || memcmp(v + 25, " GMT", 4) != 0 || v[3] != ',' || v[4] != ' ' ||
		v[7] != ' ' || v[11] != ' ' || v[16] != ' ' || v[19] != ':' || v[22] != ':')
		return -1;
	while (month < 12 && memcmp(months + (size_t)month * 3, v + 8, 3) != 0)
		month++;
	c.year = http_headers_read_pair(v + 12) * 100 + http_headers_read_pair(v + 14);
	c.month = month + 1;
	c.day = http_headers_read_pair(v + 5);
	c.hour = http_headers_read_pair(v + 17);
	c.minute = http_headers_read_pair(v + 20);
	c.second = http_headers_read_pair(v + 23);
	if (c.year < 1970 || month == 12 || c.day < 1 || c.day > 31 || c.hour < 0 || c.hour > 23 ||
		c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 59)
		return -1;
	return clock_from_civil(&c) / 1000;
}

/* A date in one of the forms of HTTP, s; -1: it is none. */
static int64_t http_headers_read_date(const char *v)
{
	int64_t s = http_headers_read_fixdate(v);

	return s >= 0 ? s : (int64_t)curl_getdate(v, NULL);
}

/* A date of HTTP, or as RFC 3339 writes it. Returns wall ms; -1: it is none. */
static int64_t http_headers_read_time(const char *value)
{
	int64_t s = http_headers_read_date(value), ms;
	bool implausible = false;

	if (s >= 0)
		return s * 1000;
	ms = feed_date_parse(str_trim(str_of(value)), &implausible);
	return ms == STAMP_NONE || implausible ? -1 : ms;
}

/* A number of seconds like these is a Unix time: 2001 to 2286. */
#define EPOCH_MIN INT64_C(1000000000)
#define EPOCH_MAX INT64_C(10000000000)

int64_t http_headers_retry_after(CURL *easy, int64_t now)
{
	const char *value = http_headers_get(easy, "Retry-After", VALUE_MAX);
	int64_t s, ms;

	if (!value)
		return -1;
	s = http_headers_read_delay(str_trim(str_of(value)));
	if (s < 0) {
		ms = http_headers_read_time(value);
		if (ms < 0)
			return -1;
		ms = ms > now ? ms - now : 0;
	} else {
		ms = s * 1000;
		if (s >= EPOCH_MIN && s < EPOCH_MAX)
			ms = ms > now ? ms - now : 0;
	}
	return ms < CLOCK_DAY ? ms : CLOCK_DAY;
}

/* What the Cache-Control headers of an answer say. */
struct http_cache_control {
	bool uncached;	 /* no-cache without field names, or no-store */
	bool has_age;	 /* a max-age, valid or not: Expires does not count */
	int64_t max_age; /* seconds; -1: absent or invalid */
};

static void http_headers_read_directive(struct str part, struct http_cache_control *out)
{
	ptrdiff_t eq = str_find(part, STR("="));
	struct str v;

	if (str_eq_nocase(part, STR("no-cache")) || str_eq_nocase(part, STR("no-store")))
		out->uncached = true;
	if (eq <= 0 || !str_eq_nocase(str_trim(str_slice(part.p, (size_t)eq)), STR("max-age")))
		return;
	v = str_trim(str_slice(part.p + eq + 1, part.n - (size_t)eq - 1));
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = str_slice(v.p + 1, v.n - 2);
	out->has_age = true;
	out->max_age = http_headers_read_seconds(v);
}

static void http_headers_read_cache_control(CURL *easy, struct http_cache_control *out)
{
	struct curl_header *h;

	*out = (struct http_cache_control){.max_age = -1};
	for (size_t i = 0; i < HTTP_HEADERS_MAX && curl_easy_header(easy, "Cache-Control", i,
							   CURLH_HEADER, -1, &h) == CURLHE_OK;
		i++) {
		const char *p = strlen(h->value) <= VALUE_MAX ? h->value : "";

		while (*p) {
			size_t n = strcspn(p, ",");

			http_headers_read_directive(str_trim(str_slice(p, n)), out);
			p += n + (p[n] == ',');
		}
	}
}

/* Returns Expires less Date in seconds; -1: absent or invalid. now: for an answer without Date. */
static int64_t http_headers_expires(CURL *easy, int64_t now)
{
	const char *expires = http_headers_get(easy, "Expires", VALUE_MAX);
	const char *date = http_headers_get(easy, "Date", VALUE_MAX);
	int64_t end = expires ? http_headers_read_date(expires) : -1;
	int64_t start = end >= 0 && date ? http_headers_read_date(date) : -1;

	if (end < 0)
		return -1;
	if (start < 0)
		start = now / 1000;
	return end > start ? end - start : 0;
}

int64_t http_headers_freshness(CURL *easy, int64_t now)
{
	struct http_cache_control control;
	const char *age = http_headers_get(easy, "Age", VALUE_MAX);
	int64_t fresh, spent = age ? http_headers_read_seconds(str_trim(str_of(age))) : 0;

	http_headers_read_cache_control(easy, &control);
	if (control.uncached)
		return -1;
	fresh = control.has_age ? control.max_age : http_headers_expires(easy, now);
	if (fresh < 0)
		return -1;
	if (spent > 0)
		fresh = fresh > spent ? fresh - spent : 0;
	if (fresh > 365 * 86400)
		fresh = 365 * 86400;
	return fresh * 1000;
}

int64_t http_headers_date(CURL *easy)
{
	const char *date = http_headers_get(easy, "Date", VALUE_MAX);
	const char *age = http_headers_get(easy, "Age", VALUE_MAX);
	int64_t s = date ? http_headers_read_date(date) : -1;
	int64_t old = age ? http_headers_read_seconds(str_trim(str_of(age))) : 0;

	if (s <= 0)
		return 0;
	return (s + (old > 0 ? old : 0)) * 1000;
}
