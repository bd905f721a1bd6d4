/* SPDX-License-Identifier: MIT */
/*
 * Splitting. Words of plain ASCII, the most in Latin script, are found from two bits per byte;
 * whatever touches another character or one of ' . : , ; _ between letters goes by segment.c.
 */
#include "watch/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "watch/block.h"
#include "watch/memo.h"
#include "watch/segment.h"

#define POOL_MAX ((size_t)UINT32_MAX)

void watch_words_init(struct watch_words *w)
{
	*w = (struct watch_words){.text = STR_NONE};
}

void watch_words_release(struct watch_words *w)
{
	free(w->word);
	free(w->pool);
	free(w->blocks);
	free(w->places);
	watch_memo_free(w->memo);
	watch_words_init(w);
}

int watch_words_grow(struct watch_words *w, struct err *e)
{
	size_t room = w->room ? w->room * 2 : 256;
	struct watch_word *grown = reallocarray(w->word, room, sizeof(*grown));

	if (!grown)
		return err_nomem(e);
	w->word = grown;
	w->room = room;
	return 0;
}

int watch_words_grow_pool(struct watch_words *w, size_t n, struct err *e)
{
	size_t room = w->pool_room ? w->pool_room : 1024;
	char *grown;

	if (n > POOL_MAX - WATCH_FORM_PAD - w->pool_length)
		return err_set(e, ERR_LIMIT, "the words of a text take more than 4 GiB");
	while (room < w->pool_length + n + WATCH_FORM_PAD)
		room *= 2;
	if (room == w->pool_room)
		return 0;
	grown = realloc(w->pool, room);
	if (!grown)
		return err_nomem(e);
	w->pool = grown;
	w->pool_room = room;
	return 0;
}

/* Blocks and pool for a text of n bytes, which the pool then begins with. */
static int make_room(struct watch_words *w, size_t n, struct err *e)
{
	size_t blocks = n / WATCH_BLOCK + 1;
	int r = watch_words_grow_pool(w, n + WATCH_FORM_PAD, e);

	if (r)
		return r;
	if (blocks > w->blocks_room) {
		struct watch_block *grown = reallocarray(NULL, blocks * 2, sizeof(*grown));

		if (!grown)
			return err_nomem(e);
		free(w->blocks);
		w->blocks = grown;
		w->blocks_room = blocks * 2;
	}
	return 0;
}

static bool wordish(const struct watch_block *b, size_t at)
{
	return b[at / WATCH_BLOCK].wordish >> at % WATCH_BLOCK & 1;
}

/* Is any byte of text[from..to] (to included) special? */
static bool any_special(const struct watch_block *b, size_t from, size_t to)
{
	size_t first = from / WATCH_BLOCK, last = to / WATCH_BLOCK;
	uint64_t head = b[first].special >> from % WATCH_BLOCK;

	if (first == last)
		return head << (WATCH_BLOCK - 1 - (to - from)) != 0;
	for (size_t i = first + 1; i < last; i++)
		head |= b[i].special;
	return (head | b[last].special << (WATCH_BLOCK - 1 - to % WATCH_BLOCK)) != 0;
}

/* Walks from run to run of wordish bytes. */
struct cursor {
	const struct watch_block *blocks;
	size_t count, block;
	uint64_t edges; /* bits of this block where wordish changes, those passed cleared */
	bool inside;	/* of a run, which began at */
	size_t begin;
};

static uint64_t edges_of(const struct cursor *c)
{
	uint64_t now = c->blocks[c->block].wordish;
	uint64_t before = c->block ? c->blocks[c->block - 1].wordish >> 63 : 0;

	return now ^ (now << 1 | before);
}

static void cursor_seek(struct cursor *c, size_t at)
{
	c->block = at / WATCH_BLOCK;
	c->inside = wordish(c->blocks, at);
	c->begin = at;
	c->edges = edges_of(c) & ~UINT64_C(1) << at % WATCH_BLOCK;
}

/* The next edge; false at the end. */
static inline bool cursor_edge(struct cursor *c, size_t *at)
{
	while (c->edges == 0) {
		if (++c->block == c->count)
			return false;
		c->edges = edges_of(c);
	}
	*at = c->block * WATCH_BLOCK + (size_t)__builtin_ctzll(c->edges);
	c->edges &= c->edges - 1;
	return true;
}

/* The run from begin, if it is not plain: by segment.c, and on from where that ended. */
static int slow_run(struct watch_words *w, struct cursor *c, struct err *e)
{
	size_t resume;
	int r = watch_segment_run(w, c->begin, &resume, e);

	if (r == 0)
		cursor_seek(c, resume);
	return r;
}

static int split(struct watch_words *w, struct err *e)
{
	struct cursor c = {.blocks = w->blocks, .count = w->text.n / WATCH_BLOCK + 1};
	size_t end = 0;

	cursor_seek(&c, 0);
	for (;;) {
		int r;

		if (!c.inside) {
			if (!cursor_edge(&c, &c.begin))
				return 0;
			c.inside = true;
		}
		/* There is one: the bit behind the text is 0. */
		(void)cursor_edge(&c, &end);
		/* A special byte behind the run matters only if a word may go on behind that. */
		if (any_special(w->blocks, c.begin, end) &&
			(any_special(w->blocks, c.begin, end - 1) || wordish(w->blocks, end + 1))) {
			r = slow_run(w, &c, e);
		} else {
			c.inside = false;
			r = watch_words_add(
				w, c.begin, end, c.begin, end - c.begin, WATCH_WORD_ASCII, e);
		}
		if (r)
			return r;
	}
}

static int begin(struct watch_words *w, struct str text, struct err *e)
{
	int r;

	w->count = 0;
	w->place = NULL;
	w->text = text;
	w->pool_length = 0;
	if (text.n > WATCH_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "text of %zu bytes is longer than %zu", text.n,
			WATCH_TEXT_MAX);
	r = make_room(w, text.n, e);
	if (r)
		return r;
	watch_block_scan(text.p, text.n, w->blocks, w->pool);
	w->pool_length = text.n;
	return 0;
}

static int end(struct watch_words *w, int r)
{
	if (r) {
		w->count = 0;
		return r;
	}
	memset(w->pool + w->pool_length, 0, WATCH_FORM_PAD);
	w->forms = w->pool;
	return 0;
}

int watch_words_split(struct watch_words *w, struct str text, struct err *e)
{
	int r = begin(w, text, e);

	return end(w, r ? r : split(w, e));
}

int watch_words_split_pattern(struct watch_words *w, struct str text, struct err *e)
{
	int r = begin(w, text, e);

	return end(w, r ? r : watch_segment_pattern(w, e));
}
