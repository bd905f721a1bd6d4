/* SPDX-License-Identifier: MIT */
#include "letter_kind.h"

#include <string.h>

#include <unictype.h>
#include <uniwbrk.h>

#include "base/ascii.h"

enum text_letter_kind text_letter_kind_of(uint32_t cp)
{
	switch (cp) {
	case '\'':
	case '`':
	case 0xB4:   /* acute accent */
	case 0x5F3:  /* geresh */
	case 0x2018: /* curly quotes */
	case 0x2019:
	case 0x201B:
	case 0x2032: /* prime */
	case 0xFF07: return TEXT_KIND_APOSTROPHE;
	case 0x2BB: /* Unicode classes these as letters */
	case 0x2BC:
	case 0x2BD:
	case 0x2BE:
	case 0x2BF: return TEXT_KIND_HALF_RING;
	case '"':
	case 0x5F4: /* gershayim */
	case 0x201D: return TEXT_KIND_DOUBLE_QUOTE;
	case ':': /* and its full-width, small and vertical forms */
	case 0xFE13:
	case 0xFE55:
	case 0xFF1A:
	case 0x200B: return TEXT_KIND_OTHER;  /* zero width space: category Cf, but a space */
	case 0x640: return TEXT_KIND_DROPPED; /* tatweel */
	default: break;
	}
	if (uc_is_general_category(cp, UC_FORMAT))
		return TEXT_KIND_DROPPED;
	switch (uc_wordbreak_property(cp)) {
	case WBP_ALETTER: return TEXT_KIND_LETTER;
	case WBP_HL: return TEXT_KIND_HEBREW;
	case WBP_NUMERIC: return TEXT_KIND_NUMERIC;
	case WBP_KATAKANA: return TEXT_KIND_KATAKANA;
	case WBP_MIDLETTER: return TEXT_KIND_MID_LETTER;
	case WBP_MIDNUM: return TEXT_KIND_MID_NUMBER;
	case WBP_MIDNUMLET: return TEXT_KIND_MID_BOTH;
	case WBP_EXTEND: return TEXT_KIND_EXTEND;
	default: return TEXT_KIND_OTHER; /* so _ and the narrow no-break space separate words */
	}
}

bool text_letter_is_alphabetic(uint32_t cp, enum text_letter_kind kind)
{
	switch (kind) {
	case TEXT_KIND_LETTER:
	case TEXT_KIND_HEBREW:
	case TEXT_KIND_KATAKANA: return true;
	case TEXT_KIND_OTHER: return uc_is_general_category(cp, UC_LETTER);
	case TEXT_KIND_NUMERIC:
	case TEXT_KIND_MID_LETTER:
	case TEXT_KIND_MID_NUMBER:
	case TEXT_KIND_MID_BOTH:
	case TEXT_KIND_APOSTROPHE:
	case TEXT_KIND_HALF_RING:
	case TEXT_KIND_DOUBLE_QUOTE:
	case TEXT_KIND_EXTEND:
	case TEXT_KIND_DROPPED:
	case TEXT_KINDS: break;
	}
	return false;
}

bool text_letter_is_latin(uint32_t cp)
{
	const uc_script_t *script;

	if (cp < 0x80)
		return ascii_is_alpha((char)cp);
	script = uc_script(cp);
	return script && strcmp(script->name, "Latin") == 0;
}
