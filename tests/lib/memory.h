/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out on request: for our code by the linker's --wrap, for SQLite by its
 * allocator, both with one counter.
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

/* Must be called before SQLite is first used. */
void memory_install(void);
/* Counts an allocation; returns true if it must be refused. */
bool memory_out(void);

#endif
