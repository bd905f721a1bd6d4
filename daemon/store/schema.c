/* SPDX-License-Identifier: MIT */
/*
 * The schema as a list of migrations. A released migration is never edited; append another one.
 * user_version is the number of migrations that a file has.
 */
#include "db.h"

static const char *const steps[] = {
	/* 1 */
	"CREATE TABLE feeds ("
	" id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, url TEXT NOT NULL,"
	" etag TEXT, last_modified TEXT, body_hash INTEGER NOT NULL,"
	" last_poll INTEGER, last_ok INTEGER, last_body INTEGER, next_due INTEGER,"
	" failures INTEGER NOT NULL, last_error TEXT, baseline INTEGER NOT NULL,"
	" partial INTEGER NOT NULL, url_changed INTEGER NOT NULL, title TEXT, moved_to TEXT,"
	" moved_seen INTEGER NOT NULL, gone INTEGER NOT NULL, items_seen INTEGER NOT NULL,"
	" items_expired INTEGER NOT NULL DEFAULT 0, ttl INTEGER NOT NULL,"
	" skip_hours INTEGER NOT NULL, skip_days INTEGER NOT NULL) STRICT;"

	"CREATE TABLE items ("
	" id INTEGER PRIMARY KEY, feed INTEGER NOT NULL REFERENCES feeds,"
	" first_seen INTEGER NOT NULL, item_id TEXT, title TEXT, link TEXT, author TEXT,"
	" published INTEGER, updated INTEGER, language TEXT, categories TEXT, summary TEXT,"
	" content TEXT) STRICT;"

	/*
	 * The keys that polling scans, clustered by feed, about seventy per page. One row for each
	 * item. No foreign key: it would need an index on item, which costs a fifth of the speed,
	 * and the row is only deleted together with its item.
	 */
	"CREATE TABLE known ("
	" feed INTEGER NOT NULL, key BLOB NOT NULL, item INTEGER NOT NULL,"
	" link_key INTEGER NOT NULL, text_key INTEGER NOT NULL, seen INTEGER NOT NULL,"
	" PRIMARY KEY (feed, key)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE revisions ("
	" id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,"
	" until INTEGER NOT NULL, title TEXT, summary TEXT, content TEXT) STRICT;"
	"CREATE INDEX revisions_item ON revisions (item, id);"

	"CREATE TABLE alerts ("
	" row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" item INTEGER NOT NULL REFERENCES items ON DELETE CASCADE, edition INTEGER NOT NULL,"
	" story_key INTEGER NOT NULL, created INTEGER NOT NULL, watch TEXT NOT NULL,"
	" watch_title TEXT, priority TEXT, item_id TEXT, title TEXT, link TEXT, author TEXT,"
	" body TEXT, published INTEGER, feed TEXT, feed_title TEXT, source TEXT, language TEXT,"
	" fetched INTEGER, hits TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX alerts_item ON alerts (item, watch, edition);"
	"CREATE UNIQUE INDEX alerts_story ON alerts (watch, story_key) WHERE story_key <> 0;"

	"CREATE TABLE deliveries ("
	" id INTEGER PRIMARY KEY, alert INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,"
	" notify TEXT NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL,"
	" created INTEGER NOT NULL, next_at INTEGER NOT NULL, done_at INTEGER, answer TEXT,"
	" UNIQUE (alert, notify)) STRICT;"
	"CREATE INDEX deliveries_due ON deliveries (notify, next_at, id) WHERE state = 0;"
	"CREATE INDEX deliveries_next ON deliveries (next_at, id) WHERE state = 0;"
	"CREATE INDEX deliveries_state ON deliveries (state);",

	/*
	 * 2: the archive, see fulltext.h. Every ASCII character except the space is a token
	 * character, non-ASCII ones are by default. columnsize = 0: results are never ranked.
	 */
	"CREATE INDEX items_first_seen ON items (first_seen);"
	"CREATE VIRTUAL TABLE words USING fts5 (title, body, content = '', columnsize = 0,"
	" tokenize = \"ascii tokenchars '!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'\");"
	"CREATE TABLE archive (mark INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;"
	"INSERT INTO archive VALUES (0, 0);"
	"CREATE TABLE stale (item INTEGER PRIMARY KEY, title TEXT, summary TEXT, content TEXT)"
	" STRICT;",

	/* 3: enum store_arrival; NULL for items stored before. */
	"ALTER TABLE items ADD COLUMN arrival INTEGER;",

	/* 4: mail recipients that accepted it, space-separated; NULL: none. */
	"ALTER TABLE deliveries ADD COLUMN served TEXT;",

	/* 5: Retry-After of the host as a time; 0: none. */
	"ALTER TABLE feeds ADD COLUMN host_rest INTEGER NOT NULL DEFAULT 0;",

	/* 6: planned time of a delivery, and the group it is sent with; NULL: alone. */
	"ALTER TABLE deliveries ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;"
	"UPDATE deliveries SET due_at = created;"
	"ALTER TABLE deliveries ADD COLUMN group_key TEXT;",

	/*
	 * 7: author and categories are part of what an edit changes. NULL: stored before; in
	 * revisions, an empty text is an item without them. known has the time when the item was
	 * first absent from a body; 0: it is in the last one.
	 */
	"ALTER TABLE known ADD COLUMN label_key INTEGER;"
	"ALTER TABLE known ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
	"UPDATE known SET gone = seen WHERE seen < (SELECT last_body - 86400000 FROM feeds"
	" WHERE feeds.id = known.feed);"
	"ALTER TABLE revisions ADD COLUMN author TEXT;"
	"ALTER TABLE revisions ADD COLUMN categories TEXT;"
	/*
	 * Feeds have their interval, its reason, struct store_trust, how many items the last body
	 * had past its limit, its earliest date, the identity of its keys, a usual number of new
	 * items, a last flood, and whether its server is quick; 1: that is unknown.
	 */
	"ALTER TABLE feeds ADD COLUMN interval INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN interval_why INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN whole_at INTEGER;"
	"ALTER TABLE feeds ADD COLUMN distrust_until INTEGER;"
	"ALTER TABLE feeds ADD COLUMN unmodified INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN probe_after INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN lies INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN suspect INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN oldest INTEGER;"
	"ALTER TABLE feeds ADD COLUMN identity INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN arrivals INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN arrivals_since INTEGER;"
	"ALTER TABLE feeds ADD COLUMN arrivals_until INTEGER;"
	"ALTER TABLE feeds ADD COLUMN flood_at INTEGER;"
	"ALTER TABLE feeds ADD COLUMN flood_items INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN flood_in_digest INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN slowness INTEGER NOT NULL DEFAULT 1;"
	"UPDATE feeds SET whole_at = last_body;"
	/*
	 * An alert has a kind, and details as in alert/detail.h. A row of kind 3 or 4 is a notice
	 * of a trouble: it has no item, which may be NULL for it. tie is the row of the alert that
	 * it belongs to. A delivery may be part of a digest (a row of alerts): STORE_JOINED.
	 */
	"ALTER TABLE alerts ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE alerts ADD COLUMN detail TEXT;"
	"ALTER TABLE alerts ADD COLUMN tie INTEGER;"
	"CREATE INDEX alerts_digests ON alerts (kind) WHERE kind >= 2;"
	"PRAGMA writable_schema = ON;"
	"UPDATE sqlite_schema SET sql = replace(sql, ' item INTEGER NOT NULL REFERENCES items',"
	" ' item INTEGER REFERENCES items') WHERE type = 'table' AND name = 'alerts';"
	"PRAGMA writable_schema = RESET;"
	"CREATE INDEX alerts_tie ON alerts (tie) WHERE tie IS NOT NULL;"
	/*
	 * Who acknowledged an alert; told: the notice about it gets no further receivers. The next
	 * step of an escalation; held: all receivers held the alert when it was raised. escalated:
	 * ms without an acknowledgement, of a delivery of a step.
	 */
	"CREATE TABLE acks (alert INTEGER PRIMARY KEY REFERENCES alerts ON DELETE CASCADE,"
	" person TEXT NOT NULL, at INTEGER NOT NULL, told INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX acks_told ON acks (at) WHERE told = 0;"
	"CREATE TABLE escalations (alert INTEGER PRIMARY KEY REFERENCES alerts ON DELETE CASCADE,"
	" step INTEGER NOT NULL, due_at INTEGER NOT NULL, held INTEGER NOT NULL) STRICT;"
	"ALTER TABLE deliveries ADD COLUMN escalated INTEGER;"
	/*
	 * What failed is dead. rank is enum alert_priority of the alert; what waits is read by it,
	 * then by age. receipt: what the service calls the message. tie: that of the alert. A
	 * delivery leaves one index when it is accepted, and enters none; state is in the indexes,
	 * or SQLite would look it up in the row.
	 */
	"ALTER TABLE deliveries ADD COLUMN digest INTEGER;"
	"ALTER TABLE deliveries ADD COLUMN rank INTEGER NOT NULL DEFAULT 2;"
	"ALTER TABLE deliveries ADD COLUMN receipt TEXT;"
	"ALTER TABLE deliveries ADD COLUMN tie INTEGER;"
	"UPDATE deliveries SET state = CASE state WHEN 2 THEN 3 ELSE state END,"
	" rank = (SELECT CASE priority WHEN 'flash' THEN 0 WHEN 'urgent' THEN 1 WHEN 'low' THEN 3"
	" ELSE 2 END FROM alerts WHERE row = alert);"
	"DROP INDEX deliveries_due;"
	"DROP INDEX deliveries_next;"
	"DROP INDEX deliveries_state;"
	"CREATE INDEX deliveries_state ON deliveries (state) WHERE state > 2;"
	"CREATE INDEX deliveries_order ON deliveries (notify, rank, id, next_at, tie, state)"
	" WHERE state = 0;"
	"CREATE INDEX deliveries_held ON deliveries (notify, group_key, next_at, state)"
	" WHERE state = 2;"
	"CREATE INDEX deliveries_parts ON deliveries (digest, notify) WHERE digest IS NOT NULL;"
	/*
	 * The alerts that at-most counts: those of a watch, or those sent to a receiver; the other
	 * name is empty.
	 */
	"CREATE TABLE paced (watch TEXT NOT NULL, notify TEXT NOT NULL, at INTEGER NOT NULL,"
	" alert INTEGER NOT NULL, PRIMARY KEY (watch, notify, at, alert)) STRICT, WITHOUT ROWID;"
	/* The end of the last report of each receiver. */
	"CREATE TABLE reports (notify TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	/* Whether each receiver is quick, as in feeds. */
	"CREATE TABLE receivers (notify TEXT NOT NULL PRIMARY KEY, slowness INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	/* ended: it is over, and that was logged. */
	"CREATE TABLE silences (id INTEGER PRIMARY KEY, watch TEXT NOT NULL, since INTEGER NOT "
	"NULL,"
	" until INTEGER NOT NULL, author TEXT NOT NULL, why TEXT NOT NULL,"
	" ended INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX silences_watch ON silences (watch, until) WHERE ended = 0;"
	/* Delivered messages that are sent again at `at`, while their alert is open. */
	"CREATE TABLE repeats (delivery INTEGER PRIMARY KEY REFERENCES deliveries ON DELETE"
	" CASCADE, notify TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;"
	"CREATE INDEX repeats_due ON repeats (notify, at);"
	/*
	 * The matches that raised no alert; the troubles that were reported and are not over; the
	 * deliveries of alerts that a restore has removed, see restore.c.
	 */
	"CREATE TABLE quiet (item INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,"
	" watch TEXT NOT NULL, reason INTEGER NOT NULL, at INTEGER NOT NULL, alert TEXT, link TEXT,"
	" PRIMARY KEY (item, watch, reason)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE troubles (kind TEXT NOT NULL, subject TEXT NOT NULL, since INTEGER NOT NULL,"
	" detail TEXT, PRIMARY KEY (kind, subject)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE told (alert TEXT NOT NULL, notify TEXT NOT NULL, state INTEGER NOT NULL,"
	" done_at INTEGER, answer TEXT, served TEXT, PRIMARY KEY (alert, notify))"
	" STRICT, WITHOUT ROWID;",

	/*
	 * 8: of feeds: polls in a row that found nothing at their address; where polls begin if
	 * that was redirected for good; what the last answer asked for, in ms, as far as it is
	 * known from the interval (enum schedule_reason).
	 */
	"ALTER TABLE feeds ADD COLUMN absences INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN adopted TEXT;"
	"UPDATE feeds SET adopted = moved_to WHERE moved_seen >= 3;"
	"ALTER TABLE feeds ADD COLUMN retry_after INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE feeds ADD COLUMN max_age INTEGER NOT NULL DEFAULT 0;"
	"UPDATE feeds SET retry_after = interval"
	" WHERE interval_why = 3 OR (interval_why = 4 AND failures > 0);"
	"UPDATE feeds SET max_age = interval"
	" WHERE interval_why = 2 OR (interval_why = 4 AND failures = 0);"
	/* See store/rhythm.h. silent_at is indexed: the silent feeds are looked for often. */
	"CREATE TABLE rhythms (feed INTEGER PRIMARY KEY, since INTEGER NOT NULL,"
	" until INTEGER NOT NULL, last INTEGER, silent_at INTEGER, milli_items INTEGER NOT NULL,"
	" gaps INTEGER NOT NULL, gap_sum INTEGER NOT NULL, gap_squares INTEGER NOT NULL,"
	" gap_max INTEGER NOT NULL, hours BLOB NOT NULL) STRICT;"
	"CREATE INDEX rhythms_silent ON rhythms (silent_at) WHERE silent_at IS NOT NULL;"
	/* Alerts by time, for pages: see store/activity.h. */
	"CREATE INDEX alerts_activity ON alerts (created, kind, watch, priority);"
	/* Deliveries of a step of an escalation, whose people may still acknowledge. */
	"CREATE INDEX deliveries_escalated ON deliveries (created, alert)"
	" WHERE escalated IS NOT NULL;"
	/* See store/health.h. */
	"CREATE TABLE health (feed INTEGER PRIMARY KEY, bytes INTEGER NOT NULL,"
	" whole INTEGER NOT NULL, same INTEGER NOT NULL, latency INTEGER NOT NULL, newest INTEGER,"
	" stale_at INTEGER, failing_since INTEGER, reasons TEXT) STRICT;"
	"CREATE INDEX health_stale ON health (stale_at) WHERE stale_at IS NOT NULL;"
	/* See store/sitemaps.h. */
	"CREATE TABLE sitemaps (feed INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
	/*
	 * The index has no places of words (detail), which nothing asks for: a third of the size.
	 * It is built again bit by bit, as after a change of the normal forms.
	 */
	"DROP TABLE words;"
	"CREATE VIRTUAL TABLE words USING fts5 (title, body, content = '', columnsize = 0,"
	" detail = none,"
	" tokenize = \"ascii tokenchars '!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'\");"
	"UPDATE archive SET version = 0;"
	/*
	 * The documents that items came with, see store/documents.h; uses: how many items and
	 * revisions came with it. NULL: not known.
	 */
	"CREATE TABLE documents (id INTEGER PRIMARY KEY, feed INTEGER NOT NULL,"
	" asked INTEGER NOT NULL, fetched INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	" sha256 BLOB NOT NULL, form INTEGER NOT NULL, origin TEXT, uses INTEGER NOT NULL) STRICT;"
	"ALTER TABLE items ADD COLUMN document INTEGER;"
	"ALTER TABLE revisions ADD COLUMN document INTEGER;"
	/* The subscriptions to hubs, see store/websub.h. */
	"CREATE TABLE websub (feed TEXT NOT NULL PRIMARY KEY, hub TEXT NOT NULL,"
	" topic TEXT NOT NULL, callback TEXT NOT NULL, secret TEXT, state INTEGER NOT NULL,"
	" since INTEGER NOT NULL, next_at INTEGER NOT NULL, expires INTEGER,"
	" failures INTEGER NOT NULL, error TEXT, pushed_at INTEGER, pushes INTEGER NOT NULL,"
	" recent TEXT)"
	" STRICT, WITHOUT ROWID;"
	/* The item that first had the text of an alert, so that copies are found. */
	"ALTER TABLE alerts ADD COLUMN text INTEGER;"
	"CREATE INDEX alerts_text ON alerts (text, watch) WHERE text IS NOT NULL;"
	/* See store/stories.h. Most items begin a story of their own, which needs no index. */
	"CREATE TABLE stories (item INTEGER PRIMARY KEY REFERENCES items ON DELETE CASCADE,"
	" story INTEGER NOT NULL, copy_of INTEGER NOT NULL, source TEXT NOT NULL,"
	" origin TEXT NOT NULL, agency TEXT, relation INTEGER NOT NULL, of_item INTEGER,"
	" of_name TEXT, detail TEXT, reports INTEGER NOT NULL, outlets INTEGER NOT NULL, origins "
	"INTEGER NOT NULL) STRICT;"
	"CREATE INDEX stories_story ON stories (story, item) WHERE story <> item;"
	"CREATE INDEX stories_source ON stories (story, source) WHERE story <> item;"
	"CREATE INDEX stories_origin ON stories (story, origin) WHERE story <> item;"
	"CREATE INDEX stories_copies ON stories (copy_of, item) WHERE copy_of <> item;"
	/* See store/waits.h. Without foreign keys: they are soon forgotten anyway. */
	"CREATE TABLE waits (story INTEGER NOT NULL, watch TEXT NOT NULL, item INTEGER NOT NULL,"
	" key BLOB NOT NULL, shared INTEGER NOT NULL, sources INTEGER NOT NULL,"
	" done INTEGER NOT NULL, alert TEXT, at INTEGER NOT NULL, PRIMARY KEY (story, watch))"
	" STRICT, WITHOUT ROWID;"
	"CREATE INDEX waits_at ON waits (at);"
	"CREATE TABLE raise_steps (story INTEGER NOT NULL, alert INTEGER NOT NULL,"
	" sources INTEGER NOT NULL, priority INTEGER NOT NULL, at INTEGER NOT NULL,"
	" PRIMARY KEY (story, alert, sources)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX raise_steps_at ON raise_steps (at);"
	/* See store/bursts.h. */
	"CREATE TABLE bursts (name INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX bursts_at ON bursts (at);",
};

int db_version_known(void)
{
	return (int)(sizeof(steps) / sizeof(steps[0]));
}

int db_identify(struct store *s, int *version, struct err *e)
{
	int64_t application, user_version, objects;
	int rc;

	*version = 0;
	if ((rc = db_ask_int(s, "PRAGMA application_id", &application, e)) ||
		(rc = db_ask_int(s, "PRAGMA user_version", &user_version, e)) ||
		(rc = db_ask_int(s, "SELECT count(*) FROM sqlite_schema", &objects, e)))
		return rc;
	if (!application && !user_version && !objects)
		return 0;
	if (application != DB_APPLICATION_ID)
		return err_set(e, ERR_INPUT,
			"%s is the database of another program; name another file in "
			"daemon { state = … }",
			s->path);
	*version = (int)user_version;
	if (user_version > db_version_known())
		return err_set(e, ERR_INPUT,
			"%s was written by a newer nightdesk (schema %lld, this one knows %d); "
			"install that version again",
			s->path, (long long)user_version, db_version_known());
	return 0;
}

static int schema_take_step(struct store *s, int step, struct err *e)
{
	char *mark = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d",
		DB_APPLICATION_ID, step + 1);
	int rc = mark ? 0 : err_nomem(e);

	if (!rc)
		rc = db_exec(s, "BEGIN IMMEDIATE", e);
	if (!rc)
		rc = db_exec(s, steps[step], e);
	if (!rc)
		rc = db_exec(s, mark, e);
	if (!rc)
		rc = db_exec(s, "COMMIT", e);
	if (rc && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_free(mark);
	return rc;
}

int db_migrate(struct store *s, struct err *e)
{
	int version, rc = db_identify(s, &version, e);

	/* Step 7 removes a constraint from the text of the schema. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	for (int step = version; !rc && step < db_version_known(); step++) {
		rc = schema_take_step(s, step, e);
		if (rc && e)
			err_set(e, e->cls, "step %d of the schema: %s", step + 1, e->text);
	}
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return rc;
}
