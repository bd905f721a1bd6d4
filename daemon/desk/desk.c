/* SPDX-License-Identifier: MIT */
#include "burst.h"
#include "ingest.h"
#include "story.h"

#include <stdlib.h>

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

int desk_new(struct desk **out, struct store *store, struct err *e)
{
	struct desk *d = calloc(1, sizeof(*d));

	*out = NULL;
	if (!d)
		return err_nomem(e);
	d->store = store;
	text_words_init(&d->words);
	d->feed_arena = arena_new(ARENA_MAX);
	d->item_arena = arena_new(ARENA_MAX);
	d->story = desk_story_new(store);
	if (!d->feed_arena || !d->item_arena || !d->story) {
		desk_free(d);
		return err_nomem(e);
	}
	*out = d;
	return 0;
}

void desk_free(struct desk *d)
{
	if (!d)
		return;
	watch_scratch_free(d->scratch);
	correction_words_free(d->corrections);
	text_words_release(&d->words);
	flight_release(&d->flight);
	desk_burst_free(d->burst);
	desk_story_free(d->story);
	arena_free(d->feed_arena);
	arena_free(d->item_arena);
	free(d);
}
