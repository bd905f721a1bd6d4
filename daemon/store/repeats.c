/* SPDX-License-Identifier: MIT */
/* Messages that are sent again while their alert is open. */
#include "db.h"
#include "store/outbox.h"

int store_repeat_add(struct store *s, int64_t delivery, int64_t at, int64_t until, struct err *e)
{
	return db_run(s, SQL_REPEAT_ADD, e, db_int(delivery), db_int(at), db_int(until));
}

int store_repeat_move(struct store *s, int64_t delivery, int64_t at, struct err *e)
{
	int rc = db_run(s, SQL_REPEAT_MOVE, e, db_int(delivery), db_int(at));

	return rc ? rc : db_run(s, SQL_REPEAT_DROP, e, db_int(delivery), db_int(at));
}

int store_repeat_drop(struct store *s, int64_t delivery, struct err *e)
{
	return db_run(s, SQL_REPEAT_DROP, e, db_int(delivery), db_stamp(STAMP_NONE));
}

int store_repeat_ids(struct store *s, struct str notify, int64_t now, int64_t *ids, size_t max,
	size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_REPEATS_DUE, db_str(notify), db_int(now), db_int((int64_t)max));
	while ((rc = db_step(&q, e)) == 1)
		ids[(*n)++] = db_col_int(&q, 0);
	return rc;
}

int store_repeat_next(struct store *s, struct str notify, int64_t now, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_REPEATS_NEXT, db_str(notify), db_int(now));
	return db_first(&q, at, e);
}
