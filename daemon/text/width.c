/* SPDX-License-Identifier: MIT */
#include "text/width.h"

#include <uniwidth.h>

size_t text_width(struct str text)
{
	int n = u8_width((const uint8_t *)text.p, text.n, "UTF-8");

	return n > 0 ? (size_t)n : 0;
}
