/* SPDX-License-Identifier: MIT */
/*
 * Iteration over the archive. It may take minutes, so it reads in pieces: a long read transaction
 * would prevent checkpoints. Items that are inserted or edited during the walk may be passed or
 * not.
 */
#include <stdlib.h>

#include "base/array.h"
#include "store/archive.h"
#include "fulltext.h"

#define PIECE	   ((size_t)1000)
#define QUERY_MAX  ((size_t)4 * 1024 * 1024)
#define ITEM_MAX   ((size_t)160 * 1024 * 1024)
#define LEVELS_MAX 16

struct archive_walk {
	struct store *store;
	const struct archive_period *period;
	archive_item_fn *fn;
	void *ctx;
	struct arena *arena;
	int64_t low, last;
	int64_t from;	   /* after the chosen items, all ids from here on are passed */
	uint64_t done, of; /* progress: chosen items, then ids */
	int64_t *chosen;   /* ids of the candidates of the prefilter, ascending */
	size_t n_chosen, room;
	bool narrowed;
	struct words_state state;
};

static bool period_contains(const struct archive_period *p, int64_t first_seen)
{
	return (p->since == STAMP_NONE || first_seen >= p->since) &&
	       (p->until == STAMP_NONE || first_seen < p->until);
}

static int walk_pass_row(struct archive_walk *w, const struct store_item_row *row)
{
	if (w->period->progress)
		w->period->progress(w->ctx, w->done, w->of);
	return period_contains(w->period, row->first_seen) ? w->fn(w->ctx, row) : 0;
}

static int walk_find_bounds(struct archive_walk *w, struct err *e)
{
	int64_t newest = (int64_t)w->period->newest;
	int rc = words_state_get(w->store, &w->state, e);

	w->last = w->state.last;
	if (!rc)
		rc = db_first_since(w->store, w->period->since, &w->low, e);
	if (newest && w->low <= w->last - newest)
		w->low = w->last - newest + 1;
	return rc;
}

/* Passes at most PIECE rows with ids >= from; sets *next to the id to continue at. */
static int walk_pass_piece(struct archive_walk *w, int64_t from, int64_t *next, struct err *e)
{
	struct store_item_row row;
	struct db_stmt q;
	size_t n = 0;
	int rc;

	db_start(&q, w->store, SQL_ITEMS_FROM, db_int(from), db_int(w->last),
		db_int((int64_t)PIECE));
	q.arena = w->arena;
	while ((rc = db_step(&q, e)) == 1) {
		arena_clear(w->arena);
		rc = db_read_item(&q, &row, e);
		w->done = w->n_chosen + (uint64_t)(row.id - w->from);
		if (!rc)
			rc = walk_pass_row(w, &row);
		if (rc)
			break;
		n++;
		*next = row.id + 1;
	}
	db_end(&q);
	if (n < PIECE)
		*next = w->last + 1;
	return rc;
}

static int walk_pass_rest(struct archive_walk *w, struct err *e)
{
	int64_t from = w->from;
	int rc = 0;

	while (!rc && from <= w->last)
		rc = walk_pass_piece(w, from, &from, e);
	return rc;
}

/* --- prefilter --- */

static bool walk_add_chosen(struct archive_walk *w, int64_t item)
{
	if (!array_room(&w->chosen, w->n_chosen, &w->room, 1, sizeof(*w->chosen)))
		return false;
	w->chosen[w->n_chosen++] = item;
	return true;
}

/* Gives up narrowing past narrow_max candidates or without memory. */
static int walk_choose_rows(struct archive_walk *w, struct db_stmt *q, struct err *e)
{
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		if (w->n_chosen >= w->period->narrow_max || !walk_add_chosen(w, db_col_int(q, 0))) {
			w->narrowed = false;
			db_end(q);
			return 0;
		}
	}
	return rc;
}

static int walk_compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct walk_group {
	const char *joint;
	size_t left; /* operands to come */
};

/* Translates a prefilter to an index query. Returns false if it is too deep or too long. */
static bool walk_put_prefilter(struct buf *out, const struct watch_prefilter *needs, size_t n)
{
	struct walk_group open[LEVELS_MAX];
	size_t depth = 0;

	buf_addz(out, "(");
	for (size_t i = 0; i < n; i++) {
		const struct watch_prefilter *need = &needs[i];

		if (need->op == WATCH_PREFILTER_ALL || need->op == WATCH_PREFILTER_ANY) {
			if (depth == LEVELS_MAX)
				return false;
			open[depth++] = (struct walk_group){
				need->op == WATCH_PREFILTER_ALL ? " AND " : " OR ", need->n};
			buf_addz(out, "(");
			continue;
		}
		words_put_query(out, need->form, need->op == WATCH_PREFILTER_BEGINNING);
		while (depth && --open[depth - 1].left == 0) {
			buf_addz(out, ")");
			depth--;
		}
		if (depth)
			buf_addz(out, open[depth - 1].joint);
	}
	words_end_query(out);
	return depth == 0 && !buf_failed(out);
}

static int walk_choose_indexed(struct archive_walk *w, struct err *e)
{
	struct db_stmt q;
	struct buf match;
	int rc = 0;

	buf_init(&match, QUERY_MAX);
	w->narrowed = walk_put_prefilter(&match, w->period->needs, w->period->n_needs);
	if (w->narrowed) {
		db_start(&q, w->store, SQL_WORDS_ANY, db_str(buf_str(&match)), db_int(w->low));
		rc = walk_choose_rows(w, &q, e);
	}
	buf_release(&match);
	return rc;
}

static int walk_choose_items(struct archive_walk *w, struct err *e)
{
	struct db_stmt q;
	int rc = walk_choose_indexed(w, e);

	if (rc || !w->narrowed)
		return rc;
	db_start(&q, w->store, SQL_STALE_IDS, db_int(w->low));
	rc = walk_choose_rows(w, &q, e);
	if (w->n_chosen)
		qsort(w->chosen, w->n_chosen, sizeof(*w->chosen), walk_compare_ids);
	return rc;
}

static int walk_pass_chosen(struct archive_walk *w, struct err *e)
{
	struct store_item_row row;
	bool found;
	int rc = 0;

	for (size_t i = 0; !rc && i < w->n_chosen; i++) {
		if (i && w->chosen[i] == w->chosen[i - 1])
			continue;
		arena_clear(w->arena);
		w->done = i;
		rc = store_item_get(w->store, w->chosen[i], w->arena, &row, &found, e);
		if (!rc && found)
			rc = walk_pass_row(w, &row);
	}
	return rc;
}

static int walk_run(struct archive_walk *w, struct err *e)
{
	/* A snapshot: bounds, index and edits must match. */
	int rc = store_begin(w->store, e);

	if (rc)
		return rc;
	rc = walk_find_bounds(w, e);
	if (!rc && w->period->n_needs && !w->state.outdated)
		rc = walk_choose_items(w, e);
	store_rollback(w->store);
	if (rc)
		return rc;
	w->from = w->low;
	if (!w->narrowed)
		w->n_chosen = 0;
	else if (w->from <= w->state.mark)
		w->from = w->state.mark + 1;
	w->of = w->n_chosen + (w->last < w->from ? 0 : (uint64_t)(w->last - w->from + 1));
	rc = walk_pass_chosen(w, e);
	return rc ? rc : walk_pass_rest(w, e);
}

int archive_each(struct store *s, const struct archive_period *p, archive_item_fn *fn, void *ctx,
	struct err *e)
{
	struct archive_walk w = {.store = s, .period = p, .fn = fn, .ctx = ctx};
	int rc;

	w.arena = arena_new(ITEM_MAX);
	rc = w.arena ? walk_run(&w, e) : err_nomem(e);
	arena_free(w.arena);
	free(w.chosen);
	return rc;
}

int archive_measure(
	struct store *s, const struct archive_period *p, struct archive_extent *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ITEMS_COUNT, db_stamp(p->since), db_stamp(p->until));
	rc = db_step(&q, e);
	*out = (struct archive_extent){.first = STAMP_NONE, .last = STAMP_NONE};
	if (rc == 1)
		*out = (struct archive_extent){
			db_col_int(&q, 0), db_col_stamp(&q, 1), db_col_stamp(&q, 2)};
	db_end(&q);
	return rc < 0 ? rc : 0;
}

int archive_link_shared(
	struct store *s, int64_t item, uint64_t link_key, bool *shared, struct err *e)
{
	struct db_stmt q;
	int64_t one = 0;
	int rc;

	db_start(&q, s, SQL_LINK_SHARED, db_int(item), db_int((int64_t)link_key));
	rc = db_first(&q, &one, e);
	*shared = one == 1;
	return rc;
}
