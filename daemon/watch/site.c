/* SPDX-License-Identifier: MIT */
#include "watch/site.h"

#include <stdlib.h>

#include <unicase.h>

#include "base/utf8.h"

#define LABEL_MAX 63

/* Parameters of Punycode: RFC 3492, 5. */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };

/* RFC 3492, 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t n, bool first)
{
	uint32_t k = 0;

	delta /= first ? DAMP : 2;
	for (delta += delta / n; delta > ((BASE - TMIN) * TMAX) / 2; k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t digit(char c)
{
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a');
	return c >= '0' && c <= '9' ? (uint32_t)(c - '0') + 26 : BASE;
}

/* One number of variable length at *at: RFC 3492, 3.3. False: there is none. */
static bool read_delta(struct str s, size_t *at, uint32_t bias, uint32_t *delta)
{
	uint64_t sum = 0, weight = 1;

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t d = *at < s.n ? digit(s.p[(*at)++]) : BASE;
		uint32_t t = k <= bias + TMIN ? TMIN : k >= bias + TMAX ? TMAX : k - bias;

		sum += d * weight;
		if (d == BASE || sum > UINT32_MAX)
			return false;
		*delta = (uint32_t)sum;
		if (d < t)
			return true;
		weight *= BASE - t;
		if (weight > UINT32_MAX)
			return false;
	}
}

/* The letters of a label behind its xn--; their number, 0 where it is none. */
static size_t decode(struct str s, uint32_t cp[LABEL_MAX])
{
	uint32_t next = FIRST, bias = BIAS, delta, place = 0;
	size_t n = 0, at = 0;

	if (s.n > LABEL_MAX)
		return 0;
	for (size_t i = s.n; i-- > 1 && !n;)
		if (s.p[i] == '-')
			for (at = i + 1; n < i; n++)
				cp[n] = (unsigned char)s.p[n];
	if (at == s.n)
		return 0;
	while (at < s.n) {
		bool first = place == 0;
		uint64_t sum;

		if (n == LABEL_MAX || !read_delta(s, &at, bias, &delta))
			return 0;
		sum = (uint64_t)place + delta;
		n++;
		bias = adapt(delta, (uint32_t)n, first);
		if (next + sum / n > 0x10ffff)
			return 0;
		next += (uint32_t)(sum / n);
		place = (uint32_t)(sum % n);
		memmove(cp + place + 1, cp + place, (n - 1 - place) * sizeof(*cp));
		cp[place++] = next;
	}
	return n;
}

/* One label, in small letters, to out; its length there. */
static size_t put_label(struct str label, char *out)
{
	uint32_t cp[LABEL_MAX];
	size_t n = 0, count = 0, more = 1;

	if (str_starts(label, STR("xn--")))
		count = decode(str_slice(label.p + 4, label.n - 4), cp);
	for (size_t i = 0; i < count && more; i++, n += more)
		more = utf8_encode(cp[i], out + n);
	if (count && more)
		return n;
	memcpy(out, label.p, label.n);
	return label.n;
}

/* In small letters. Names in other scripts are rare in links: they are mostly xn--. */
static size_t put_small(struct str host, char *out, size_t room)
{
	uint8_t *small;
	size_t n = 0;
	bool ascii = true;

	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		ascii = ascii && (unsigned char)c < 0x80;
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	if (ascii || !utf8_valid(host))
		return host.n;
	small = u8_tolower((const uint8_t *)host.p, host.n, NULL, UNINORM_NFC, NULL, &n);
	if (!small || n > room)
		n = host.n; /* without memory it stays as it is */
	else
		memcpy(out, small, n);
	free(small);
	return n;
}

size_t watch_site_form(struct str host, char out[WATCH_SITE_FORM_MAX])
{
	char small[2 * WATCH_SITE_HOST_MAX];
	size_t n = 0, from = 0, length;

	if (host.n > WATCH_SITE_HOST_MAX)
		return 0;
	length = put_small(host, small, sizeof(small));
	for (size_t i = 0; i <= length; i++) {
		if (i < length && small[i] != '.')
			continue;
		n += put_label(str_slice(small + from, i - from), out + n);
		if (i < length)
			out[n++] = '.';
		from = i + 1;
	}
	return n;
}
