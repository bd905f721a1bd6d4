/* SPDX-License-Identifier: MIT */
/* Random text that is hard on a splitter: every script, every break rule, and bad bytes. */
#ifndef PLAIN_TEXT_H
#define PLAIN_TEXT_H

#include "base/buf.h"
#include "base/rng.h"

struct plain_alphabet {
	uint32_t first, last; /* code points */
};

static const char *const plain_snippets[] = {"'", "\xe2\x80\x99", "\xca\xbc", "\xef\xbc\x87", ".",
	":", ",", ";", "\"", "_", " ", " ", "\n", "\n\n", "'s", "l'", "d'", "qu'", "jusqu'", "all'",
	".B", "a.", "1,0", "3.5", "U.S.", "\xc2\xad", "\xe2\x80\x8b", "\xe2\x80\x8d", "\xcc\x88",
	"\xcc\x81", "\xff", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x80\xa6", "! ", ". A",
	"\xe3\x80\x82", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xc2\xb7", "\xd7\xb4", "\xef\xbe\x9e",
	"\xef\xb8\x8f"};

static const struct plain_alphabet plain_alphabets[] = {{'a', 'z'}, {'a', 'z'}, {'a', 'z'},
	{'A', 'Z'}, {'0', '9'}, {0x20, 0x7E}, {0, 0x7F}, {0xA0, 0xFF}, {0xC0, 0xFF}, {0x100, 0x17F},
	{0x180, 0x24F}, {0x250, 0x2FF}, {0x300, 0x36F}, {0x370, 0x3FF}, {0x400, 0x45F},
	{0x460, 0x52F}, {0x531, 0x58F}, {0x591, 0x5F4}, {0x5D0, 0x5EA}, {0x600, 0x6FF},
	{0x620, 0x660}, {0x700, 0x8FF}, {0x900, 0x97F}, {0x915, 0x94D}, {0x980, 0x9FF},
	{0xA00, 0xDFF}, {0xE00, 0xEFF}, {0xF00, 0xFFF}, {0x1000, 0x109F}, {0x10A0, 0x10FF},
	{0x1100, 0x11FF}, {0x1200, 0x137F}, {0x13A0, 0x13FF}, {0x1780, 0x17FF}, {0x1800, 0x18AF},
	{0x1B00, 0x1B7F}, {0x1C80, 0x1CBF}, {0x1D00, 0x1DFF}, {0x1E00, 0x1EFF}, {0x1F00, 0x1FFF},
	{0x2000, 0x206F}, {0x2070, 0x218F}, {0x2460, 0x24FF}, {0x2C00, 0x2DFF}, {0x3000, 0x30FF},
	{0x3040, 0x309A}, {0x30A0, 0x30FF}, {0x3200, 0x33FF}, {0x4E00, 0x9FFF}, {0xA640, 0xA69F},
	{0xA720, 0xA7FF}, {0xAB70, 0xABBF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFB00, 0xFB4F},
	{0xFB50, 0xFDFF}, {0xFE00, 0xFE6F}, {0xFF00, 0xFFEF}, {0x10400, 0x1044F},
	{0x11080, 0x1113F}, {0x11300, 0x1137F}, {0x114B0, 0x114BF}, {0x1D400, 0x1D7FF},
	{0x1F1E6, 0x1F1FF}, {0x1F300, 0x1F64F}, {0x20000, 0x2A6DF}, {0xE0020, 0xE007F},
	{0, 0x10FFFF}};

/* Appends to out; mostly runs from one alphabet, as words are, now and then anything. */
static inline void plain_random_text(struct rng *r, size_t pieces, struct buf *out)
{
	const size_t alphabets = sizeof(plain_alphabets) / sizeof(plain_alphabets[0]);
	const size_t snippets = sizeof(plain_snippets) / sizeof(plain_snippets[0]);
	struct plain_alphabet a = plain_alphabets[0];

	for (size_t i = 0; i < pieces; i++) {
		uint64_t what = rng_below(r, 16);

		if (what < 4) {
			buf_addz(out, plain_snippets[rng_below(r, snippets)]);
			continue;
		}
		if (what < 6)
			a = plain_alphabets[rng_below(r, alphabets)];
		else if (what == 6)
			a = plain_alphabets[0];
		buf_add_utf8(out, a.first + (uint32_t)rng_below(r, a.last - a.first + 1));
	}
}

#endif
