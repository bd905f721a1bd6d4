/* SPDX-License-Identifier: MIT */
/* The first look at letters of two and three bytes; see text_block_letters. */
#include "block.h"

#include <stdbool.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "letter.h"

#define AHEAD 2 /* bytes of a sequence that may lie behind the block it begins in */

enum {
	LEAD_LATIN = 0xC3,	/* to C5: letters that mostly become shorter */
	LEAD_IDEOGRAPHS = 0xE5, /* to E8: nothing but ideographs */
	LEAD_HANGUL = 0xEB,	/* to EC: nothing but syllables */
};

/* A bit for each byte of a block. */
struct leads {
	uint64_t two, next;		   /* leads of two bytes; continuation bytes */
	uint64_t three, ideograph, hangul; /* leads of three bytes: to be looked up, or not */
};

/* What was found: a bit for each lead that belongs to a whole sequence. */
struct found {
	uint64_t two, three;
	uint64_t letter, gap, extend, mark, alone, soft; /* as enum text_letter_place */
	bool hebrew;
};

/* What the block before leaves to this one: bits of its first bytes. */
struct carry {
	uint64_t known, gap, after_mark, after_alone;
	uint64_t wordish; /* its last byte is */
	bool hebrew;	  /* anywhere before is a letter behind which a lone ' counts */
	bool latin;	  /* it had only letters that become shorter */
};

/*
 * The bulk of an alphabet: letters that are their own form, in two ranges of what follows an even
 * lead and the next one, without a letter each.
 */
struct alphabet {
	uint8_t lead, first[2], count[2], but[2];
};

/* α to ο and π to ω, а to п and р to я, א to ת, ؠ to ؿ and ـ to ي. */
#define GREEK	 ((struct alphabet){0xCE, {0xB1, 0x80}, {15, 10}, {0, 0x82}})
#define CYRILLIC ((struct alphabet){0xD0, {0xB0, 0x80}, {16, 16}, {0xB9, 0}})
#define HEBREW	 ((struct alphabet){0xD6, {0, 0x90}, {0, 27}, {0, 0}})
#define ARABIC	 ((struct alphabet){0xD8, {0xA0, 0x80}, {32, 11}, {0, 0}})

#ifdef __SSE2__

static inline __m128i load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline uint64_t bits(__m128i v)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(v);
}

static inline __m128i equals(__m128i v, unsigned value)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8((char)value));
}

/* SSE2 compares signed, so move the range to the bottom. */
static inline __m128i in_range(__m128i v, unsigned first, unsigned count)
{
	__m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)(first ^ 0x80)));

	return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(count ^ 0x80)));
}

static inline struct leads look(const char *p)
{
	struct leads b = {0};

#pragma GCC unroll 4
	for (unsigned i = 0; i < TEXT_BLOCK; i += 16) {
		__m128i v = load(p + i);

		b.two |= bits(in_range(v, 0xC0, 32)) << i;
		b.next |= bits(in_range(v, 0x80, 64)) << i;
	}
	return b;
}

static inline void look_at_three(const char *p, struct leads *b)
{
#pragma GCC unroll 4
	for (unsigned i = 0; i < TEXT_BLOCK; i += 16) {
		__m128i v = load(p + i);

		b->three |= bits(in_range(v, 0xE0, 16)) << i;
		b->ideograph |= bits(in_range(v, LEAD_IDEOGRAPHS, 4)) << i;
		b->hangul |= bits(in_range(v, LEAD_HANGUL, 2)) << i;
	}
}

static inline uint64_t find_letters(const char *p, struct alphabet a)
{
	uint64_t found = 0;

#pragma GCC unroll 4
	for (unsigned i = 0; i < TEXT_BLOCK; i += 16) {
		__m128i v = load(p + i), next = load(p + i + 1);
		__m128i one = in_range(next, a.first[0], a.count[0]);
		__m128i two = in_range(next, a.first[1], a.count[1]);

		if (a.but[0])
			one = _mm_andnot_si128(equals(next, a.but[0]), one);
		if (a.but[1])
			two = _mm_andnot_si128(equals(next, a.but[1]), two);
		one = _mm_and_si128(one, equals(v, a.lead));
		two = _mm_and_si128(two, equals(v, a.lead + 1u));
		found |= bits(_mm_or_si128(one, two)) << i;
	}
	return found;
}

/* Is there nothing but ASCII and accented Latin letters? */
static inline bool is_latin(const char *p)
{
	__m128i found = _mm_setzero_si128();

#pragma GCC unroll 4
	for (unsigned i = 0; i < TEXT_BLOCK; i += 16) {
		__m128i v = load(p + i);
		__m128i above = _mm_subs_epu8(v, _mm_set1_epi8((char)(LEAD_LATIN + 2)));

		found = _mm_or_si128(found, above);
		found = _mm_or_si128(found, equals(v, LEAD_LATIN - 1));
	}
	return bits(_mm_cmpeq_epi8(found, _mm_setzero_si128())) == 0xFFFF;
}

/* The bytes before a ' or ". */
static uint64_t before_quotes(const char *p)
{
	uint64_t b = 0;

	for (unsigned i = 0; i < TEXT_BLOCK; i += 16) {
		__m128i v = load(p + i + 1);

		b |= bits(_mm_or_si128(equals(v, '\''), equals(v, '"'))) << i;
	}
	return b;
}

#else

static bool in_range(char c, unsigned first, unsigned count)
{
	return (unsigned char)c >= first && (unsigned char)c < first + count;
}

static struct leads look(const char *p)
{
	struct leads b = {0};

	for (unsigned i = 0; i < TEXT_BLOCK; i++) {
		b.two |= (uint64_t)in_range(p[i], 0xC0, 32) << i;
		b.next |= (uint64_t)in_range(p[i], 0x80, 64) << i;
	}
	return b;
}

static void look_at_three(const char *p, struct leads *b)
{
	for (unsigned i = 0; i < TEXT_BLOCK; i++) {
		b->three |= (uint64_t)in_range(p[i], 0xE0, 16) << i;
		b->ideograph |= (uint64_t)in_range(p[i], LEAD_IDEOGRAPHS, 4) << i;
		b->hangul |= (uint64_t)in_range(p[i], LEAD_HANGUL, 2) << i;
	}
}

/* A byte at a time is no quicker than to look all of them up. */
static uint64_t find_letters(const char *p, struct alphabet a)
{
	(void)p, (void)a;
	return 0;
}

static bool is_latin(const char *p)
{
	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		if ((unsigned char)p[i] >= 0xC0 && !in_range(p[i], LEAD_LATIN, 3))
			return false;
	return true;
}

static uint64_t before_quotes(const char *p)
{
	uint64_t b = 0;

	for (unsigned i = 0; i < TEXT_BLOCK; i++)
		b |= (uint64_t)(p[i + 1] == '\'' || p[i + 1] == '"') << i;
	return b;
}

#endif

static inline unsigned take(uint64_t *leads)
{
	unsigned at = (unsigned)__builtin_ctzll(*leads);

	*leads &= *leads - 1;
	return at;
}

/* The bits of enum text_letter_place at the bits of the bytes; what lies in the next block. */
struct places {
	uint64_t here, beyond;
};

static inline uint64_t beyond(unsigned place, unsigned at)
{
	return (uint64_t)place >> 1 >> (TEXT_BLOCK - 1 - at);
}

/* Sequences of two bytes: those in place are put into lower. */
static inline struct places find_two(const char *p, uint64_t leads, char *lower, struct found *f)
{
	struct places places = {0, 0};
	unsigned at = 0;
	uint32_t l = 0;

	while (leads) {
		uint32_t index;
		uint16_t form;

		at = take(&leads);
		index = (uint32_t)(uint8_t)p[at] << 6;
		index += (uint8_t)p[at + 1] - (0xC0u << 6 | 0x80u);
		l = atomic_load_explicit(&text_letter_places.two[index], memory_order_relaxed);
		if (__builtin_expect((int32_t)l <= 0, 0)) {
			l = l ? l : text_letter_two(index);
			f->soft |= (uint64_t)((l & TEXT_PLACE_TWO_SOFT) == TEXT_PLACE_TWO_SOFT)
				   << at;
			f->hebrew |= (l & TEXT_PLACE_TWO_HEBREW) == TEXT_PLACE_TWO_HEBREW;
			l &= TEXT_PLACE_TWO_BITS;
		}
		form = (uint16_t)l;
		memcpy(lower + at, &form, sizeof(form));
		l >>= 16;
		places.here |= (uint64_t)l << at;
	}
	places.beyond = beyond(l, at);
	return places;
}

static inline struct places find_three(const char *p, uint64_t leads)
{
	struct places places = {0, 0};
	unsigned at = 0, l = 0;

	while (leads) {
		uint32_t index;

		at = take(&leads);
		index = (uint32_t)(uint8_t)p[at] << 12;
		index += (uint32_t)(uint8_t)p[at + 1] << 6;
		index += (uint8_t)p[at + 2] - (0xE0u << 12 | 0x80u << 6 | 0x80u);
		l = atomic_load_explicit(&text_letter_places.three[index], memory_order_relaxed);
		if (__builtin_expect(!l, 0))
			l = text_letter_three(index);
		l -= TEXT_PLACE_KNOWN;
		places.here |= (uint64_t)l << at;
	}
	places.beyond = beyond(l, at);
	return places;
}

static uint64_t is_next(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* The leads of the most common letters of the alphabet that comes first. */
static inline uint64_t find_bulk(const char *p, uint64_t leads, struct found *f)
{
	switch ((unsigned char)p[__builtin_ctzll(leads)] & 0xFE) {
	case 0xCE: return find_letters(p, GREEK) & leads;
	case 0xD0: return find_letters(p, CYRILLIC) & leads;
	case 0xD6: f->hebrew = true; return find_letters(p, HEBREW) & leads;
	case 0xD8: return find_letters(p, ARABIC) & leads;
	default: return 0;
	}
}

static inline void add_two(const char *p, uint64_t leads, char *lower, struct found *f)
{
	uint64_t low, middle;
	struct places places;

	f->two = leads;
	f->letter = find_bulk(p, leads, f);
	leads &= ~f->letter;
	if (!leads)
		return;
	places = find_two(p, leads, lower, f);
	low = places.here & leads;
	middle = (places.here >> 1 | places.beyond << 63) & leads;
	f->letter |= low & ~middle;
	f->gap = middle & ~low;
	f->extend = f->mark = middle & low;
}

static inline void add_three(const char *p, struct leads b, uint64_t twice, struct found *f)
{
	uint64_t leads, low, middle, high;
	struct places places;

	look_at_three(p, &b);
	f->three = b.three & twice;
	f->alone = b.ideograph & twice;
	f->letter |= b.hangul & twice;
	leads = f->three & ~(b.ideograph | b.hangul);
	if (!leads)
		return;
	places = find_three(p, leads);
	low = places.here & leads;
	middle = (places.here >> 1 | places.beyond << 63) & leads;
	high = (places.here >> 2 | places.beyond << 62) & leads;
	f->letter |= low & ~middle & ~high;
	f->alone |= low & ~middle & high;
	f->extend |= low & middle;
	f->mark |= low & middle & high;
	f->gap |= ~low & middle;
	f->soft |= ~low & high;
}

static inline struct found find(const char *p, struct leads b, uint64_t high, char *lower)
{
	uint64_t first = is_next(p[TEXT_BLOCK]), second = is_next(p[TEXT_BLOCK + 1]);
	uint64_t followed = b.next >> 1 | first << 63;
	struct found f = {0};

	b.two &= followed;
	if (b.two)
		add_two(p, b.two, lower, &f);
	if (high & ~(b.two | b.next))
		add_three(p, b, followed & (followed >> 1 | second << 63), &f);
	return f;
}

/* All bytes of the sequences with these leads, and those in the next block. */
static inline uint64_t cover(const struct found *f, uint64_t leads, uint64_t *next)
{
	uint64_t three = leads & f->three;

	*next = leads >> 63 | three >> 62;
	return leads | leads << 1 | three << 2;
}

/* The first byte behind each, and in the next block. */
static inline uint64_t behind(const struct found *f, uint64_t leads, uint64_t *next)
{
	uint64_t two = leads & f->two, three = leads & f->three;

	*next = two >> 62 | three >> 61;
	return two << 2 | three << 3;
}

/* A word of its own ends before a letter. */
static inline void cut_behind(struct text_block *b, uint64_t behind_alone)
{
	b->cut |= behind_alone & b->wordish & ~b->special;
}

/* SOFT becomes a GAP without a letter before or behind it; Hebrew has one that counts without. */
static void settle_soft(const struct text_block *b, struct found *f, uint64_t after,
	uint64_t behind_alone, const struct carry *c)
{
	uint64_t ignored, wordish = b->wordish & ~(cover(f, f->gap, &ignored) | c->gap);
	uint64_t followed = (wordish >> 2 | after << 62) & f->two;

	followed |= (wordish >> 3 | after << 61) & f->three;
	if (c->hebrew)
		followed = f->soft;
	f->gap |= f->soft & (~(wordish << 1 | c->wordish) | behind_alone | ~followed);
}

/* after: the wordish of the next block, as far as it is known. */
static inline void settle(struct text_block *b, struct found *f, uint64_t after, struct carry *c)
{
	uint64_t behind_alone = 0, next;

	if (f->alone | c->after_alone) {
		behind_alone = c->after_alone | behind(f, f->alone, &next);
		c->after_alone = next;
	}
	if (f->soft)
		settle_soft(b, f, after, behind_alone, c);
	b->high = cover(f, f->gap | f->letter | f->extend | f->alone, &next) | c->known;
	b->special &= ~b->high;
	c->known = next;
	b->wordish &= ~(cover(f, f->gap, &next) | c->gap);
	c->gap = next;
	if (f->extend) {
		/* What begins with a mark is no word, and two marks may change places. */
		b->special |= f->extend & (~(b->wordish << 1 | c->wordish) | behind_alone);
		b->special |= f->mark & (behind(f, f->mark, &next) | c->after_mark);
		c->after_mark = next;
	} else {
		c->after_mark = 0;
	}
	b->high &= b->wordish;
	b->cut = f->alone;
	cut_behind(b, behind_alone & ~f->extend);
}

static void look_at_block(
	const char *p, char *lower, struct text_block *block, uint64_t after, struct carry *carry)
{
	uint64_t high = block->wordish & block->special; /* and _, of which nothing is asked */
	struct found f = find(p, look(p), high, lower);

	carry->hebrew = carry->hebrew || f.hebrew;
	settle(block, &f, after, carry);
	if (carry->hebrew)
		block->special |= high & before_quotes(p);
	carry->latin = !(f.letter | f.alone | carry->known | carry->gap);
}

static void look_at_end(const char *p, size_t n, char *lower, struct text_block *block,
	uint64_t after, struct carry *carry)
{
	char copy[TEXT_BLOCK + AHEAD] = {0};

	memcpy(copy, p, n);
	look_at_block(copy, lower, block, after, carry);
}

/* What is left of the block before is nothing, or a word of its own that ends with it. */
static inline void pass_over(struct text_block *b, struct carry *c)
{
	if (c->after_alone)
		cut_behind(b, c->after_alone);
	c->after_alone = c->after_mark = 0;
}

void text_block_letters(const char *text, size_t n, struct text_block *blocks, char *lower)
{
	struct carry carry = {.latin = true};

	for (size_t at = 0; at < n; at += TEXT_BLOCK) {
		struct text_block *block = &blocks[at / TEXT_BLOCK];
		uint64_t after = 0;

		if (!(block->wordish & block->special)) {
			pass_over(block, &carry);
			continue;
		}
		carry.wordish = at ? block[-1].wordish >> (TEXT_BLOCK - 1) : 0;
		if (n - at < TEXT_BLOCK + AHEAD) {
			if (n - at >= TEXT_BLOCK)
				after = block[1].wordish;
			look_at_end(text + at, n - at, lower + at, block, after, &carry);
		} else if (carry.latin && is_latin(text + at)) {
			pass_over(block, &carry);
		} else {
			look_at_block(text + at, lower + at, block, block[1].wordish, &carry);
		}
	}
}
