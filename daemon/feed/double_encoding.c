/* SPDX-License-Identifier: MIT */
#include "double_encoding.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "entity.h"

static int double_encoding_byte(uint32_t cp)
{
	if (cp >= 0x80 && cp <= 0xFF)
		return (int)cp;
	for (int i = 0; i < 32; i++)
		if (feed_windows_1252[i] == cp)
			return 0x80 + i;
	return -1;
}

/* Quick check: a C1 control, or "à" to "ô", the lead bytes of sequences of three and four bytes. */
static bool double_encoding_is_possible(struct str s)
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

bool feed_undo_double_encoding(struct str s, struct buf *out)
{
	bool certain = false;
	size_t i = 0;

	if (!s.n || !double_encoding_is_possible(s))
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
		byte = n ? double_encoding_byte(cp) : -1;
		if (byte < 0)
			return false;
		certain |= cp < 0xA0 || byte >= 0xE0;
		buf_addc(out, (char)byte);
		i += n;
	}
	return certain && !buf_failed(out) && utf8_valid(buf_str(out));
}
