/* SPDX-License-Identifier: MIT */
/*
 * Inside the store room: one SQLite connection, its prepared statements, its errors. No other room
 * includes this.
 *
 * A db_stmt is begun, given its parameters in order, then run or stepped; the first thing that goes
 * wrong on the way is kept in it and reported by the step, so that callers check once.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>

#include "sql.h"
#include "store/store.h"

struct store {
	sqlite3 *db;
	enum store_mode mode;
	char *path;
	int lock_fd;	/* -1: a reader */
	bool in_txn;	/* begun, neither committed nor rolled back by the caller */
	bool relaxed;	/* commits do not wait for the disk now */
	bool failed_io; /* the disk failed once: nothing that is read from here on is to be trusted
			 */
	int wal_pages;	/* after the last commit */
	int64_t expire_feed; /* where the next store_expire goes on */
	sqlite3_stmt *stmts[SQL_COUNT];
};

#define DB_APPLICATION_ID 0x6e676874 /* "nght" */

/* Brings the schema to the newest version; a newer one is refused. Only for a writer. */
int db_migrate(struct store *s, struct err *e);
/* Whose file is it, and of which version? Reads only. *version is 0 for an empty file. */
int db_identify(struct store *s, int *version, struct err *e);
int db_version_known(void);

/* One process writes: takes PATH.lock or says who has it. */
int db_lock(struct store *s, struct err *e);

/* Classes what SQLite said last. `doing` completes "cannot …". */
int db_fail(struct store *s, int rc, const char *doing, struct err *e);
int db_exec(struct store *s, const char *sql, struct err *e);
/* A pragma's or query's first column of the first row. */
int db_int(struct store *s, const char *sql, int64_t *out, struct err *e);
void db_forget_statements(struct store *s);

struct db_stmt {
	struct store *s;
	sqlite3_stmt *st;
	struct arena *arena; /* where db_col_str copies to */
	int rc;		     /* SQLITE_OK, or the first failure */
	int next;	     /* parameter */
	bool lost;	     /* a column could not be copied */
	bool outside;	     /* of the transaction that it belongs to */
};

void db_start(struct db_stmt *q, struct store *s, enum store_sql id);
/* The caller's bytes must live until the statement is run to its end or db_end. */
void db_put_int(struct db_stmt *q, int64_t v);
void db_put_stamp(struct db_stmt *q, int64_t ms); /* STAMP_NONE as NULL */
void db_put_str(struct db_stmt *q, struct str s); /* absent as NULL */
void db_put_blob(struct db_stmt *q, const void *p, size_t n);
/* 1: a row; 0: the end; else -class. Past the last row or an error the statement is free again. */
int db_step(struct db_stmt *q, struct err *e);
int db_run(struct db_stmt *q, struct err *e); /* to the end; rows are passed over */
void db_end(struct db_stmt *q);		      /* after stopping early */

int64_t db_col_int(const struct db_stmt *q, int column);
int64_t db_col_stamp(const struct db_stmt *q, int column);
struct str db_col_str(struct db_stmt *q, int column);	     /* a copy in q->arena */
struct str db_col_view(const struct db_stmt *q, int column); /* until the next step */
/* 0, or why a copy failed. */
int db_lost(const struct db_stmt *q, struct err *e);

/* The columns of an alert, from the first on; of a delivery with its alert. Into q->arena. */
#define DB_ALERT_COLUMNS 17
int db_read_alert(struct db_stmt *q, struct alert *out, struct err *e);
/* An item, from the first column on, into q->arena. */
int db_read_item(struct db_stmt *q, struct store_item_row *out, struct err *e);
int db_read_due(struct db_stmt *q, struct store_due *out, struct err *e);
/*
 * The number that no item first seen at `since` or later is below, INT64_MAX where there are none;
 * 1 without a bound (STAMP_NONE).
 */
int db_first_since(struct store *s, int64_t since, int64_t *first, struct err *e);

#endif
