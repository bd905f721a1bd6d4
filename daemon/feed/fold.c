/* SPDX-License-Identifier: MIT */
#include "feed/fold.h"

#include <stddef.h>

#include "base/utf8.h"

/* U+00C0 to U+00FF and U+0100 to U+017F without their accents */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
			    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t fold_greek(uint32_t cp)
{
	/* ά έ ή ί, ό ύ ώ, ΐ ϊ ΰ ϋ and their capitals */
	static const struct {
		uint16_t from, to;
	} accented[] = {
		{0x386, 0x3B1},
		{0x388, 0x3B5},
		{0x389, 0x3B7},
		{0x38A, 0x3B9},
		{0x38C, 0x3BF},
		{0x38E, 0x3C5},
		{0x38F, 0x3C9},
		{0x390, 0x3B9},
		{0x3AA, 0x3B9},
		{0x3AB, 0x3C5},
		{0x3AC, 0x3B1},
		{0x3AD, 0x3B5},
		{0x3AE, 0x3B7},
		{0x3AF, 0x3B9},
		{0x3B0, 0x3C5},
		{0x3CA, 0x3B9},
		{0x3CB, 0x3C5},
		{0x3CC, 0x3BF},
		{0x3CD, 0x3C5},
		{0x3CE, 0x3C9},
	};

	for (size_t i = 0; i < sizeof(accented) / sizeof(accented[0]); i++) {
		if (accented[i].from == cp)
			return accented[i].to;
	}
	return cp >= 0x391 && cp <= 0x3A9 ? cp + 32 : cp;
}

uint32_t feed_letter_fold(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return cp + 32;
	if (cp >= 0xC0 && cp <= 0x17F)
		return (unsigned char)latin[cp - 0xC0];
	if (cp >= 0x386 && cp <= 0x3CE)
		return fold_greek(cp);
	if (cp >= 0x410 && cp <= 0x42F)
		return cp + 32;
	return cp >= 0x400 && cp <= 0x40F ? cp + 80 : cp;
}

/* Sets *cp to the folded letter at `at`, which is inside, and returns where the next one is. */
static size_t fold_next(struct str s, size_t at, uint32_t *cp)
{
	size_t n = utf8_decode(s.p + at, s.n - at, cp);

	*cp = n ? feed_letter_fold(*cp) : 0x110000u + (unsigned char)s.p[at];
	return at + (n ? n : 1);
}

static bool fold_starts(struct str text, struct str part)
{
	uint32_t a, b;

	for (size_t i = 0, k = 0; k < part.n;) {
		if (i >= text.n)
			return false;
		i = fold_next(text, i, &a);
		k = fold_next(part, k, &b);
		if (a != b)
			return false;
	}
	return true;
}

bool feed_fold_has(struct str text, struct str part)
{
	uint32_t cp;

	for (size_t at = 0; at < text.n; at = fold_next(text, at, &cp))
		if (fold_starts(str_slice(text.p + at, text.n - at), part))
			return true;
	return part.n == 0;
}
