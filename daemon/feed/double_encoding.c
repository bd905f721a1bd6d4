/* SPDX-License-Identifier: MIT */
#include "double_encoding.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* windows-1252 0x80 to 0x9F; 0: the C1 control itself. */
static const uint16_t high[32] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6,
	0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};

static int byte_of(uint32_t cp)
{
	if (cp >= 0x80 && cp <= 0xFF)
		return (int)cp;
	for (int i = 0; i < 32; i++)
		if (high[i] == cp)
			return 0x80 + i;
	return -1;
}

/* The lead bytes of three- and four-byte sequences, "à" to "ô", stand before all that is certain.
 */
static bool worth_a_look(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while ((p = memchr(p, 0xC3, (size_t)(end - p))) != NULL) {
		if (end - p > 2 && ((unsigned char)p[1] & 0xE0) == 0xA0 && (p[2] & 0x80))
			return true;
		p++;
	}
	for (p = s.p; (p = memchr(p, 0xC2, (size_t)(end - p))) != NULL; p++)
		if (end - p > 1 && (unsigned char)p[1] < 0xA0)
			return true;
	return false;
}

bool feed_repair(struct str s, struct buf *out)
{
	bool certain = false;
	size_t i = 0;

	if (!s.n || !worth_a_look(s))
		return false;
	buf_clear(out);
	while (i < s.n) {
		size_t from = i, n;
		uint32_t cp;
		int byte;

		while (i < s.n && !(s.p[i] & 0x80))
			i++;
		buf_add(out, s.p + from, i - from);
		if (i == s.n)
			break;
		n = utf8_decode(s.p + i, s.n - i, &cp);
		byte = n ? byte_of(cp) : -1;
		if (byte < 0)
			return false;
		certain |= cp < 0xA0 || byte >= 0xE0;
		buf_addc(out, (char)byte);
		i += n;
	}
	return certain && !buf_failed(out) && utf8_valid(buf_str(out));
}
