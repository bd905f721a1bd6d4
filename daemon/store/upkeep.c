/* SPDX-License-Identifier: MIT */
/* Counting and forgetting. */
#include "fulltext.h"

#include <sys/stat.h>

static int count_feeds(struct store *s, struct metrics *out, struct err *e)
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
	db_end(&q);
	return 0;
}

static int count_deliveries(struct store *s, struct metrics *out, struct err *e)
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
		}
	}
	return rc;
}

static int count_one(struct store *s, enum store_sql id, int64_t *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, id);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*out = db_col_stamp(&q, 0);
	db_end(&q);
	return 0;
}

static int64_t file_bytes(const struct store *s, const char *suffix)
{
	char *name = sqlite3_mprintf("%s%s", s->path, suffix);
	struct stat st;
	int64_t bytes = name && stat(name, &st) == 0 ? st.st_size : 0;

	sqlite3_free(name);
	return bytes;
}

int store_metrics(struct store *s, struct metrics *out, struct err *e)
{
	int rc;

	out->deliveries_pending = out->deliveries_delivered = 0;
	out->deliveries_failed = out->deliveries_dead = 0;
	if ((rc = count_feeds(s, out, e)) || (rc = count_deliveries(s, out, e)) ||
		(rc = count_one(s, SQL_COUNT_ALERTS, &out->alerts_stored, e)) ||
		(rc = count_one(s, SQL_OLDEST_PENDING, &out->deliveries_oldest_pending, e)))
		return rc;
	out->database_bytes = file_bytes(s, "");
	out->database_wal_bytes = file_bytes(s, "-wal");
	return 0;
}

struct old_item {
	uint8_t key[16];
	int64_t item;
};

#define EXPIRE_MAX   ((size_t)1000)
/* Looked through in one call, so that the desk is not held up where nothing is old. */
#define EXPIRE_FEEDS 16

/* The next feed after the one where the last call ended; *feed 0: that was the last. */
static int next_feed(struct store *s, int64_t *feed, int64_t *last_body, struct err *e)
{
	struct db_stmt q;
	int rc;

	*feed = 0;
	db_start(&q, s, SQL_EXPIRE_FEED);
	db_put_int(&q, s->expire_feed);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*feed = db_col_int(&q, 0);
	*last_body = db_col_stamp(&q, 1);
	db_end(&q);
	return 0;
}

static int find_old(struct store *s, int64_t feed, int64_t before, struct old_item *out,
	size_t limit, size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_EXPIRE_FIND);
	db_put_int(&q, feed);
	db_put_int(&q, before);
	db_put_int(&q, (int64_t)limit);
	while ((rc = db_step(&q, e)) == 1 && *n < limit) {
		struct str key = db_col_view(&q, 0);

		if (key.n != sizeof(out->key))
			continue;
		memcpy(out[*n].key, key.p, sizeof(out->key));
		out[(*n)++].item = db_col_int(&q, 1);
	}
	if (rc == 1)
		db_end(&q);
	return rc < 0 ? rc : 0;
}

static int delete_old(
	struct store *s, int64_t feed, const struct old_item *old, size_t n, struct err *e)
{
	struct db_stmt q;
	int rc = 0;

	for (size_t k = 0; k < n && !rc; k++) {
		rc = words_forget(s, old[k].item, e);
		if (rc)
			break;
		db_start(&q, s, SQL_EXPIRE_KNOWN);
		db_put_int(&q, feed);
		db_put_blob(&q, old[k].key, sizeof(old[k].key));
		rc = db_run(&q, e);
		if (rc)
			break;
		db_start(&q, s, SQL_EXPIRE_ITEM);
		db_put_int(&q, old[k].item);
		rc = db_run(&q, e);
	}
	if (n && !rc)
		rc = words_mark_down(s, e);
	if (!n || rc)
		return rc;
	db_start(&q, s, SQL_EXPIRE_COUNT);
	db_put_int(&q, (int64_t)n);
	db_put_int(&q, feed);
	return db_run(&q, e);
}

/* One feed; *n of its items went. */
static int expire_feed(struct store *s, int64_t feed, int64_t last_body, int64_t before,
	size_t batch, size_t *n, struct err *e)
{
	struct old_item old[EXPIRE_MAX];
	int rc;

	*n = 0;
	if (last_body == STAMP_NONE)
		return 0;
	/*
	 * An item of the last body was noted then, or less than STORE_TOUCH_MS before: a feed that
	 * answers "not modified" for a year keeps all that it holds.
	 */
	if (before > last_body - STORE_TOUCH_MS)
		before = last_body - STORE_TOUCH_MS;
	rc = find_old(s, feed, before, old, batch, n, e);
	return rc ? rc : delete_old(s, feed, old, *n, e);
}

static int expire_some(struct store *s, int64_t before, size_t batch, bool *more, struct err *e)
{
	size_t left = batch < EXPIRE_MAX ? batch : EXPIRE_MAX;
	int64_t feed, last_body;
	int rc = 0;

	for (int visited = 0; !rc && left > 0 && visited < EXPIRE_FEEDS; visited++) {
		size_t n = 0;

		rc = next_feed(s, &feed, &last_body, e);
		if (rc)
			break;
		if (!feed) {
			s->expire_feed = 0;
			*more = false;
			break;
		}
		rc = expire_feed(s, feed, last_body, before, left, &n, e);
		if (n < left)
			s->expire_feed = feed;
		left -= n;
	}
	return rc;
}

int store_expire(struct store *s, int64_t before, size_t batch, bool *more, struct err *e)
{
	bool own = !s->in_txn;
	int rc = own ? store_begin_relaxed(s, e) : 0;

	*more = true;
	if (rc)
		return rc;
	rc = expire_some(s, before, batch, more, e);
	if (!own)
		return rc;
	if (rc)
		store_rollback(s);
	else
		rc = store_commit(s, e);
	return rc;
}
