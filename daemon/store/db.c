/* SPDX-License-Identifier: MIT */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const db_sql[SQL_COUNT] = {
#define SQL(name, text) [SQL_##name] = text,
#include "sql.def"
#undef SQL
};

/* Disk full, quota or file size limit: temporary. */
static bool db_is_space_error(int system_errno)
{
	return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

/*
 * SQLite reports a read that failed with EIO as SQLITE_CORRUPT, without its errno. So its pread is
 * replaced by one that keeps it: the last one of this thread.
 */
static _Thread_local int db_read_errno;

static ssize_t db_pread(int fd, void *to, size_t n, off_t at)
{
	ssize_t got = pread(fd, to, n, at);

	if (got < 0 && errno != EINTR)
		db_read_errno = errno;
	return got;
}

/*
 * A file that could not be opened SQLite opens once more, for reading only, and reports the errno
 * of that: a log that could not be created for lack of descriptors "does not exist" then. So the
 * errno of the first attempt is kept, the last one of this thread.
 */
static _Thread_local int db_open_errno;

static int db_open(const char *path, int flags, int mode)
{
	int fd = open(path, flags, mode);

	if (fd < 0 && errno != EINTR && err_is_exhaustion(err_class_of(errno)))
		db_open_errno = errno;
	return fd;
}

/*
 * SQLite takes a sync that was interrupted (FUSE, NFS) for a failure of the disk, and has no way to
 * replace it. So this one is in place of that of libc, for the whole process.
 */
#define SYNC_TRIES 100

int fdatasync(int fd)
{
	long rc = -1;

	for (int i = 0; i < SYNC_TRIES; i++) {
		rc = syscall(SYS_fdatasync, fd);
		if (rc == 0 || errno != EINTR)
			break;
	}
	return (int)rc;
}

static void db_replace_calls(void)
{
	sqlite3_vfs *unix_vfs;

	/* Its counters of memory, which are not read, take a lock at each allocation. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	unix_vfs = sqlite3_vfs_find("unix");
	if (!unix_vfs || unix_vfs->iVersion < 3)
		return;
	(void)unix_vfs->xSetSystemCall(unix_vfs, "open", (sqlite3_syscall_ptr)db_open);
	(void)unix_vfs->xSetSystemCall(unix_vfs, "pread", (sqlite3_syscall_ptr)db_pread);
	(void)unix_vfs->xSetSystemCall(unix_vfs, "pread64", (sqlite3_syscall_ptr)db_pread);
}

void db_watch_calls(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, db_replace_calls);
	db_read_errno = db_open_errno = 0;
}

/* The errno of the system call that failed; 0: unknown. */
static int db_last_errno(const struct store *s)
{
	int last = s->db ? sqlite3_system_errno(s->db) : 0;

	return last ? last : db_read_errno;
}

/* After a failed write or sync the page cache cannot be trusted, whatever the reason was. */
static bool db_must_reopen(int rc)
{
	return rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC || rc == SQLITE_IOERR_WRITE;
}

static int db_fail_io(struct store *s, int rc, const char *doing, struct err *e)
{
	int last = db_last_errno(s);
	enum err_class cls = err_class_of(last);

	if (db_is_space_error(last))
		return err_set(e, ERR_TEMP, "cannot %s: no space left where %s is", doing, s->path);
	if (rc == SQLITE_IOERR_NOMEM)
		return err_set(e, ERR_NOMEM, "cannot %s: out of memory", doing);
	if ((cls == ERR_TEMP || cls == ERR_NOMEM) && !db_must_reopen(rc))
		return err_set(e, cls, "cannot %s %s: %s", doing, s->path, strerror(last));
	s->failed_io = true;
	return err_set(e, ERR_IO, "cannot %s: the disk failed under %s (%s, code %d)", doing,
		s->path, last ? strerror(last) : sqlite3_errmsg(s->db), rc);
}

static int db_fail_damaged(struct store *s, int rc, const char *doing, struct err *e)
{
	if (db_read_errno)
		return db_fail_io(s, SQLITE_IOERR_READ, doing, e);
	if (rc == SQLITE_NOTADB)
		return err_set(e, ERR_INPUT,
			"cannot %s: %s is not a nightdesk database; name another file in "
			"daemon { state = … } or move this one away",
			doing, s->path);
	return err_set(e, ERR_INPUT,
		"cannot %s: %s is damaged (%s); stop nightdesk, move the file away together with "
		"its -wal and -shm, and put a copy back or start without one; `sqlite3 FILE "
		".recover` saves what can be read",
		doing, s->path, sqlite3_errmsg(s->db));
}

static int db_fail_open(struct store *s, const char *doing, struct err *e)
{
	int last = db_open_errno ? db_open_errno : db_last_errno(s);

	db_open_errno = 0;
	return err_set(e, last ? err_class_of(last) : ERR_PERM,
		"cannot %s: %s cannot be opened (%s)", doing, s->path,
		last ? strerror(last) : sqlite3_errmsg(s->db));
}

int db_fail(struct store *s, int rc, const char *doing, struct err *e)
{
	int whole = s->db ? sqlite3_extended_errcode(s->db) : rc;

	if ((whole & 0xff) != (rc & 0xff))
		whole = rc;
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: return err_set(e, ERR_TEMP, "cannot %s: %s is busy", doing, s->path);
	case SQLITE_FULL:
		return err_set(e, ERR_TEMP, "cannot %s: no space left where %s is", doing, s->path);
	case SQLITE_NOMEM: return err_set(e, ERR_NOMEM, "cannot %s: out of memory", doing);
	case SQLITE_INTERRUPT: return err_set(e, ERR_TEMP, "cannot %s: it takes too long", doing);
	case SQLITE_IOERR: return db_fail_io(s, whole, doing, e);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return db_fail_damaged(s, rc & 0xff, doing, e);
	case SQLITE_READONLY:
		/* Was writable when it was opened: remounted, moved or removed since. */
		s->failed_io = s->mode == STORE_WRITE;
		return err_set(e, ERR_IO, "cannot %s: %s may not be written any more (%s)", doing,
			s->path, sqlite3_errmsg(s->db));
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH: return db_fail_open(s, doing, e);
	case SQLITE_TOOBIG: return err_set(e, ERR_LIMIT, "cannot %s: a text is too long", doing);
	default: break;
	}
	return err_set(e, ERR_BUG, "cannot %s: %s (code %d)", doing,
		s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc), whole);
}

int db_exec(struct store *s, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(s, rc, "prepare the database", e);
}

int db_ask_int(struct store *s, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		rc = SQLITE_OK;
	} else if (rc == SQLITE_DONE) {
		*out = 0;
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_OK)
		rc = db_fail(s, rc, "read the database", e);
	sqlite3_finalize(st);
	return rc;
}

void db_forget_statements(struct store *s)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (s->in_txn && s->on_end)
		s->on_end(s->on_end_ctx, false);
	s->in_txn = false;
}

/*
 * Returns whether SQLite and the caller agree that a transaction is open. An error may have rolled
 * it back; the statements after it must not commit on their own. And a rollback that failed for
 * lack of memory leaves it open, where reads would return uncommitted data: roll back again.
 */
static bool db_transaction_matches(struct store *s)
{
	bool open = !sqlite3_get_autocommit(s->db);

	if (open && !s->in_txn) {
		store_rollback(s);
		open = !sqlite3_get_autocommit(s->db);
	}
	return open == s->in_txn;
}

struct db_value db_int(int64_t v)
{
	return (struct db_value){.type = DB_VALUE_INT, .v = v};
}

struct db_value db_stamp(int64_t ms)
{
	struct db_value null = {.type = DB_VALUE_NULL};

	return ms == STAMP_NONE ? null : db_int(ms);
}

struct db_value db_str(struct str s)
{
	enum db_value_type type = str_present(s) ? DB_VALUE_TEXT : DB_VALUE_NULL;

	return (struct db_value){.type = type, .bytes = s};
}

struct db_value db_blob(const void *p, size_t n)
{
	return (struct db_value){.type = DB_VALUE_BLOB, .bytes = str_slice(p, n)};
}

static int db_bind(sqlite3_stmt *st, int at, const struct db_value *v)
{
	switch (v->type) {
	case DB_VALUE_NULL: break;
	case DB_VALUE_INT: return sqlite3_bind_int64(st, at, v->v);
	case DB_VALUE_TEXT:
		return sqlite3_bind_text64(
			st, at, v->bytes.p, v->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
	case DB_VALUE_BLOB:
		return sqlite3_bind_blob64(st, at, v->bytes.p, v->bytes.n, SQLITE_STATIC);
	}
	return sqlite3_bind_null(st, at);
}

void db_put_values(struct db_stmt *q, const struct db_value *v, size_t n)
{
	for (size_t i = 0; i < n && q->rc == SQLITE_OK; i++)
		q->rc = db_bind(q->st, ++q->n_values, &v[i]);
}

void db_start_values(
	struct db_stmt *q, struct store *s, enum store_sql id, const struct db_value *v, size_t n)
{
	*q = (struct db_stmt){.s = s};
	if (!s->stmts[id])
		q->rc = sqlite3_prepare_v3(
			s->db, db_sql[id], -1, SQLITE_PREPARE_PERSISTENT, &s->stmts[id], NULL);
	q->st = s->stmts[id];
	q->outside = !db_transaction_matches(s);
	db_put_values(q, v, n);
}

void db_end(struct db_stmt *q)
{
	if (q->st) {
		sqlite3_reset(q->st);
		sqlite3_clear_bindings(q->st);
	}
}

int db_step(struct db_stmt *q, struct err *e)
{
	int rc = q->rc;

	if (q->s->failed_io)
		return err_set(
			e, ERR_IO, "the disk failed under %s: restart nightdesk", q->s->path);
	if (q->outside) {
		db_end(q);
		return err_set(e, ERR_TEMP, "the transaction was not ended or was rolled back");
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_step(q->st);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		rc = db_fail(q->s, rc, q->s->mode == STORE_WRITE ? "store" : "read", e);
	else
		rc = 0;
	db_end(q);
	return rc;
}

int db_finish(struct db_stmt *q, struct err *e)
{
	int rc;

	do
		rc = db_step(q, e);
	while (rc == 1);
	return rc;
}

int db_run_values(
	struct store *s, enum store_sql id, struct err *e, const struct db_value *v, size_t n)
{
	struct db_stmt q;

	db_start_values(&q, s, id, v, n);
	return db_finish(&q, e);
}

int db_first(struct db_stmt *q, int64_t *out, struct err *e)
{
	int rc = db_step(q, e);

	if (rc == 1)
		*out = db_col_stamp(q, 0);
	db_end(q);
	return rc < 0 ? rc : 0;
}

int64_t db_col_int(const struct db_stmt *q, int column)
{
	return sqlite3_column_int64(q->st, column);
}

int64_t db_col_stamp(const struct db_stmt *q, int column)
{
	if (sqlite3_column_type(q->st, column) == SQLITE_NULL)
		return STAMP_NONE;
	return sqlite3_column_int64(q->st, column);
}

struct str db_col_view(const struct db_stmt *q, int column)
{
	const void *p = sqlite3_column_blob(q->st, column);
	int n = sqlite3_column_bytes(q->st, column);

	if (!p && sqlite3_column_type(q->st, column) == SQLITE_NULL)
		return STR_NONE;
	return str_slice(p ? p : "", (size_t)n);
}

struct str db_col_str(struct db_stmt *q, int column)
{
	struct str s = db_col_view(q, column), copy;

	if (sqlite3_column_type(q->st, column) == SQLITE_NULL)
		return STR_NONE;
	copy = arena_str(q->arena, s);
	if (!copy.p)
		q->lost = true;
	return copy;
}

int db_lost(const struct db_stmt *q, struct err *e)
{
	if (!q->lost)
		return 0;
	if (arena_overflowed(q->arena))
		return err_set(e, ERR_LIMIT, "more was stored than is taken at once");
	return err_nomem(e);
}
