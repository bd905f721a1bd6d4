/* SPDX-License-Identifier: MIT */
#include "told.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/digest.h"

#define SEED	 UINT64_C(0x746F6C64)
#define FIRST	 ((size_t)1024)
#define FULL(n)	 ((n) / 4 * 3)
#define SIZE_TOP (SIZE_MAX / 4 / sizeof(struct told_entry))

void told_release(struct told *t)
{
	free(t->v);
	*t = (struct told){0};
}

/* Publishers choose what a story key is made of, so that it is hashed once more. */
static uint64_t key_of(size_t watch, uint64_t story)
{
	const uint64_t pair[2] = {watch, story};
	uint64_t key = digest_fast64(str_slice((const char *)pair, sizeof(pair)), SEED);

	return key ? key : 1;
}

static struct told_entry *place(const struct told *t, uint64_t key)
{
	size_t at = (size_t)key & t->mask;

	while (t->v[at].key && t->v[at].key != key)
		at = (at + 1) & t->mask;
	return &t->v[at];
}

static bool grow(struct told *t)
{
	struct told old = *t;
	size_t slots = old.v ? 2 * (old.mask + 1) : FIRST;

	if (slots > SIZE_TOP || !(t->v = calloc(slots, sizeof(*t->v)))) {
		*t = old;
		return false;
	}
	t->mask = slots - 1;
	for (size_t i = 0; old.v && i <= old.mask; i++)
		if (old.v[i].key)
			*place(t, old.v[i].key) = old.v[i];
	free(old.v);
	return true;
}

struct told_entry *told_find(struct told *t, size_t watch, uint64_t story)
{
	uint64_t key = key_of(watch, story);
	struct told_entry *found;

	if ((!t->v || t->n >= FULL(t->mask + 1)) && !grow(t))
		return NULL;
	found = place(t, key);
	if (!found->key) {
		found->key = key;
		t->n++;
	}
	return found;
}
