/* SPDX-License-Identifier: MIT */
#include "text/letter_case.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/ascii.h"
#include "base/utf8.h"

char *text_lower_case(struct str s, size_t *n)
{
	return (char *)u8_tolower((const uint8_t *)s.p, s.n, NULL, UNINORM_NFC, NULL, n);
}

char *text_upper_case(struct str s, size_t *n)
{
	return (char *)u8_toupper((const uint8_t *)s.p, s.n, NULL, UNINORM_NFC, NULL, n);
}

bool text_begins_upper(struct str s)
{
	uint32_t cp;

	if (s.n && (unsigned char)s.p[0] < 0x80)
		return ascii_is_upper(s.p[0]);
	return utf8_decode(s.p, s.n, &cp) &&
	       uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt);
}
