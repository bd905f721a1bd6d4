/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/memory.h"

struct memory memory;

bool memory_out(void)
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

void memory_install(void)
{
	sqlite3_mem_methods ours;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.sqlite);
	ours = memory.sqlite;
	ours.xMalloc = sqlite_malloc;
	ours.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}
