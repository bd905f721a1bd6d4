/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

/* RFC 3629 §4: the range of the second byte depends on the first; the others are 80..BF. */
static size_t utf8_sequence_length(const unsigned char *s, size_t n)
{
	unsigned char lo = 0x80, hi = 0xBF;
	size_t len;

	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	len = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (n < len)
		return 0;
	if (s[0] == 0xE0)
		lo = 0xA0;
	else if (s[0] == 0xED)
		hi = 0x9F;
	else if (s[0] == 0xF0)
		lo = 0x90;
	else if (s[0] == 0xF4)
		hi = 0x8F;
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

size_t utf8_decode(const char *p, size_t n, uint32_t *cp)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t len;

	if (n == 0)
		return 0;
	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	len = utf8_sequence_length(s, n);
	if (len == 0)
		return 0;
	*cp = s[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++)
		*cp = *cp << 6 | (s[i] & 0x3Fu);
	return len;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			return 0;
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	if (cp > 0x10FFFF)
		return 0;
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

void utf8_append(struct buf *out, uint32_t cp)
{
	char bytes[4];

	buf_add(out, bytes, utf8_encode(cp, bytes));
}

size_t utf8_valid_prefix(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		uint64_t word;
		size_t len;

		if (n - i >= sizeof(word)) {
			memcpy(&word, p + i, sizeof(word));
			if (!(word & UINT64_C(0x8080808080808080))) {
				i += sizeof(word);
				continue;
			}
		}
		len = (unsigned char)p[i] < 0x80
			      ? 1
			      : utf8_sequence_length((const unsigned char *)p + i, n - i);
		if (len == 0)
			break;
		i += len;
	}
	return i;
}

void utf8_append_valid(struct buf *out, struct str s)
{
	while (s.n) {
		size_t n = utf8_valid_prefix(s.p, s.n);
		const char *nul = n ? memchr(s.p, '\0', n) : NULL;

		if (nul)
			n = (size_t)(nul - s.p);
		buf_add(out, s.p, n);
		if (n == s.n)
			return;
		utf8_append(out, 0xFFFD);
		s = str_slice(s.p + n + 1, s.n - n - 1);
	}
}

bool utf8_valid(struct str s)
{
	return utf8_valid_prefix(s.p, s.n) == s.n;
}

struct str utf8_cut(struct str s, size_t max)
{
	size_t n = max, start;

	if (s.n <= max) {
		/* It may have been truncated inside a code point before. */
		if (s.n == 0)
			return s;
		n = s.n;
	}
	for (start = n;
		start > 0 && n - start < 3 && ((unsigned char)s.p[start - 1] & 0xC0) == 0x80;)
		start--;
	if (start > 0 && (unsigned char)s.p[start - 1] >= 0xC0) {
		unsigned char lead = (unsigned char)s.p[start - 1];
		size_t want = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

		if (n - (start - 1) < want)
			n = start - 1;
	}
	return str_slice(s.p, n);
}
