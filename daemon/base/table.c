/* SPDX-License-Identifier: MIT */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

void table_release(struct table *t)
{
	free(t->slots);
	*t = (struct table){0};
}

static void put(struct table *t, uint64_t hash, uint32_t value)
{
	size_t at = table_start(t, hash);

	while (t->slots[at].value != TABLE_NONE)
		at = (at + 1) & t->mask;
	t->slots[at] = (struct table_slot){hash, value};
}

static bool grow(struct table *t)
{
	size_t n = t->slots ? (t->mask + 1) * 2 : FIRST_SLOTS;
	struct table larger = {.slots = reallocarray(NULL, n, sizeof(*t->slots)), .mask = n - 1};

	if (!larger.slots)
		return false;
	larger.count = t->count;
	for (size_t i = 0; i < n; i++)
		larger.slots[i].value = TABLE_NONE;
	/* In order of age for entries of one hash: start behind a free slot. */
	if (t->slots) {
		size_t start = 0;

		while (t->slots[start].value != TABLE_NONE)
			start++;
		for (size_t i = 0; i <= t->mask; i++) {
			const struct table_slot *s = &t->slots[(start + i) & t->mask];

			if (s->value != TABLE_NONE)
				put(&larger, s->hash, s->value);
		}
	}
	free(t->slots);
	*t = larger;
	return true;
}

bool table_add(struct table *t, uint64_t hash, uint32_t value)
{
	if ((!t->slots || (t->count + 1) * 2 > t->mask + 1) && !grow(t))
		return false;
	put(t, hash, value);
	t->count++;
	return true;
}
