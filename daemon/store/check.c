/* SPDX-License-Identifier: MIT */
#include "store/check.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "db.h"

#define STOP_STEPS 10000 /* instructions of SQLite between two looks at *stop */
#define INDEX_MAX  8	 /* indexes of a table */
#define MEND_NAME  64

static const struct check_part {
	const char *table;
	bool words; /* belongs to the full-text index */
} parts[] = {
	{"feeds", false},
	{"deliveries", false},
	{"alerts", false},
	{"items", false},
	{"known", false},
	{"revisions", false},
	{"documents", false},
	{"paced", false},
	{"silences", false},
	{"reports", false},
	{"quiet", false},
	{"troubles", false},
	{"told", false},
	{"stories", false},
	{"waits", false},
	{"raise_steps", false},
	{"bursts", false},
	{"archive", false},
	{"stale", false},
	{"words_data", true},
	{"words_idx", true},
	{"words_config", true},
};

size_t store_check_parts(void)
{
	return sizeof(parts) / sizeof(parts[0]);
}

const char *store_check_name(size_t part)
{
	return parts[part].table;
}

int64_t store_check_bytes(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : 0;
}

/* --- the check --- */

static int check_is_stopped(void *arg)
{
	return atomic_load((const atomic_bool *)arg);
}

/* 1: sound, 0: *damage says what is wrong, else a negative class. */
static int check_table(struct store *s, const char *table, struct err *damage, struct err *e)
{
	char *sql = sqlite3_mprintf("PRAGMA integrity_check(%Q)", table);
	sqlite3_stmt *st = NULL;
	int rc = sql ? sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) : SQLITE_NOMEM;
	const char *text;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (text && strcmp(text, "ok") == 0)
		rc = 1;
	else if (text) /* the first line may only say which database */
		rc = (err_set(damage, ERR_INPUT, "%s",
			      strncmp(text, "***", 3) == 0 && strchr(text, '\n')
				      ? strchr(text, '\n') + 1
				      : text),
			0);
	else if ((rc & 0xff) == SQLITE_CORRUPT)
		rc = (err_set(damage, ERR_INPUT, "%s", sqlite3_errmsg(s->db)), 0);
	else
		rc = rc == SQLITE_INTERRUPT ? err_set(e, ERR_TEMP, "the check was ended early")
					    : db_fail(s, rc, "check the database", e);
	sqlite3_finalize(st);
	sqlite3_free(sql);
	return rc;
}

/* Reads every column of every row without an index. Returns an SQLite code. */
static int check_rows(struct store *s, const char *table)
{
	char *sql = sqlite3_mprintf("SELECT * FROM %Q NOT INDEXED", table);
	sqlite3_stmt *st = NULL;
	int rc = sql ? sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) : SQLITE_NOMEM;

	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(st);
		for (int i = 0; rc == SQLITE_ROW && i < sqlite3_column_count(st); i++)
			(void)sqlite3_column_blob(st, i);
	}
	sqlite3_finalize(st);
	sqlite3_free(sql);
	return rc;
}

static int check_part(
	struct store *s, size_t part, enum store_health *out, struct err *damage, struct err *e)
{
	int rc = check_table(s, parts[part].table, damage, e);

	*out = STORE_SOUND;
	if (rc)
		return rc < 0 ? rc : 0;
	*out = STORE_DAMAGED;
	if (parts[part].words || check_rows(s, parts[part].table) == SQLITE_DONE)
		*out = STORE_INDEX_DAMAGED;
	return 0;
}

int store_check(const char *path, size_t part, const atomic_bool *stop, enum store_health *out,
	struct err *damage, struct err *e)
{
	struct store *s;
	int rc = store_open(&s, path, STORE_READ, e);

	*out = STORE_SOUND;
	if (rc)
		return rc;
	sqlite3_progress_handler(s->db, STOP_STEPS, check_is_stopped, (void *)(uintptr_t)stop);
	rc = check_part(s, part, out, damage, e);
	store_close(s);
	return rc;
}

/* --- rebuilding --- */

/*
 * An index that is damaged cannot be dropped or rebuilt in place, since SQLite frees its pages by
 * walking through it. So its entry is taken out of the schema instead. One that belongs to a
 * constraint has no statement that would create it: it gets the tree of another index on the same
 * columns.
 */
struct mend_index {
	char name[MEND_NAME];
	char *sql; /* NULL: of a constraint */
	char *columns;
};

static int mend_list(struct store *s, const char *table, struct mend_index *v, size_t *n)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
		"SELECT m.name, m.sql, (SELECT group_concat(i.name, ', ') FROM"
		" pragma_index_info(m.name) i) FROM sqlite_schema m"
		" WHERE m.type = 'index' AND m.tbl_name = ? AND m.rootpage > 0",
		-1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK && *n < INDEX_MAX && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *sql = (const char *)sqlite3_column_text(st, 1);

		snprintf(v[*n].name, MEND_NAME, "%s", (const char *)sqlite3_column_text(st, 0));
		v[*n].sql = sql ? strdup(sql) : NULL;
		v[*n].columns = sqlite3_mprintf("%s", sqlite3_column_text(st, 2));
		(*n)++;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || rc == SQLITE_OK ? 0 : rc;
}

static int mend_exec(struct store *s, char *sql, struct err *e)
{
	int rc = sql ? db_exec(s, sql, e) : err_nomem(e);

	sqlite3_free(sql);
	return rc;
}

static int mend_index(struct store *s, const char *table, const struct mend_index *v, struct err *e)
{
	int rc;

	if (v->sql) {
		rc = mend_exec(s,
			sqlite3_mprintf("PRAGMA writable_schema = ON;"
					"DELETE FROM sqlite_schema WHERE name = %Q;"
					"PRAGMA writable_schema = RESET",
				v->name),
			e);
		return rc ? rc : db_exec(s, v->sql, e);
	}
	return mend_exec(s,
		sqlite3_mprintf("CREATE INDEX mended ON %s (%s);"
				"PRAGMA writable_schema = ON;"
				"UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM"
				" sqlite_schema WHERE name = 'mended') WHERE name = %Q;"
				"DELETE FROM sqlite_schema WHERE name = 'mended';"
				"PRAGMA writable_schema = RESET",
			table, v->columns, v->name),
		e);
}

static int mend_indexes(struct store *s, const char *table, struct err *e)
{
	struct mend_index v[INDEX_MAX] = {{{0}, NULL, NULL}};
	size_t n;
	int rc = mend_list(s, table, v, &n);

	if (rc)
		rc = db_fail(s, rc, "rebuild an index", e);
	for (size_t i = 0; i < n && !rc; i++)
		rc = mend_index(s, table, &v[i], e);
	for (size_t i = 0; i < n; i++) {
		free(v[i].sql);
		sqlite3_free(v[i].columns);
	}
	return rc;
}

/* Version 0 is that of no normal forms: everything is indexed again. */
static int mend_words(struct store *s, struct err *e)
{
	sqlite3_stmt *st = NULL;
	char *sql = NULL;
	int rc = sqlite3_prepare_v2(
		s->db, "SELECT sql FROM sqlite_schema WHERE name = 'words'", -1, &st, NULL);

	if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		sql = sqlite3_mprintf("%s", sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	if (!sql)
		return err_set(e, ERR_INPUT, "the schema of the full-text index is not readable");
	rc = db_exec(s,
		"PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE tbl_name IN ('words',"
		" 'words_data', 'words_idx', 'words_config', 'words_docsize', 'words_content');"
		"PRAGMA writable_schema = RESET",
		e);
	rc = rc ? rc : mend_exec(s, sql, e);
	return rc ? rc : db_exec(s, "UPDATE archive SET mark = 0, version = 0", e);
}

int store_mend(struct store *s, size_t part, struct err *e)
{
	int rc;

	if (s->in_txn)
		return err_set(e, ERR_BUG, "a rebuild inside of a transaction");
	db_forget_statements(s);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	rc = db_exec(s, "BEGIN IMMEDIATE", e);
	if (!rc)
		rc = parts[part].words ? mend_words(s, e) : mend_indexes(s, parts[part].table, e);
	if (!rc)
		rc = db_exec(s, "COMMIT", e);
	if (rc && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK; PRAGMA writable_schema = RESET", NULL, NULL, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return rc;
}
