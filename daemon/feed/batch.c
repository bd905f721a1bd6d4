/* SPDX-License-Identifier: MIT */
/* From the builder to the batch that leaves the room. */
#include <string.h>

#include "builder_state.h"

const struct feed_limits feed_limits_default = {
	.body_bytes = (size_t)8 << 20,
	.arena_bytes = (size_t)32 << 20,
	.field_bytes = (size_t)256 << 10,
	.tag_bytes = (size_t)64 << 10,
	.attributes = 256,
	.depth = 64,
	.elements = 200000,
	.items = 2000,
	.cpu_us = 1000000,
};

static void finish_items(struct feed_builder *b, struct feed_batch *batch)
{
	size_t bytes = b->n_items * sizeof(*b->items);

	batch->items = bytes ? arena_alloc(b->memory.arena, bytes) : NULL;
	if (bytes && !batch->items) {
		b->memory.nomem = true;
		return;
	}
	if (bytes)
		memcpy(batch->items, b->items, bytes);
	batch->n_items = b->n_items;
	for (size_t i = 0; i < b->n_items; i++)
		if (!batch->items[i].language.p)
			batch->items[i].language = batch->feed.language;
}

int feed_builder_finish(struct feed_builder *b, struct feed_batch **out, struct err *e)
{
	struct feed_batch *batch = b->batch;

	*out = NULL;
	feed_field_feed(b, &batch->feed);
	finish_items(b, batch);
	batch->problems = b->problems;
	batch->n_problems = b->n_problems;
	if (b->memory.nomem) {
		if (!arena_overflowed(b->memory.arena))
			return err_nomem(e);
		return err_set(e, ERR_LIMIT,
			"the feed's text is larger than %zu MiB in all; refused",
			b->limits->arena_bytes >> 20);
	}
	b->batch = NULL;
	b->memory.arena = NULL;
	*out = batch;
	return 0;
}

struct str feed_batch_keep(struct feed_batch *batch, const char *z)
{
	return arena_str(batch->arena, str_of(z));
}

void feed_batch_free(struct feed_batch *b)
{
	if (b)
		arena_free(b->arena);
}
