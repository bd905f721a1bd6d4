/* SPDX-License-Identifier: MIT */
#include "store/alert_walk.h"

#include "db.h"
#include "hits.h"

/* Limit of one row: an alert with its body, hits and texts. */
#define ROW_ARENA_MAX ((size_t)4 * 1024 * 1024)

int db_read_alert(struct db_stmt *q, struct alert *out, struct err *e)
{
	*out = (struct alert){
		.id = db_col_str(q, 0),
		.created = db_col_int(q, 1),
		.watch = db_col_str(q, 2),
		.watch_title = db_col_str(q, 3),
		.priority = alert_priority_of(db_col_view(q, 4)),
		.item_id = db_col_str(q, 5),
		.title = db_col_str(q, 6),
		.link = db_col_str(q, 7),
		.author = db_col_str(q, 8),
		.body = db_col_str(q, 9),
		.published = db_col_stamp(q, 10),
		.feed = db_col_str(q, 11),
		.feed_title = db_col_str(q, 12),
		.source = db_col_str(q, 13),
		.language = db_col_str(q, 14),
		.fetched = db_col_stamp(q, 15),
	};
	if (q->lost)
		return db_lost(q, e);
	return hits_read(db_col_view(q, 16), q->arena, &out->hits, &out->n_hits, e);
}

int db_read_due(struct db_stmt *q, struct store_due *out, struct err *e)
{
	const int at = DB_ALERT_COLUMNS;
	int rc = db_read_alert(q, &out->alert, e);

	if (rc)
		return rc;
	out->d = (struct store_delivery){
		.id = db_col_int(q, at),
		.alert_id = out->alert.id,
		.notify = db_col_str(q, at + 1),
		.state = (enum store_delivery_state)db_col_int(q, at + 2),
		.attempts = (unsigned)db_col_int(q, at + 3),
		.created = db_col_int(q, at + 4),
		.next_at = db_col_int(q, at + 5),
		.done_at = db_col_stamp(q, at + 6),
		.answer = db_col_str(q, at + 7),
		.served = db_col_str(q, at + 8),
		.due_at = db_col_int(q, at + 9),
		.group = db_col_str(q, at + 10),
	};
	return db_lost(q, e);
}

static void walk_put_limit(struct db_stmt *q, size_t limit)
{
	db_put_int(q, limit ? (int64_t)limit : -1);
}

/* Calls take for each row of q; q->arena is cleared before each. */
static int walk_rows(struct db_stmt *q, int (*take)(struct db_stmt *q, void *arg, struct err *e),
	void *arg, struct err *e)
{
	int rc;

	q->arena = arena_new(ROW_ARENA_MAX);
	if (!q->arena) {
		db_end(q);
		return err_nomem(e);
	}
	while ((rc = db_step(q, e)) == 1) {
		arena_clear(q->arena);
		rc = take(q, arg, e);
		if (rc) {
			db_end(q);
			break;
		}
	}
	arena_free(q->arena);
	return rc;
}

struct alert_walk {
	store_alert_fn *fn;
	void *ctx;
};

static int alert_walk_pass(struct db_stmt *q, void *arg, struct err *e)
{
	const struct alert_walk *w = arg;
	struct store_alert_row row;
	int rc = db_read_alert(q, &row.alert, e);

	row.deliveries = db_col_int(q, DB_ALERT_COLUMNS);
	row.delivered = db_col_int(q, DB_ALERT_COLUMNS + 1);
	row.pending = db_col_int(q, DB_ALERT_COLUMNS + 2);
	return rc ? rc : w->fn(w->ctx, &row);
}

int store_alert_each(struct store *s, const struct store_alert_filter *f, store_alert_fn *fn,
	void *ctx, struct err *e)
{
	struct alert_walk w = {fn, ctx};
	struct db_stmt q;

	db_start(&q, s, SQL_ALERTS_LIST);
	db_put_str(&q, f->id);
	db_put_str(&q, f->watch);
	db_put_stamp(&q, f->since);
	walk_put_limit(&q, f->limit);
	db_put_stamp(&q, f->item ? f->item : STAMP_NONE);
	db_put_stamp(&q, f->story_key ? (int64_t)f->story_key : STAMP_NONE);
	return walk_rows(&q, alert_walk_pass, &w, e);
}

struct delivery_walk {
	store_delivery_fn *fn;
	void *ctx;
};

static int delivery_walk_pass(struct db_stmt *q, void *arg, struct err *e)
{
	const struct delivery_walk *w = arg;
	struct store_due row;
	int rc = db_read_due(q, &row, e);

	return rc ? rc : w->fn(w->ctx, &row);
}

int store_delivery_each(struct store *s, const struct store_delivery_filter *f,
	store_delivery_fn *fn, void *ctx, struct err *e)
{
	struct delivery_walk w = {fn, ctx};
	struct db_stmt q;

	db_start(&q, s, SQL_DELIVERIES_LIST);
	db_put_stamp(&q, f->id ? f->id : STAMP_NONE);
	db_put_str(&q, f->alert_id);
	db_put_str(&q, f->notify);
	db_put_stamp(&q, f->state >= 0 ? f->state : STAMP_NONE);
	walk_put_limit(&q, f->limit);
	return walk_rows(&q, delivery_walk_pass, &w, e);
}
