/* SPDX-License-Identifier: MIT */
#include "db.h"

int store_alert_find_repeat(struct store *s, const struct store_raise *r, struct arena *arena,
	struct store_quiet *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ALERT_REPEATED, db_str(r->alert->watch), db_int(r->item),
		db_int((int64_t)r->edition), db_int((int64_t)r->story_key));
	q.arena = arena;
	out->reason = STORE_QUIET_VERSION;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->alert = db_col_str(&q, 0);
	if (!db_col_int(&q, 1))
		out->reason = STORE_QUIET_STORY;
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_quiet_put(struct store *s, int64_t item, const struct store_quiet *q, struct err *e)
{
	return db_run(s, SQL_QUIET_PUT, e, db_int(item), db_str(q->watch), db_int(q->reason),
		db_int(q->at), db_str(q->alert), db_str(q->link));
}

int store_quiet_put_if_item(
	struct store *s, int64_t item, const struct store_quiet *q, struct err *e)
{
	return db_run(s, SQL_QUIET_PUT_IF_ITEM, e, db_int(item), db_str(q->watch),
		db_int(q->reason), db_int(q->at), db_str(q->alert), db_str(q->link));
}

int store_quiet_list(struct store *s, int64_t item, struct arena *arena, struct store_quiet **out,
	size_t *n, struct err *e)
{
	struct store_quiet *v = arena_array(arena, STORE_QUIET_MAX, sizeof(*v));
	struct db_stmt q;
	int rc;

	*out = v;
	*n = 0;
	if (!v)
		return err_nomem(e);
	db_start(&q, s, SQL_QUIET_LIST, db_int(item), db_int(STORE_QUIET_MAX));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1)
		v[(*n)++] = (struct store_quiet){
			.watch = db_col_str(&q, 0),
			.reason = (enum store_quiet_reason)db_col_int(&q, 1),
			.at = db_col_int(&q, 2),
			.alert = db_col_str(&q, 3),
			.link = db_col_str(&q, 4),
		};
	return rc ? rc : db_lost(&q, e);
}
