/* SPDX-License-Identifier: MIT */
/* Retention: deletes items that left their feed long ago. */
#include "documents.h"
#include "fulltext.h"

struct expired_feed {
	int64_t id, last_body, whole_at;
};

struct expired_item {
	uint8_t key[16];
	int64_t item;
};

#define EXPIRE_MAX   ((size_t)1000)
/* Feeds scanned in one call, to bound its time if nothing is old enough. */
#define EXPIRE_FEEDS 16

/* Returns the feed after the last finished one; feed->id is 0 if there is none. */
static int expire_next_feed(struct store *s, struct expired_feed *feed, struct err *e)
{
	struct db_stmt q;
	int rc;

	feed->id = 0;
	db_start(&q, s, SQL_EXPIRE_FEED, db_int(s->expire_feed));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*feed = (struct expired_feed){.id = db_col_int(&q, 0),
		.last_body = db_col_stamp(&q, 1),
		.whole_at = db_col_stamp(&q, 2)};
	db_end(&q);
	return 0;
}

/*
 * Items that left the feed before `before`. Only a complete body shows that an item left; if there
 * was none for so long, those are gone that none of its bodies held. Items of the last body were
 * recorded at most STORE_TOUCH_MS before it, so a feed that returns 304 for a year keeps its items.
 */
static int expire_find_items(struct store *s, const struct expired_feed *feed, int64_t before,
	struct expired_item *out, size_t limit, size_t *n, struct err *e)
{
	int64_t unseen = feed->last_body - STORE_TOUCH_MS;
	struct db_stmt q;
	int rc;

	if (unseen > before)
		unseen = before;
	if (feed->whole_at != STAMP_NONE && feed->whole_at >= before)
		unseen = INT64_MIN;
	*n = 0;
	db_start(&q, s, SQL_EXPIRE_FIND, db_int(feed->id), db_int(unseen), db_int(before),
		db_int((int64_t)limit));
	while ((rc = db_step(&q, e)) == 1) {
		struct str key = db_col_view(&q, 0);

		if (key.n != sizeof(out->key))
			continue;
		memcpy(out[*n].key, key.p, sizeof(out->key));
		out[(*n)++].item = db_col_int(&q, 1);
	}
	return rc;
}

static int expire_delete(
	struct store *s, int64_t feed, const struct expired_item *old, size_t n, struct err *e)
{
	int rc = 0;

	for (size_t k = 0; k < n && !rc; k++) {
		rc = words_forget(s, old[k].item, e);
		if (rc)
			break;
		rc = db_run(s, SQL_EXPIRE_KNOWN, e, db_int(feed),
			db_blob(old[k].key, sizeof(old[k].key)));
		if (rc)
			break;
		rc = documents_release_item(s, old[k].item, e);
		if (rc)
			break;
		rc = db_run(s, SQL_EXPIRE_ITEM, e, db_int(old[k].item));
	}
	/* SQLite may reuse the ids, which are not indexed then. */
	if (n && !rc)
		rc = db_run(s, SQL_ARCHIVE_MARK_DOWN, e);
	if (!n || rc)
		return rc;
	return db_run(s, SQL_EXPIRE_COUNT, e, db_int((int64_t)n), db_int(feed));
}

/* Deletes from one feed; sets *n to the number of deleted items. */
static int expire_feed(struct store *s, const struct expired_feed *feed, int64_t before,
	size_t batch, size_t *n, struct err *e)
{
	struct expired_item old[EXPIRE_MAX];
	int rc;

	*n = 0;
	if (feed->last_body == STAMP_NONE)
		return 0;
	rc = expire_find_items(s, feed, before, old, batch, n, e);
	return rc ? rc : expire_delete(s, feed->id, old, *n, e);
}

static int expire_feeds(struct store *s, int64_t before, size_t batch, bool *more, struct err *e)
{
	size_t left = batch < EXPIRE_MAX ? batch : EXPIRE_MAX;
	struct expired_feed feed;
	int rc = 0;

	for (int visited = 0; !rc && left > 0 && visited < EXPIRE_FEEDS; visited++) {
		size_t n = 0;

		rc = expire_next_feed(s, &feed, e);
		if (rc)
			break;
		if (!feed.id) {
			s->expire_feed = 0;
			*more = false;
			rc = db_run(s, SQL_NOTICES_EXPIRE, e, db_int(before));
			break;
		}
		rc = expire_feed(s, &feed, before, left, &n, e);
		if (n < left)
			s->expire_feed = feed.id;
		left -= n;
	}
	return rc;
}

int store_expire(struct store *s, int64_t before, size_t batch, bool *more, struct err *e)
{
	int rc = store_begin_relaxed(s, e);

	*more = true;
	return rc ? rc : store_end(s, expire_feeds(s, before, batch, more, e), e);
}
