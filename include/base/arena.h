/* SPDX-License-Identifier: MIT */
/*
 * A capped bump allocator: many small things that live and die together.
 *
 * One arena belongs to one fetch, one batch, one configuration. Its cap is told at birth; past it
 * every allocation gives NULL and arena_overflowed() is true, which callers report as ERR_LIMIT
 * (or ERR_NOMEM when malloc itself refused: arena_overflowed() is then false). Not thread-safe;
 * may be handed from one thread to another.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

/* max: bytes this arena may hand out in all. NULL when memory is out. */
struct arena *arena_new(size_t max);
void arena_free(struct arena *a); /* NULL is fine */
/* Forgets all that was handed out; keeps one block for reuse. */
void arena_clear(struct arena *a);

/* Aligned for any type; not zeroed. NULL past the cap or out of memory. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zalloc(struct arena *a, size_t size);
/* count * size, overflow-checked and zeroed */
void *arena_array(struct arena *a, size_t count, size_t size);
/* Grows the newest allocation in place where it can, else copies. old may be NULL. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);
/*
 * Makes room in v, an array of *cap elements of size bytes, for another one after the first n.
 * Returns v, perhaps moved; NULL past the cap of the arena or out of memory.
 */
void *arena_extend(struct arena *a, void *v, size_t n, size_t *cap, size_t size);
/* Copies, NUL-terminated. p == NULL in the result means failure; an absent slice stays absent. */
struct str arena_str(struct arena *a, struct str s);
char *arena_strdup(struct arena *a, const char *z);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

size_t arena_used(const struct arena *a);
bool arena_overflowed(const struct arena *a);

#endif
