/* SPDX-License-Identifier: MIT */
/*
 * One hour with each fault once. Two publishers change their feeds step by step; a daemon made of
 * the real store and desk polls them, alerts and delivers. In each run one operation fails: the
 * n-th write, sync, truncate, open, shared-memory call or allocation returns an error, once or
 * several times, or the process is killed there, or the power fails. The daemon acts like the
 * engine: it repeats the poll after a temporary error and restarts after a disk error. At the end
 * the database must equal that of a run without faults, and every alert must have been received,
 * none more often than there were crashes.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/digest.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "lib/disk.h"
#include "lib/memory.h"
#include "lib/store_due.h"
#include "sink/sink.h"

#define T0     INT64_C(1700000000000)
#define STEPS  7
#define TRIES  50 /* with more, the daemon is in an endless loop */
#define ALERTS 64

static const char configuration[] =
	"feed a { url = 'http://a.example/1' source = 'outlet' }\n"
	"feed b { url = 'http://a.example/2' source = 'outlet' }\n"
	"notify desk { type = 'stdout' }\nnotify mail { type = 'stdout' }\n"
	"watch moves { query = 'embassy' notify = { desk, mail } }\n"
	"watch edits { query = 'kyiv' on-update = 'alert' notify = desk }\n";

/* The two feeds at each step; four words are id, link, title, text. */
static const char *const script[STEPS][2][6][4] = {
	{{{"1", "/1", "Rain", "falls"}, {"2", "/2", "The embassy", "stays"}}},
	{{{"3", "/3", "The embassy", "moves"}, {"1", "/1", "Rain", "falls"},
		 {"2", "/2", "The embassy", "stays"}},
		{{"9", "/9", "Snow", "falls"}}},
	{{{"4", "/4", "In kyiv", "nothing"}, {"3", "/3", "The embassy", "moves"},
		 {"1", "/1", "Rain", "falls over the embassy"}},
		{{"x3", "/3", "The embassy", "moves"}, {"9", "/9", "Snow", "falls"}}},
	{{{"4", "/4", "In kyiv", "something"}, {"3", "/3", "The embassy", "moves"}},
		{{"x3", "/3", "The embassy", "moves"}, {"9", "/9", "Snow", "falls"}}},
	{{{"n4", "/4", "In kyiv", "something"}, {"n3", "/3", "The embassy", "moves"}},
		{{"10", "/10", "Embassy? An embassy", "in kyiv"}, {"9", "/9", "Snow", "falls"}}},
	{{{"n4", "/4", "In kyiv", "something"}}, {{"10", "/10", "The end", "in kyiv"}}},
	{{{"n5", "/5", "embassy", "embassy"}}, {{"11", "/11", "embassy", "kyiv"}}},
};

/* Shared with the parent process, so it survives a crash. */
struct world {
	int step, feed; /* the next poll */
	int received[ALERTS];
	char ids[ALERTS][80];
	long fired;
};

static struct world *world;
static char dir[64], path[96];

struct life {
	struct store *store;
	struct desk *desk;
	struct conf *conf;
	int tries;
};

/* --- the publishers --- */

static struct feed_item make_item(struct arena *arena, const char *const word[4])
{
	struct feed_item i = {
		.id = str_of(word[0]),
		.link = str_of(arena_printf(arena, "http://a.example%s", word[1])),
		.title = str_of(word[2]),
		.content = str_of(word[3]),
		.published = STAMP_NONE,
		.updated = STAMP_NONE,
	};
	uint64_t half[2] = {digest_fast64(i.id, 1), digest_fast64(i.id, 2)};

	memcpy(i.key, half, sizeof(i.key));
	i.link_key = digest_fast64(i.link, 3);
	i.text_key = digest_fast64(i.title, 4) ^ digest_fast64(i.content, 5);
	return i;
}

static size_t make_items(struct arena *arena, int step, int feed, struct feed_item out[6])
{
	size_t n = 0;

	while (n < 6 && script[step][feed][n][0]) {
		out[n] = make_item(arena, script[step][feed][n]);
		n++;
	}
	return n;
}

/* --- the daemon --- */

static void give_up(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->text);
	_exit(3);
}

static bool try_again(struct life *l, const struct err *e, const char *what)
{
	bool passing = e->cls == ERR_TEMP || e->cls == ERR_NOMEM || e->cls == ERR_LIMIT;

	if (++l->tries > TRIES || (!passing && e->cls != ERR_IO && !disk.fired && !memory.fired))
		give_up(what, e);
	return passing;
}

static void end_life(struct life *l)
{
	desk_free(l->desk);
	store_close(l->store);
	l->desk = NULL;
	l->store = NULL;
}

static void begin_life(struct life *l)
{
	struct err e = {0};

	while (store_open(&l->store, path, STORE_WRITE, &e) || desk_new(&l->desk, l->store, &e)) {
		try_again(l, &e, "open");
		end_life(l);
	}
}

/* Requests with the stored validator, as the engine does after a start. */
static int poll_once(struct life *l, struct arena *arena, struct err *e)
{
	struct feed_item items[6];
	struct feed_batch batch = {.items = items, .complete = true, .well_formed = true};
	char etag[16];
	struct store_feed stored;
	struct desk_result result;
	struct desk_poll p = {
		.feed = world->feed ? STR("b") : STR("a"),
		.outcome = DESK_NEW_BODY,
		.batch = &batch,
		.fetched = T0 + world->step * CLOCK_HOUR,
		.next_due = T0 + (world->step + 1) * CLOCK_HOUR,
	};
	int rc = store_feed_get(l->store, p.feed, arena, &stored, e);

	if (rc)
		return rc;
	snprintf(etag, sizeof(etag), "\"%d\"", world->step);
	p.etag = str_of(etag);
	p.body_hash = (uint64_t)world->step + 1;
	batch.n_items = make_items(arena, world->step, world->feed, items);
	if (str_eq(stored.etag, p.etag))
		p.outcome = DESK_UNCHANGED;
	return desk_ingest(l->desk, l->conf, &p, &result, e);
}

static void receive(const struct store_due *due)
{
	char id[80];

	snprintf(id, sizeof(id), "%s/%s", due->alert.id.p, due->d.notify.p);
	for (int k = 0; k < ALERTS; k++) {
		if (!world->ids[k][0])
			memcpy(world->ids[k], id, sizeof(id));
		if (strcmp(world->ids[k], id) == 0) {
			world->received[k]++;
			return;
		}
	}
	abort();
}

static int deliver_one(struct life *l, struct arena *arena, bool *more, struct err *e)
{
	struct store_due *due;
	size_t n;
	int rc = store_outbox_due(l->store, STR_NONE, INT64_MAX, 1, arena, &due, &n, e);

	*more = !rc && n > 0;
	if (rc || !n)
		return rc;
	receive(due);
	/* Received but not marked yet: retries until the store accepts it, as the engine does. */
	for (;;) {
		rc = store_begin(l->store, e);
		if (!rc)
			rc = store_delivery_update(
				l->store, due->d.id, STORE_DELIVERED, T0, T0, STR("HTTP 200"), e);
		if (!rc)
			rc = store_commit(l->store, e);
		if (!rc)
			return 0;
		store_rollback(l->store);
		if (e->cls == ERR_IO || !try_again(l, e, "mark"))
			return rc;
	}
}

/* Continues where the last process ended, to the end of the script. */
static void live(void)
{
	struct conf_env env = {
		.state_directory = dir, .runtime_directory = dir, .notify_types = sink_conf_type};
	struct arena *arena = arena_new(1 << 20);
	struct conf_diags diags;
	struct life l = {0};
	struct err e = {0};
	bool more = true;
	int rc;

	if (!arena || conf_load(dir, &env, &l.conf, &diags))
		_exit(4);
	memory.armed = true;
	begin_life(&l);
	while (world->step < STEPS || more) {
		clock_virtual_start(T0 + world->step * CLOCK_HOUR);
		arena_clear(arena);
		if (more) {
			rc = deliver_one(&l, arena, &more, &e);
		} else {
			rc = poll_once(&l, arena, &e);
			more = !rc;
			world->step += !rc && world->feed;
			world->feed ^= !rc;
		}
		if (rc && !try_again(&l, &e, "poll")) {
			end_life(&l);
			begin_life(&l);
			more = true;
		} else if (rc) {
			more = true;
		}
	}
	end_life(&l);
	memory.armed = false;
	conf_diags_release(&diags);
	conf_unref(l.conf);
	arena_free(arena);
}

/* --- runs --- */

struct fault {
	const char *name;
	enum disk_op op;
	enum disk_fault kind;
	int rc;
	long width, stride;
	bool memory;
};

static void remove_files(void)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	char name[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

/* Runs the daemon in a child process; returns its exit status. */
static int run_life(const struct fault *f, long at)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (f && f->memory) {
			memory.width = f->width;
			memory.at = at;
		} else if (f) {
			disk.op = f->op;
			disk.fault = f->kind;
			disk.rc = f->rc;
			disk.width = f->width;
			disk.at = at;
			rng_seed(&disk.rng, (uint64_t)at);
		}
		live();
		world->fired += disk.fired || memory.fired;
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void add_rows(sqlite3 *db, const char *sql, struct buf *out)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		buf_printf(out, "%s\n", sqlite3_errmsg(db));
	while (st && sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++)
			buf_printf(out, "%s|", (const char *)sqlite3_column_text(st, i));
		buf_addc(out, '\n');
	}
	sqlite3_finalize(st);
}

/* Everything that must not depend on the fault. */
static void dump(struct buf *out)
{
	static const char *const queries[] = {
		"PRAGMA integrity_check",
		"PRAGMA foreign_key_check",
		"SELECT name, etag, body_hash, baseline, failures, items_seen FROM feeds ORDER BY "
		"1",
		"SELECT f.name, first_seen, item_id, i.title, link, content FROM items i"
		" JOIN feeds f ON f.id = i.feed ORDER BY 1, 2, 3",
		"SELECT f.name, hex(k.key), i.item_id, k.seen FROM known k JOIN items i"
		" ON i.id = k.item JOIN feeds f ON f.id = k.feed ORDER BY 1, 2",
		"SELECT until, title, content FROM revisions ORDER BY 1, 2, 3",
		"SELECT id, watch, title, body, feed, created, hits FROM alerts ORDER BY 1",
		"SELECT a.id, notify, state, attempts FROM deliveries d JOIN alerts a"
		" ON a.row = d.alert ORDER BY 1, 2",
	};
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		buf_addz(out, "cannot be opened\n");
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		add_rows(db, queries[i], out);
	sqlite3_close(db);
}

static bool all_received(const struct world *wanted, int crashes)
{
	int surplus = 0;

	for (int k = 0; k < ALERTS; k++) {
		int n = 0;

		for (int i = 0; i < ALERTS && wanted->ids[k][0]; i++)
			if (strcmp(world->ids[i], wanted->ids[k]) == 0)
				n = world->received[i];
		if (wanted->ids[k][0] && n == 0)
			return false;
		surplus += n > 1 ? n - 1 : 0;
	}
	return surplus <= crashes;
}

/*
 * Returns whether a run with that fault ends like one without. Sets *hit if the operation was
 * reached.
 */
static bool survives(const struct fault *f, long at, const struct buf *good,
	const struct world *wanted, bool *hit)
{
	int crashes = 0, status;
	struct buf end;
	bool same;

	memset(world, 0, sizeof(*world));
	remove_files();
	status = run_life(f, at);
	*hit = status == DISK_KILLED || world->fired > 0;
	if (status == DISK_KILLED) {
		crashes++;
		status = run_life(NULL, 0);
	}
	/* After a disk error the engine restarts: messages sent then are sent again. */
	crashes += f->kind == DISK_FAIL && !f->memory;
	buf_init(&end, 1 << 20);
	dump(&end);
	same = status == 0 && str_eq(buf_str(&end), buf_str(good)) && all_received(wanted, crashes);
	if (!same)
		printf("# %s at %ld: status %d, %d crashes\n", f->name, at, status, crashes);
	if (!same && getenv("SHOW_DUMP"))
		printf("--- good\n%s--- got\n%s", buf_z(good), buf_z(&end));
	buf_release(&end);
	return same;
}

static bool try_everywhere(
	const struct fault *f, const struct buf *good, const struct world *wanted)
{
	long n = 0, bad = 0, stride = getenv("FAULT_ALL") ? 1 : f->stride;
	bool hit = true;

	for (long at = 1; hit && bad < 5; at += stride) {
		bad += !survives(f, at, good, wanted, &hit);
		n += hit;
	}
	printf("%s - %s: %ld places\n", bad || n == 0 ? "not ok" : "ok", f->name, n);
	fflush(stdout);
	return bad == 0 && n > 0;
}

static const struct fault faults[] = {
	{"a write fails", DISK_WRITE, DISK_FAIL, SQLITE_IOERR_WRITE, 1, 1, false},
	{"the disk is full at a write", DISK_WRITE, DISK_FAIL, SQLITE_FULL, 1, 1, false},
	{"the disk is full for ten writes", DISK_WRITE, DISK_FAIL, SQLITE_FULL, 10, 7, false},
	{"a sync fails", DISK_SYNC, DISK_FAIL, SQLITE_IOERR_FSYNC, 1, 1, false},
	{"a truncate fails", DISK_TRUNCATE, DISK_FAIL, SQLITE_IOERR_TRUNCATE, 1, 1, false},
	{"a file cannot be opened", DISK_OPEN, DISK_FAIL, SQLITE_CANTOPEN, 1, 1, false},
	{"a read fails", DISK_READ, DISK_FAIL, SQLITE_IOERR_READ, 1, 1, false},
	{"shared memory is refused", DISK_SHM, DISK_FAIL, SQLITE_IOERR_SHMMAP, 1, 1, false},
	{"killed in a write", DISK_WRITE, DISK_KILL, 0, 1, 1, false},
	{"killed before a sync", DISK_SYNC, DISK_KILL, 0, 1, 1, false},
	{"the power goes in a write", DISK_WRITE, DISK_POWER, 0, 1, 1, false},
	{"the power goes before a sync", DISK_SYNC, DISK_POWER, 0, 1, 1, false},
	{"an allocation fails", DISK_OPS, DISK_FAIL, 0, 1, 31, true},
	{"no memory for five allocations", DISK_OPS, DISK_FAIL, 0, 5, 37, true},
};

static void write_configuration(void)
{
	char name[96];
	FILE *out;

	snprintf(name, sizeof(name), "%s/nightdesk.conf", dir);
	out = fopen(name, "w");
	if (!out || fputs(configuration, out) < 0 || fclose(out) != 0)
		abort();
}

int main(int argc, char **argv)
{
	struct world wanted;
	struct buf good;
	bool fine = true;
	char name[96];

	/* Thousands of runs: use tmpfs if available, where fsync is free. */
	strcpy(dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/nightdesk-fault.XXXXXX"
						  : "/tmp/nightdesk-fault.XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/nightdesk.db", dir);
	write_configuration();
	world = mmap(
		NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memory_install();
	disk_install();
	fine = run_life(NULL, 0) == 0;
	buf_init(&good, 1 << 20);
	dump(&good);
	wanted = *world;
	fine = fine && wanted.ids[0][0];
	printf("%s - a run without faults\n%s", fine ? "ok" : "not ok",
		getenv("SHOW_DUMP") ? buf_z(&good) : "");
	for (size_t i = 0; fine && i < sizeof(faults) / sizeof(faults[0]); i++)
		if (argc < 2 || strstr(faults[i].name, argv[1]))
			try_everywhere(&faults[i], &good, &wanted);
	buf_release(&good);
	remove_files();
	snprintf(name, sizeof(name), "%s/nightdesk.conf", dir);
	unlink(name);
	rmdir(dir);
	munmap(world, sizeof(*world));
	return 0;
}
