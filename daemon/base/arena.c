/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN	    (sizeof(max_align_t))
#define FIRST_BLOCK ((size_t)4096)
#define MAX_BLOCK   ((size_t)256 * 1024)

struct block {
	struct block *next; /* older */
	size_t cap, used;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *head;
	size_t max, given;
	size_t next_cap;
	bool overflowed;
};

static size_t arena_round_up(size_t n)
{
	return (n + ALIGN - 1) & ~(ALIGN - 1);
}

struct arena *arena_new(size_t max)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->max = max;
	a->next_cap = FIRST_BLOCK;
	return a;
}

static void arena_free_blocks(struct block *b)
{
	while (b) {
		struct block *older = b->next;

		free(b);
		b = older;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_free_blocks(a->head);
	free(a);
}

void arena_clear(struct arena *a)
{
	if (a->head) {
		arena_free_blocks(a->head->next);
		a->head->next = NULL;
		a->head->used = 0;
	}
	a->given = 0;
	a->overflowed = false;
}

static bool arena_add_block(struct arena *a, size_t need)
{
	size_t cap = a->next_cap > need ? a->next_cap : need;
	struct block *b = malloc(sizeof(*b) + cap);

	if (!b)
		return false;
	b->cap = cap;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	if (a->next_cap < MAX_BLOCK)
		a->next_cap *= 2;
	return true;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t need;
	void *p;

	if (size > a->max || (need = arena_round_up(size ? size : 1)) > a->max - a->given) {
		a->overflowed = true;
		return NULL;
	}
	if (!a->head || need > a->head->cap - a->head->used)
		if (!arena_add_block(a, need))
			return NULL;
	p = a->head->data + a->head->used;
	a->head->used += need;
	a->given += need;
	return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	void *p = arena_alloc(a, size);

	if (p)
		memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		a->overflowed = true;
		return NULL;
	}
	return arena_zalloc(a, bytes);
}

static bool arena_grow_in_place(struct arena *a, char *old, size_t have, size_t want)
{
	struct block *b = a->head;
	size_t more = want - have;

	if (old + have != b->data + b->used || more > b->cap - b->used || more > a->max - a->given)
		return false;
	b->used += more;
	a->given += more;
	return true;
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
	void *p;

	if (old && new_size <= old_size)
		return old;
	if (old && new_size <= a->max) {
		size_t have = arena_round_up(old_size ? old_size : 1);

		if (new_size <= have || arena_grow_in_place(a, old, have, arena_round_up(new_size)))
			return old;
	}
	p = arena_alloc(a, new_size);
	if (p && old)
		memcpy(p, old, old_size);
	return p;
}

void *arena_extend(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 8;

	if (n < *cap)
		return v;
	v = arena_grow(a, v, *cap * size, more * size);
	if (v)
		*cap = more;
	return v;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p;

	if (!s.p)
		return STR_NONE;
	p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
	if (!p)
		return STR_NONE;
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){p, s.n};
}

char *arena_strdup(struct arena *a, const char *z)
{
	size_t n = strlen(z) + 1;
	char *p = arena_alloc(a, n);

	return p ? memcpy(p, z, n) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char text[256]; /* most are shorter, and formatted once */
	va_list ap, again;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n >= 0)
		p = arena_alloc(a, (size_t)n + 1);
	if (p && (size_t)n < sizeof(text))
		memcpy(p, text, (size_t)n + 1);
	else if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

size_t arena_used(const struct arena *a)
{
	return a->given;
}

bool arena_overflowed(const struct arena *a)
{
	return a->overflowed;
}
