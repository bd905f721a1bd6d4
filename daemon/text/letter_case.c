/* SPDX-License-Identifier: MIT */
#include "text/letter_case.h"

#include <unicase.h>
#include <uninorm.h>

char *text_lower_case(struct str s, size_t *n)
{
	return (char *)u8_tolower((const uint8_t *)s.p, s.n, NULL, UNINORM_NFC, NULL, n);
}

char *text_upper_case(struct str s, size_t *n)
{
	return (char *)u8_toupper((const uint8_t *)s.p, s.n, NULL, UNINORM_NFC, NULL, n);
}
