/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out on command: for our own code by the linker's --wrap, for SQLite through its
 * allocator, both on one counter.
 */
#ifndef FAULT_MEMORY_H
#define FAULT_MEMORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct memory {
	long at, count, width;
	bool armed, fired;
	sqlite3_mem_methods sqlite;
};

static struct memory memory;

static bool memory_out(void)
{
	if (!memory.armed || memory.at == 0)
		return false;
	memory.count++;
	if (memory.count < memory.at || memory.count >= memory.at + memory.width)
		return false;
	memory.fired = true;
	return true;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	return memory_out() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return memory_out() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return memory_out() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return memory_out() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s)
{
	return memory_out() ? NULL : __real_strdup(s);
}

static void *sqlite_malloc(int n)
{
	return memory_out() ? NULL : memory.sqlite.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
	return memory_out() ? NULL : memory.sqlite.xRealloc(p, n);
}

/* Before SQLite is first used. */
static inline void memory_install(void)
{
	sqlite3_mem_methods ours;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.sqlite);
	ours = memory.sqlite;
	ours.xMalloc = sqlite_malloc;
	ours.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}

#endif
