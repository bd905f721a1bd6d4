/* SPDX-License-Identifier: MIT */
/*
 * A disk that fails on request: a SQLite VFS over the default one. It counts operations and, at the
 * n-th, returns an error, exits in the middle of a write, or simulates a power failure, which loses
 * some or all data that was not synced.
 */
#ifndef LIB_DISK_H
#define LIB_DISK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"

enum disk_op { DISK_WRITE, DISK_SYNC, DISK_TRUNCATE, DISK_OPEN, DISK_READ, DISK_SHM, DISK_OPS };

enum disk_fault {
	DISK_FAIL,  /* the call fails with rc */
	DISK_KILL,  /* the process exits in the middle of a write */
	DISK_POWER, /* as KILL, and data that was not synced is partly lost */
};

#define DISK_KILLED 137

struct undo; /* content replaced by writes, newest first */
struct disk {
	sqlite3_vfs vfs, *real;
	enum disk_op op;
	enum disk_fault fault;
	int rc;
	long at, count, width; /* fails `width` times from the at-th operation on; 0: never */
	bool fired;
	struct undo *undo;
	struct rng rng;
};

extern struct disk disk;

/* Installs it as the default VFS. */
void disk_install(void);

#endif
