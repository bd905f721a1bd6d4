/* SPDX-License-Identifier: MIT */
/*
 * A disk that fails on command, under SQLite: a VFS over the real one that counts what is done to
 * files and, at the n-th time, answers with an error, ends the process in the middle of a write, or
 * lets the power go: then what was not synced is lost, in part or whole.
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
	DISK_KILL,  /* the process ends; a write is half done */
	DISK_POWER, /* as KILL, and some of what was not synced is lost */
};

#define DISK_KILLED 137

struct undo; /* what a write replaced, newest first */
struct disk {
	sqlite3_vfs vfs, *real;
	enum disk_op op;
	enum disk_fault fault;
	int rc;
	long at, count, width; /* fails from the at-th on, width times; 0: never */
	bool fired;
	struct undo *undo;
	struct rng rng;
};

extern struct disk disk;

/* Stands between SQLite and its files from here on. */
void disk_install(void);

#endif
