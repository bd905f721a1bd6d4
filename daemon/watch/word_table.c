/* SPDX-License-Identifier: MIT */
#include "word_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define BUCKETS_MIN 64u
#define BUCKETS_MAX (UINT32_C(1) << 26)

void watch_word_table_release(struct watch_word_table *c)
{
	free(c->tags);
	free(c->next);
	free(c->heads);
	*c = (struct watch_word_table){0};
}

bool watch_word_table_begin(struct watch_word_table *c, size_t n)
{
	uint32_t buckets = BUCKETS_MIN;

	while (buckets < n && buckets < BUCKETS_MAX)
		buckets *= 2;
	if (!array_room(&c->tags, 0, &c->cap_tags, n, sizeof(*c->tags)) ||
		!array_room(&c->next, 0, &c->cap_next, n, sizeof(*c->next)) ||
		!array_room(&c->heads, 0, &c->cap_heads, buckets, sizeof(*c->heads)))
		return false;
	c->mask = buckets - 1;
	memset(c->heads, 0, buckets * sizeof(*c->heads));
	c->tags[WATCH_NOWHERE] = 0;
	return true;
}
