/* SPDX-License-Identifier: MIT */
/*
 * The splitter. Words of ASCII letters are found from two bits per byte, words of other plain
 * letters are copied letter by letter; runs that contain anything else, or one of ' ` . , ;
 * between letters, go to segment.c.
 */
#include "text/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "block.h"
#include "letter_run.h"
#include "form_cache.h"
#include "segment.h"

void text_words_init(struct text_words *w)
{
	*w = (struct text_words){.text = STR_NONE};
}

void text_words_release(struct text_words *w)
{
	free(w->word);
	free(w->pool);
	free(w->blocks);
	free(w->places);
	text_form_cache_free(w->form_cache);
	text_words_init(w);
}

/* Allocates blocks and pool for a text of n bytes, which is the start of the pool. */
static int words_make_room(struct text_words *w, size_t n, struct err *e)
{
	size_t blocks = n / TEXT_BLOCK + 1;
	int r = text_words_grow_pool(w, n + TEXT_FORM_PAD, e);

	if (r)
		return r;
	if (blocks > w->blocks_room) {
		struct text_block *grown = reallocarray(NULL, blocks * 2, sizeof(*grown));

		if (!grown)
			return err_nomem(e);
		free(w->blocks);
		w->blocks = grown;
		w->blocks_room = blocks * 2;
	}
	return 0;
}

/*
 * Iterates over runs of wordish bytes. A run is risky if it has a special byte, or if one follows
 * after which the word may continue.
 */
struct words_scan {
	const struct text_block *blocks;
	size_t count, block;
	uint64_t edges; /* bits of the block where wordish changes; cleared when handled */
	uint64_t left;	/* bits of the block not yet handled */
	uint64_t risky;
	bool inside, tainted; /* inside a run; the run has a risky byte in an earlier block */
	size_t begin;	      /* of the run */
};

static inline void scan_enter_block(struct words_scan *l)
{
	const struct text_block *b = &l->blocks[l->block];
	uint64_t before = l->block ? b[-1].wordish >> 63 : 0;
	uint64_t after = l->block + 1 < l->count ? b[1].wordish << 63 : 0;

	before |= b->wordish << 1;
	l->edges = b->wordish ^ before;
	l->left = UINT64_MAX;
	l->risky = b->special & (b->wordish | b->wordish >> 1 | after);
}

static void scan_seek(struct words_scan *l, size_t at)
{
	l->block = at / TEXT_BLOCK;
	scan_enter_block(l);
	l->left = ~UINT64_C(1) << at % TEXT_BLOCK;
	l->edges &= l->left;
	l->inside = l->blocks[l->block].wordish >> at % TEXT_BLOCK & 1;
	l->tainted = false;
	l->begin = at;
}

/*
 * The bits of this block that belong to the open run, up to and including `to`, shifted to the top.
 */
static inline uint64_t scan_bits(const struct words_scan *l, uint64_t bits, unsigned to)
{
	size_t base = l->block * TEXT_BLOCK;
	unsigned from = l->begin > base ? (unsigned)(l->begin - base) : 0;

	return (bits >> from) << (TEXT_BLOCK - 1 - (to - from));
}

static inline void scan_next_block(struct words_scan *l)
{
	if (l->inside)
		l->tainted = l->tainted || scan_bits(l, l->risky, TEXT_BLOCK - 1) != 0;
	if (++l->block < l->count)
		scan_enter_block(l);
}

static inline void words_add_plain(
	struct text_word *word, const char *pool, size_t begin, size_t end)
{
	uint32_t offset = (uint32_t)begin, length = (uint32_t)(end - begin);

	*word = (struct text_word){
		.offset = offset,
		.length = length,
		.form = offset,
		.form_length = length,
		.hash = text_hash_padded(pool + begin, length),
	};
}

/* Appends a word that has only PLAIN letters. False: it has others. */
static __attribute__((noinline)) bool words_add_letters(
	struct text_words *w, struct text_word *word, size_t begin, size_t end)
{
	struct text_letter_run row = text_letter_run(w, begin);
	size_t form = w->pool_length, n = row.form_length;

	/* What follows a Hebrew letter may belong to the word, so segment.c decides. */
	if (!row.last || row.end != end || row.last->kind == TEXT_KIND_HEBREW)
		return false;
	w->pool_length += n;
	*word = (struct text_word){
		.offset = (uint32_t)begin,
		.length = (uint32_t)(end - begin),
		.form = (uint32_t)form,
		.form_length = (uint32_t)n,
		.hash = text_hash_padded(w->pool + form, n),
	};
	return true;
}

static inline unsigned words_take_bit(uint64_t *bits)
{
	unsigned at = (unsigned)__builtin_ctzll(*bits);

	*bits &= *bits - 1;
	return at;
}

/*
 * Appends the words of the block. Returns true at the end of a risky run, which is then the open
 * one; false at the end of the block. There must be room for all words.
 */
static inline bool words_add_block(struct text_words *w, struct words_scan *l)
{
	struct text_word *out = w->word + w->count;
	const char *pool = w->pool;
	const size_t base = l->block * TEXT_BLOCK;
	const uint64_t risky = l->risky;
	uint64_t edges = l->edges; /* starts and ends take turns */

	if (l->inside) {
		unsigned end;

		if (!edges)
			return false;
		end = words_take_bit(&edges);
		if (!l->tainted && scan_bits(l, risky, end) == 0)
			words_add_plain(out, pool, l->begin, base + end);
		else if (risky >> end & 1 || !words_add_letters(w, out, l->begin, base + end))
			return true;
		out++;
	}
	l->inside = l->tainted = false;
	while (edges) {
		unsigned begin = words_take_bit(&edges), end;

		if (!edges) {
			l->begin = base + begin;
			l->inside = true;
			break;
		}
		end = words_take_bit(&edges);
		if (risky && (risky >> begin) << (TEXT_BLOCK - 1 - (end - begin)) != 0) {
			if (!(risky >> end & 1) &&
				words_add_letters(w, out, base + begin, base + end)) {
				out++;
				continue;
			}
			l->begin = base + begin;
			l->inside = true;
			w->count = (size_t)(out - w->word);
			return true;
		}
		words_add_plain(out++, pool, base + begin, base + end);
	}
	w->count = (size_t)(out - w->word);
	return false;
}

/* Does the same for the following blocks, as long as there is room. */
static bool words_add_blocks(struct text_words *w, struct words_scan *scan)
{
	struct words_scan l = *scan; /* in registers */
	bool risky;

	do {
		risky = words_add_block(w, &l);
		if (!risky)
			scan_next_block(&l);
	} while (!risky && l.block < l.count && w->room - w->count >= TEXT_BLOCK);
	*scan = l;
	return risky;
}

static int words_split_blocks(struct text_words *w, struct err *e)
{
	struct words_scan l = {.blocks = w->blocks, .count = w->text.n / TEXT_BLOCK + 1};

	scan_seek(&l, 0);
	while (l.block < l.count) {
		size_t resume;
		int r;

		/* At most every second byte starts a word. */
		while (w->room - w->count < TEXT_BLOCK) {
			r = text_words_grow(w, e);
			if (r)
				return r;
		}
		if (!words_add_blocks(w, &l))
			continue;
		r = text_segment_run(w, l.begin, &resume, e);
		if (r)
			return r;
		scan_seek(&l, resume);
	}
	return 0;
}

static int words_begin_split(struct text_words *w, struct str text, struct err *e)
{
	int r;

	w->count = 0;
	w->place = NULL;
	w->text = text;
	w->pool_length = 0;
	if (text.n > TEXT_FIELD_MAX)
		return err_set(e, ERR_LIMIT, "text of %zu bytes is longer than %zu", text.n,
			TEXT_FIELD_MAX);
	r = words_make_room(w, text.n, e);
	if (r)
		return r;
	text_block_scan(text.p, text.n, w->blocks, w->pool);
	w->pool_length = text.n;
	return 0;
}

static int words_end_split(struct text_words *w, int r)
{
	if (r) {
		w->count = 0;
		return r;
	}
	memset(w->pool + w->pool_length, 0, TEXT_FORM_PAD);
	w->forms = w->pool;
	return 0;
}

int text_words_split(struct text_words *w, struct str text, struct err *e)
{
	int r = words_begin_split(w, text, e);

	return words_end_split(w, r ? r : words_split_blocks(w, e));
}

int text_words_split_pattern(struct text_words *w, struct str text, struct err *e)
{
	int r = words_begin_split(w, text, e);

	return words_end_split(w, r ? r : text_segment_pattern(w, e));
}

char text_words_sign(const struct text_words *w, size_t i, struct str *with)
{
	const char *text = w->text.p;
	size_t at = w->word[i].offset, end = at + w->word[i].length;

	while (at > 0) {
		const struct text_letter *l;
		size_t after = at;
		uint32_t cp;

		do
			at--;
		while (at > 0 && (text[at] & 0xC0) == 0x80);
		if (text[at] == '#' || text[at] == '$') {
			*with = str_slice(text + at, end - at);
			return text[at];
		}
		if (utf8_decode(text + at, after - at, &cp) != after - at)
			break;
		l = text_letter_of(cp);
		if (!l || (l->kind != TEXT_KIND_DROPPED && l->kind != TEXT_KIND_HALF_RING))
			break;
	}
	*with = text_words_source(w, i);
	return 0;
}
