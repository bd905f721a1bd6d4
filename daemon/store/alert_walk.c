/* SPDX-License-Identifier: MIT */
#include "db.h"
#include "alert/detail.h"
#include "also.h"
#include "hits.h"

/* Limit of one row: an alert with its body, hits and texts. */
#define ROW_ARENA_MAX ((size_t)4 * 1024 * 1024)

int db_read_alert(struct db_stmt *q, struct alert *out, struct err *e)
{
	int rc;

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
		.kind = (enum alert_kind)db_col_int(q, 17),
	};
	if (db_col_int(q, 17) == DB_KIND_CANARY) {
		out->kind = ALERT_CREATED;
		out->test = true;
	}
	if (q->lost)
		return db_lost(q, e);
	rc = hits_read(db_col_view(q, 16), q->arena, &out->hits, &out->n_hits, e);
	return rc ? rc : alert_detail_read(db_col_view(q, 18), q->arena, out, e);
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
		.digest = db_col_str(q, at + 11),
		.rank = (enum alert_priority)db_col_int(q, at + 12),
		.escalated = db_col_int(q, at + 14),
	};
	rc = also_read(db_col_view(q, at + 13), q->arena, &out->alert, e);
	return rc ? rc : db_lost(q, e);
}

/* 0: no limit, which is -1 in SQL. */
static struct db_value walk_limit(size_t limit)
{
	return db_int(limit ? (int64_t)limit : -1);
}

/* 0: no bound. */
static struct db_value walk_before(int64_t row)
{
	return db_int(row ? row : INT64_MAX);
}

static int walk_start(struct db_stmt *q, struct err *e)
{
	q->arena = arena_new(ROW_ARENA_MAX);
	return q->arena ? 0 : err_nomem(e);
}

/* Steps to the next row if *rc, the result of the row before, is 0. False: ended, see *rc. */
static bool walk_next(struct db_stmt *q, int *rc, struct err *e)
{
	if (*rc == 0) {
		arena_clear(q->arena);
		*rc = db_step(q, e);
		if (*rc == 1) {
			*rc = 0;
			return true;
		}
	}
	db_end(q);
	arena_free(q->arena);
	return false;
}

static int walk_read_alert(struct db_stmt *q, struct store_alert_row *out, struct err *e)
{
	const int at = DB_ALERT_COLUMNS + STORE_STATES_STORED;
	int rc = db_read_alert(q, &out->alert, e);

	for (int i = 0; i < STORE_STATES_STORED; i++)
		out->deliveries[i] = db_col_int(q, DB_ALERT_COLUMNS + i);
	out->row = db_col_int(q, at);
	out->acked_by = db_col_str(q, at + 1);
	out->acked_at = db_col_stamp(q, at + 2);
	out->escalates_at = db_col_stamp(q, at + 3);
	out->item = db_col_int(q, at + 4);
	return rc ? rc : db_lost(q, e);
}

/* See struct store_alert_filter. */
static struct db_value walk_choice(int v)
{
	return db_stamp(v > 0 ? v - 1 : STAMP_NONE);
}

int store_alert_each(struct store *s, const struct store_alert_filter *f, store_alert_fn *fn,
	void *ctx, struct err *e)
{
	struct store_alert_row row;
	struct db_stmt q;
	int rc;

	db_start(&q, s, f->ascending ? SQL_ALERTS_AFTER : SQL_ALERTS_LIST, db_str(f->id),
		db_str(f->watch), db_stamp(f->since), walk_limit(f->limit),
		db_stamp(f->item ? f->item : STAMP_NONE), db_int(f->after),
		walk_choice(f->priority), db_int(f->unacknowledged), walk_choice(f->state),
		db_int(f->acks), walk_before(f->before));
	rc = walk_start(&q, e);
	while (walk_next(&q, &rc, e)) {
		rc = walk_read_alert(&q, &row, e);
		if (!rc)
			rc = fn(ctx, &row);
	}
	return rc;
}

int store_alert_last(struct store *s, int64_t *row, struct err *e)
{
	struct db_stmt q;
	int rc;

	*row = 0;
	db_start(&q, s, SQL_ALERTS_LAST);
	rc = db_first(&q, row, e);
	if (*row == STAMP_NONE)
		*row = 0;
	return rc;
}

int store_delivery_each(struct store *s, const struct store_delivery_filter *f,
	store_delivery_fn *fn, void *ctx, struct err *e)
{
	struct store_due row;
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_DELIVERIES_LIST, db_stamp(f->id ? f->id : STAMP_NONE),
		db_str(f->alert_id), db_str(f->notify),
		db_stamp(f->state >= 0 ? f->state : STAMP_NONE), walk_limit(f->limit),
		db_stamp(f->since), walk_before(f->before));
	rc = walk_start(&q, e);
	while (walk_next(&q, &rc, e)) {
		rc = db_read_due(&q, &row, e);
		if (!rc)
			rc = fn(ctx, &row);
	}
	return rc;
}
