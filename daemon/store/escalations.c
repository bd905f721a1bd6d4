/* SPDX-License-Identifier: MIT */
#include "store/escalations.h"

#include "db.h"

int store_escalation_add(struct store *s, int64_t alert, int64_t due_at, bool held, struct err *e)
{
	int rc = db_run(s, SQL_ESCALATION_ADD, e, db_int(alert), db_int(due_at), db_int(held));

	return rc ? rc : db_run(s, SQL_ESCALATION_ACK, e, db_int(alert));
}

int store_escalation_join(struct store *s, int64_t digest, struct err *e)
{
	int rc = db_run(s, SQL_ESCALATION_JOIN, e, db_int(digest));

	return rc ? rc : db_run(s, SQL_ESCALATION_JOINED, e, db_int(digest));
}

int store_escalations(struct store *s, int64_t by, size_t max, struct arena *arena,
	struct store_escalation **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_ESCALATIONS, db_int(by), db_int((int64_t)max));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_escalation *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_escalation){
			.alert = db_col_int(&q, 0),
			.step = (size_t)db_col_int(&q, 1),
			.due_at = db_col_int(&q, 2),
			.watch = db_col_str(&q, 3),
			.held = db_col_int(&q, 4) != 0,
			.held_to = STAMP_NONE,
		};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_escalation_next(struct store *s, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_ESCALATION_NEXT);
	return db_first(&q, at, e);
}

int store_escalation_look(struct store *s, struct store_escalation *x, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ESCALATION_LOOK, db_int(x->alert));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	x->held_to = db_col_stamp(&q, 0);
	x->withdrawn = db_col_int(&q, 1) != 0;
	db_end(&q);
	return 0;
}

int store_escalation_move(struct store *s, const struct store_escalation *x, struct err *e)
{
	return db_run(s, SQL_ESCALATION_MOVE, e, db_int(x->alert), db_int((int64_t)x->step),
		db_int(x->due_at));
}

int store_escalation_end(struct store *s, int64_t alert, struct err *e)
{
	return db_run(s, SQL_ESCALATION_END, e, db_int(alert));
}

int store_escalation_deliver(struct store *s, const struct store_addition *a,
	const struct store_plan *plan, struct err *e)
{
	int rc = db_run(s, SQL_ESCALATE_HELD, e, db_int(a->alert), db_str(plan->notify),
		db_int(plan->due_at), db_int(a->escalated));

	if (!rc)
		rc = store_delivery_add(s, a, plan, e);
	return rc ? rc
		  : db_run(s, SQL_ESCALATE_CORRECTED, e, db_int(a->alert), db_str(plan->notify),
			    db_int(a->now), db_int(a->priority));
}

int store_escalation_join_items(struct store *s, struct err *e)
{
	return db_run(s, SQL_ESCALATED_JOIN, e);
}
