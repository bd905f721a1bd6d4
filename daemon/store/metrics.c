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
	int64_t counts[STORE_STATES_STORED] = {0};
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_COUNT_DELIVERIES);
	while ((rc = db_step(&q, e)) == 1) {
		int64_t state = db_col_int(&q, 0);

		if (state >= 0 && state < STORE_STATES_STORED)
			counts[state] = db_col_int(&q, 1);
	}
	out->deliveries_pending = counts[STORE_PENDING];
	out->deliveries_held = counts[STORE_HELD];
	out->deliveries_delivered = counts[STORE_DELIVERED];
	out->deliveries_folded = counts[STORE_FOLDED];
	out->deliveries_silenced = counts[STORE_SILENCED];
	out->deliveries_dead = counts[STORE_DEAD];
	out->deliveries_expired = counts[STORE_EXPIRED];
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

	if ((rc = metrics_count_feeds(s, out, e)) || (rc = metrics_count_deliveries(s, out, e)) ||
		(rc = metrics_count_one(s, SQL_COUNT_ALERTS, &out->alerts_stored, e)) ||
		(rc = metrics_count_one(s, SQL_OLDEST_PENDING, &out->deliveries_oldest_pending, e)))
		return rc;
	out->database_bytes = db_file_bytes(s, "");
	out->database_wal_bytes = db_file_bytes(s, "-wal");
	return 0;
}
