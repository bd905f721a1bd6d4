/* SPDX-License-Identifier: MIT */
/*
 * Puts a copy in the place of the database. Deliveries that were accepted since the copy was made
 * are read from the old database first: those of alerts that the copy has are marked, the others
 * are kept in table `told`, where alerts that are raised again find them (ids of alerts are made of
 * the watch, the feed and the item). So are acknowledgements, with an empty receiver.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db.h"
#include "store/backup.h"

/*
 * An accepted delivery, or mail that some recipients have: alert id, notify, and how it ended.
 * DELIVERY_STATE: see sql.def.
 */
#define TOLD                                                                                       \
	"(SELECT a.id AS alert, d.notify AS notify, " DELIVERY_STATE " AS state,"                  \
	" coalesce(g.done_at, d.done_at) AS done_at, coalesce(g.answer, d.answer) AS answer,"      \
	" coalesce(g.served, d.served) AS served FROM old.deliveries d"                            \
	" JOIN old.alerts a ON a.row = d.alert"                                                    \
	" LEFT JOIN old.deliveries g ON g.alert = d.digest AND g.notify = d.notify"                \
	" WHERE " DELIVERY_STATE " = 1 OR coalesce(g.served, d.served) IS NOT NULL)"

static const char restore_sql[] =
	"BEGIN IMMEDIATE;"
	"CREATE TEMP TABLE accepted AS SELECT * FROM " TOLD ";"
	"INSERT INTO main.told SELECT alert, notify, state NOT IN (0, 2), done_at, answer, served"
	" FROM temp.accepted WHERE alert NOT IN (SELECT id FROM main.alerts)"
	" ON CONFLICT DO NOTHING;"
	"INSERT INTO main.told SELECT alert, notify, state, done_at, answer, served FROM old.told"
	" WHERE true ON CONFLICT DO NOTHING;"
	"DELETE FROM temp.accepted WHERE alert NOT IN (SELECT id FROM main.alerts);"
	"UPDATE main.deliveries AS d SET state = CASE x.state WHEN 1 THEN 1 ELSE d.state END,"
	" done_at = CASE x.state WHEN 1 THEN x.done_at ELSE d.done_at END,"
	" answer = x.answer, served = x.served"
	" FROM temp.accepted AS x, main.alerts AS a WHERE a.id = x.alert AND d.alert = a.row"
	" AND d.notify = x.notify AND d.state NOT IN (1, 16);"
	"INSERT INTO main.told (alert, notify, state, done_at, answer) SELECT a.id, '', 1, k.at,"
	" k.person FROM old.acks k JOIN old.alerts a ON a.row = k.alert"
	" WHERE a.id NOT IN (SELECT id FROM main.alerts) ON CONFLICT DO NOTHING;"
	"INSERT INTO main.acks SELECT n.row, k.person, k.at, k.told FROM old.acks k"
	" JOIN old.alerts a ON a.row = k.alert JOIN main.alerts n ON n.id = a.id WHERE true"
	" ON CONFLICT DO NOTHING;"
	"DELETE FROM main.escalations WHERE alert IN (SELECT alert FROM main.acks);"
	"UPDATE main.deliveries SET state = 4, done_at = (SELECT at FROM main.acks k"
	" WHERE k.alert = deliveries.alert), answer = 'acknowledged' WHERE escalated IS NOT NULL"
	" AND state IN (0, 2) AND alert IN (SELECT alert FROM main.acks);"
	"DELETE FROM main.repeats;"
	"INSERT INTO main.repeats SELECT d.id, r.notify, r.at, r.until FROM old.repeats r"
	" JOIN old.deliveries o ON o.id = r.delivery JOIN old.alerts a ON a.row = o.alert"
	" JOIN main.alerts n ON n.id = a.id"
	" JOIN main.deliveries d ON d.alert = n.row AND d.notify = o.notify WHERE d.state = 1;"
	"DELETE FROM main.troubles;"
	"INSERT INTO main.troubles SELECT * FROM old.troubles;"
	"COMMIT;";

/* --- what was delivered --- */

static int restore_attach(struct store *new, const char *path, struct err *e)
{
	char *sql = sqlite3_mprintf("ATTACH %Q AS old", path);
	int rc = sql ? 0 : err_nomem(e);

	sqlite3_limit(new->db, SQLITE_LIMIT_ATTACHED, 1);
	if (!rc)
		rc = db_exec(new, sql, e);
	sqlite3_free(sql);
	return rc;
}

static int restore_take_told(struct store *new, const char *path, int64_t *told, struct err *e)
{
	int rc = restore_attach(new, path, e);

	*told = 0;
	if (!rc)
		rc = db_exec(new, restore_sql, e);
	if (rc && !sqlite3_get_autocommit(new->db))
		sqlite3_exec(new->db, "ROLLBACK", NULL, NULL, NULL);
	if (!rc)
		rc = db_ask_int(new,
			"SELECT (SELECT count(*) FROM told WHERE notify <> '') + (SELECT count(*) "
			"FROM"
			" temp.accepted WHERE state = 1)",
			told, e);
	return rc;
}

/* --- files --- */

static char *restore_name(const char *path, const char *suffix)
{
	return sqlite3_mprintf("%s%s", path, suffix);
}

static void restore_unlink(const char *path, const char *suffix)
{
	char *name = restore_name(path, suffix);

	if (name)
		unlink(name);
	sqlite3_free(name);
}

/*
 * A log of the old database that is left would be applied to the new one. A reader can hold it.
 * Keeps the lock of s, and nothing else of it open.
 */
static int restore_empty_log(struct store *s, struct err *e)
{
	int rc;

	db_forget_statements(s);
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(s->db);
	s->db = NULL;
	if (rc == SQLITE_OK)
		return 0;
	return err_set(e, ERR_TEMP, "%s is being read by another process; try again", s->path);
}

/* The old file keeps its content under the name "PATH.before-restore". */
static int restore_swap(const char *path, const char *new, struct err *e)
{
	char *kept = restore_name(path, ".before-restore");
	int rc = kept ? 0 : err_nomem(e);

	if (!rc) {
		unlink(kept);
		if (link(path, kept) != 0 && errno != ENOENT)
			rc = err_set(e, err_class_of(errno), "cannot create %s: %s", kept,
				strerror(errno));
	}
	if (!rc) {
		restore_unlink(path, "-wal");
		restore_unlink(path, "-shm");
		if (rename(new, path) != 0)
			rc = err_set(e, err_class_of(errno), "cannot replace %s: %s", path,
				strerror(errno));
	}
	sqlite3_free(kept);
	return rc ? rc : db_sync_directory(path, e);
}

/* --- the restore --- */

/* Opens path for writing, or, if it cannot be read as a database, only locks it. */
static int restore_open_old(
	struct store **old, const char *path, struct store_restored *out, struct err *e)
{
	int rc = store_open(old, path, STORE_WRITE, &out->unknown);

	if (rc == 0) {
		out->unknown.cls = ERR_NONE;
		return 0;
	}
	if (rc != -ERR_INPUT)
		return err_set(e, out->unknown.cls, "%s", out->unknown.text);
	*old = calloc(1, sizeof(**old));
	if (!*old)
		return err_nomem(e);
	**old = (struct store){.lock_fd = -1, .path = strdup(path)};
	return (*old)->path ? db_lock(*old, e) : err_nomem(e);
}

static int restore_upgrade(
	const char *path, const char *new, bool readable, struct store_restored *out, struct err *e)
{
	struct store *s;
	int rc = store_open(&s, new, STORE_WRITE, e);

	if (!rc && readable && restore_take_told(s, path, &out->told, &out->unknown) == 0)
		out->unknown.cls = ERR_NONE;
	store_close(s);
	restore_unlink(new, "-wal");
	restore_unlink(new, "-shm");
	restore_unlink(new, ".lock");
	return rc;
}

int store_restore(const char *path, struct store_restored *out, struct err *e)
{
	char *new = restore_name(path, ".restore");
	struct store *old = NULL;
	int rc = new ? 0 : err_nomem(e);

	*out = (struct store_restored){0};
	if (!rc)
		rc = restore_open_old(&old, path, out, e);
	if (!rc)
		rc = restore_upgrade(path, new, old->db != NULL, out, e);
	if (!rc && old->db)
		rc = restore_empty_log(old, e);
	if (!rc)
		rc = restore_swap(path, new, e);
	store_close(old);
	sqlite3_free(new);
	return rc;
}

static bool restore_exists(const char *path, const char *suffix)
{
	char *name = restore_name(path, suffix);
	bool yes = name && access(name, F_OK) == 0;

	sqlite3_free(name);
	return yes;
}

bool store_restore_waits(const char *path)
{
	return restore_exists(path, ".restore");
}

bool store_restore_failed(const char *path)
{
	return restore_exists(path, ".restore-failed");
}

void store_restore_give_up(const char *path)
{
	char *name = restore_name(path, ".restore");
	char *failed = restore_name(path, ".restore-failed");

	if (name && failed)
		(void)!rename(name, failed);
	sqlite3_free(name);
	sqlite3_free(failed);
}
