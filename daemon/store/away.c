/* SPDX-License-Identifier: MIT */
#include "store/held.h"

#include "db.h"

int store_away_receivers(struct store *s, struct arena *arena, struct store_away_receiver **out,
	size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_AWAY_RECEIVERS);
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_away_receiver *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_away_receiver){db_col_str(&q, 0), db_col_int(&q, 1)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_away_find(struct store *s, struct str notify, struct store_away *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_away){0};
	db_start(&q, s, SQL_AWAY_MESSAGE, db_str(notify));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*out = (struct store_away){db_col_int(&q, 0), db_col_int(&q, 1), db_col_int(&q, 2)};
	db_end(&q);
	return 0;
}

/* Cheap if nothing is that old: identities of rows ascend with the time. */
static int away_find_oldest(struct store *s, struct str notify, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_AWAY_OLDEST, db_str(notify));
	return db_first(&q, at, e);
}

int store_away_hold(struct store *s, struct str notify, int64_t before, size_t *n, struct err *e)
{
	int64_t oldest;
	int rc = away_find_oldest(s, notify, &oldest, e);

	*n = 0;
	if (rc || oldest == STAMP_NONE || oldest > before)
		return rc;
	rc = db_run(s, SQL_AWAY_HOLD, e, db_str(notify), db_int(before));
	*n = (size_t)sqlite3_changes(s->db);
	return rc;
}

int store_away_reopen(struct store *s, struct str notify, int64_t row, struct err *e)
{
	int rc = db_run(s, SQL_AWAY_HOLD_PARTS, e, db_str(notify), db_int(row));

	return rc ? rc : db_run(s, SQL_ALERT_DROP, e, db_int(row));
}

int store_away_expire(
	struct store *s, struct str notify, int64_t before, int64_t now, size_t *n, struct err *e)
{
	int64_t oldest;
	int rc = away_find_oldest(s, notify, &oldest, e);

	*n = 0;
	if (rc || oldest == STAMP_NONE || oldest > before)
		return rc;
	rc = db_run(s, SQL_AWAY_EXPIRE, e, db_str(notify), db_int(before), db_int(now),
		db_str(STR("waited longer than expire allows")));
	*n = (size_t)sqlite3_changes(s->db);
	return rc;
}
