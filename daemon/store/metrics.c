/* SPDX-License-Identifier: MIT */
/* The metrics that the database answers. */
#include "db.h"

static int metrics_count_feeds(struct store *s, struct metrics *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_COUNT_FEEDS);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->feeds_known = db_col_int(&q, 0);
	out->feeds_failing = db_col_int(&q, 1);
	out->items_stored = db_col_int(&q, 2);
	out->feeds_over_limit = db_col_int(&q, 3);
	db_end(&q);
	return 0;
}

static int metrics_count_deliveries(struct store *s, struct metrics *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_COUNT_DELIVERIES);
	while ((rc = db_step(&q, e)) == 1) {
		int64_t n = db_col_int(&q, 1);

		switch ((enum store_delivery_state)db_col_int(&q, 0)) {
		case STORE_PENDING: out->deliveries_pending = n; break;
		case STORE_DELIVERED: out->deliveries_delivered = n; break;
		case STORE_FAILED: out->deliveries_failed = n; break;
		case STORE_DEAD: out->deliveries_dead = n; break;
		case STORE_ORPHANED: /* the part of a digest, as stored */
		case STORE_STOPPED: break;
		}
	}
	return rc;
}

static int metrics_count_one(struct store *s, enum store_sql id, int64_t *out, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, id);
	return db_first(&q, out, e);
}

int store_metrics(struct store *s, struct metrics *out, struct err *e)
{
	int rc;

	out->deliveries_pending = out->deliveries_delivered = 0;
	out->deliveries_failed = out->deliveries_dead = 0;
	if ((rc = metrics_count_feeds(s, out, e)) || (rc = metrics_count_deliveries(s, out, e)) ||
		(rc = metrics_count_one(s, SQL_COUNT_ALERTS, &out->alerts_stored, e)) ||
		(rc = metrics_count_one(s, SQL_OLDEST_PENDING, &out->deliveries_oldest_pending, e)))
		return rc;
	out->database_bytes = db_file_bytes(s, "");
	out->database_wal_bytes = db_file_bytes(s, "-wal");
	return 0;
}
