/* SPDX-License-Identifier: MIT */
#include "store/report.h"

#include "db.h"

int store_report_last(struct store *s, struct str notify, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_REPORT_LAST, db_str(notify));
	return db_first(&q, at, e);
}

int store_report_put(struct store *s, struct str notify, int64_t at, struct err *e)
{
	return db_run(s, SQL_REPORT_PUT, e, db_str(notify), db_int(at));
}

int store_report_fold(struct store *s, struct str notify, int64_t row, int64_t now, struct err *e)
{
	return db_run(s, SQL_REPORT_FOLD, e, db_int(row), db_int(now), db_str(notify));
}

/* The newest alert before `from`: rows ascend with the time. */
static int report_find_first(struct store *s, int64_t from, int64_t *row, struct err *e)
{
	struct db_stmt q;
	int rc;

	*row = 0;
	db_start(&q, s, SQL_ALERTS_BACK);
	while ((rc = db_step(&q, e)) == 1)
		if (db_col_int(&q, 1) < from) {
			*row = db_col_int(&q, 0);
			db_end(&q);
			return 0;
		}
	return rc;
}

int store_report_watches(
	struct store *s, int64_t from, store_report_watch_fn *fn, void *ctx, struct err *e)
{
	struct db_stmt q;
	int64_t row;
	int rc = report_find_first(s, from, &row, e);

	if (rc)
		return rc;
	db_start(&q, s, SQL_REPORT_WATCHES, db_int(row), db_int(from));
	while ((rc = db_step(&q, e)) == 1) {
		rc = fn(ctx, db_col_view(&q, 0), db_col_view(&q, 1), db_col_int(&q, 2));
		if (rc)
			break;
	}
	if (rc)
		db_end(&q);
	return rc;
}

int store_report_feeds(
	struct store *s, int64_t from, store_report_feed_fn *fn, void *ctx, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_REPORT_FEEDS, db_int(from));
	while ((rc = db_step(&q, e)) == 1) {
		const struct store_report_feed f = {
			.name = db_col_view(&q, 0),
			.failures = (unsigned)db_col_int(&q, 1),
			.last_ok = db_col_stamp(&q, 2),
			.arrivals = {db_col_int(&q, 3), db_col_stamp(&q, 4), db_col_stamp(&q, 5)},
			.quiet = db_col_int(&q, 6) == 0,
		};

		rc = fn(ctx, &f);
		if (rc)
			break;
	}
	if (rc)
		db_end(&q);
	return rc;
}
