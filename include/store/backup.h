/* SPDX-License-Identifier: MIT */
/*
 * Copies of a database: backup, restore, and the copy that is kept before a migration. A copy is
 * complete and checked before it gets its name, and is one file without a write-ahead log.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store_copied {
	int64_t bytes, items, alerts;
	int schema;
};

/*
 * Copies the database at `path`, whether or not a daemon is writing it, to `file`. Replaces an
 * earlier copy, and no other file: -ERR_CONF. -ERR_INPUT: path is damaged; file is as it was.
 */
int store_backup(const char *path, const char *file, struct store_copied *out, struct err *e);

/*
 * Before a migration: copies `path` to "PATH.schema-N" if its schema N is older than ours. Sets
 * *from to N, or to 0 if there is nothing to migrate; an error means that there is no copy.
 */
int store_backup_before_migration(
	const char *path, int *from, int *to, struct store_copied *out, struct err *e);

/* --- restore, in two steps: the first may be done by another user than the daemon's --- */

/* Checks `file`, and copies it to "PATH.restore", owned by the owner of `path`. */
int store_restore_prepare(
	const char *path, const char *file, struct store_copied *out, struct err *e);

struct store_restored {
	int64_t told; /* deliveries since the backup that are not sent again */
	struct err
		unknown; /* not ERR_NONE: they are unknown, since the old database is unreadable */
};
/*
 * Replaces `path` by "PATH.restore", which is upgraded first; the old one is kept as
 * "PATH.before-restore". What it has delivered counts as delivered. No store of path may be open in
 * this process; -ERR_TEMP if another process writes or reads it. After an error path is as it was.
 */
int store_restore(const char *path, struct store_restored *out, struct err *e);
/* Whether "PATH.restore" exists. */
bool store_restore_waits(const char *path);
/* The restore failed: renames "PATH.restore" to "PATH.restore-failed". */
void store_restore_give_up(const char *path);
bool store_restore_failed(const char *path); /* the last one; until the next is prepared */

#endif
