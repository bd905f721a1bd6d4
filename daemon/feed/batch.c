/* SPDX-License-Identifier: MIT */
#include "feed/item.h"

void feed_batch_free(struct feed_batch *b)
{
	if (b)
		arena_free(b->arena);
}
