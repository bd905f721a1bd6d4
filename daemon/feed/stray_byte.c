/* SPDX-License-Identifier: MIT */
#include "stray_byte.h"

#include <stdbool.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "entity.h"

/* The last character; 0: there is none. */
static uint32_t stray_byte_previous(struct str s)
{
	size_t from = s.n;
	uint32_t cp = 0;

	while (from > 0 && s.n - from < 4 && ((unsigned char)s.p[--from] & 0xC0) == 0x80)
		;
	return s.n && utf8_decode(s.p + from, s.n - from, &cp) ? cp : 0;
}

static bool stray_byte_is_letter(uint32_t cp)
{
	return cp < 0x80 ? ascii_is_alpha((char)cp) : cp < 0x250;
}

/*
 * Whether a lead byte without any continuation is a letter of windows-1252: its case fits that of
 * the letters around it. Else it is what is left of a truncated character.
 */
static bool stray_byte_fits(uint32_t before, unsigned char c, char next)
{
	bool after = ascii_is_alpha(next) || (next & 0x80), capital = c <= 0xDE;

	/* after letters of another script; U+2000 to U+2BFF are punctuation and signs */
	if (before >= 0x250 && !(before >= 0x2000 && before < 0x2C00))
		return false;
	if (!stray_byte_is_letter(before))
		return after || (!capital && before == ' ' && next == ' ');
	if (!capital)
		return true;
	return before < 0x80 && ascii_is_upper((char)before) && !(after && ascii_is_lower(next));
}

uint32_t stray_byte_read(struct str before, struct str rest)
{
	unsigned char c = (unsigned char)rest.p[0];
	uint32_t previous = stray_byte_previous(before);
	bool followed = rest.n > 1 && ((unsigned char)rest.p[1] & 0xC0) == 0x80;

	if (c < 0xA0)
		return previous == 0xFFFD ? 0 : feed_windows_1252[c - 0x80];
	if (c < 0xC0)
		return previous == 0xFFFD ? 0 : c;
	if (c < 0xC2 || c > 0xF4) /* in no UTF-8 */
		return c;
	return !followed && stray_byte_fits(previous, c, rest.n > 1 ? rest.p[1] : '\0') ? c : 0;
}
