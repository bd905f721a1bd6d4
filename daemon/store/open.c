/* SPDX-License-Identifier: MIT */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A commit checkpoints a log of more pages: 16 MiB of 4 KiB pages. */
#define WAL_MAX_PAGES	 4096
#define WRITER_WAIT_MS	 1000
#define READER_WAIT_MS	 2000
/* Limit of SQLite for a text or row; a feed's arena is far smaller. */
#define ROW_MAX		 (64 * 1024 * 1024)
/* Largest file that is checked after an unclean exit; more would delay the start. */
#define CHECK_MAX	 ((int64_t)256 * 1024 * 1024)
#define CHECK_TIME_STEPS 4000 /* instructions of a statement between looks at the clock */

static int store_on_wal(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct store *)ctx)->wal_pages = pages;
	return SQLITE_OK;
}

/*
 * Creates the file with mode 0640, whatever the umask is, so that the group can read it. SQLite
 * copies the mode to -wal and -shm.
 */
static int store_create_file(struct store *s, struct err *e)
{
	int fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	int rc = 0;

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return err_set(
			e, err_class_of(errno), "cannot create %s: %s", s->path, strerror(errno));
	if (fchmod(fd, 0640) < 0)
		rc = err_set(e, err_class_of(errno), "cannot set the mode of %s: %s", s->path,
			strerror(errno));
	close(fd);
	return rc;
}

static int store_check_file(struct store *s, struct err *e)
{
	int fd = open(s->path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno == ENOENT)
		return err_set(e, ERR_INPUT,
			"there is no database at %s; nightdesk makes it when it first runs",
			s->path);
	return err_set(e, err_class_of(errno), "cannot read %s: %s%s", s->path, strerror(errno),
		err_class_of(errno) == ERR_ACCESS ? "; become a member of the group that owns it"
						  : "");
}

/*
 * SQLite opens a file that it cannot open for writing read-only. Returns why that was: `path` may
 * not be written, or could not be opened for writing at that moment.
 */
static int store_fail_read_only(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return err_set(
			e, err_class_of(errno), "cannot write %s: %s", path, strerror(errno));
	close(fd);
	return err_set(e, ERR_TEMP, "%s could not be opened for writing; try again", path);
}

int db_open_file(struct store *s, struct err *e)
{
	int flags = s->mode == STORE_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	int rc;

	db_watch_calls();
	rc = sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (!s->db)
		return err_nomem(e);
	sqlite3_extended_result_codes(s->db, 1);
	if (rc != SQLITE_OK)
		return db_fail(s, rc, "open the database", e);
	if (s->mode == STORE_WRITE && sqlite3_db_readonly(s->db, "main") == 1)
		return store_fail_read_only(s->path, e);
	sqlite3_busy_timeout(s->db, s->mode == STORE_WRITE ? WRITER_WAIT_MS : READER_WAIT_MS);
	/* A manipulated file must not run code through its schema. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, ROW_MAX);
	sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
	return 0;
}

int64_t db_file_bytes(const struct store *s, const char *suffix)
{
	char *name = sqlite3_mprintf("%s%s", s->path, suffix);
	struct stat st;
	int64_t bytes = name && stat(name, &st) == 0 ? st.st_size : 0;

	sqlite3_free(name);
	return bytes;
}

/* Runs a pragma that returns one text; *is: whether it is `expected`. Returns an SQLite code. */
static int store_run_pragma(struct store *s, const char *sql, const char *expected, bool *is)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	*is = rc == SQLITE_ROW &&
	      str_is(str_of((const char *)sqlite3_column_text(st, 0)), expected);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int db_quick_check(struct store *s, struct err *e)
{
	bool ok;
	int rc = store_run_pragma(s, "PRAGMA quick_check(1)", "ok", &ok);

	if (rc == SQLITE_OK && !ok)
		rc = SQLITE_CORRUPT;
	return rc == SQLITE_OK ? 0 : db_fail(s, rc, "check the database", e);
}

/* After a clean exit the log is empty. */
static int store_check_after_crash(struct store *s, int64_t wal, struct err *e)
{
	return wal == 0 || db_file_bytes(s, "") > CHECK_MAX ? 0 : db_quick_check(s, e);
}

static int store_set_wal(struct store *s, struct err *e)
{
	bool wal;
	int keep = 1, rc = store_run_pragma(s, "PRAGMA journal_mode = WAL", "wal", &wal);

	/* A reader without write permission needs the log files to open the database. */
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	sqlite3_wal_hook(s->db, store_on_wal, s);
	if (rc != SQLITE_OK)
		return db_fail(s, rc, "open the database", e);
	if (!wal)
		return err_set(e, ERR_PERM,
			"the file system of %s cannot hold it (no shared memory: a network file "
			"system?); put it on a local disk",
			s->path);
	return 0;
}

/* SQLite opens a log that it cannot open for writing read-only too, and says so at the first write.
 */
static int store_check_log(struct store *s, struct err *e)
{
	int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL);
	char *log;

	if ((rc & 0xff) != SQLITE_READONLY)
		return rc == SQLITE_OK ? 0 : db_fail(s, rc, "open the database", e);
	log = sqlite3_mprintf("%s-wal", s->path);
	rc = log ? store_fail_read_only(log, e) : err_nomem(e);
	sqlite3_free(log);
	return rc;
}

static int store_open_writer(struct store *s, struct err *e)
{
	int64_t wal;
	int version, rc;

	if ((rc = store_create_file(s, e)) || (rc = db_lock(s, e)))
		return rc;
	wal = db_file_bytes(s, "-wal");
	if ((rc = db_open_file(s, e)) || (rc = db_identify(s, &version, e)) ||
		(rc = store_check_after_crash(s, wal, e)) || (rc = store_set_wal(s, e)) ||
		(rc = store_check_log(s, e)))
		return rc;
	rc = db_exec(s,
		"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 16777216;"
		"PRAGMA mmap_size = 0",
		e);
	return rc ? rc : db_migrate(s, e);
}

static int store_open_reader(struct store *s, struct err *e)
{
	int version, rc;

	if ((rc = store_check_file(s, e)) || (rc = db_open_file(s, e)) ||
		(rc = db_exec(s, "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY", e)) ||
		(rc = db_identify(s, &version, e)))
		return rc;
	if (version < db_version_known())
		return err_set(e, ERR_TEMP,
			"%s has the schema of an older version; nightdesk upgrades it when it "
			"starts",
			s->path);
	return 0;
}

int store_open(struct store **out, const char *path, enum store_mode mode, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (!s)
		return err_nomem(e);
	s->mode = mode;
	s->lock_fd = -1;
	s->path = strdup(path);
	if (!s->path)
		rc = err_nomem(e);
	else
		rc = mode == STORE_WRITE ? store_open_writer(s, e) : store_open_reader(s, e);
	if (rc) {
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

/* Other than 0 ends the statement with SQLITE_INTERRUPT. */
static int store_check_time(void *store)
{
	const struct store *s = store;

	return clock_mono() >= s->read_until;
}

void store_limit_time(struct store *s, int64_t until)
{
	s->read_until = until;
	sqlite3_progress_handler(
		s->db, until ? CHECK_TIME_STEPS : 0, until ? store_check_time : NULL, s);
}

int store_data_version(struct store *s, int64_t *version, struct err *e)
{
	return db_ask_int(s, "PRAGMA data_version", version, e);
}

const char *store_path(const struct store *s)
{
	return s->path;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	db_forget_statements(s);
	if (s->db && s->mode == STORE_WRITE && !s->failed_io)
		sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(s->db);
	/* Last: releases the lock for the next writer. */
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
}

static int store_begin_mode(struct store *s, bool relaxed, struct err *e)
{
	int rc;

	if (s->in_txn)
		return err_set(e, ERR_BUG, "a transaction is open already");
	/* A pragma takes effect when it is prepared, so it cannot be a cached statement. */
	if (s->mode == STORE_WRITE && relaxed != s->relaxed) {
		rc = db_exec(s,
			relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", e);
		if (rc)
			return rc;
		s->relaxed = relaxed;
	}
	rc = db_run(s, s->mode == STORE_WRITE ? SQL_BEGIN_WRITE : SQL_BEGIN_READ, e);
	s->in_txn = rc == 0;
	return rc;
}

int store_begin(struct store *s, struct err *e)
{
	return store_begin_mode(s, false, e);
}

int store_begin_relaxed(struct store *s, struct err *e)
{
	return store_begin_mode(s, true, e);
}

int store_begin_read(struct store *s, struct err *e)
{
	int rc;

	if (s->in_txn)
		return err_set(e, ERR_BUG, "a transaction is open already");
	rc = db_run(s, SQL_BEGIN_READ, e);
	s->in_txn = rc == 0;
	return rc;
}

bool store_in_transaction(const struct store *s)
{
	return s->in_txn;
}

int store_commit(struct store *s, struct err *e)
{
	int rc;

	if (!s->in_txn)
		return err_set(e, ERR_BUG, "no transaction is open");
	rc = db_run(s, SQL_COMMIT, e);
	if (rc) {
		store_rollback(s);
		return rc;
	}
	s->in_txn = false;
	if (s->on_end)
		s->on_end(s->on_end_ctx, true);
	/* The commit is done; a failed checkpoint is reported by the next call. */
	if (s->mode == STORE_WRITE && s->wal_pages >= WAL_MAX_PAGES)
		store_checkpoint(s, NULL);
	return 0;
}

void store_on_end(struct store *s, store_ended_fn *fn, void *ctx)
{
	s->on_end = fn;
	s->on_end_ctx = ctx;
}

int store_end(struct store *s, int rc, struct err *e)
{
	if (rc == 0)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

int store_checkpoint(struct store *s, struct err *e)
{
	int rc;

	if (s->mode != STORE_WRITE || s->wal_pages == 0)
		return 0;
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (rc == SQLITE_OK) {
		s->wal_pages = 0;
		return 0;
	}
	/* A reader prevents it; the next checkpoint tries again. */
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return 0;
	return db_fail(s, rc, "move the log into the database", e);
}
