/* SPDX-License-Identifier: MIT */
#include "store/health.h"

#include "db.h"

const struct store_health store_health_unknown = {
	.latency = -1, .newest = STAMP_NONE, .stale_at = STAMP_NONE, .failing_since = STAMP_NONE};

int store_health_get(
	struct store *s, int64_t feed, struct arena *arena, struct store_health *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = store_health_unknown;
	db_start(&q, s, SQL_HEALTH_GET, db_int(feed));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*out = (struct store_health){
		.bytes = db_col_int(&q, 0),
		.milli_whole = db_col_int(&q, 1),
		.milli_same = db_col_int(&q, 2),
		.latency = db_col_int(&q, 3),
		.newest = db_col_stamp(&q, 4),
		.stale_at = db_col_stamp(&q, 5),
		.failing_since = db_col_stamp(&q, 6),
		.reasons = db_col_str(&q, 7),
	};
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_health_put(struct store *s, int64_t feed, const struct store_health *h, struct err *e)
{
	return db_run(s, SQL_HEALTH_PUT, e, db_int(feed), db_int(h->bytes), db_int(h->milli_whole),
		db_int(h->milli_same), db_int(h->latency), db_stamp(h->newest),
		db_stamp(h->stale_at), db_stamp(h->failing_since), db_str(h->reasons));
}

static int health_list_overdue(struct db_stmt *q, struct arena *arena, struct store_overdue **out,
	size_t *n, struct err *e)
{
	size_t room = 0;
	int rc;

	*out = NULL;
	*n = 0;
	q->arena = arena;
	while ((rc = db_step(q, e)) == 1) {
		struct store_overdue *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_overdue){
			db_col_str(q, 0), db_col_str(q, 1), db_col_int(q, 2), db_col_stamp(q, 3)};
	}
	return rc ? rc : db_lost(q, e);
}

int store_feeds_silent(struct store *s, int64_t now, size_t max, struct arena *arena,
	struct store_overdue **out, size_t *n, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_FEEDS_SILENT, db_int(now), db_int((int64_t)max));
	return health_list_overdue(&q, arena, out, n, e);
}

int store_feeds_stale(struct store *s, int64_t now, size_t max, struct arena *arena,
	struct store_overdue **out, size_t *n, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_FEEDS_STALE, db_int(now), db_int((int64_t)max));
	return health_list_overdue(&q, arena, out, n, e);
}

int store_feed_states(struct store *s, store_feed_state_fn *fn, void *ctx, struct err *e)
{
	struct db_stmt q;
	int rc, stop = 0;

	db_start(&q, s, SQL_FEED_STATES);
	while (stop == 0 && (rc = db_step(&q, e)) > 0) {
		const struct store_feed_state f = {
			.name = db_col_view(&q, 0),
			.last_poll = db_col_stamp(&q, 1),
			.last_ok = db_col_stamp(&q, 2),
			.next_due = db_col_stamp(&q, 3),
			.interval = db_col_int(&q, 4),
			.failed = db_col_int(&q, 5) != 0,
			.gone = db_col_int(&q, 6) != 0,
			.incomplete = db_col_int(&q, 7) != 0,
			.flood_at = db_col_stamp(&q, 8),
			.silent_at = db_col_stamp(&q, 9),
			.stale_at = db_col_stamp(&q, 10),
		};

		stop = fn(ctx, &f);
	}
	if (stop)
		db_end(&q);
	return stop ? stop : rc;
}
