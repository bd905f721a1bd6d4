/* SPDX-License-Identifier: MIT */
#include "text/width.h"

#include <uniwidth.h>

#include "base/utf8.h"

size_t text_width(struct str text)
{
	int n = u8_width((const uint8_t *)text.p, text.n, "UTF-8");

	return n > 0 ? (size_t)n : 0;
}

size_t text_width_prefix(struct str text, size_t columns)
{
	size_t i = 0, used = 0;

	while (i < text.n) {
		uint32_t cp;
		size_t n = utf8_decode(text.p + i, text.n - i, &cp);

		n = n ? n : 1;
		used += text_width(str_slice(text.p + i, n));
		if (used > columns)
			break;
		i += n;
	}
	return i;
}
