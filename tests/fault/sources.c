/* SPDX-License-Identifier: MIT */
/*
 * A watch that waits for sources, a priority that rises with them, a copy that joins the alert of
 * its first, and a correction, with a crash at each point: the process is killed in the n-th write,
 * or the power fails at the n-th write or sync. After the restart, which reads all feeds again, the
 * database has the same alerts, deliveries and waits as without.
 */
#include <stdio.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "feed/identity.h"
#include "lib/disk.h"
#include "sink/sink.h"

#define T0 INT64_C(1700000000000)

static const char configuration[] =
	"feed ap { url = 'http://ap.example/' source = 'AP' first-run = 'alert' }\n"
	"feed paper { url = 'http://paper.example/' source = 'Paper' first-run = 'alert' }\n"
	"feed reuters { url = 'http://reuters.example/' source = 'Reuters' first-run = 'alert' }\n"
	"feed afp { url = 'http://afp.example/' source = 'AFP' first-run = 'alert' }\n"
	"feed dpa { url = 'http://dpa.example/' source = 'dpa' first-run = 'alert' }\n"
	"notify desk { type = 'stdout' }\nnotify mail { type = 'stdout' }\n"
	"notify hook { type = 'webhook' url = 'http://hook.example/' }\n"
	"watch grows { query = 'embassy' notify = { hook, mail } }\n"
	"watch three { query = 'embassy sources>=3' notify = { desk, mail } }\n"
	"watch kept { query = 'crowd sources>=2' notify = desk }\n"
	"watch moves { query = 'embassy' priority = 'low' notify = { desk, mail }\n"
	" raise { to = 'urgent' when = 'sources>=2' } raise { to = 'flash' when = 'sources>=3' } "
	"}\n";

#define WIRE                                                                                       \
	"The government of Norland said on Monday that it would close its embassy in the capital " \
	"of Sudmark after 3 guards were hurt when a crowd broke through the outer gate and "       \
	"set fire to a car, and that all of its diplomats would leave the country by Friday "      \
	"unless the attackers were arrested and the safety of its staff was ensured in writing."

#define CORRECTED                                                                                  \
	"The government of Norland said on Monday that it would close its embassy in the capital " \
	"of Sudmark after 30 guards were hurt when a crowd broke through the outer gate and "      \
	"set fire to a car, and that all of its diplomats would leave the country by Friday "      \
	"unless the attackers were arrested and the safety of its staff was ensured in writing."

/* Feed, title, text. */
static const char *const reports[][3] = {
	{"ap", "Norland closes embassy in Sudmark", WIRE},
	{"paper", "Embassy of Norland to close", "SUDMARK (AP) - " WIRE},
	{"reuters", "Norland to close embassy in Sudmark after attack",
		"Norland is closing its embassy in Sudmark. Guards were hurt."},
	{"afp", "Norland shuts Sudmark embassy after guards hurt",
		"The embassy of Norland in Sudmark will close by Friday."},
	{"dpa", "Norland closes embassy in Sudmark", CORRECTED},
};
#define REPORTS (sizeof(reports) / sizeof(reports[0]))

static char dir[64], path[96], empty[96]; /* empty: a database without items */

static void give_up(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", what, e->text);
	_exit(3);
}

static void poll_report(struct desk *desk, struct conf *conf, size_t i)
{
	struct feed_item item = {.id = str_of(reports[i][0]),
		.title = str_of(reports[i][1]),
		.content = str_of(reports[i][2]),
		.published = STAMP_NONE,
		.updated = STAMP_NONE};
	struct feed_batch b = {.items = &item, .n_items = 1, .complete = true};
	struct desk_poll p = {.feed = str_of(reports[i][0]), .outcome = DESK_NEW_BODY, .batch = &b};
	struct desk_result r;
	struct err e = {0};

	feed_identity_fill(&item, NULL, 0);
	p.started = p.fetched = T0 + (int64_t)i * CLOCK_MINUTE;
	clock_virtual_start(p.fetched);
	if (desk_ingest(desk, conf, &p, &r, &e))
		give_up("poll", &e);
}

static void live(size_t n_reports)
{
	struct conf_env env = {.timezone = "UTC", .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct store *store;
	struct desk *desk;
	struct conf *conf;
	struct err e = {0};

	clock_virtual_start(T0);
	if (conf_load(dir, &env, &conf, &diags) || store_open(&store, path, STORE_WRITE, &e) ||
		desk_new(&desk, store, &e))
		give_up("start", &e);
	while (desk_story_fill(desk, conf, 1000, &e))
		;
	for (size_t i = 0; i < n_reports; i++)
		poll_report(desk, conf, i);
	if (n_reports == 0 && store_checkpoint(store, &e))
		give_up("checkpoint", &e);
	desk_free(desk);
	store_close(store);
	conf_diags_release(&diags);
	conf_unref(conf);
}

/* Returns the exit status of a process that does that, with a fault at the at-th operation. */
static int run_life(enum disk_op op, enum disk_fault fault, long at)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		disk.op = op;
		disk.fault = fault;
		disk.width = 1;
		disk.at = at;
		rng_seed(&disk.rng, (uint64_t)at);
		live(REPORTS);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void remove_files(void)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	char name[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

static void begin_empty(void)
{
	char buffer[65536];
	size_t n;
	FILE *from, *to;

	remove_files();
	from = fopen(empty, "r");
	to = fopen(path, "w");
	if (!from || !to)
		abort();
	while ((n = fread(buffer, 1, sizeof(buffer), from)) > 0)
		if (fwrite(buffer, 1, n, to) != n)
			abort();
	fclose(from);
	if (fclose(to) != 0)
		abort();
}

/* In a process of its own, since SQLite keeps what it knows of files. */
static void make_empty(void)
{
	pid_t child = fork();

	if (child == 0) {
		live(0);
		_exit(0);
	}
	if (waitpid(child, NULL, 0) != child || rename(path, empty) != 0)
		abort();
}

static void dump(struct buf *out)
{
	static const char *const queries[] = {
		"SELECT id, watch, priority, title, kind, detail, created FROM alerts ORDER BY 1",
		"SELECT a.id, notify, state, rank FROM deliveries d JOIN alerts a ON a.row = "
		"d.alert"
		" ORDER BY 1, 2",
		"SELECT watch, sources, done, alert, at FROM waits ORDER BY 1",
		"SELECT a.id, sources, r.priority FROM raise_steps r JOIN alerts a ON a.row = "
		"r.alert"
		" ORDER BY 1, 2",
		"SELECT item, watch, reason, alert FROM quiet ORDER BY 1, 2, 3",
		"SELECT item, story, copy_of, origin, relation, detail, reports, outlets, origins"
		" FROM stories ORDER BY 1",
	};
	sqlite3_stmt *st;
	sqlite3 *db;

	sqlite3_open(path, &db);
	for (size_t q = 0; q < sizeof(queries) / sizeof(queries[0]); q++) {
		sqlite3_prepare_v2(db, queries[q], -1, &st, NULL);
		while (st && sqlite3_step(st) == SQLITE_ROW) {
			for (int i = 0; i < sqlite3_column_count(st); i++)
				buf_printf(out, "%s|", (const char *)sqlite3_column_text(st, i));
			buf_addc(out, '\n');
		}
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
}

static bool try_everywhere(
	const char *name, enum disk_op op, enum disk_fault fault, const struct buf *good)
{
	long stride = op == DISK_SYNC || getenv("FAULT_ALL") ? 1 : 3;
	long at = 1 - stride, bad = 0, n = 0;
	int status;

	do {
		struct buf end;

		begin_empty();
		status = run_life(op, fault, at += stride);
		n += status == DISK_KILLED;
		if (status == DISK_KILLED && run_life(op, DISK_FAIL, 0) != 0)
			bad++;
		buf_init(&end, 1 << 20);
		dump(&end);
		if (!str_eq(buf_str(&end), buf_str(good))) {
			printf("# %s at %ld\n%s", name, at, bad++ ? "" : buf_z(&end));
		}
		buf_release(&end);
	} while (status == DISK_KILLED && bad < 5);
	bad += status != 0 && status != DISK_KILLED;
	printf("%s - sources, %s: %ld places\n", bad || n == 0 ? "not ok" : "ok", name, n);
	return bad == 0 && n > 0;
}

int main(void)
{
	struct buf good;
	bool fine;
	char name[96];
	FILE *out;

	strcpy(dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/nightdesk-fault.XXXXXX"
						  : "/tmp/nightdesk-fault.XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/nightdesk.db", dir);
	snprintf(empty, sizeof(empty), "%s/empty.db", dir);
	snprintf(name, sizeof(name), "%s/nightdesk.conf", dir);
	out = fopen(name, "w");
	if (!out || fputs(configuration, out) < 0 || fclose(out) != 0)
		return 1;
	setlinebuf(stdout);
	disk_install();
	make_empty();
	begin_empty();
	buf_init(&good, 1 << 20);
	fine = run_life(DISK_WRITE, DISK_FAIL, 0) == 0;
	dump(&good);
	if (getenv("SHOW_DUMP"))
		fputs(buf_z(&good), stdout);
	fine = fine && try_everywhere("killed in a write", DISK_WRITE, DISK_KILL, &good);
	fine = fine && try_everywhere("the power goes in a write", DISK_WRITE, DISK_POWER, &good);
	fine = fine && try_everywhere("the power goes before a sync", DISK_SYNC, DISK_POWER, &good);
	remove_files();
	unlink(empty);
	unlink(name);
	rmdir(dir);
	buf_release(&good);
	return fine ? 0 : 1;
}
