/* SPDX-License-Identifier: MIT */
#include "store/held.h"

#include "alert/detail.h"
#include "db.h"

#define SHORT_ARENA_MAX ((size_t)1024 * 1024)

int store_held_groups(
	struct store *s, struct arena *arena, struct store_held **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_HELD_GROUPS);
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_held *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_held){
			db_col_str(&q, 0), db_col_str(&q, 1), db_col_int(&q, 2)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_held_due(struct store *s, struct str notify, struct str group, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_HELD_DUE, db_str(notify), db_str(group));
	return db_first(&q, at, e);
}

int store_held_move(struct store *s, const struct store_held *group, int64_t at, struct err *e)
{
	return db_run(s, SQL_HELD_MOVE, e, db_int(at), db_str(group->notify), db_str(group->group),
		db_int(group->due_at));
}

#define HELD_CHOICE(c) db_str((c)->notify), db_str((c)->group), db_int((c)->due_by)

int store_held_sum(struct store *s, const struct store_held_choice *c, struct store_held_sum *out,
	struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_held_sum){.n = 0};
	db_start(&q, s, SQL_HELD_SUM, HELD_CHOICE(c));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*out = (struct store_held_sum){(size_t)db_col_int(&q, 0),
		(enum alert_priority)db_col_int(&q, 1), db_col_int(&q, 2)};
	db_end(&q);
	return 0;
}

int store_held_put_off(
	struct store *s, const struct store_held_choice *c, int64_t at, struct err *e)
{
	return db_run(s, SQL_HELD_PUT_OFF, e, HELD_CHOICE(c), db_int(at));
}

static int held_read(struct db_stmt *q, struct alert *out, struct err *e)
{
	*out = (struct alert){
		.id = db_col_str(q, 1),
		.created = db_col_int(q, 2),
		.watch = db_col_str(q, 3),
		.watch_title = db_col_str(q, 4),
		.priority = alert_priority_of(db_col_view(q, 5)),
		.title = db_col_str(q, 6),
		.body = db_col_str(q, 7),
		.link = db_col_str(q, 8),
		.published = db_col_stamp(q, 9),
		.feed = db_col_str(q, 10),
		.feed_title = db_col_str(q, 11),
		.fetched = STAMP_NONE,
		.kind = (enum alert_kind)db_col_int(q, 12),
	};
	if (q->lost)
		return db_lost(q, e);
	/* What only a story adds; of a correction its changes are not shown. */
	return alert_detail_read(db_col_view(q, 13), q->arena, out, e);
}

int store_held_each(struct store *s, const struct store_held_choice *c, store_held_fn *fn,
	void *ctx, struct err *e)
{
	struct arena *arena = arena_new(SHORT_ARENA_MAX);
	struct db_stmt q;
	struct alert a;
	int rc;

	if (!arena)
		return err_nomem(e);
	db_start(&q, s, SQL_HELD_SHORT, HELD_CHOICE(c));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		rc = held_read(&q, &a, e);
		if (!rc)
			rc = fn(ctx, &a);
		if (rc)
			break;
		arena_clear(arena);
	}
	if (rc)
		db_end(&q);
	arena_free(arena);
	return rc;
}

int store_held_send(struct store *s, const struct store_held_choice *c, int64_t now, struct err *e)
{
	return db_run(s, SQL_HELD_SEND, e, HELD_CHOICE(c), db_int(now));
}

int store_held_send_one(
	struct store *s, int64_t alert, struct str notify, int64_t now, struct err *e)
{
	return db_run(s, SQL_HELD_SEND_ONE, e, db_int(now), db_int(alert), db_str(notify));
}

int store_held_join(
	struct store *s, const struct store_held_choice *c, int64_t digest, struct err *e)
{
	int rc = db_run(s, SQL_HELD_JOIN_PARTS, e, HELD_CHOICE(c), db_int(digest));

	return rc ? rc : db_run(s, SQL_HELD_JOIN, e, HELD_CHOICE(c), db_int(digest));
}

int store_held_fold(
	struct store *s, const struct store_held_choice *c, int64_t row, int64_t now, struct err *e)
{
	return db_run(s, SQL_HELD_FOLD, e, HELD_CHOICE(c), db_int(row), db_int(now));
}

/* --- quiet hours --- */

int store_hours_apply(
	struct store *s, const struct store_hours *h, int64_t now, size_t *n, struct err *e)
{
	int rc = db_run(s, SQL_HOURS_HOLD_PENDING, e, db_str(h->notify), db_int(h->passes),
		db_int(h->until));

	*n = 0;
	if (rc)
		return rc;
	rc = db_run(s, SQL_HOURS_PASS, e, db_str(h->notify), db_int(h->passes), db_int(now));
	*n = (size_t)sqlite3_changes(s->db);
	return rc;
}

int store_hours_put_off(struct store *s, const struct store_hours *h, int64_t now, struct err *e)
{
	return db_run(s, SQL_HOURS_HOLD_DUE, e, db_str(h->notify), db_int(h->passes),
		db_int(h->until), db_int(now));
}

/* --- what was sent --- */

int store_pace_free(
	struct store *s, const struct store_pace *p, int64_t now, int64_t *at, struct err *e)
{
	struct db_stmt q;
	int rc;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_PACE_OLDEST, db_str(p->watch), db_str(p->notify),
		db_int(now - p->within), db_int((int64_t)p->n - 1), db_int(now));
	rc = db_first(&q, at, e);
	if (*at != STAMP_NONE)
		*at += p->within;
	return rc;
}

int store_pace_add(
	struct store *s, const struct store_pace *p, int64_t row, int64_t now, struct err *e)
{
	int rc = db_run(
		s, SQL_PACE_PRUNE, e, db_str(p->watch), db_str(p->notify), db_int(now - p->within));

	return rc ? rc
		  : db_run(s, SQL_PACE_ADD, e, db_str(p->watch), db_str(p->notify), db_int(now),
			    db_int(row));
}
