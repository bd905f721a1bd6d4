/* SPDX-License-Identifier: MIT */
/*
 * One SQLite connection, its prepared statements and its errors.
 *
 * A db_stmt is started with the values of its parameters, then stepped. It keeps the first error
 * until db_step returns it, so callers check once.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>

#include "store/store.h"

enum store_sql {
#define SQL(name, text) SQL_##name,
#include "sql.def"
#undef SQL
	SQL_COUNT, /* number of statements */
};

struct store {
	sqlite3 *db;
	enum store_mode mode;
	char *path;
	int lock_fd;	    /* -1: a reader */
	bool in_txn;	    /* the caller has a transaction open */
	bool relaxed;	    /* current synchronous mode: commits do not wait for the disk */
	bool failed_io;	    /* the disk failed: every later call returns an error */
	int wal_pages;	    /* after the last commit */
	int64_t read_until; /* mono ms, see store_limit_time(); 0: no limit */
	store_ended_fn *on_end;
	void *on_end_ctx;
	int64_t expire_feed; /* last feed that store_expire has finished; 0: start */
	sqlite3_stmt *stmts[SQL_COUNT];
};

#define DB_APPLICATION_ID 0x6e676874 /* "nght" */

/* Upgrades the schema to the current version. Only for the writer. */
int db_migrate(struct store *s, struct err *e);
/* Checks that the file is ours and not newer; sets *version, 0 for an empty file. Reads only. */
int db_identify(struct store *s, int *version, struct err *e);
int db_version_known(void);

/* Size of the database file or, with a suffix, of a file beside it; 0: there is none. */
int64_t db_file_bytes(const struct store *s, const char *suffix);
/* Locks PATH.lock for the single writer, or returns an error with the pid of its owner. */
int db_lock(struct store *s, struct err *e);

/* Opens s->path, which exists, for s->mode. The caller closes s->db, after an error too. */
int db_open_file(struct store *s, struct err *e);
/* Before a database is opened: lets db_fail know what a failed read or open is, which SQLite hides.
 */
void db_watch_calls(void);
/* Maps the last SQLite error to a class and a message. `doing` completes "cannot …". */
int db_fail(struct store *s, int rc, const char *doing, struct err *e);
int db_exec(struct store *s, const char *sql, struct err *e);
/* Reads the first column of the first row of a pragma or query; 0 without rows. */
int db_ask_int(struct store *s, const char *sql, int64_t *out, struct err *e);
/* Every page and row can be read; indexes are not compared. -ERR_INPUT: damaged. */
int db_quick_check(struct store *s, struct err *e);
int db_sync_directory(const char *file, struct err *e); /* makes the name of file durable */
void db_forget_statements(struct store *s);

struct db_stmt {
	struct store *s;
	sqlite3_stmt *st;
	struct arena *arena; /* of the copies that db_col_str returns */
	int rc;		     /* SQLITE_OK, or the first failure */
	int n_values;	     /* bound parameters */
	bool lost;	     /* the copy of a column failed */
	bool outside;	     /* SQLite and in_txn disagree: must not run */
};

/* The value of a parameter. Its bytes must stay valid until the statement ends or db_end. */
enum db_value_type { DB_VALUE_NULL, DB_VALUE_INT, DB_VALUE_TEXT, DB_VALUE_BLOB };
struct db_value {
	enum db_value_type type;
	int64_t v;
	struct str bytes;
};
struct db_value db_int(int64_t v);
struct db_value db_stamp(int64_t ms); /* STAMP_NONE: NULL */
struct db_value db_str(struct str s); /* absent: NULL */
struct db_value db_blob(const void *p, size_t n);

#define DB_VALUES(...)                                                                             \
	(const struct db_value[]){__VA_ARGS__},                                                    \
		sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

/* db_start(q, store, id, values…) starts a statement; db_put(q, values…) binds further values. */
#define db_start(q, s, id, ...) db_start_values(q, s, id, DB_VALUES(__VA_ARGS__))
#define db_put(q, ...)		db_put_values(q, DB_VALUES(__VA_ARGS__))
/* db_run(store, id, e, values…) runs a statement to its end, ignoring rows. 0 or -class. */
#define db_run(s, id, e, ...)	db_run_values(s, id, e, DB_VALUES(__VA_ARGS__))

void db_start_values(
	struct db_stmt *q, struct store *s, enum store_sql id, const struct db_value *v, size_t n);
void db_put_values(struct db_stmt *q, const struct db_value *v, size_t n);
int db_run_values(
	struct store *s, enum store_sql id, struct err *e, const struct db_value *v, size_t n);
/* Returns 1 with a row, 0 at the end, else -class. Resets the statement unless it returns 1. */
int db_step(struct db_stmt *q, struct err *e);
int db_finish(struct db_stmt *q, struct err *e); /* steps to the end, ignoring rows */
/* Ends q after its first row: *out is its first column (NULL: STAMP_NONE), unchanged without. */
int db_first(struct db_stmt *q, int64_t *out, struct err *e);
void db_end(struct db_stmt *q); /* resets; required after an early stop */

int64_t db_col_int(const struct db_stmt *q, int column);
int64_t db_col_stamp(const struct db_stmt *q, int column);
struct str db_col_str(struct db_stmt *q, int column);	     /* a copy in q->arena */
struct str db_col_view(const struct db_stmt *q, int column); /* valid until the next step */
/* Returns 0, or the error of a failed db_col_str. */
int db_lost(const struct db_stmt *q, struct err *e);

/* Read the columns of an alert, of an item, of a delivery with its alert; into q->arena. */
#define DB_KIND_CANARY	 9 /* of a row of alerts: read as a test message */
#define DB_ALERT_COLUMNS 19
int db_read_alert(struct db_stmt *q, struct alert *out, struct err *e);
int db_read_item(struct db_stmt *q, struct store_item_row *out, struct err *e);
int db_read_due(struct db_stmt *q, struct store_due *out, struct err *e);
/*
 * Sets *first to the lowest id of the items first seen at `since` or later, INT64_MAX if there are
 * none, 1 without a bound (STAMP_NONE).
 */
int db_first_since(struct store *s, int64_t since, int64_t *first, struct err *e);

#endif
