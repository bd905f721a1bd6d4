/* SPDX-License-Identifier: MIT */
#include "also.h"
#include "db.h"
#include "store/outbox.h"

int store_outbox_ids(struct store *s, struct str notify, int64_t now, int64_t *ids, size_t max,
	size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_DUE_IDS, db_str(notify), db_int(now), db_int((int64_t)max));
	while ((rc = db_step(&q, e)) == 1)
		ids[(*n)++] = db_col_int(&q, 0);
	return rc;
}

int store_delivery_get(
	struct store *s, int64_t id, struct arena *arena, struct store_outgoing *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_DELIVERY_GET, db_int(id));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc ? rc : err_set(e, ERR_BUG, "delivery %lld is not there", (long long)id);
	out->alert = db_col_int(&q, 0);
	out->d = (struct store_delivery){
		.id = id,
		.attempts = (unsigned)db_col_int(&q, 1),
		.created = db_col_int(&q, 2),
		.due_at = db_col_int(&q, 3),
		.next_at = db_col_int(&q, 4),
		.done_at = STAMP_NONE,
		.served = db_col_str(&q, 5),
		.rank = (enum alert_priority)db_col_int(&q, 6),
		.alert_id = db_col_str(&q, 7),
		.escalated = db_col_int(&q, 9),
	};
	out->asks = db_col_int(&q, 10) != 0;
	rc = db_lost(&q, e);
	if (!rc)
		rc = also_read(db_col_view(&q, 8), arena, &out->also, e);
	db_end(&q);
	return rc;
}

int store_outbox_has_tied(struct store *s, struct str notify, int64_t now, bool *yes, struct err *e)
{
	struct db_stmt q;
	int64_t one = 0;
	int rc;

	db_start(&q, s, SQL_DUE_TIED, db_str(notify), db_int(now));
	rc = db_first(&q, &one, e);
	*yes = one == 1;
	return rc;
}

int store_outbox_next(struct store *s, struct str notify, int64_t now, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_NEXT_OF_NOTIFY, db_str(notify), db_int(now));
	return db_first(&q, at, e);
}

int store_outbox_waiting(
	struct store *s, struct arena *arena, struct store_waiting **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_WAITING);
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_waiting *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_waiting){db_col_str(&q, 0), db_col_int(&q, 1)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_delivery_update(struct store *s, int64_t id, enum store_delivery_state state,
	int64_t next_at, int64_t now, struct str answer, struct err *e)
{
	return db_run(s, SQL_DELIVERY_UPDATE, e, db_int(state), db_int(next_at),
		db_stamp(store_delivery_waits(state) ? STAMP_NONE : now), db_str(answer),
		db_int(id));
}

int store_delivery_defer(
	struct store *s, int64_t id, int64_t next_at, struct str answer, struct err *e)
{
	return db_run(s, SQL_DELIVERY_DEFER, e, db_int(next_at), db_str(answer), db_int(id));
}

int store_delivery_revive(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return db_run(s, SQL_DELIVERY_REVIVE, e, db_int(now), db_int(id));
}

int store_delivery_served(struct store *s, int64_t id, struct str served, struct err *e)
{
	return db_run(s, SQL_DELIVERY_SERVED, e, db_str(served), db_int(id));
}

int store_delivery_add(struct store *s, const struct store_addition *a,
	const struct store_plan *plan, struct err *e)
{
	return db_run(s, SQL_DELIVERY_ADD, e, db_int(a->alert), db_str(plan->notify),
		db_int(a->now), db_int(plan->due_at), db_str(plan->group), db_str(a->id),
		db_int(a->priority), db_int(plan->state), db_str(plan->answer),
		a->tie ? db_int(a->tie) : db_stamp(STAMP_NONE),
		a->escalated ? db_int(a->escalated) : db_stamp(STAMP_NONE));
}

int store_delivery_set_receipt(struct store *s, int64_t id, struct str receipt, struct err *e)
{
	return db_run(s, SQL_DELIVERY_SET_RECEIPT, e, db_str(receipt), db_int(id));
}

int store_delivery_forget_receipt(struct store *s, struct str notify, int64_t tie, struct err *e)
{
	return db_run(s, SQL_DELIVERY_FORGET_RECEIPT, e, db_str(notify), db_int(tie));
}

int store_delivery_receipt(struct store *s, struct str notify, int64_t tie, struct arena *arena,
	struct store_receipt *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_receipt){0};
	db_start(&q, s, SQL_DELIVERY_RECEIPT, db_str(notify), db_int(tie));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->text = db_col_str(&q, 0);
	out->of_digest = db_col_int(&q, 1);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

/* Reads a delivery; sets *id to that of its digest if it is part of one. */
static int outbox_read_state(
	struct store *s, int64_t *id, struct arena *arena, struct store_decided *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_decided){.found = false};
	db_start(&q, s, SQL_DELIVERY_FIND, db_int(*id));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->found = true;
	out->was = (enum store_delivery_state)db_col_int(&q, 0);
	out->notify = db_col_str(&q, 1);
	out->of = db_col_int(&q, 2) == *id ? 0 : db_col_int(&q, 2);
	*id = db_col_int(&q, 2);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_delivery_decide(struct store *s, int64_t id, enum store_decision what, int64_t now,
	struct arena *arena, struct store_decided *out, struct err *e)
{
	int rc = store_begin(s, e);

	if (rc)
		return rc;
	rc = outbox_read_state(s, &id, arena, out, e);
	if (rc == 0 && out->found && out->was != STORE_DELIVERED) {
		rc = db_run(s, what == STORE_RETRY ? SQL_DELIVERY_RETRY : SQL_DELIVERY_DROP, e,
			db_int(now), db_int(id));
	}
	return store_end(s, rc, e);
}

static int outbox_add_notify(struct store_decided_many *out, struct arena *arena, size_t *room,
	struct str notify, struct err *e)
{
	struct str *v;

	for (size_t i = 0; i < out->n; i++)
		if (str_eq(out->notifies[i], notify))
			return 0;
	v = arena_extend(arena, out->notifies, out->n, room, sizeof(*v));
	if (!v)
		return err_nomem(e);
	out->notifies = v;
	v[out->n] = arena_str(arena, notify);
	return v[out->n++].p ? 0 : err_nomem(e);
}

static int outbox_decide_all(struct store *s, const struct store_delivery_choice *choice,
	enum store_decision what, int64_t now, struct arena *arena, struct store_decided_many *out,
	struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = (struct store_decided_many){.changed = 0};
	db_start(&q, s, what == STORE_RETRY ? SQL_DELIVERIES_RETRY : SQL_DELIVERIES_DROP,
		db_int(now), db_str(choice->notify),
		db_stamp(choice->state >= 0 ? choice->state : STAMP_NONE), db_stamp(choice->since));
	while ((rc = db_step(&q, e)) == 1) {
		out->changed++;
		rc = outbox_add_notify(out, arena, &room, db_col_view(&q, 0), e);
		if (rc) {
			db_end(&q);
			return rc;
		}
	}
	return rc;
}

int store_deliveries_decide(struct store *s, const struct store_delivery_choice *choice,
	enum store_decision what, int64_t now, struct arena *arena, struct store_decided_many *out,
	struct err *e)
{
	int rc = store_begin(s, e);

	if (rc)
		return rc;
	rc = outbox_decide_all(s, choice, what, now, arena, out, e);
	return store_end(s, rc, e);
}

/* Adds to *moved the number of rows that the statement returns. */
static int outbox_count_rows(struct db_stmt *q, size_t *moved, struct err *e)
{
	int rc;

	while ((rc = db_step(q, e)) == 1)
		++*moved;
	return rc;
}

static int outbox_move(
	struct store *s, struct str from, struct str to, int64_t now, size_t *moved, struct err *e)
{
	struct db_stmt q;
	int rc = db_run(s, SQL_MOVE_PARTS, e, db_str(from), db_str(to));

	if (!rc)
		rc = db_run(s, SQL_MOVE_PARTS_FOLD, e, db_str(from), db_int(now));
	if (rc)
		return rc;
	db_start(&q, s, SQL_MOVE_WAITING, db_str(from), db_str(to), db_int(now));
	rc = outbox_count_rows(&q, moved, e);
	if (rc)
		return rc;
	db_start(&q, s, SQL_MOVE_WAITING_FOLD, db_str(from), db_str(to), db_int(now));
	return outbox_count_rows(&q, moved, e);
}

int store_deliveries_move(
	struct store *s, struct str from, struct str to, int64_t now, size_t *moved, struct err *e)
{
	int rc = store_begin(s, e);

	*moved = 0;
	if (rc)
		return rc;
	rc = outbox_move(s, from, to, now, moved, e);
	return store_end(s, rc, e);
}

int store_outbox_shift(struct store *s, int64_t ms, int64_t now, struct err *e)
{
	int rc = db_run(s, SQL_OUTBOX_SHIFT, e, db_int(now), db_int(ms));

	if (!rc)
		rc = db_run(s, SQL_REPEATS_SHIFT, e, db_int(ms));
	if (!rc)
		rc = db_run(s, SQL_ESCALATIONS_SHIFT, e, db_int(ms));
	return rc ? rc : db_run(s, SQL_PACED_SHIFT, e, db_int(ms));
}

int store_receiver_get(struct store *s, struct str notify, unsigned *slowness, struct err *e)
{
	struct db_stmt q;
	int64_t v = STORE_SLOWNESS_UNKNOWN;
	int rc;

	db_start(&q, s, SQL_RECEIVER_GET, db_str(notify));
	rc = db_first(&q, &v, e);
	*slowness = (unsigned)v;
	return rc;
}

int store_receiver_put(struct store *s, struct str notify, unsigned slowness, struct err *e)
{
	return db_run(s, SQL_RECEIVER_PUT, e, db_str(notify), db_int(slowness));
}
