/* SPDX-License-Identifier: MIT */
/*
 * Upgrades of earlier schema versions. A database of an earlier version is made from a filled one
 * of the current version by undoing the last migrations, so it has the data of that version.
 */
#include "lib/unit.h"

#include <sqlite3.h>

#include "store/archive.h"
#include "store/backup.h"
#include "store/store.h"
#include "lib/store_fixture.h"
#include "store/outbox.h"
#include "store/threads.h"

/* Entry i undoes migration i + 1. */
static const char *const back[] = {
	"",
	"DROP TABLE words; DROP TABLE archive; DROP TABLE stale; DROP INDEX items_first_seen",
	"ALTER TABLE items DROP COLUMN arrival",
	"ALTER TABLE deliveries DROP COLUMN served",
	"ALTER TABLE feeds DROP COLUMN host_rest",
	"ALTER TABLE deliveries DROP COLUMN due_at;"
	"ALTER TABLE deliveries DROP COLUMN group_key",
	"ALTER TABLE known DROP COLUMN label_key; ALTER TABLE revisions DROP COLUMN author;"
	"ALTER TABLE revisions DROP COLUMN categories;"
	"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql,"
	" ' item INTEGER REFERENCES items', ' item INTEGER NOT NULL REFERENCES items')"
	" WHERE name = 'alerts'; PRAGMA writable_schema = RESET; DROP TABLE troubles;"
	"DROP TABLE told; DROP TABLE paced; DROP TABLE silences; DROP TABLE reports;"
	"DROP TABLE receivers;"
	"DROP INDEX deliveries_held; DROP INDEX deliveries_parts;"
	"DROP INDEX deliveries_order; ALTER TABLE deliveries DROP COLUMN rank;"
	"ALTER TABLE deliveries DROP COLUMN receipt; ALTER TABLE deliveries DROP COLUMN tie;"
	"DROP TABLE repeats;"
	"DROP TABLE acks; DROP TABLE escalations;"
	"ALTER TABLE deliveries DROP COLUMN escalated;"
	"CREATE INDEX deliveries_due ON deliveries (notify, next_at, id) WHERE state = 0;"
	"CREATE INDEX deliveries_next ON deliveries (next_at, id) WHERE state = 0;"
	"DROP INDEX alerts_tie; ALTER TABLE alerts DROP COLUMN tie;"
	"DROP TABLE quiet; DROP INDEX alerts_digests; ALTER TABLE alerts DROP COLUMN kind;"
	"ALTER TABLE alerts DROP COLUMN detail; ALTER TABLE deliveries DROP COLUMN digest;"
	"ALTER TABLE feeds DROP COLUMN arrivals; ALTER TABLE feeds DROP COLUMN arrivals_since;"
	"ALTER TABLE feeds DROP COLUMN arrivals_until; ALTER TABLE feeds DROP COLUMN flood_at;"
	"ALTER TABLE feeds DROP COLUMN flood_items;"
	"ALTER TABLE feeds DROP COLUMN flood_in_digest;"
	"ALTER TABLE feeds DROP COLUMN interval;"
	"ALTER TABLE feeds DROP COLUMN interval_why;"
	"ALTER TABLE feeds DROP COLUMN whole_at;"
	"ALTER TABLE feeds DROP COLUMN distrust_until;"
	"ALTER TABLE feeds DROP COLUMN unmodified;"
	"ALTER TABLE feeds DROP COLUMN probe_after;"
	"ALTER TABLE feeds DROP COLUMN lies;"
	"ALTER TABLE feeds DROP COLUMN suspect;"
	"ALTER TABLE known DROP COLUMN gone;"
	"ALTER TABLE feeds DROP COLUMN oldest; ALTER TABLE feeds DROP COLUMN identity;"
	"ALTER TABLE feeds DROP COLUMN left_out; ALTER TABLE feeds DROP COLUMN slowness",
	"ALTER TABLE feeds DROP COLUMN absences; ALTER TABLE feeds DROP COLUMN adopted;"
	" ALTER TABLE feeds DROP COLUMN retry_after;"
	" ALTER TABLE feeds DROP COLUMN max_age;"
	" DROP TABLE rhythms;"
	" DROP INDEX deliveries_escalated;"
	" DROP INDEX alerts_activity;"
	" DROP TABLE health;"
	" DROP TABLE sitemaps;"
	" DROP TABLE websub;"
	" DROP TABLE documents;"
	" DROP TABLE stories;"
	" ALTER TABLE items DROP COLUMN document;"
	" ALTER TABLE revisions DROP COLUMN document;"
	" DROP TABLE waits;"
	" DROP TABLE raise_steps;"
	" DROP INDEX alerts_text;"
	" ALTER TABLE alerts DROP COLUMN text;"
	" DROP TABLE bursts;"
	"DROP TABLE words;"
	"CREATE VIRTUAL TABLE words USING fts5 (title, body, content = '', columnsize = 0,"
	" tokenize = \"ascii tokenchars '!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'\")",
};
#define NEWEST ((int)(sizeof(back) / sizeof(back[0])))

static void sql(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* Returns all rows as one text. */
static char *ask(const char *path, const char *query)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	char *out;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, query, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	out = strdup((const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	return out;
}

static void assert_version(const char *path, int version)
{
	char *text = ask(path, "PRAGMA user_version");

	assert_int_equal(strtol(text, NULL, 10), version);
	free(text);
}

static char *schema_of(const char *path)
{
	return ask(path, "SELECT group_concat(type || ' ' || name || ' ' || ifnull(sql, '') || "
			 "char(10), '') "
			 "FROM (SELECT * FROM sqlite_schema ORDER BY type, name)");
}

static void take_back(const char *path, int version)
{
	char mark[64];

	for (int step = NEWEST; step > version; step--)
		sql(path, back[step - 1]);
	snprintf(mark, sizeof(mark), "PRAGMA user_version = %d", version);
	sql(path, mark);
}

/* A feed, an edited item, an alert for it and a pending mail. */
static void fill(struct store_fixture *f)
{
	struct store_feed feed = {.name = STR("a"),
		.url = STR("http://a.example/"),
		.ttl = 60,
		.moved_to = STR("http://b.example/"),
		.moved_seen = 3,
		.last_body = 3 * DAY,
		.oldest = STAMP_NONE,
		.slowness = STORE_SLOWNESS_UNKNOWN,
		.trust = {.whole_at = 3 * DAY, .distrust_until = STAMP_NONE},
		.arrivals = {0, STAMP_NONE, STAMP_NONE},
		.flood = {.at = STAMP_NONE}};
	struct feed_item i = make_item("1", "http://a.example/1", "Embassy stays", "The text.");
	struct store_item item = {.seen = STORE_NEW, .arrival = STORE_ARRIVED};
	static const struct store_plan mail = {.notify = STR("mail"), .due_at = 5};
	struct alert a = {.id = STR("al_1"),
		.watch = STR("w"),
		.title = i.title,
		.priority = ALERT_URGENT,
		.created = 5,
		.published = STAMP_NONE};
	struct store_raise r = {.alert = &a, .plans = &mail, .n_plans = 1};
	int64_t raised;

	i.author.text = STR("A. Reporter");
	memcpy(item.key, i.key, sizeof(item.key));
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_int_equal(store_item_put(f->store, feed.id, &i, 1, &item, &f->e), 0);
	i = make_item("1", "http://a.example/1", "Embassy moves", "The text.");
	i.author.text = STR("A. Reporter");
	item.seen = STORE_REVISED;
	memcpy(item.was_key, item.key, sizeof(item.key));
	assert_int_equal(store_item_put(f->store, feed.id, &i, 2, &item, &f->e), 0);
	r.item = item.id;
	assert_int_equal(store_alert_raise(f->store, &r, &raised, &f->e), 0);
	assert_true(raised);
	assert_int_equal(store_commit(f->store, &f->e), 0);
}

static void close_store(struct store_fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

static int count_found(void *ctx, const struct archive_found *found)
{
	assert_int_equal(found->row.id, 1);
	++*(int *)ctx;
	return 0;
}

static void search_finds(struct store_fixture *f, const char *words, int n)
{
	struct archive_query q = {.since = STAMP_NONE};
	struct archive_terms *terms;
	int found = 0;

	assert_int_equal(archive_terms_new(&terms, str_of(words), &f->e), 0);
	q.terms = terms;
	assert_int_equal(archive_search(f->store, &q, count_found, &found, &f->e), 0);
	assert_int_equal(found, n);
	archive_terms_free(terms);
}

/* failed: deliveries that had failed before schema 7. */
static void all_is_there(struct store_fixture *f, int failed)
{
	struct metrics m;
	struct store_revision *revisions;
	struct store_item_row row;
	struct store_feed feed;
	struct store_due *due;
	char *gone;
	size_t n;
	unsigned slowness;
	int64_t first;
	bool yes;

	assert_int_equal(store_feed_get(f->store, STR("a"), f->arena, &feed, &f->e), 0);
	assert_int_equal(feed.ttl, 60);
	assert_int_equal(feed.host_rest, 0);
	assert_int_equal(feed.oldest, STAMP_NONE);
	assert_int_equal(feed.interval, 0);
	assert_int_equal(feed.trust.whole_at, 3 * DAY);
	assert_int_equal(feed.trust.distrust_until, STAMP_NONE);
	assert_false(feed.trust.suspect);
	assert_int_equal(feed.left_out, 0);
	assert_int_equal(feed.arrivals.since, STAMP_NONE);
	assert_int_equal(feed.flood.at, STAMP_NONE);
	assert_int_equal(feed.slowness, STORE_SLOWNESS_UNKNOWN);
	assert_int_equal(feed.absences, 0);
	assert_string_equal(feed.adopted.p, "http://b.example/");
	assert_int_equal(store_item_get(f->store, 1, f->arena, &row, &yes, &f->e), 0);
	assert_true(yes);
	assert_string_equal(row.item.title.p, "Embassy moves");
	assert_int_equal(store_item_revisions(f->store, &row, f->arena, &revisions, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(revisions[0].item.title.p, "Embassy stays");
	assert_string_equal(revisions[0].item.author.text.p, "A. Reporter");
	assert_int_equal(store_thread_find(f->store, STR("w"), 1, &first, &f->e), 0);
	assert_int_equal(first, 1);
	assert_int_equal(
		store_outbox_due(f->store, STR("mail"), 9, 9, f->arena, &due, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(due[0].alert.id.p, "al_1");
	assert_false(str_present(due[0].d.served));
	assert_int_equal(due[0].d.due_at, 5);
	assert_int_equal(due[0].d.rank, ALERT_URGENT);
	assert_false(str_present(due[0].d.group));
	assert_int_equal(store_receiver_get(f->store, STR("mail"), &slowness, &f->e), 0);
	assert_int_equal(slowness, STORE_SLOWNESS_UNKNOWN);
	search_finds(f, "embassy moves", 1);
	search_finds(f, "embassy stays", 0);
	gone = ask(f->path, "SELECT gone FROM known");
	assert_string_equal(gone, "2"); /* when it was last seen */
	free(gone);
	assert_int_equal(store_metrics(f->store, &m, &f->e), 0);
	assert_true(m.deliveries_pending == 1 && m.deliveries_dead == failed);
}

/* Data in the columns and tables of later versions. */
static void it_goes_on(struct store_fixture *f)
{
	struct store_feed feed;
	struct store_due *due;
	unsigned slowness;
	bool more = true;
	size_t n;

	while (more)
		assert_int_equal(archive_index(f->store, &more, &f->e), 0);
	search_finds(f, "embassy moves", 1);
	assert_int_equal(store_receiver_put(f->store, STR("mail"), 2, &f->e), 0);
	assert_int_equal(store_receiver_put(f->store, STR("mail"), 4, &f->e), 0);
	assert_int_equal(store_receiver_get(f->store, STR("mail"), &slowness, &f->e), 0);
	assert_int_equal(slowness, 4);
	assert_int_equal(store_delivery_served(f->store, 1, STR("x@a.example"), &f->e), 0);
	assert_int_equal(
		store_outbox_due(f->store, STR("mail"), 9, 9, f->arena, &due, &n, &f->e), 0);
	assert_string_equal(due[0].d.served.p, "x@a.example");
	assert_int_equal(store_feed_get(f->store, STR("a"), f->arena, &feed, &f->e), 0);
	feed.host_rest = 77;
	feed.oldest = 5;
	feed.identity = FEED_IDENTITY_LINK;
	feed.interval = 78;
	feed.interval_why = 3;
	feed.trust = (struct store_trust){3 * DAY, 79, 1, 2, 3, true};
	feed.left_out = 80;
	feed.slowness = 3;
	feed.absences = 81;
	feed.retry_after = 82;
	feed.max_age = 83;
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_int_equal(store_feed_get(f->store, STR("a"), f->arena, &feed, &f->e), 0);
	assert_int_equal(feed.host_rest, 77);
	assert_int_equal(feed.oldest, 5);
	assert_int_equal(feed.identity, FEED_IDENTITY_LINK);
	assert_int_equal(feed.interval, 78);
	assert_int_equal(feed.interval_why, 3);
	assert_int_equal(feed.trust.whole_at, 3 * DAY);
	assert_int_equal(feed.trust.distrust_until, 79);
	assert_int_equal(feed.trust.unmodified, 1);
	assert_int_equal(feed.trust.probe_after, 2);
	assert_int_equal(feed.trust.lies, 3);
	assert_true(feed.trust.suspect);
	assert_int_equal(feed.left_out, 80);
	assert_int_equal(feed.slowness, 3);
	assert_int_equal(feed.absences, 81);
	assert_int_equal(feed.retry_after, 82);
	assert_int_equal(feed.max_age, 83);
}

static void upgrade_from(struct store_fixture *f, int version, const char *schema)
{
	char *upgraded, *add;

	take_back(f->path, version);
	if (version >= 7)
		sql(f->path, "UPDATE known SET gone = 2"); /* as the upgrade to it does */
	/* To another receiver, failed: state 2 before version 7. */
	add = sqlite3_mprintf("INSERT INTO deliveries (alert, notify, state, attempts, created,"
			      " next_at) SELECT alert, 'desk', %d, 1, created, next_at"
			      " FROM deliveries",
		version < 7 ? 2 : 3);
	sql(f->path, add);
	sqlite3_free(add);
	assert_int_equal(store_open(&f->store, f->path, STORE_READ, &f->e), -(int)ERR_TEMP);
	assert_non_null(strstr(f->e.text, "nightdesk upgrades it when it starts"));
	assert_version(f->path, version);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	all_is_there(f, 1);
	it_goes_on(f);
	close_store(f);
	assert_version(f->path, NEWEST);
	upgraded = schema_of(f->path);
	assert_string_equal(upgraded, schema);
	free(upgraded);
	sql(f->path,
		"DELETE FROM deliveries WHERE id > 1; DELETE FROM receivers;"
		"UPDATE deliveries SET served = NULL; "
		"UPDATE feeds SET host_rest = 0, interval = 0, distrust_until = NULL, suspect = 0,"
		" oldest = NULL, identity = 0, left_out = 0, slowness = 1, absences = 0");
}

static void each_schema_version_is_upgraded(void **state)
{
	struct store_fixture *f = *state;
	char *schema;

	fill(f);
	close_store(f);
	sql(f->path, "UPDATE known SET gone = seen"); /* as an upgrade from before 7 sets it */
	assert_version(f->path, NEWEST);
	schema = schema_of(f->path);
	for (int version = NEWEST - 1; version > 0; version--)
		upgrade_from(f, version, schema);
	free(schema);
}

/* The archive is searched without the index of schema 7 until its own is built. */
static void an_older_index_is_built_again(void **state)
{
	struct store_fixture *f = *state;
	char *mark;
	bool more;

	fill(f);
	assert_int_equal(archive_index(f->store, &more, &f->e), 0);
	close_store(f);
	take_back(f->path, 7);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	mark = ask(f->path, "SELECT iif(version = 0, 'none', mark) FROM archive");
	assert_string_equal(mark, "none");
	free(mark);
	search_finds(f, "embassy moves", 1);
	assert_int_equal(archive_index(f->store, &more, &f->e), 0);
	mark = ask(f->path, "SELECT iif(version = 0, 'none', mark) FROM archive");
	assert_string_equal(mark, "1");
	free(mark);
	search_finds(f, "embassy moves", 1);
	search_finds(f, "embass*", 1);
	search_finds(f, "\"embassy moves\"", 1);
	search_finds(f, "\"moves embassy\"", 0);
	search_finds(f, "stays", 0);
}

/* A migration is atomic; the next start continues there. */
static void a_failed_migration_is_rolled_back(void **state)
{
	struct store_fixture *f = *state;

	fill(f);
	close_store(f);
	take_back(f->path, 3);
	sql(f->path, "ALTER TABLE feeds ADD COLUMN host_rest INTEGER");
	assert_true(store_open(&f->store, f->path, STORE_WRITE, &f->e) < 0);
	assert_non_null(strstr(f->e.text, "step 5 of the schema"));
	assert_version(f->path, 4);
	sql(f->path, "ALTER TABLE feeds DROP COLUMN host_rest");
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	all_is_there(f, 0);
}

/* The copy before a migration has the earlier schema, and replaces that of the one before. */
static void the_file_before_a_migration_is_kept(void **state)
{
	struct store_fixture *f = *state;
	struct store_copied v;
	char old[128], kept[128];
	int from, to;

	snprintf(old, sizeof(old), "%s.schema-3", f->path);
	snprintf(kept, sizeof(kept), "%s.schema-6", f->path);
	fill(f);
	close_store(f);
	assert_int_equal(store_backup_before_migration(f->path, &from, &to, &v, &f->e), 0);
	assert_int_equal(from, 0);
	take_back(f->path, 6);
	fclose(fopen(old, "w"));
	assert_int_equal(store_backup_before_migration(f->path, &from, &to, &v, &f->e), 0);
	assert_int_equal(from, 6);
	assert_int_equal(to, NEWEST);
	assert_int_equal(v.items, 1);
	assert_version(kept, 6);
	assert_int_equal(access(old, F_OK), -1);
	/* It can be restored, also over a database that was upgraded since. */
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	assert_int_equal(store_restore_prepare(f->path, kept, &v, &f->e), 0);
	close_store(f);
	assert_int_equal(store_restore(f->path, &(struct store_restored){0}, &f->e), 0);
	assert_version(f->path, NEWEST);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	all_is_there(f, 0);
	unlink(kept);
	snprintf(kept, sizeof(kept), "%s.before-restore", f->path);
	unlink(kept);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_schema_version_is_upgraded),
		T(an_older_index_is_built_again),
		T(a_failed_migration_is_rolled_back),
		T(the_file_before_a_migration_is_kept),
	};

	return cmocka_run_group_tests_name("store upgrade", tests, NULL, NULL);
}
