/* SPDX-License-Identifier: MIT */
#include "sql.h"

#include <stddef.h>

#define FEED_STATE                                                                                 \
	"url, etag, last_modified, body_hash, last_poll, last_ok, last_body, next_due,"            \
	" failures, last_error, baseline, partial, url_changed, title, moved_to, moved_seen, "     \
	"gone,"                                                                                    \
	" items_seen, ttl, skip_hours, skip_days, host_rest"

/* Columns of db_read_alert and db_read_due, in this order. */
#define ALERT_COLUMNS                                                                              \
	"a.id, a.created, a.watch, a.watch_title, a.priority, a.item_id, a.title, a.link,"         \
	" a.author, a.body, a.published, a.feed, a.feed_title, a.source, a.language, a.fetched,"   \
	" a.hits"
#define DUE_COLUMNS                                                                                \
	ALERT_COLUMNS ", d.id, d.notify, d.state, d.attempts, d.created, d.next_at, d.done_at,"    \
		      " d.answer, d.served, d.due_at, d.group_key"

/* Columns of db_read_item, in this order. CROSS JOIN makes the planner start with items. */
#define ITEM_COLUMNS                                                                               \
	"i.id, f.name, i.first_seen, i.item_id, i.title, i.link, i.author, i.published,"           \
	" i.updated, i.language, i.categories, i.summary, i.content, i.arrival"
#define ITEM_FROM " FROM items i CROSS JOIN feeds f ON f.id = i.feed"

#define DUE_FROM " FROM deliveries d JOIN alerts a ON a.row = d.alert"

static const char *const texts[SQL_COUNT] = {
	[SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[SQL_BEGIN_READ] = "BEGIN",
	[SQL_COMMIT] = "COMMIT",

	[SQL_FEED_GET] = "SELECT id, name, " FEED_STATE " FROM feeds WHERE name = ?",
	/* ?1 is the url: a row with another url is not updated. */
	[SQL_FEED_UPDATE] = "UPDATE feeds SET (" FEED_STATE ")"
			    " = (?1,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
			    " WHERE id = ? AND name = ? AND url = ?1",
	[SQL_FEED_PUT] =
		"INSERT INTO feeds (" FEED_STATE ", name)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
		" ON CONFLICT (name) DO UPDATE SET url = excluded.url, etag = excluded.etag,"
		" last_modified = excluded.last_modified, body_hash = excluded.body_hash,"
		" last_poll = excluded.last_poll, last_ok = excluded.last_ok,"
		" last_body = excluded.last_body, next_due = excluded.next_due,"
		" failures = excluded.failures, last_error = excluded.last_error,"
		" baseline = excluded.baseline, partial = excluded.partial,"
		" url_changed = excluded.url_changed, title = excluded.title,"
		" moved_to = excluded.moved_to, moved_seen = excluded.moved_seen,"
		" gone = excluded.gone, items_seen = excluded.items_seen, ttl = excluded.ttl,"
		" skip_hours = excluded.skip_hours, skip_days = excluded.skip_days,"
		" host_rest = excluded.host_rest RETURNING id",

	[SQL_KNOWN_OF_FEED] = "SELECT key, item, link_key, text_key, seen FROM known"
			      " WHERE feed = ?",
	[SQL_KNOWN_ADD] = "INSERT INTO known (feed, key, item, link_key, text_key, seen)"
			  " VALUES (?,?,?,?,?,?)",
	[SQL_KNOWN_RENAME] = "UPDATE known SET key = ?, seen = ? WHERE feed = ? AND key = ?",
	[SQL_KNOWN_REVISE] = "UPDATE known SET link_key = ?, text_key = ?, seen = ?"
			     " WHERE feed = ? AND key = ?",

	[SQL_ITEM_ADD] = "INSERT INTO items (feed, first_seen, item_id, title, link, author,"
			 " published, updated, language, categories, summary, content, arrival)"
			 " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_ITEM_GET] = "SELECT " ITEM_COLUMNS ITEM_FROM " WHERE i.id = ?",
	[SQL_ITEM_REVISE] = "UPDATE items SET item_id = ?, title = ?, link = ?, author = ?,"
			    " published = ?, updated = ?, language = ?, categories = ?,"
			    " summary = ?, content = ? WHERE id = ?",
	/* CROSS JOIN: feed by feed, so that each look-up uses the primary key of known. */
	[SQL_ITEMS_FIND] = "SELECT k.item FROM feeds f CROSS JOIN known k"
			   " WHERE k.feed = f.id AND k.key = ?2"
			   " UNION SELECT item FROM alerts WHERE id = ?1"
			   " UNION SELECT item FROM known WHERE ?3 <> 0 AND link_key = ?3"
			   " ORDER BY 1 DESC LIMIT ?4",
	[SQL_ITEMS_SEEK] = "SELECT id FROM items WHERE item_id = ?1 OR link = ?1"
			   " ORDER BY 1 DESC LIMIT ?2",
	[SQL_ITEM_FIRST] =
		"SELECT f.items_expired = 0 AND i.first_seen <= (SELECT first_seen FROM items"
		" WHERE feed = i.feed ORDER BY id LIMIT 1)"
		" FROM items i JOIN feeds f ON f.id = i.feed WHERE i.id = ?",
	[SQL_REVISION_ADD] = "INSERT INTO revisions (item, until, title, summary, content)"
			     " SELECT id, ?, title, summary, content FROM items WHERE id = ?",
	[SQL_REVISION_TRIM] = "DELETE FROM revisions WHERE item = ?1 AND id <= (SELECT id"
			      " FROM revisions WHERE item = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
	[SQL_REVISIONS_OF_ITEM] = "SELECT until, title, summary, content FROM revisions"
				  " WHERE item = ? ORDER BY id DESC LIMIT ?",

	[SQL_ALERT_ADD] = "INSERT INTO alerts (id, item, edition, story_key, created, watch,"
			  " watch_title, priority, item_id, title, link, author, body, published,"
			  " feed, feed_title, source, language, fetched, hits)"
			  " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
			  " ON CONFLICT DO NOTHING",
	[SQL_ALERT_EXISTS] = "SELECT 1 FROM alerts WHERE watch = ? AND item = ? LIMIT 1",
	[SQL_DELIVERY_ADD] = "INSERT INTO deliveries (alert, notify, state, attempts, created,"
			     " due_at, next_at, group_key) VALUES (?,?,0,0,?,?,?,?)"
			     " ON CONFLICT DO NOTHING",

	[SQL_DUE_OF_NOTIFY] = "SELECT " DUE_COLUMNS DUE_FROM
			      " WHERE d.notify = ? AND d.state = 0 AND d.next_at <= ?"
			      " ORDER BY d.next_at, d.id LIMIT ?",
	[SQL_DUE_OF_ALL] = "SELECT " DUE_COLUMNS DUE_FROM
			   " WHERE d.state = 0 AND d.next_at <= ? ORDER BY d.next_at, d.id LIMIT ?",
	[SQL_NEXT_OF_NOTIFY] = "SELECT min(next_at) FROM deliveries WHERE notify = ? AND state = 0",
	[SQL_NEXT_OF_ALL] = "SELECT min(next_at) FROM deliveries WHERE state = 0",
	/* A delivery that was dropped during the attempt stays dropped unless it was delivered. */
	[SQL_DELIVERY_UPDATE] =
		"UPDATE deliveries SET state = ?1, next_at = ?2, done_at = ?3, answer = ?4,"
		" attempts = attempts + 1 WHERE id = ?5 AND (state = 0 OR ?1 = 1)",
	[SQL_DELIVERY_DEFER] = "UPDATE deliveries SET next_at = ?, answer = ?"
			       " WHERE id = ? AND state = 0",
	[SQL_DELIVERY_SERVED] = "UPDATE deliveries SET served = ? WHERE id = ?",
	[SQL_DELIVERY_STATE] = "SELECT state, notify FROM deliveries WHERE id = ?",
	[SQL_DELIVERY_RETRY] = "UPDATE deliveries SET state = 0, attempts = 0, next_at = ?,"
			       " done_at = NULL, answer = NULL WHERE id = ?",
	[SQL_DELIVERY_DROP] = "UPDATE deliveries SET state = 3, done_at = ?,"
			      " answer = 'dropped by hand' WHERE id = ?",
	[SQL_OUTBOX_SHIFT] = "UPDATE deliveries SET next_at = CASE attempts WHEN 0 THEN ?1"
			     " ELSE next_at + ?2 END WHERE state = 0",

	[SQL_ALERTS_LIST] =
		"SELECT " ALERT_COLUMNS ", (SELECT count(*) FROM deliveries WHERE alert = a.row),"
		" (SELECT count(*) FROM deliveries WHERE alert = a.row AND state = 1),"
		" (SELECT count(*) FROM deliveries WHERE alert = a.row AND state = 0)"
		" FROM alerts a WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.watch = ?2)"
		" AND (?3 IS NULL OR a.created >= ?3) AND (?5 IS NULL OR a.item = ?5)"
		" AND (?6 IS NULL OR a.story_key = ?6) ORDER BY a.row DESC LIMIT ?4",
	[SQL_DELIVERIES_LIST] = "SELECT " DUE_COLUMNS DUE_FROM " WHERE (?1 IS NULL OR d.id = ?1)"
				" AND (?2 IS NULL OR a.id = ?2) AND (?3 IS NULL OR d.notify = ?3)"
				" AND (?4 IS NULL OR d.state = ?4) ORDER BY d.id DESC LIMIT ?5",

	[SQL_COUNT_FEEDS] = "SELECT count(*), count(*) FILTER (WHERE failures > 0),"
			    " total(items_seen - items_expired) FROM feeds",
	[SQL_COUNT_ALERTS] = "SELECT count(*) FROM alerts",
	[SQL_COUNT_DELIVERIES] = "SELECT state, count(*) FROM deliveries GROUP BY state",
	[SQL_OLDEST_PENDING] = "SELECT min(created) FROM deliveries WHERE state = 0",

	[SQL_EXPIRE_FEED] = "SELECT id, last_body FROM feeds WHERE id > ? ORDER BY id LIMIT 1",
	[SQL_EXPIRE_FIND] = "SELECT key, item FROM known k WHERE feed = ? AND seen < ?"
			    " AND NOT EXISTS (SELECT 1 FROM alerts a JOIN deliveries d"
			    " ON d.alert = a.row WHERE a.item = k.item AND d.state = 0) LIMIT ?",
	[SQL_EXPIRE_KNOWN] = "DELETE FROM known WHERE feed = ? AND key = ?",
	[SQL_EXPIRE_ITEM] = "DELETE FROM items WHERE id = ?",
	[SQL_EXPIRE_COUNT] = "UPDATE feeds SET items_expired = items_expired + ? WHERE id = ?",

	[SQL_ARCHIVE_STATE] = "SELECT mark, version, (SELECT max(id) FROM items) FROM archive",
	[SQL_ARCHIVE_MARK] = "UPDATE archive SET mark = ?",
	[SQL_ARCHIVE_MARK_DOWN] = "UPDATE archive SET mark = min(mark,"
				  " (SELECT coalesce(max(id), 0) FROM items))",
	[SQL_ARCHIVE_RESET] = "UPDATE archive SET mark = 0, version = ?",
	[SQL_STALE_KEEP] = "INSERT INTO stale SELECT id, title, summary, content FROM items"
			   " WHERE id = ? AND id <= (SELECT mark FROM archive)"
			   " ON CONFLICT DO NOTHING",
	[SQL_STALE_NEXT] = "SELECT item, title, summary, content FROM stale LIMIT 1",
	[SQL_STALE_GET] = "SELECT item, title, summary, content FROM stale WHERE item = ?",
	[SQL_STALE_DROP] = "DELETE FROM stale WHERE item = ?",
	[SQL_STALE_CLEAR] = "DELETE FROM stale",
	[SQL_STALE_IDS] = "SELECT item FROM stale WHERE item >= ? ORDER BY item DESC",
	[SQL_WORDS_ADD] = "INSERT INTO words (rowid, title, body) VALUES (?,?,?)",
	[SQL_WORDS_REMOVE] = "INSERT INTO words (words, rowid, title, body)"
			     " VALUES ('delete', ?,?,?)",
	[SQL_WORDS_CLEAR] = "INSERT INTO words (words) VALUES ('delete-all')",
	[SQL_WORDS_SET] = "INSERT INTO words (words, rank) VALUES (?,?)",
	[SQL_WORDS_MERGE] = "INSERT INTO words (words, rank) VALUES ('merge', ?)",
	[SQL_WORDS_FIND] = "SELECT w.rowid FROM words w CROSS JOIN items i ON i.id = w.rowid"
			   " WHERE w.words MATCH ?1 AND w.rowid >= ?2"
			   " AND (?3 IS NULL OR i.first_seen >= ?3) AND (?4 IS NULL OR i.feed ="
			   " (SELECT id FROM feeds WHERE name = ?4)) ORDER BY w.rowid DESC",
	[SQL_WORDS_ANY] = "SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ?"
			  " ORDER BY rowid",
	[SQL_ITEMS_NEXT] = "SELECT id, title, summary, content FROM items WHERE id > ?"
			   " ORDER BY id",
	[SQL_ITEMS_TEXT_OF] = "SELECT id, title, summary, content FROM items WHERE id = ?",
	[SQL_ITEMS_SINCE] = "SELECT coalesce(min(id), 9223372036854775807) FROM items"
			    " WHERE first_seen >= ?",
	[SQL_ITEMS_TEXT] = "SELECT " ITEM_COLUMNS ITEM_FROM " WHERE i.id > ?1"
			   " AND (?2 IS NULL OR i.first_seen >= ?2)"
			   " AND (?3 IS NULL OR f.name = ?3) ORDER BY i.id DESC",
	[SQL_ITEMS_FROM] = "SELECT " ITEM_COLUMNS ITEM_FROM " WHERE i.id BETWEEN ? AND ?"
			   " ORDER BY i.id LIMIT ?",
	[SQL_ITEMS_COUNT] = "SELECT count(*), min(first_seen), max(first_seen) FROM items"
			    " WHERE (?1 IS NULL OR first_seen >= ?1)"
			    " AND (?2 IS NULL OR first_seen < ?2)",
	[SQL_LINK_SHARED] = "SELECT 1 FROM known k JOIN items i ON i.id = k.item"
			    " WHERE k.feed = (SELECT id FROM feeds WHERE name = ?1)"
			    " AND k.link_key = ?2 AND k.item <> ?3"
			    " AND (k.item < ?3 OR i.first_seen = ?4) LIMIT 1",
};

const char *store_sql_text(enum store_sql id)
{
	return texts[id];
}
