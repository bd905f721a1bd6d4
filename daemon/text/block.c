/* SPDX-License-Identifier: MIT */
#include "block.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/ascii.h"

enum {
	WORDISH = 1,
	SPECIAL = 2,
};

static unsigned block_class_of(unsigned char c)
{
	if (c >= 0x80)
		return WORDISH | SPECIAL;
	if (ascii_is_alnum(c))
		return WORDISH;
	return c == '\'' || c == '`' || c == ',' || c == '.' || c == ';' ? SPECIAL : 0;
}

/* n <= 64 */
static struct text_block block_scan_few(const char *text, size_t n, char *lower)
{
	struct text_block block = {0};

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned class = block_class_of(c);

		lower[i] = ascii_lower((char)c);
		block.wordish |= (uint64_t)(class & WORDISH) << i;
		block.special |= (uint64_t)(class >> 1) << i;
	}
	return block;
}

#ifdef __SSE2__

/*
 * Which bytes are in [first, first + count)? SSE2 compares signed bytes, so the range is shifted to
 * -128.
 */
static __m128i block_in_range(__m128i v, char first, int count)
{
	__m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)(first ^ (char)0x80)));

	return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(-128 + count)));
}

static inline struct text_block block_scan_16(const char *text, char *lower)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)text);
	__m128i upper = block_in_range(v, 'A', 26);
	__m128i folded = _mm_or_si128(v, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
	__m128i wordish = _mm_or_si128(block_in_range(folded, 'a', 26), block_in_range(v, '0', 10));
	/* , and . differ in one bit only */
	__m128i special =
		_mm_or_si128(_mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(2)), _mm_set1_epi8('.')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8(';')));

	_mm_storeu_si128((__m128i *)(void *)lower, folded);
	special = _mm_or_si128(special, _mm_cmpeq_epi8(v, _mm_set1_epi8('\'')));
	special = _mm_or_si128(special, _mm_cmpeq_epi8(v, _mm_set1_epi8('`')));
	/* movemask returns the top bits, which are set in v for bytes of multi-byte sequences */
	return (struct text_block){
		.wordish = (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(wordish, v)),
		.special = (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(special, v)),
	};
}

#else

static struct text_block block_scan_16(const char *text, char *lower)
{
	return block_scan_few(text, 16, lower);
}

#endif

static inline void block_add_bits(struct text_block *block, struct text_block bits, unsigned shift)
{
	block->wordish |= bits.wordish << shift;
	block->special |= bits.special << shift;
}

void text_block_scan(const char *text, size_t n, struct text_block *blocks, char *lower)
{
	size_t i = 0;

	for (; n - i >= TEXT_BLOCK; i += TEXT_BLOCK) {
		struct text_block b = block_scan_16(text + i, lower + i);

		block_add_bits(&b, block_scan_16(text + i + 16, lower + i + 16), 16);
		block_add_bits(&b, block_scan_16(text + i + 32, lower + i + 32), 32);
		block_add_bits(&b, block_scan_16(text + i + 48, lower + i + 48), 48);
		*blocks++ = b;
	}
	*blocks = (struct text_block){0};
	for (unsigned shift = 0; i < n; shift += 16) {
		size_t some = n - i < 16 ? n - i : 16;

		block_add_bits(blocks,
			some == 16 ? block_scan_16(text + i, lower + i)
				   : block_scan_few(text + i, some, lower + i),
			shift);
		i += some;
	}
}
