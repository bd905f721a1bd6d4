/* SPDX-License-Identifier: MIT */
#include "event_table.h"

#include <stdlib.h>

#include "base/array.h"

#define BLOCK	 128u /* places */
#define LOG_KEPT 256  /* changes for which room is kept */

void event_table_init(struct event_table *t, size_t max)
{
	*t = (struct event_table){.max = max};
}

void event_table_release(struct event_table *t)
{
	event_table_commit(t);
	for (size_t i = 0; i < t->n_blocks; i++) {
		for (unsigned k = 0; k < BLOCK; k++)
			free(t->block[i][k].story);
		free(t->block[i]);
	}
	free(t->block);
	free(t->log);
	event_table_init(t, t->max);
}

size_t event_table_bytes(const struct event_table *t)
{
	return t->bytes + t->log_room * sizeof(*t->log);
}

static struct event_slot *event_slot_at(const struct event_table *t, uint32_t place)
{
	return &t->block[place / BLOCK][place % BLOCK];
}

struct event_story *event_table_at(const struct event_table *t, uint32_t place)
{
	return place && place / BLOCK < t->n_blocks ? event_slot_at(t, place)->story : NULL;
}

void event_table_prefetch(const struct event_table *t, uint32_t place)
{
	const struct event_story *s = event_table_at(t, place);

	if (s)
		__builtin_prefetch(s);
}

struct event_story *event_story_new(size_t n)
{
	return calloc(1, sizeof(struct event_story) + n * sizeof(uint32_t));
}

/* With what malloc() adds. */
static size_t event_story_bytes(const struct event_story *s)
{
	return (sizeof(*s) + s->n * sizeof(uint32_t) + sizeof(void *) + 15) & ~(size_t)15;
}

static void event_story_free(struct event_table *t, struct event_story *s)
{
	if (s)
		t->bytes -= event_story_bytes(s);
	free(s);
}

/* --- order --- */

static void event_unlink(struct event_table *t, uint32_t place)
{
	const struct event_slot *s = event_slot_at(t, place);

	if (s->older)
		event_slot_at(t, s->older)->newer = s->newer;
	else
		t->oldest = s->newer;
	if (s->newer)
		event_slot_at(t, s->newer)->older = s->older;
	else
		t->newest = s->older;
}

static void event_link(struct event_table *t, uint32_t place)
{
	struct event_slot *s = event_slot_at(t, place);

	s->older = t->newest;
	s->newer = 0;
	if (t->newest)
		event_slot_at(t, t->newest)->newer = place;
	else
		t->oldest = place;
	t->newest = place;
}

static void event_free_place(struct event_table *t, uint32_t place)
{
	struct event_slot *s = event_slot_at(t, place);

	event_unlink(t, place);
	event_story_free(t, s->story);
	*s = (struct event_slot){.newer = t->free};
	t->free = place;
}

/* --- adding --- */

static bool event_add_block(struct event_table *t)
{
	size_t room = t->blocks_room;
	struct event_slot *block;

	if (!array_room(&t->block, t->n_blocks, &t->blocks_room, 1, sizeof(struct event_slot *)))
		return false;
	t->bytes += (t->blocks_room - room) * sizeof(struct event_slot *);
	block = calloc(BLOCK, sizeof(*block));
	if (!block)
		return false;
	t->bytes += BLOCK * sizeof(*block);
	t->block[t->n_blocks++] = block;
	/* Place 0 is not used. */
	for (uint32_t i = BLOCK; i-- > (t->n_blocks == 1 ? 1 : 0);) {
		block[i].newer = t->free;
		t->free = (uint32_t)(t->n_blocks - 1) * BLOCK + i;
	}
	return true;
}

/* A new place; 0: out of memory. */
static uint32_t event_take_place(struct event_table *t)
{
	uint32_t place;

	if (!t->free && !event_add_block(t))
		return 0;
	place = t->free;
	t->free = event_slot_at(t, place)->newer;
	event_link(t, place);
	return place;
}

bool event_table_is_full(const struct event_table *t)
{
	return t->bytes > t->max + t->max / 8;
}

uint32_t event_table_put(struct event_table *t, uint32_t place, struct event_story *story)
{
	struct event_slot *slot;

	if (!array_room(&t->log, t->n_log, &t->log_room, 1, sizeof(*t->log)) ||
		(!place && !(place = event_take_place(t)))) {
		free(story);
		return 0;
	}
	slot = event_slot_at(t, place);
	if (slot->story && slot->story->pending)
		event_story_free(t, slot->story);
	else
		t->log[t->n_log++] = (struct event_change){slot->story, place};
	story->pending = true;
	slot->story = story;
	t->bytes += event_story_bytes(story);
	event_unlink(t, place);
	event_link(t, place);
	return place;
}

void event_table_drop(struct event_table *t, int64_t at)
{
	while (t->oldest) {
		const struct event_story *s = event_slot_at(t, t->oldest)->story;

		/* What is pending is in the log too, and is among the last. */
		if (s->pending || (s->at >= at && t->bytes <= t->max))
			return;
		event_free_place(t, t->oldest);
	}
}

/* --- transactions --- */

void event_table_commit(struct event_table *t)
{
	for (size_t i = 0; i < t->n_log; i++) {
		event_story_free(t, t->log[i].before);
		event_slot_at(t, t->log[i].place)->story->pending = false;
	}
	t->n_log = 0;
	if (t->log_room > LOG_KEPT) {
		free(t->log);
		t->log = NULL;
		t->log_room = 0;
	}
}

void event_table_rollback(struct event_table *t)
{
	while (t->n_log) {
		const struct event_change *c = &t->log[--t->n_log];
		struct event_slot *slot = event_slot_at(t, c->place);

		if (!c->before) {
			event_free_place(t, c->place);
			continue;
		}
		event_story_free(t, slot->story);
		slot->story = c->before;
	}
	event_table_commit(t);
}
