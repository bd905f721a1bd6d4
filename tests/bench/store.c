/* SPDX-License-Identifier: MIT */
/*
 * One poll is 50 new items of about 1 KB, in one transaction that is synced to disk. Plain SQLite
 * runs the same inserts and the same scan over the keys of the feed, on tables of the same form.
 * Each round is 200 polls of 100 feeds by each side, alternating, on files that grow alike; figures
 * are medians of the rounds.
 *
 *     store [ROUNDS]
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "sink/sink.h"

#define ITEMS 50
#define POLLS 200
#define FEEDS 100

static char dir[64];
static char text[1024];

struct spent {
	double wall, cpu; /* seconds */
};

static double read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct spent now(void)
{
	return (struct spent){read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

static void add_since(struct spent *sum, struct spent start)
{
	struct spent end = now();

	sum->wall += end.wall - start.wall;
	sum->cpu += end.cpu - start.cpu;
}

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

struct items {
	struct feed_item v[ITEMS];
	char ids[ITEMS][48], links[ITEMS][64], titles[ITEMS][64];
};

static void make_items(struct items *b, int poll)
{
	memset(b->v, 0, sizeof(b->v));
	for (int i = 0; i < ITEMS; i++) {
		struct feed_item *item = &b->v[i];
		uint64_t half[2];

		snprintf(b->ids[i], sizeof(b->ids[i]), "tag:a.example,2022:%d/%d", poll, i);
		snprintf(b->links[i], sizeof(b->links[i]), "https://www.a.example/news/%d/%d", poll,
			i);
		snprintf(b->titles[i], sizeof(b->titles[i]), "What happened at %d on day %d", i,
			poll);
		item->id = str_of(b->ids[i]);
		item->link = str_of(b->links[i]);
		item->title = str_of(b->titles[i]);
		item->content = str_of(text);
		item->published = item->updated = 1700000000000 + poll;
		half[0] = digest_fast64(item->id, 1);
		half[1] = digest_fast64(item->id, 2);
		memcpy(item->key, half, sizeof(item->key));
		item->link_key = digest_fast64(item->link, 3);
		item->text_key = digest_fast64(item->title, 4);
	}
}

/* --- the desk --- */

struct house {
	struct store *store;
	struct desk *desk;
	struct conf *conf;
};

static void open_house(struct house *h, const char *file, const char *watch)
{
	struct conf_env env = {
		.state_directory = dir, .runtime_directory = dir, .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct err e = {0};
	char name[96];
	FILE *out;

	snprintf(name, sizeof(name), "%s/nightdesk.conf", dir);
	out = fopen(name, "w");
	if (!out)
		fail(name, "cannot be written");
	for (int i = 0; i < FEEDS; i++)
		fprintf(out, "feed f%d { url = 'http://a.example/%d' }\n", i, i);
	fputs("feed big { url = 'http://b.example/' }\n", out);
	fputs(watch, out);
	fclose(out);
	if (conf_load(dir, &env, &h->conf, &diags))
		fail("configuration", diags.n ? diags.v[0].text : "?");
	conf_diags_release(&diags);
	snprintf(name, sizeof(name), "%s/%s", dir, file);
	if (store_open(&h->store, name, STORE_WRITE, &e) || desk_new(&h->desk, h->store, &e))
		fail(name, e.text);
}

static struct spent run_desk(struct house *h, int first)
{
	struct items *b = malloc(sizeof(*b));
	struct spent spent = {0, 0};

	for (int poll = first; poll < first + POLLS; poll++) {
		char feed[16];
		struct feed_batch batch = {
			.items = b->v, .n_items = ITEMS, .complete = true, .well_formed = true};
		struct desk_poll p = {.outcome = DESK_NEW_BODY, .batch = &batch};
		struct desk_result r;
		struct err e = {0};
		struct spent start;

		make_items(b, poll);
		snprintf(feed, sizeof(feed), "f%d", poll % FEEDS);
		p.feed = str_of(feed);
		start = now();
		if (desk_ingest(h->desk, h->conf, &p, &r, &e) || r.new_items != ITEMS)
			fail("desk_ingest", e.text);
		add_since(&spent, start);
	}
	free(b);
	return spent;
}

/* --- plain SQLite --- */

struct bare {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *item, *known, *keys;
};

static void sql(sqlite3 *db, const char *s)
{
	if (sqlite3_exec(db, s, NULL, NULL, NULL) != SQLITE_OK)
		fail(s, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *s)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v3(db, s, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
		fail(s, sqlite3_errmsg(db));
	return st;
}

static void open_bare(struct bare *b)
{
	char name[96];

	snprintf(name, sizeof(name), "%s/bare.db", dir);
	if (sqlite3_open_v2(name, &b->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		fail(name, "cannot be opened");
	sql(b->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		   "PRAGMA wal_autocheckpoint = 4096;"
		   "CREATE TABLE items (id INTEGER PRIMARY KEY, feed INTEGER NOT NULL,"
		   " first_seen INTEGER NOT NULL, item_id TEXT, title TEXT, link TEXT, author TEXT,"
		   " published INTEGER, updated INTEGER, language TEXT, categories TEXT,"
		   " summary TEXT, content TEXT) STRICT;"
		   "CREATE TABLE known (feed INTEGER NOT NULL, key BLOB NOT NULL,"
		   " item INTEGER NOT NULL, link_key INTEGER NOT NULL, text_key INTEGER NOT NULL,"
		   " seen INTEGER NOT NULL, PRIMARY KEY (feed, key)) STRICT, WITHOUT ROWID;");
	b->begin = prepare(b->db, "BEGIN IMMEDIATE");
	b->commit = prepare(b->db, "COMMIT");
	b->item = prepare(b->db,
		"INSERT INTO items (feed, first_seen, item_id, title, link, published, updated,"
		" content) VALUES (?,?,?,?,?,?,?,?)");
	b->known = prepare(b->db, "INSERT INTO known (feed, key, item, link_key, text_key, seen)"
				  " VALUES (?,?,?,?,?,?)");
	b->keys = prepare(
		b->db, "SELECT key, item, link_key, text_key, seen FROM known WHERE feed = ?");
}

static void step(sqlite3_stmt *st)
{
	int rc;

	do
		rc = sqlite3_step(st);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE)
		fail("bare SQLite", sqlite3_errstr(rc));
	sqlite3_reset(st);
}

static void bind_text(sqlite3_stmt *st, int i, struct str s)
{
	sqlite3_bind_text64(st, i, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static void insert_bare(struct bare *b, int feed, int64_t stamp, const struct feed_item *i)
{
	sqlite3_bind_int64(b->item, 1, feed);
	sqlite3_bind_int64(b->item, 2, stamp);
	bind_text(b->item, 3, i->id);
	bind_text(b->item, 4, i->title);
	bind_text(b->item, 5, i->link);
	sqlite3_bind_int64(b->item, 6, i->published);
	sqlite3_bind_int64(b->item, 7, i->updated);
	bind_text(b->item, 8, i->content);
	step(b->item);
	sqlite3_bind_int64(b->known, 1, feed);
	sqlite3_bind_blob(b->known, 2, i->key, sizeof(i->key), SQLITE_STATIC);
	sqlite3_bind_int64(b->known, 3, sqlite3_last_insert_rowid(b->db));
	sqlite3_bind_int64(b->known, 4, (int64_t)i->link_key);
	sqlite3_bind_int64(b->known, 5, (int64_t)i->text_key);
	sqlite3_bind_int64(b->known, 6, stamp);
	step(b->known);
}

static struct spent run_bare(struct bare *b, int first)
{
	struct items *items = malloc(sizeof(*items));
	struct spent spent = {0, 0};

	for (int poll = first; poll < first + POLLS; poll++) {
		struct spent start;

		make_items(items, poll);
		start = now();
		sqlite3_bind_int64(b->keys, 1, poll % FEEDS + 1);
		step(b->keys);
		step(b->begin);
		for (int i = 0; i < ITEMS; i++)
			insert_bare(b, poll % FEEDS + 1, 1700000000000 + poll, &items->v[i]);
		step(b->commit);
		add_since(&spent, start);
	}
	free(items);
	return spent;
}

/* --- --- */

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_size);
	return v[n / 2];
}

/* A poll with a 304 response. */
static double run_unchanged(struct house *h)
{
	struct spent start = now(), spent = {0, 0};

	for (int i = 0; i < 20000; i++) {
		struct desk_poll p = {.outcome = DESK_UNCHANGED, .feed = STR("f1")};
		struct desk_result r;
		struct err e = {0};

		if (desk_ingest(h->desk, h->conf, &p, &r, &e))
			fail("desk_ingest", e.text);
	}
	add_since(&spent, start);
	return 20000 / spent.wall;
}

/* 50 items of a feed with 10,000 stored items: keys scanned per second. */
static double run_known(struct house *h)
{
	struct items *b = malloc(sizeof(*b));
	struct store_item states[ITEMS];
	struct store_lookup lookup;
	struct feed_batch batch = {.items = b->v, .n_items = ITEMS, .complete = true};
	struct desk_poll p = {.feed = STR("big"), .outcome = DESK_NEW_BODY, .batch = &batch};
	struct spent start, spent = {0, 0};
	struct store_feed feed;
	struct desk_result r;
	struct err e = {0};
	struct arena *arena = arena_new(1 << 16);

	for (int poll = 0; poll < 10000 / ITEMS; poll++) {
		make_items(b, poll);
		if (desk_ingest(h->desk, h->conf, &p, &r, &e))
			fail("desk_ingest", e.text);
	}
	if (store_feed_get(h->store, p.feed, arena, &feed, &e))
		fail("store_feed_get", e.text);
	lookup = (struct store_lookup){.feed = feed.id,
		.batch = &batch,
		.now = CLOCK_DAY,
		.items = states,
		.arena = arena};
	start = now();
	for (int i = 0; i < 200; i++)
		if (store_items_known(h->store, &lookup, &e) || states[0].seen != STORE_KNOWN)
			fail("store_items_known", e.text);
	add_since(&spent, start);
	arena_free(arena);
	free(b);
	return 200 * 10000 / spent.cpu;
}

struct result {
	double speed[64], wall[64], cpu[64];
};

static void note(struct result *out, int round, struct spent ours, struct spent bare)
{
	out->speed[round] = POLLS * ITEMS / ours.wall;
	out->wall[round] = bare.wall / ours.wall;
	out->cpu[round] = bare.cpu / ours.cpu;
}

static void print_result(const char *name, struct result *r, int rounds)
{
	printf("%-22s  %8.0f items/s  %.2f of bare SQLite, by CPU time %.2f\n", name,
		median(r->speed, rounds), median(r->wall, rounds), median(r->cpu, rounds));
}

static void close_house(struct house *h)
{
	desk_free(h->desk);
	store_close(h->store);
	conf_unref(h->conf);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 9;
	struct house quiet, watching;
	struct result keeping = {0}, matching = {0};
	double floor[64];
	struct bare b;
	char command[128];

	strcpy(dir, "/var/tmp/nightdesk-bench.XXXXXX");
	if (rounds < 1 || rounds > 64 || !mkdtemp(dir))
		fail(dir, "cannot be made");
	memset(text, 'a', sizeof(text) - 1);
	for (size_t i = 6; i < sizeof(text) - 1; i += 7)
		text[i] = ' ';
	open_house(&quiet, "quiet.db", "");
	open_house(&watching, "watching.db", "watch w { query = 'zzyzx' }\n");
	open_bare(&b);
	for (int r = 0; r < rounds; r++) {
		struct spent bare = run_bare(&b, r * POLLS);

		floor[r] = POLLS * ITEMS / bare.wall;
		note(&keeping, r, run_desk(&quiet, r * POLLS), bare);
		note(&matching, r, run_desk(&watching, r * POLLS), bare);
	}
	printf("bare SQLite             %8.0f items/s\n", median(floor, rounds));
	print_result("desk, no watch", &keeping, rounds);
	print_result("desk, matching", &matching, rounds);
	printf("polls without news      %8.0f /s\n", run_unchanged(&watching));
	printf("keys known or new       %8.0f a CPU second\n", run_known(&quiet));
	close_house(&quiet);
	close_house(&watching);
	sqlite3_close_v2(b.db);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) != 0;
}
