/* SPDX-License-Identifier: MIT */
#include "text/cut.h"

#include <unigbrk.h>

#include "base/utf8.h"

struct str text_cut(struct str s, size_t max)
{
	const uint8_t *start = (const uint8_t *)s.p, *p = start, *end = start + s.n, *next;

	if (s.n <= max)
		return s;
	while ((next = u8_grapheme_next(p, end)) && (size_t)(next - start) <= max)
		p = next;
	return p == start ? utf8_cut(s, max) : str_slice(s.p, (size_t)(p - start));
}
