/* SPDX-License-Identifier: MIT */
/*
 * Copies are made by SQLite's backup API, in one step: a snapshot that no writer waits for. The
 * write-ahead log of the source grows by what is committed in that time.
 */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "db.h"

/* --- opening without upgrading --- */

static int copy_open(struct store *s, const char *path, enum store_mode mode, struct err *e)
{
	struct stat st;

	*s = (struct store){.mode = mode, .lock_fd = -1, .path = strdup(path)};
	if (!s->path)
		return err_nomem(e);
	if (stat(path, &st) != 0)
		return err_set(e, err_class_of(errno), "cannot read %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is not a file", path);
	return db_open_file(s, e);
}

static void copy_close(struct store *s)
{
	sqlite3_close(s->db);
	free(s->path);
}

/* An empty file is not a database of ours. The advice of db_identify() is for the daemon's file. */
static int copy_identify(struct store *s, int *version, struct err *e)
{
	int rc = db_identify(s, version, e);

	if (!rc && *version == 0)
		return err_set(e, ERR_INPUT, "%s is empty", s->path);
	if (rc == -ERR_INPUT && *version == 0)
		return err_set(
			e, ERR_INPUT, "%s is not a nightdesk database, or it is damaged", s->path);
	return rc;
}

/* --- the copy --- */

static int copy_pages(struct store *to, struct store *from, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc;

	if (!b)
		return db_fail(to, sqlite3_errcode(to->db), "write the copy", e);
	rc = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	if (rc == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
		return db_fail(from, rc, "copy the database", e);
	return db_fail(to, rc, "copy the database", e);
}

static int copy_check(struct store *s, struct store_copied *out, struct err *e)
{
	int rc;

	if ((rc = copy_identify(s, &out->schema, e)) || (rc = db_quick_check(s, e)) ||
		(rc = db_ask_int(s, "SELECT count(*) FROM items", &out->items, e)))
		return rc;
	return db_ask_int(s, "SELECT count(*) FROM alerts", &out->alerts, e);
}

static int copy_write(struct store *from, const char *part, struct store_copied *out, struct err *e)
{
	struct store to;
	int rc = copy_open(&to, part, STORE_WRITE, e);

	if (!rc)
		rc = copy_pages(&to, from, e);
	/* Without the log the copy is one file, which can be read where nothing can be written. */
	if (!rc)
		rc = db_exec(&to, "PRAGMA journal_mode = DELETE", e);
	if (!rc)
		rc = copy_check(&to, out, e);
	if (rc == -ERR_INPUT && e)
		err_set(e, ERR_INPUT, "%s is damaged; its copy was not kept", from->path);
	if (!rc)
		out->bytes = db_file_bytes(&to, "");
	copy_close(&to);
	return rc;
}

static int copy_sync(const char *name, int flags, struct err *e)
{
	int fd = open(name, flags | O_CLOEXEC);
	int rc = fd < 0 || fdatasync(fd) != 0
			 ? err_set(e, err_class_of(errno), "cannot write %s: %s", name,
				   strerror(errno))
			 : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* The directory of a file; free with sqlite3_free(). NULL: out of memory. */
static char *copy_directory(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return sqlite3_mprintf(".");
	return sqlite3_mprintf("%.*s", slash == file ? 1 : (int)(slash - file), file);
}

int db_sync_directory(const char *file, struct err *e)
{
	char *dir = copy_directory(file);
	int rc = dir ? copy_sync(dir, O_RDONLY | O_DIRECTORY, e) : err_nomem(e);

	sqlite3_free(dir);
	return rc;
}

static int copy_create(const char *part, const struct stat *owner, struct err *e)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	int rc = 0;

	if (fd < 0)
		return err_set(
			e, err_class_of(errno), "cannot create %s: %s", part, strerror(errno));
	if (owner && (fchown(fd, owner->st_uid, owner->st_gid) || fchmod(fd, 0640)))
		rc = err_set(e, err_class_of(errno), "cannot set the owner of %s: %s", part,
			strerror(errno));
	close(fd);
	return rc;
}

/* owner: of the new file; NULL: the caller's. */
static int copy_to(struct store *from, const char *file, const struct stat *owner,
	struct store_copied *out, struct err *e)
{
	char *part = sqlite3_mprintf("%s.part", file);
	int rc = part ? copy_create(part, owner, e) : err_nomem(e);

	if (!rc)
		rc = copy_write(from, part, out, e);
	if (!rc)
		rc = copy_sync(part, O_RDWR, e);
	if (!rc && rename(part, file) != 0)
		rc = err_set(e, err_class_of(errno), "cannot create %s: %s", file, strerror(errno));
	if (rc && part)
		unlink(part);
	if (!rc)
		rc = db_sync_directory(file, e);
	sqlite3_free(part);
	return rc;
}

/* --- backup --- */

/* Another file may be replaced only by mistake. */
static int backup_check_target(const char *path, const char *file, struct err *e)
{
	struct stat source, target;
	struct store s;
	int version, rc;

	if (stat(file, &target) != 0)
		return 0;
	if (stat(path, &source) == 0 && source.st_ino == target.st_ino &&
		source.st_dev == target.st_dev)
		return err_set(e, ERR_CONF, "%s is the database itself", file);
	if (!S_ISREG(target.st_mode))
		return err_set(e, ERR_CONF, "%s is not a file", file);
	rc = copy_open(&s, file, STORE_READ, e);
	if (!rc)
		rc = copy_identify(&s, &version, e);
	copy_close(&s);
	return rc == 0 || target.st_size == 0
		       ? 0
		       : err_set(e, ERR_CONF, "%s exists and is no backup: it was left as it is",
				 file);
}

int store_backup(const char *path, const char *file, struct store_copied *out, struct err *e)
{
	struct store s;
	int version, rc = backup_check_target(path, file, e);

	*out = (struct store_copied){0};
	if (rc)
		return rc;
	rc = copy_open(&s, path, STORE_READ, e);
	if (!rc)
		rc = copy_identify(&s, &version, e);
	if (!rc)
		rc = copy_to(&s, file, NULL, out, e);
	copy_close(&s);
	return rc;
}

/* The copy of the migration before this one is not needed any more. */
static void backup_remove_older(const char *path, int schema)
{
	for (int n = 1; n < schema; n++) {
		char *old = sqlite3_mprintf("%s.schema-%d", path, n);

		if (old)
			unlink(old);
		sqlite3_free(old);
	}
}

/* The migration itself needs as much again as the copy, for its log. */
static int backup_check_space(const struct store *s, struct err *e)
{
	int64_t need = 2 * (db_file_bytes(s, "") + db_file_bytes(s, "-wal"));
	char *dir = copy_directory(s->path);
	struct statvfs fs;
	int rc = dir ? 0 : err_nomem(e);

	if (!rc && statvfs(dir, &fs) == 0 && (int64_t)(fs.f_bavail * fs.f_frsize) < need)
		rc = err_set(e, ERR_TEMP, "no space for a copy where %s is", s->path);
	sqlite3_free(dir);
	return rc;
}

static int backup_copy_schema(struct store *s, int schema, struct store_copied *out, struct err *e)
{
	char *file = sqlite3_mprintf("%s.schema-%d", s->path, schema);
	int rc = file ? backup_check_space(s, e) : err_nomem(e);

	if (!rc)
		rc = copy_to(s, file, NULL, out, e);
	sqlite3_free(file);
	if (!rc)
		backup_remove_older(s->path, schema);
	return rc;
}

int store_backup_before_migration(
	const char *path, int *from, int *to, struct store_copied *out, struct err *e)
{
	struct store s = {.path = NULL};
	int version = 0, rc;

	*from = 0;
	*to = db_version_known();
	*out = (struct store_copied){0};
	if (access(path, F_OK) != 0)
		return 0;
	rc = copy_open(&s, path, STORE_READ, e);
	/* What else is wrong with it is reported by store_open(). */
	if (!rc && db_identify(&s, &version, NULL) == 0 && version > 0 && version < *to) {
		*from = version;
		rc = backup_copy_schema(&s, version, out, e);
	} else {
		rc = 0;
	}
	copy_close(&s);
	return rc;
}

/* --- restore --- */

static int restore_find_owner(const char *path, struct stat *owner, struct err *e)
{
	char *dir;
	int rc = 0;

	if (stat(path, owner) == 0)
		return 0;
	dir = copy_directory(path);
	if (!dir)
		return err_nomem(e);
	if (stat(dir, owner) != 0)
		rc = err_set(e, err_class_of(errno), "cannot read %s: %s", dir, strerror(errno));
	sqlite3_free(dir);
	return rc;
}

int store_restore_prepare(
	const char *path, const char *file, struct store_copied *out, struct err *e)
{
	char *target = sqlite3_mprintf("%s.restore", path);
	char *failed = sqlite3_mprintf("%s.restore-failed", path);
	struct store s = {.path = NULL};
	struct stat owner;
	int version, rc = target ? restore_find_owner(path, &owner, e) : err_nomem(e);

	*out = (struct store_copied){0};
	if (failed)
		unlink(failed);
	if (!rc)
		rc = copy_open(&s, file, STORE_READ, e);
	if (!rc)
		rc = copy_identify(&s, &version, e);
	if (!rc)
		rc = copy_to(&s, target, geteuid() == 0 ? &owner : NULL, out, e);
	copy_close(&s);
	sqlite3_free(target);
	sqlite3_free(failed);
	return rc;
}
