/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out on command: for our own code by the linker's --wrap, for SQLite through its
 * allocator, both on one counter.
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct memory {
	long at, count, width;
	bool armed, fired;
	sqlite3_mem_methods sqlite;
};

extern struct memory memory;

/* Before SQLite is first used. */
void memory_install(void);
/* Counts an allocation; true: it is one that is refused. */
bool memory_out(void);

#endif
