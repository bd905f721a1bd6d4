/* SPDX-License-Identifier: MIT */
#include "db.h"

#include "store/activity.h"

static void activity_clear(const struct store_activity *a)
{
	for (size_t i = 0; i < a->n; i++)
		a->counts[i] = 0;
}

/* False: outside of the periods. */
static bool activity_count(const struct store_activity *a, int64_t at, int64_t times)
{
	int64_t i = at >= a->since ? (at - a->since) / a->step : -1;

	if (i < 0 || i >= (int64_t)a->n)
		return false;
	a->counts[i] += times;
	return true;
}

int store_activity_alerts(struct store *s, const struct store_activity *a, struct str watch,
	struct store_activity_ranks *ranks, struct err *e)
{
	struct store_activity_ranks all = {.v = {0}};
	struct db_stmt q;
	int rc;

	activity_clear(a);
	db_start(&q, s, SQL_ACTIVITY_ALERTS, db_int(a->since), db_str(watch));
	while ((rc = db_step(&q, e)) > 0)
		if (activity_count(a, db_col_int(&q, 0), 1))
			all.v[alert_priority_of(db_col_view(&q, 1))]++;
	if (ranks)
		*ranks = all;
	return rc;
}

int store_activity_watches(struct store *s, int64_t since, struct arena *arena,
	struct store_activity_watch **out, size_t *n, struct err *e)
{
	struct store_activity_watch *v = NULL;
	size_t cap = 0;
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_ACTIVITY_WATCHES, db_int(since));
	q.arena = arena;
	while ((rc = db_step(&q, e)) > 0) {
		v = arena_extend(arena, v, *n, &cap, sizeof(*v));
		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		v[(*n)++] = (struct store_activity_watch){
			db_col_str(&q, 0), db_col_int(&q, 1), db_col_int(&q, 2)};
	}
	*out = v;
	return rc ? rc : db_lost(&q, e);
}

int store_activity_oldest(
	struct store *s, struct str watch, int64_t before, size_t n, int64_t *row, struct err *e)
{
	struct db_stmt q;
	int rc;

	*row = 0;
	db_start(&q, s, SQL_ACTIVITY_OLDEST, db_str(watch), db_int(before ? before : INT64_MAX),
		db_int((int64_t)n));
	rc = db_first(&q, row, e);
	if (*row == STAMP_NONE)
		*row = 0;
	return rc;
}

int store_activity_items(
	struct store *s, const struct store_activity *a, int64_t feed, struct err *e)
{
	struct db_stmt q;
	int rc;

	activity_clear(a);
	db_start(&q, s, SQL_ACTIVITY_ITEMS, db_int(feed), db_int(a->since));
	while ((rc = db_step(&q, e)) > 0)
		(void)activity_count(a, db_col_int(&q, 0), 1);
	return rc;
}

/* Rows come sorted by receiver. Returns NULL if the arena is full. */
static struct store_activity_receiver *activity_of_receiver(
	struct db_stmt *q, size_t *n, size_t *cap, struct store_activity_receiver *v)
{
	struct str notify = db_col_view(q, 0);

	if (*n > 0 && str_eq(v[*n - 1].notify, notify))
		return v;
	v = arena_extend(q->arena, v, *n, cap, sizeof(*v));
	if (v)
		v[(*n)++] = (struct store_activity_receiver){
			.notify = db_col_str(q, 0), .delivered_at = STAMP_NONE};
	return v;
}

int store_activity_receivers(struct store *s, int64_t since, struct arena *arena,
	struct store_activity_receiver **out, size_t *n, struct err *e)
{
	struct store_activity_receiver *v = NULL;
	size_t cap = 0;
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_ACTIVITY_RECEIVERS, db_int(since));
	q.arena = arena;
	while ((rc = db_step(&q, e)) > 0) {
		int64_t state = db_col_int(&q, 1);

		v = activity_of_receiver(&q, n, &cap, v);
		if (!v || q.lost) {
			db_end(&q);
			return err_nomem(e);
		}
		if (state >= 0 && state < STORE_STATES_STORED)
			v[*n - 1].deliveries[state] = db_col_int(&q, 2);
		if (state == STORE_DELIVERED)
			v[*n - 1].delivered_at = db_col_stamp(&q, 3);
	}
	*out = v;
	return rc;
}

int store_feed_items(
	struct store *s, int64_t feed, int64_t *rows, size_t max, size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_FEED_ITEMS, db_int(feed), db_int((int64_t)max));
	while ((rc = db_step(&q, e)) > 0 && *n < max)
		rows[(*n)++] = db_col_int(&q, 0);
	if (rc > 0)
		db_end(&q);
	return rc < 0 ? rc : 0;
}
