/* SPDX-License-Identifier: MIT */
/*
 * Bump allocator with a maximum, for allocations that are freed together: those of one fetch, one
 * batch, one configuration.
 *
 * Past the maximum an allocation returns NULL and arena_overflowed() returns true, which callers
 * report as ERR_LIMIT. If malloc() failed, arena_overflowed() is false: ERR_NOMEM. Not thread-safe;
 * ownership may pass from one thread to another.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

/* max: total bytes of all allocations. NULL: out of memory. */
struct arena *arena_new(size_t max);
void arena_free(struct arena *a); /* NULL is fine */
/* Invalidates all allocations; keeps one block for reuse. */
void arena_clear(struct arena *a);

/* Aligned for any type; not zeroed. NULL: past the maximum or out of memory. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zalloc(struct arena *a, size_t size);
/* count * size bytes, checked for overflow and zeroed. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* Grows the most recent allocation in place if it fits, else copies. old may be NULL. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);
/*
 * Makes room in v, an array of *cap elements of size bytes, for another one after the first n.
 * Returns v, perhaps moved; NULL: past the maximum of the arena or out of memory.
 */
void *arena_extend(struct arena *a, void *v, size_t n, size_t *cap, size_t size);
/* NUL-terminated copies; p == NULL or NULL on failure. The copy of an absent slice is absent. */
struct str arena_str(struct arena *a, struct str s);
char *arena_strdup(struct arena *a, const char *z);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

size_t arena_used(const struct arena *a);
bool arena_overflowed(const struct arena *a);

#endif
