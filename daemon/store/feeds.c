/* SPDX-License-Identifier: MIT */
#include "db.h"
#include "store/rests.h"
#include "store/touch.h"

static void feeds_read_columns(struct db_stmt *q, struct store_feed *f)
{
	*f = (struct store_feed){
		.id = db_col_int(q, 0),
		.name = db_col_str(q, 1),
		.url = db_col_str(q, 2),
		.etag = db_col_str(q, 3),
		.last_modified = db_col_str(q, 4),
		.body_hash = (uint64_t)db_col_int(q, 5),
		.last_poll = db_col_stamp(q, 6),
		.last_ok = db_col_stamp(q, 7),
		.last_body = db_col_stamp(q, 8),
		.next_due = db_col_stamp(q, 9),
		.failures = (unsigned)db_col_int(q, 10),
		.last_error = db_col_str(q, 11),
		.baseline = db_col_int(q, 12) != 0,
		.partial = (unsigned)db_col_int(q, 13),
		.url_changed = db_col_int(q, 14) != 0,
		.title = db_col_str(q, 15),
		.moved_to = db_col_str(q, 16),
		.moved_seen = (unsigned)db_col_int(q, 17),
		.gone = db_col_int(q, 18) != 0,
		.items_seen = db_col_int(q, 19),
		.ttl = db_col_int(q, 20),
		.skip_hours = (uint32_t)db_col_int(q, 21),
		.skip_days = (uint8_t)db_col_int(q, 22),
		.host_rest = db_col_int(q, 23),
		.interval = db_col_int(q, 24),
		.interval_why = (unsigned)db_col_int(q, 25),
		.trust.whole_at = db_col_stamp(q, 26),
		.trust.distrust_until = db_col_stamp(q, 27),
		.trust.unmodified = (unsigned)db_col_int(q, 28),
		.trust.probe_after = (unsigned)db_col_int(q, 29),
		.trust.lies = (unsigned)db_col_int(q, 30),
		.trust.suspect = db_col_int(q, 31) != 0,
		.oldest = db_col_stamp(q, 32),
		.identity = (enum feed_identity)db_col_int(q, 33),
		.left_out = db_col_int(q, 34),
		.arrivals = {db_col_int(q, 35), db_col_stamp(q, 36), db_col_stamp(q, 37)},
		.flood = {db_col_stamp(q, 38), db_col_int(q, 39), db_col_int(q, 40)},
		.slowness = (unsigned)db_col_int(q, 41),
		.absences = (unsigned)db_col_int(q, 42),
		.adopted = db_col_str(q, 43),
		.retry_after = db_col_int(q, 44),
		.max_age = db_col_int(q, 45),
	};
}

static const struct store_feed feeds_unknown = {
	.last_poll = STAMP_NONE,
	.last_ok = STAMP_NONE,
	.last_body = STAMP_NONE,
	.next_due = STAMP_NONE,
	.oldest = STAMP_NONE,
	.trust = {.whole_at = STAMP_NONE, .distrust_until = STAMP_NONE},
	.arrivals = {0, STAMP_NONE, STAMP_NONE},
	.flood = {.at = STAMP_NONE},
	.slowness = STORE_SLOWNESS_UNKNOWN,
};

int store_feed_get(struct store *s, struct str name, struct arena *arena, struct store_feed *out,
	struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = feeds_unknown;
	db_start(&q, s, SQL_FEED_GET, db_str(name));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	feeds_read_columns(&q, out);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

/* Sets *differs if the stored feed of that name has another url. */
static int feeds_url_differs(
	struct store *s, const struct store_feed *f, bool *differs, struct err *e)
{
	struct db_stmt q;
	int rc;

	*differs = false;
	db_start(&q, s, SQL_FEED_GET, db_str(f->name));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*differs = !str_eq(db_col_view(&q, 2), f->url);
	db_end(&q);
	return 0;
}

static void feeds_forget_url(struct store_feed *f)
{
	f->etag = f->last_modified = f->moved_to = f->adopted = STR_NONE;
	f->body_hash = 0;
	f->moved_seen = 0;
	f->gone = false;
	f->absences = 0;
	f->ttl = 0;
	f->skip_hours = 0;
	f->skip_days = 0;
	f->host_rest = 0;
	f->oldest = STAMP_NONE;
	f->interval = 0;
	f->interval_why = 0;
	f->retry_after = f->max_age = 0;
	f->trust = feeds_unknown.trust;
	f->left_out = 0;
	f->arrivals = feeds_unknown.arrivals;
	f->slowness = feeds_unknown.slowness;
	f->url_changed = true;
}

static void feeds_put_state(struct db_stmt *q, const struct store_feed *f)
{
	db_put(q, db_str(f->url), db_str(f->etag), db_str(f->last_modified),
		db_int((int64_t)f->body_hash), db_stamp(f->last_poll), db_stamp(f->last_ok),
		db_stamp(f->last_body), db_stamp(f->next_due), db_int(f->failures),
		db_str(f->last_error), db_int(f->baseline), db_int(f->partial),
		db_int(f->url_changed), db_str(f->title), db_str(f->moved_to),
		db_int(f->moved_seen), db_int(f->gone), db_int(f->items_seen), db_int(f->ttl),
		db_int(f->skip_hours), db_int(f->skip_days), db_int(f->host_rest),
		db_int(f->interval), db_int(f->interval_why), db_stamp(f->trust.whole_at),
		db_stamp(f->trust.distrust_until), db_int(f->trust.unmodified),
		db_int(f->trust.probe_after), db_int(f->trust.lies), db_int(f->trust.suspect),
		db_stamp(f->oldest), db_int(f->identity), db_int(f->left_out),
		db_int(f->arrivals.milli_items), db_stamp(f->arrivals.since),
		db_stamp(f->arrivals.until), db_stamp(f->flood.at), db_int(f->flood.items),
		db_int(f->flood.in_digest), db_int(f->slowness), db_int(f->absences),
		db_str(f->adopted), db_int(f->retry_after), db_int(f->max_age));
}

/* Fast path of nearly every poll: the row exists and has the same url. */
static int feeds_update(struct store *s, const struct store_feed *f, bool *done, struct err *e)
{
	struct db_stmt q;
	int rc;

	*done = false;
	if (!f->id)
		return 0;
	db_start(&q, s, SQL_FEED_UPDATE);
	feeds_put_state(&q, f);
	db_put(&q, db_int(f->id), db_str(f->name));
	rc = db_finish(&q, e);
	*done = !rc && sqlite3_changes(s->db) > 0;
	return rc;
}

int store_feed_put(struct store *s, struct store_feed *f, struct err *e)
{
	struct db_stmt q;
	bool done, differs;
	int rc = feeds_update(s, f, &done, e);

	if (rc || done)
		return rc;
	rc = feeds_url_differs(s, f, &differs, e);
	if (rc)
		return rc;
	if (differs)
		feeds_forget_url(f);
	db_start(&q, s, SQL_FEED_PUT);
	feeds_put_state(&q, f);
	db_put(&q, db_str(f->name));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	f->id = db_col_int(&q, 0);
	return db_finish(&q, e);
}

int store_feed_touch(struct store *s, const struct store_touch *t, struct err *e)
{
	int rc = db_run(s, SQL_FEED_TOUCH, e, db_stamp(t->at), db_stamp(t->next_due),
		db_int(t->host_rest), db_int(t->interval), db_int(t->interval_why),
		db_int(t->slowness), db_int(t->unmodified), db_int(t->probe_after),
		db_int(t->retry_after), db_int(t->max_age), db_int(t->feed));

	if (rc || t->keep == 0)
		return rc;
	return db_run(s, SQL_HEALTH_ANSWER, e, db_int(t->keep), db_int(t->same), db_int(t->feed));
}

int store_feed_rests(struct store *s, int64_t now, store_rest_fn *fn, void *ctx, struct err *e)
{
	struct db_stmt q;
	int rc, stop = 0;

	db_start(&q, s, SQL_FEED_RESTS, db_int(now));
	while ((rc = db_step(&q, e)) > 0 && stop == 0)
		stop = fn(ctx, db_col_view(&q, 0), db_col_int(&q, 1));
	if (rc > 0)
		db_end(&q);
	return stop ? stop : rc < 0 ? rc : 0;
}
