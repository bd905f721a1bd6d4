/* SPDX-License-Identifier: MIT */
#include "base/table.h"

#include <stdlib.h>

#include "base/digest.h"

#define FIRST_SLOTS 64 /* a power of two */

void table_release(struct table *t)
{
	free(t->slots);
	*t = (struct table){0};
}

static bool table_set(struct table *t, struct table_slot *slots, size_t n)
{
	t->slots = slots;
	t->mask = n - 1;
	for (size_t i = 0; slots && i < n; i++)
		slots[i].value = TABLE_NONE;
	return slots != NULL;
}

bool table_init(struct table *t, size_t max, struct arena *arena)
{
	size_t n = FIRST_SLOTS;

	while (n / 2 < max)
		n *= 2;
	*t = (struct table){.fixed = true};
	return table_set(t, arena_array(arena, n, sizeof(*t->slots)), n);
}

static void table_put(struct table *t, uint64_t hash, uint32_t value)
{
	size_t at = table_start(t, hash);

	while (t->slots[at].value != TABLE_NONE)
		at = (at + 1) & t->mask;
	t->slots[at] = (struct table_slot){hash, value};
}

static bool table_grow(struct table *t)
{
	size_t n = t->slots ? (t->mask + 1) * 2 : FIRST_SLOTS;
	struct table larger = {.count = t->count};

	if (t->fixed || !table_set(&larger, reallocarray(NULL, n, sizeof(*t->slots)), n))
		return false;
	/* Entries of one hash keep their order: start after a free slot. */
	if (t->slots) {
		size_t start = 0;

		while (t->slots[start].value != TABLE_NONE)
			start++;
		for (size_t i = 0; i <= t->mask; i++) {
			const struct table_slot *s = &t->slots[(start + i) & t->mask];

			if (s->value != TABLE_NONE)
				table_put(&larger, s->hash, s->value);
		}
	}
	free(t->slots);
	*t = larger;
	return true;
}

bool table_add(struct table *t, uint64_t hash, uint32_t value)
{
	if ((!t->slots || (t->count + 1) * 2 > t->mask + 1) && !table_grow(t))
		return false;
	table_put(t, hash, value);
	t->count++;
	return true;
}

bool table_add_name(struct table *t, struct str name, size_t i)
{
	return table_add(t, digest_fast64(name, 0), (uint32_t)i);
}

size_t table_find_name(
	const struct table *t, struct str name, table_name_fn *name_of, const void *ctx)
{
	uint64_t hash = digest_fast64(name, 0);
	size_t at = t->slots ? table_start(t, hash) : 0;
	uint32_t i = TABLE_NONE;

	while (t->slots && (i = table_next(t, hash, &at)) != TABLE_NONE)
		if (str_eq(name_of(ctx, i), name))
			break;
	return i;
}
