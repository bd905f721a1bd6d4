/* SPDX-License-Identifier: MIT */
/* Opening a database: permissions, refused files, crashes. */
#include "lib/unit.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "lib/store_fixture.h"

static void sql(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void a_second_writer_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct store *second;

	assert_int_equal(store_open(&second, f->path, STORE_WRITE, &f->e), -(int)ERR_TEMP);
	assert_null(second);
	assert_non_null(strstr(f->e.text, "another nightdesk, process"));
	store_close(f->store);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
}

static void the_file_mode_is_owner_and_group(void **state)
{
	struct store_fixture *f = *state;
	struct stat st;
	char wal[128];

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

/* In a child process as another user: root may open any file. */
static int read_as_nobody(const char *path)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct metrics counts;
		struct store *s;
		struct err e = {0};

		if (setgid(65534) || setuid(65534))
			_exit(99);
		if (store_open(&s, path, STORE_READ, &e))
			_exit((int)e.cls);
		_exit(store_metrics(s, &counts, &e) ? (int)e.cls
			: counts.feeds_known == 1   ? 0
						    : 98);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void a_reader_needs_no_write_permission(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	struct store_fixture *f = *state;
	struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_int_equal(read_as_nobody(f->path), (int)ERR_ACCESS);
	for (size_t i = 0; i < 3; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", f->path, suffixes[i]);
		assert_int_equal(chmod(name, 0644), 0);
	}
	assert_int_equal(read_as_nobody(f->path), 0);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(read_as_nobody(f->path), 0);
}

/* Exits without closing, as after kill -9: committed data is still in the log. */
static void write_and_die(const char *path)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};
		struct err e = {0};
		struct store *s;

		_exit(store_open(&s, path, STORE_WRITE, &e) || store_feed_put(s, &feed, &e));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_reader_opens_after_a_crash(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	struct store_fixture *f = *state;

	if (geteuid() != 0)
		skip();
	store_close(f->store);
	f->store = NULL;
	write_and_die(f->path);
	assert_int_equal(chmod(f->dir, 0755), 0);
	for (size_t i = 0; i < 3; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", f->path, suffixes[i]);
		assert_int_equal(chmod(name, 0644), 0);
	}
	assert_int_equal(read_as_nobody(f->path), 0);
}

static void a_reader_changes_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};
	struct store *reader;

	assert_int_equal(store_open(&reader, f->path, STORE_READ, &f->e), 0);
	assert_int_not_equal(store_feed_put(reader, &feed, &f->e), 0);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_int_equal(store_begin(reader, &f->e), 0);
	assert_int_equal(store_feed_get(reader, STR("a"), f->arena, &feed, &f->e), 0);
	assert_int_equal(feed.id, 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_feed_get(reader, STR("a"), f->arena, &feed, &f->e), 0);
	assert_int_equal(feed.id, 0);
	assert_int_equal(store_commit(reader, &f->e), 0);
	assert_int_equal(store_feed_get(reader, STR("a"), f->arena, &feed, &f->e), 0);
	assert_int_not_equal(feed.id, 0);
	store_close(reader);
}

static void foreign_databases_are_refused(void **state)
{
	static const struct {
		const char *change;
		enum store_mode mode;
		enum err_class cls;
		const char *says;
	} cases[] = {
		{"PRAGMA application_id = 7", STORE_WRITE, ERR_INPUT, "another program"},
		{"PRAGMA application_id = 7", STORE_READ, ERR_INPUT, "another program"},
		{"PRAGMA user_version = 999", STORE_WRITE, ERR_INPUT, "newer nightdesk"},
		{"PRAGMA user_version = 999", STORE_READ, ERR_INPUT, "newer nightdesk"},
		{"PRAGMA user_version = 0", STORE_READ, ERR_TEMP, "older version"},
	};
	struct store_fixture *f = *state;

	store_close(f->store);
	f->store = NULL;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store *s;

		sql(f->path, "PRAGMA application_id = 1852270708; PRAGMA user_version = 1");
		sql(f->path, cases[i].change);
		assert_int_equal(store_open(&s, f->path, cases[i].mode, &f->e), -(int)cases[i].cls);
		assert_non_null(strstr(f->e.text, cases[i].says));
	}
}

static void overwrite(const char *path, off_t at, size_t n)
{
	char junk[8192];
	int fd = open(path, O_WRONLY);

	memset(junk, 'x', sizeof(junk));
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, junk, n, at), (ssize_t)n);
	close(fd);
}

static void damage_is_reported_with_a_remedy(void **state)
{
	struct store_fixture *f = *state;
	struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};

	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	store_close(f->store);
	f->store = NULL;
	overwrite(f->path, 4096, 8192);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	assert_int_equal(
		store_feed_get(f->store, STR("a"), f->arena, &feed, &f->e), -(int)ERR_INPUT);
	assert_non_null(strstr(f->e.text, "is damaged"));
	assert_non_null(strstr(f->e.text, ".recover"));
	store_close(f->store);
	overwrite(f->path, 0, 100);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), -(int)ERR_INPUT);
	assert_non_null(strstr(f->e.text, "not a nightdesk database"));
}

/* As after kill -9: committed data is in the log, and the file has damaged pages. */
static void damage_is_detected_after_a_crash(void **state)
{
	struct store_fixture *f = *state;
	struct err e = {0};

	store_close(f->store);
	f->store = NULL;
	write_and_die(f->path);
	overwrite(f->path, 8192, 8192);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &e), -(int)ERR_INPUT);
	assert_non_null(strstr(e.text, "is damaged"));
}

/* What was only in the log is lost; the rest is a database as it was before. */
static void a_deleted_log_leaves_an_older_state(void **state)
{
	struct store_fixture *f = *state;
	struct metrics counts;
	char log[128];

	store_close(f->store);
	f->store = NULL;
	write_and_die(f->path);
	snprintf(log, sizeof(log), "%s-wal", f->path);
	assert_int_equal(unlink(log), 0);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	metrics_init(&counts);
	assert_int_equal(store_metrics(f->store, &counts, &f->e), 0);
	assert_int_equal(counts.feeds_known, 0);
	assert_int_equal(make_feed(f, "b", 0), 1);
}

static void open_errors_have_a_reason(void **state)
{
	struct store_fixture *f = *state;
	struct store *s;
	char name[128];

	snprintf(name, sizeof(name), "%s/none/nightdesk.db", f->dir);
	assert_int_equal(store_open(&s, name, STORE_WRITE, &f->e), -(int)ERR_PERM);
	assert_non_null(strstr(f->e.text, "No such file"));
	assert_int_equal(store_open(&s, name, STORE_READ, &f->e), -(int)ERR_INPUT);
	assert_non_null(strstr(f->e.text, "there is no database"));
}

static void after_an_error_nothing_is_committed(void **state)
{
	struct store_fixture *f = *state;
	struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};
	struct metrics counts;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_begin(f->store, &f->e), -(int)ERR_BUG);
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	store_rollback(f->store);
	assert_int_equal(store_commit(f->store, &f->e), -(int)ERR_BUG);
	assert_int_equal(store_begin_relaxed(f->store, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	assert_int_equal(store_metrics(f->store, &counts, &f->e), 0);
	assert_int_equal(counts.feeds_known, 0);
	assert_true(counts.database_bytes > 0);
}

static void the_log_does_not_grow_without_limit(void **state)
{
	struct store_fixture *f = *state;
	struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};
	struct metrics counts;
	char *text = malloc(1 << 20);

	memset(text, 'x', 1 << 20);
	for (int i = 0; i < 100; i++) {
		feed.title = str_slice(text, (1 << 20) - (size_t)i);
		assert_int_equal(store_begin_relaxed(f->store, &f->e), 0);
		assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
		assert_int_equal(store_commit(f->store, &f->e), 0);
	}
	free(text);
	assert_int_equal(store_metrics(f->store, &counts, &f->e), 0);
	assert_in_range(counts.database_wal_bytes, 1, 24 << 20);
	assert_int_equal(store_checkpoint(f->store, &f->e), 0);
	store_close(f->store);
	assert_int_equal(store_open(&f->store, f->path, STORE_READ, &f->e), 0);
	assert_int_equal(store_metrics(f->store, &counts, &f->e), 0);
	assert_int_equal(counts.database_wal_bytes, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, store_fixture_open, store_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_second_writer_is_refused),
		T(the_file_mode_is_owner_and_group),
		T(a_reader_needs_no_write_permission),
		T(a_reader_opens_after_a_crash),
		T(a_reader_changes_nothing),
		T(foreign_databases_are_refused),
		T(damage_is_reported_with_a_remedy),
		T(damage_is_detected_after_a_crash),
		T(a_deleted_log_leaves_an_older_state),
		T(open_errors_have_a_reason),
		T(after_an_error_nothing_is_committed),
		T(the_log_does_not_grow_without_limit),
	};

	return cmocka_run_group_tests_name("store open", tests, NULL, NULL);
}
