/* SPDX-License-Identifier: MIT */
#include "text/delimiter.h"

#include <unictype.h>

size_t text_space_length_unicode(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	if (n >= 2 && u[0] == 0xc2 && u[1] == 0xa0) /* no-break space */
		return 2;
	if (n < 3)
		return 0;
	/* U+2000 to U+200A, U+202F, U+3000, and a byte order mark */
	if (u[0] == 0xe2 && u[1] == 0x80 && ((u[2] >= 0x80 && u[2] <= 0x8a) || u[2] == 0xaf))
		return 3;
	if ((u[0] == 0xe3 && u[1] == 0x80 && u[2] == 0x80) ||
		(u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf))
		return 3;
	return 0;
}

size_t text_quote_length_unicode(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	/* U+201C to U+201F, inserted by word processors */
	if (n >= 3 && u[0] == 0xe2 && u[1] == 0x80 && u[2] >= 0x9c && u[2] <= 0x9f)
		return 3;
	return 0;
}

bool text_is_space(uint32_t code_point)
{
	return uc_is_property_white_space(code_point);
}
