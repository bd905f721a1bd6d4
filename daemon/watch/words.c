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

/*
 * Walks from run to run of wordish bytes. A run is risky when it holds a special byte, or is
 * followed by one behind which a word may go on: then its words are for segment.c to find.
 */
struct lane {
	const struct watch_block *blocks;
	size_t count, block;
	uint64_t edges; /* bits of the block where wordish changes, those passed cleared */
	uint64_t risky;
	bool inside, tainted; /* of a run; which has something risky in an earlier block */
	size_t begin;	      /* of the run */
};

static void lane_enter(struct lane *l)
{
	const struct watch_block *b = &l->blocks[l->block];
	uint64_t before = l->block ? b[-1].wordish >> 63 : 0;
	uint64_t after = l->block + 1 < l->count ? b[1].wordish << 63 : 0;

	l->edges = b->wordish ^ (b->wordish << 1 | before);
	l->risky = b->special & (b->wordish | b->wordish >> 1 | after);
}

static void lane_seek(struct lane *l, size_t at)
{
	l->block = at / WATCH_BLOCK;
	lane_enter(l);
	l->edges &= ~UINT64_C(1) << at % WATCH_BLOCK;
	l->inside = l->blocks[l->block].wordish >> at % WATCH_BLOCK & 1;
	l->tainted = false;
	l->begin = at;
}

/* Bits of the block that belong to the open run, up to and with `to`. */
static inline bool lane_risks(const struct lane *l, unsigned to)
{
	size_t base = l->block * WATCH_BLOCK;
	unsigned from = l->begin > base ? (unsigned)(l->begin - base) : 0;

	return l->tainted || (l->risky >> from) << (WATCH_BLOCK - 1 - (to - from)) != 0;
}

static inline void lane_next_block(struct lane *l)
{
	if (l->inside)
		l->tainted = lane_risks(l, WATCH_BLOCK - 1);
	if (++l->block < l->count)
		lane_enter(l);
}

static inline void add_plain(struct watch_word *word, const char *pool, size_t begin, size_t end)
{
	uint32_t offset = (uint32_t)begin, length = (uint32_t)(end - begin);

	*word = (struct watch_word){
		.offset = offset,
		.length = length,
		.form = offset,
		.form_length = length,
		.hash = watch_hash_padded(pool + begin, length),
		.flags = WATCH_WORD_ASCII,
	};
}

static inline unsigned take_edge(uint64_t *edges)
{
	unsigned at = (unsigned)__builtin_ctzll(*edges);

	*edges &= *edges - 1;
	return at;
}

/*
 * Adds the words of the block up to its end or the end of a risky run; true for that, which is
 * then the open one. There is room for all.
 */
static bool add_block(struct watch_words *w, struct lane *l)
{
	struct watch_word *out = w->word + w->count;
	const char *pool = w->pool;
	const size_t base = l->block * WATCH_BLOCK;
	const uint64_t risky = l->risky;
	uint64_t edges = l->edges;

	if (l->inside) {
		unsigned end;

		if (!edges)
			return false;
		end = take_edge(&edges);
		if (lane_risks(l, end))
			return true;
		add_plain(out++, pool, l->begin, base + end);
	}
	l->inside = l->tainted = false;
	while (edges) {
		unsigned begin = take_edge(&edges), end;

		if (!edges) {
			l->begin = base + begin;
			l->inside = true;
			break;
		}
		end = take_edge(&edges);
		if (risky && (risky >> begin) << (WATCH_BLOCK - 1 - (end - begin)) != 0) {
			l->begin = base + begin;
			l->inside = true;
			w->count = (size_t)(out - w->word);
			return true;
		}
		add_plain(out++, pool, base + begin, base + end);
	}
	w->count = (size_t)(out - w->word);
	return false;
}

static int split(struct watch_words *w, struct err *e)
{
	struct lane l = {.blocks = w->blocks, .count = w->text.n / WATCH_BLOCK + 1};

	lane_seek(&l, 0);
	while (l.block < l.count) {
		size_t resume;
		int r;

		/* At most every second byte begins a word. */
		while (w->room - w->count < WATCH_BLOCK) {
			r = watch_words_grow(w, e);
			if (r)
				return r;
		}
		if (!add_block(w, &l)) {
			lane_next_block(&l);
			continue;
		}
		r = watch_segment_run(w, l.begin, &resume, e);
		if (r)
			return r;
		lane_seek(&l, resume);
	}
	return 0;
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
