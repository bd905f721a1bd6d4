/* SPDX-License-Identifier: MIT */
#include "db.h"

#include <string.h>

#include "documents.h"

/* Between categories; visible text has no C0 control characters except tab and newline. */
#define SEPARATOR      '\x1f'
#define CATEGORIES_MAX ((size_t)64 * 1024)

static void items_join_categories(const struct feed_item *i, struct buf *out)
{
	for (size_t k = 0; k < i->n_categories; k++) {
		if (out->len + i->categories[k].n + 1 > CATEGORIES_MAX)
			break;
		if (k)
			buf_addc(out, SEPARATOR);
		buf_adds(out, i->categories[k]);
	}
}

static int items_split_categories(
	struct str joined, struct arena *arena, struct feed_item *out, struct err *e)
{
	size_t n = 1, from = 0;

	if (!joined.n)
		return 0;
	for (size_t at = 0; at < joined.n; at++)
		n += joined.p[at] == SEPARATOR;
	out->categories = arena_array(arena, n, sizeof(*out->categories));
	if (!out->categories)
		return err_nomem(e);
	for (size_t at = 0; at <= joined.n; at++) {
		if (at < joined.n && joined.p[at] != SEPARATOR)
			continue;
		out->categories[out->n_categories++] = str_slice(joined.p + from, at - from);
		from = at + 1;
	}
	return 0;
}

static void items_put_texts(
	struct db_stmt *q, const struct feed_item *i, const struct buf *categories)
{
	db_put(q, db_str(i->id), db_str(i->title), db_str(i->link), db_str(i->author.text),
		db_stamp(i->date_implausible ? STAMP_NONE : i->published),
		db_stamp(i->date_implausible ? STAMP_NONE : i->updated), db_str(i->language),
		db_str(categories->len ? buf_str(categories) : STR_NONE), db_str(i->summary),
		db_str(i->content));
}

static struct db_value items_document(const struct store_item *state)
{
	return db_stamp(state->document ? state->document : STAMP_NONE);
}

static int items_add(struct store *s, int64_t feed, const struct feed_item *i,
	const struct buf *categories, int64_t now, struct store_item *state, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ITEM_ADD, db_int(feed), db_int(now));
	items_put_texts(&q, i, categories);
	db_put(&q, db_stamp(state->arrival ? (int64_t)state->arrival : STAMP_NONE),
		items_document(state));
	rc = db_finish(&q, e);
	if (rc)
		return rc;
	state->id = sqlite3_last_insert_rowid(s->db);
	return db_run(s, SQL_KNOWN_ADD, e, db_int(feed), db_blob(state->key, sizeof(state->key)),
		db_int(state->id), db_int((int64_t)i->link_key), db_int((int64_t)i->text_key),
		db_int((int64_t)i->label_key), db_int(now));
}

/* Inserts the old text as a revision; past STORE_REVISIONS_MAX deletes the second one. */
static int items_add_revision(struct store *s, int64_t item, int64_t now, struct err *e)
{
	int64_t document = STAMP_NONE;
	struct db_stmt q;
	int rc;

	rc = db_run(s, SQL_REVISION_ADD, e, db_int(now), db_int(item));
	if (rc)
		return rc;
	db_start(&q, s, SQL_REVISION_TRIM, db_int(item), db_int(STORE_REVISIONS_MAX));
	rc = db_first(&q, &document, e);
	return rc || document == STAMP_NONE ? rc : documents_release(s, document, e);
}

static int items_update_known(struct store *s, int64_t feed, const struct feed_item *i, int64_t now,
	const struct store_item *state, struct err *e)
{
	return db_run(s, SQL_KNOWN_UPDATE, e, db_blob(state->key, sizeof(state->key)),
		db_int((int64_t)i->link_key), db_int((int64_t)i->text_key),
		db_int((int64_t)i->label_key), db_int(now), db_int(feed),
		db_blob(state->was_key, sizeof(state->was_key)));
}

static int items_revise(struct store *s, int64_t feed, const struct feed_item *i,
	const struct buf *categories, int64_t now, const struct store_item *state, struct err *e)
{
	struct db_stmt q;
	int rc = items_add_revision(s, state->id, now, e);

	/* The indexed text is needed to remove it from the index later. */
	if (!rc)
		rc = db_run(s, SQL_STALE_KEEP, e, db_int(state->id));
	if (rc)
		return rc;
	db_start(&q, s, SQL_ITEM_REVISE);
	items_put_texts(&q, i, categories);
	db_put(&q, items_document(state), db_int(state->id));
	rc = db_finish(&q, e);
	if (rc)
		return rc;
	return items_update_known(s, feed, i, now, state, e);
}

int store_item_put(struct store *s, int64_t feed, const struct feed_item *i, int64_t now,
	struct store_item *state, struct err *e)
{
	struct buf categories;
	int rc;

	if (!s->in_txn)
		return err_set(e, ERR_BUG, "an item is stored outside of a transaction");
	buf_init(&categories, CATEGORIES_MAX);
	items_join_categories(i, &categories);
	if (buf_failed(&categories))
		rc = err_nomem(e);
	else if (state->id)
		rc = items_revise(s, feed, i, &categories, now, state, e);
	else
		rc = items_add(s, feed, i, &categories, now, state, e);
	buf_release(&categories);
	return rc;
}

static int items_touch_known(struct store *s, const struct store_lookup *l, size_t k, struct err *e)
{
	const struct store_item *state = &l->items[k];
	const struct feed_item *i = &l->batch->items[k];
	bool renamed = memcmp(state->key, state->was_key, sizeof(state->key)) != 0;
	int rc = 0;

	/* last_seen > now: the wall clock was set back. */
	if (!renamed && !state->unlabelled && !state->was_gone && state->last_seen <= l->now &&
		l->now - state->last_seen < STORE_TOUCH_MS)
		return 0;
	if (state->moved)
		rc = db_run(s, SQL_ITEM_RENAME, e, db_str(i->id), db_str(i->link),
			db_stamp(i->date_implausible ? STAMP_NONE : i->published),
			db_stamp(i->date_implausible ? STAMP_NONE : i->updated), db_int(state->id));
	return rc ? rc : items_update_known(s, l->feed, i, l->now, state, e);
}

int store_items_touch(struct store *s, const struct store_lookup *l, struct err *e)
{
	int rc = 0;

	for (size_t k = 0; k < l->batch->n_items && !rc; k++)
		if (l->items[k].seen == STORE_KNOWN && l->items[k].id)
			rc = items_touch_known(s, l, k, e);
	for (size_t k = 0; k < l->n_left && !rc; k++)
		if (!l->left[k].since)
			rc = db_run(s, SQL_KNOWN_GONE, e, db_int(l->now), db_int(l->feed),
				db_blob(l->left[k].key, sizeof(l->left[k].key)));
	return rc;
}

int db_read_item(struct db_stmt *q, struct store_item_row *out, struct err *e)
{
	struct feed_item *i = &out->item;
	int rc;

	*out = (struct store_item_row){
		.id = db_col_int(q, 0),
		.feed = db_col_str(q, 1),
		.first_seen = db_col_int(q, 2),
	};
	i->id = db_col_str(q, 3);
	i->title = db_col_str(q, 4);
	i->link = db_col_str(q, 5);
	i->author.text = db_col_str(q, 6);
	i->published = db_col_stamp(q, 7);
	i->updated = db_col_stamp(q, 8);
	i->language = db_col_str(q, 9);
	rc = items_split_categories(db_col_str(q, 10), q->arena, i, e);
	i->summary = db_col_str(q, 11);
	i->content = db_col_str(q, 12);
	out->arrival = (enum store_arrival)db_col_int(q, 13);
	out->document = db_col_int(q, 14);
	return rc ? rc : db_lost(q, e);
}

int store_item_get(struct store *s, int64_t id, struct arena *arena, struct store_item_row *out,
	bool *found, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_item_row){.id = id};
	db_start(&q, s, SQL_ITEM_GET, db_int(id));
	q.arena = arena;
	rc = db_step(&q, e);
	*found = rc == 1;
	if (rc <= 0)
		return rc;
	rc = db_read_item(&q, out, e);
	db_end(&q);
	return rc;
}

/* Reads a revision; what it does not have is that of the next version. */
static int items_read_revision(
	struct db_stmt *q, const struct feed_item *next, struct store_revision *out, struct err *e)
{
	struct str author = db_col_str(q, 4), categories = db_col_str(q, 5);
	struct feed_item *i = &out->item;

	*out = (struct store_revision){db_col_int(q, 0), db_col_int(q, 6), *next};
	i->title = db_col_str(q, 1);
	i->summary = db_col_str(q, 2);
	i->content = db_col_str(q, 3);
	if (str_present(author))
		i->author.text = author.n ? author : STR_NONE;
	if (!str_present(categories))
		return 0;
	i->categories = NULL;
	i->n_categories = 0;
	return items_split_categories(categories, q->arena, i, e);
}

int store_item_revisions(struct store *s, const struct store_item_row *row, struct arena *arena,
	struct store_revision **out, size_t *n, struct err *e)
{
	struct store_revision *v = arena_array(arena, STORE_REVISIONS_MAX, sizeof(*v));
	struct db_stmt q;
	int rc;

	*out = v;
	*n = 0;
	if (!v)
		return err_nomem(e);
	db_start(&q, s, SQL_REVISIONS_OF_ITEM, db_int(row->id), db_int(STORE_REVISIONS_MAX));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		rc = items_read_revision(&q, *n ? &v[*n - 1].item : &row->item, &v[*n], e);
		if (rc) {
			db_end(&q);
			return rc;
		}
		(*n)++;
	}
	return rc ? rc : db_lost(&q, e);
}

int store_item_alerted_text(struct store *s, int64_t item, struct arena *arena,
	struct feed_item *out, bool *found, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ITEM_ALERTED_TEXT, db_int(item));
	q.arena = arena;
	rc = db_step(&q, e);
	*found = rc == 1;
	if (rc <= 0)
		return rc;
	out->title = db_col_str(&q, 0);
	out->summary = db_col_str(&q, 1);
	out->content = db_col_str(&q, 2);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int db_first_since(struct store *s, int64_t since, int64_t *first, struct err *e)
{
	struct db_stmt q;

	*first = 1;
	if (since == STAMP_NONE)
		return 0;
	db_start(&q, s, SQL_ITEMS_SINCE, db_int(since));
	return db_first(&q, first, e);
}
