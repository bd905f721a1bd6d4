/* SPDX-License-Identifier: MIT */
#include "store/canary.h"

#include "db.h"

int store_canary_get(struct store *s, struct arena *arena, struct store_canary *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_canary){0};
	db_start(&q, s, SQL_CANARY_GET);
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->alert = db_col_int(&q, 0);
	out->delivered = db_col_stamp(&q, 1) == STORE_DELIVERED;
	out->waits = db_col_stamp(&q, 1) == STORE_PENDING || db_col_stamp(&q, 1) == STORE_HELD;
	out->answer = db_col_str(&q, 2);
	out->notify = db_col_str(&q, 3);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_canary_drop(struct store *s, struct err *e)
{
	return db_run(s, SQL_CANARY_DROP, e);
}

int store_canary_detach(struct store *s, struct err *e)
{
	int64_t feed = STAMP_NONE;
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_CANARY_FEED);
	rc = db_first(&q, &feed, e);
	if (!rc)
		rc = db_run(s, SQL_CANARY_DETACH, e, db_int(feed));
	if (!rc)
		rc = db_run(s, SQL_CANARY_DROP_ITEMS, e, db_int(feed));
	return rc ? rc : db_run(s, SQL_CANARY_DROP_KNOWN, e, db_int(feed));
}
