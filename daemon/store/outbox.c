/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include "store/hits.h"

#define DUE_MAX ((size_t)1000)

static int read_due(struct db_stmt *q, struct store_due *out, struct err *e)
{
	struct alert *a = &out->alert;

	out->d = (struct store_delivery){
		.id = db_col_int(q, 0),
		.alert_id = db_col_str(q, 1),
		.notify = db_col_str(q, 2),
		.state = (enum store_delivery_state)db_col_int(q, 3),
		.attempts = (unsigned)db_col_int(q, 4),
		.created = db_col_int(q, 5),
		.next_at = db_col_int(q, 6),
		.done_at = db_col_stamp(q, 7),
		.answer = db_col_str(q, 8),
	};
	*a = (struct alert){
		.id = out->d.alert_id,
		.created = db_col_int(q, 9),
		.watch = db_col_str(q, 10),
		.watch_title = db_col_str(q, 11),
		.priority = db_col_str(q, 12),
		.item_id = db_col_str(q, 13),
		.title = db_col_str(q, 14),
		.link = db_col_str(q, 15),
		.author = db_col_str(q, 16),
		.body = db_col_str(q, 17),
		.published = db_col_stamp(q, 18),
		.feed = db_col_str(q, 19),
		.feed_title = db_col_str(q, 20),
		.source = db_col_str(q, 21),
		.language = db_col_str(q, 22),
		.fetched = db_col_stamp(q, 23),
	};
	if (q->lost)
		return db_lost(q, e);
	return hits_read(db_col_view(q, 24), q->arena, &a->hits, &a->n_hits, e);
}

int store_outbox_due(struct store *s, struct str notify, int64_t now, size_t limit,
	struct arena *arena, struct store_due **out, size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	if (limit > DUE_MAX)
		limit = DUE_MAX;
	*out = arena_array(arena, limit, sizeof(**out));
	if (!*out)
		return err_nomem(e);
	db_start(&q, s, str_present(notify) ? SQL_DUE_OF_NOTIFY : SQL_DUE_OF_ALL);
	q.arena = arena;
	if (str_present(notify))
		db_put_str(&q, notify);
	db_put_int(&q, now);
	db_put_int(&q, (int64_t)limit);
	while ((rc = db_step(&q, e)) == 1) {
		rc = read_due(&q, &(*out)[*n], e);
		/* What fits is handed out; the rest is as due as before. */
		if (rc == -(int)ERR_LIMIT && *n > 0)
			rc = 0;
		else if (!rc) {
			(*n)++;
			continue;
		}
		db_end(&q);
		break;
	}
	return rc;
}

int store_outbox_next(struct store *s, struct str notify, int64_t *at, struct err *e)
{
	struct db_stmt q;
	int rc;

	*at = STAMP_NONE;
	db_start(&q, s, str_present(notify) ? SQL_NEXT_OF_NOTIFY : SQL_NEXT_OF_ALL);
	if (str_present(notify))
		db_put_str(&q, notify);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*at = db_col_stamp(&q, 0);
	db_end(&q);
	return 0;
}

int store_delivery_update(struct store *s, int64_t id, enum store_delivery_state state,
	int64_t next_at, int64_t now, struct str answer, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_DELIVERY_UPDATE);
	db_put_int(&q, state);
	db_put_int(&q, next_at);
	db_put_stamp(&q, state == STORE_PENDING ? STAMP_NONE : now);
	db_put_str(&q, answer);
	db_put_int(&q, id);
	return db_run(&q, e);
}

int store_delivery_defer(
	struct store *s, int64_t id, int64_t next_at, struct str answer, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_DELIVERY_DEFER);
	db_put_int(&q, next_at);
	db_put_str(&q, answer);
	db_put_int(&q, id);
	return db_run(&q, e);
}

int store_outbox_shift(struct store *s, int64_t ms, int64_t now, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_OUTBOX_SHIFT);
	db_put_int(&q, now);
	db_put_int(&q, ms);
	return db_run(&q, e);
}
