/* SPDX-License-Identifier: MIT */
/*
 * Search. The index returns candidates, the text decides. Order, newest first: items that are not
 * indexed yet, then candidates merged with items that were edited since they were indexed.
 */
#include <stdlib.h>

#include "base/array.h"
#include "search_terms.h"
#include "fulltext.h"

#define QUERY_MAX ((size_t)1024 * 1024)
#define ITEM_MAX  ((size_t)160 * 1024 * 1024)

struct archive_search_run {
	struct store *store;
	const struct archive_query *query;
	archive_found_fn *fn;
	void *ctx;
	struct terms_reader reader;
	struct arena *arena;
	struct buf match;
	bool unindexed; /* scan all items instead of using the index */
	struct words_state state;
	int64_t low;	 /* lowest id of the period */
	int64_t before;	 /* ids are lower */
	int64_t *edited; /* ids of items that the index has an old text of, descending */
	size_t n_edited, room;
	size_t found;
	bool enough;
};

static int64_t search_before(const struct archive_query *q)
{
	return q->before ? q->before : INT64_MAX;
}

static int search_find_edited(struct archive_search_run *s, struct err *e)
{
	struct db_stmt q;
	int rc;

	if (s->state.outdated)
		return 0;
	db_start(&q, s->store, SQL_STALE_IDS, db_int(s->low));
	while ((rc = db_step(&q, e)) == 1) {
		if (db_col_int(&q, 0) >= s->before)
			continue;
		if (!array_room(&s->edited, s->n_edited, &s->room, 1, sizeof(*s->edited))) {
			db_end(&q);
			return err_nomem(e);
		}
		s->edited[s->n_edited++] = db_col_int(&q, 0);
	}
	return rc;
}

static bool search_wants(const struct archive_search_run *s, const struct store_item_row *row)
{
	if (s->query->since != STAMP_NONE && row->first_seen < s->query->since)
		return false;
	return !str_present(s->query->feed) || str_eq(row->feed, s->query->feed);
}

/* Checks a candidate and reports it if it has all terms. */
static int search_check_item(
	struct archive_search_run *s, const struct store_item_row *row, struct err *e)
{
	struct archive_found f = {.row = *row};
	bool holds;
	int rc;

	if (s->query->progress) /* from the newest to s->low */
		s->query->progress(s->ctx, (uint64_t)(s->state.last - row->id),
			(uint64_t)(s->state.last - s->low + 1));
	if (!search_wants(s, row))
		return 0;
	rc = feed_item_body(&row->item, s->arena, &f.body);
	if (rc)
		return err_set(e, (enum err_class) - rc, "an item is too large to be looked at");
	rc = terms_read(&s->reader, row->item.title, f.body, &holds, e);
	if (rc || !holds)
		return rc;
	f.hits = s->reader.hits;
	f.n_hits = s->reader.n_hits;
	s->found++;
	s->enough = s->query->limit && s->found >= s->query->limit;
	return s->fn(s->ctx, &f);
}

static int search_newer(struct archive_search_run *s, struct err *e)
{
	int64_t from = s->state.mark;
	struct db_stmt q;
	int rc = 0;

	if (s->low > from + 1)
		from = s->low - 1;
	db_start(&q, s->store, SQL_ITEMS_TEXT, db_int(from), db_stamp(s->query->since),
		db_str(s->query->feed), db_int(s->before));
	q.arena = s->arena;
	while (!s->enough && (rc = db_step(&q, e)) == 1) {
		struct store_item_row row;

		arena_clear(s->arena);
		rc = db_read_item(&q, &row, e);
		if (!rc)
			rc = search_check_item(s, &row, e);
		if (rc)
			break;
	}
	db_end(&q);
	return rc;
}

static int search_load_item(struct archive_search_run *s, int64_t item, struct err *e)
{
	struct store_item_row row;
	bool found;
	int rc;

	arena_clear(s->arena);
	rc = store_item_get(s->store, item, s->arena, &row, &found, e);
	return rc || !found ? rc : search_check_item(s, &row, e);
}

/* Checks the edited items that are newer than `item`; sets *is_one if it is one itself. */
static int search_pass_edited(
	struct archive_search_run *s, int64_t item, size_t *next, bool *is_one, struct err *e)
{
	int rc = 0;

	*is_one = false;
	while (!rc && !s->enough && *next < s->n_edited && s->edited[*next] >= item) {
		*is_one = s->edited[*next] == item;
		rc = search_load_item(s, s->edited[(*next)++], e);
	}
	return rc;
}

static int search_indexed(struct archive_search_run *s, struct err *e)
{
	size_t next = 0;
	struct db_stmt q;
	bool passed;
	int rc = 0;

	if (s->state.outdated)
		return 0;
	db_start(&q, s->store, SQL_WORDS_FIND, db_str(buf_str(&s->match)), db_int(s->low),
		db_stamp(s->query->since), db_str(s->query->feed), db_int(s->before));
	while (!s->enough && (rc = db_step(&q, e)) == 1) {
		int64_t item = db_col_int(&q, 0);

		rc = search_pass_edited(s, item, &next, &passed, e);
		if (!rc && !s->enough && !passed)
			rc = search_load_item(s, item, e);
		if (rc)
			break;
	}
	db_end(&q);
	return rc ? rc : search_pass_edited(s, INT64_MIN, &next, &passed, e);
}

static int search_all(struct archive_search_run *s, struct err *e)
{
	int rc = words_state_get(s->store, &s->state, e);

	if (s->unindexed)
		s->state = (struct words_state){.outdated = true, .last = s->state.last};
	if (!rc)
		rc = db_first_since(s->store, s->query->since, &s->low, e);
	s->enough = s->low > s->state.last;
	if (!rc && !s->enough)
		rc = search_find_edited(s, e);
	if (!rc && !s->enough)
		rc = search_newer(s, e);
	if (!rc && !s->enough)
		rc = search_indexed(s, e);
	return rc;
}

int archive_search(struct store *store, const struct archive_query *query, archive_found_fn *fn,
	void *ctx, struct err *e)
{
	struct archive_search_run s = {
		.store = store, .query = query, .fn = fn, .ctx = ctx, .arena = arena_new(ITEM_MAX)};
	int rc;

	s.before = search_before(query);
	rc = terms_reader_init(&s.reader, query->terms, e);

	buf_init(&s.match, QUERY_MAX);
	s.unindexed = !terms_query(query->terms, &s.match);
	if (!rc && (!s.arena || buf_failed(&s.match)))
		rc = err_nomem(e);
	/* A snapshot: items that are indexed during the search would be missed or returned twice.
	 */
	if (!rc)
		rc = store_begin(store, e);
	if (!rc) {
		rc = search_all(&s, e);
		store_rollback(store);
	}
	terms_reader_release(&s.reader);
	buf_release(&s.match);
	arena_free(s.arena);
	free(s.edited);
	return rc;
}

int archive_newest(struct store *store, const struct archive_query *query, archive_found_fn *fn,
	void *ctx, struct err *e)
{
	struct arena *arena = arena_new(ITEM_MAX);
	struct db_stmt q;
	int64_t low = 1;
	size_t n = 0;
	int rc = arena ? db_first_since(store, query->since, &low, e) : err_nomem(e);

	if (rc) {
		arena_free(arena);
		return rc;
	}
	db_start(&q, store, SQL_ITEMS_TEXT, db_int(low - 1), db_stamp(query->since),
		db_str(query->feed), db_int(search_before(query)));
	q.arena = arena;
	while ((!query->limit || n < query->limit) && (rc = db_step(&q, e)) == 1) {
		struct archive_found f = {.n_hits = 0};

		arena_clear(arena);
		rc = db_read_item(&q, &f.row, e);
		if (!rc)
			rc = fn(ctx, &f);
		if (rc)
			break;
		n++;
	}
	db_end(&q);
	arena_free(arena);
	return rc;
}
