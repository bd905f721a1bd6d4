/* SPDX-License-Identifier: MIT */
#include "moved.h"

/* The first body from a new address, compared with what the feed had before. */
static bool moved_is_foreign(const struct ingest *t)
{
	const struct feed_batch *b = t->poll->batch;

	if (t->poll->outcome != DESK_NEW_BODY || b->n_items == 0 || !t->feed.baseline ||
		t->feed.items_seen == 0)
		return false;
	return !t->has_known && !str_eq(b->feed.title, t->feed.title);
}

static void moved_count(struct ingest *t, struct str to)
{
	struct store_feed *f = &t->feed;

	if (!str_eq(to, f->moved_to)) {
		f->moved_to = to;
		f->moved_seen = moved_is_foreign(t) ? STORE_MOVED_FOREIGN : 0;
	}
	if (f->moved_seen < STORE_MOVED_FOREIGN - 1)
		f->moved_seen++;
}

void moved_note(struct ingest *t)
{
	struct store_feed *f = &t->feed;
	struct str to = t->poll->moved_to;

	t->result->moved = DESK_MOVED_KEPT;
	if (!str_present(to)) {
		f->moved_to = f->adopted = STR_NONE;
		f->moved_seen = 0;
		t->result->moved = DESK_MOVED_DROPPED;
		return;
	}
	moved_count(t, to);
	if (f->moved_seen < MOVED_POLLS || f->moved_seen == STORE_MOVED_FOREIGN ||
		str_eq(to, f->adopted))
		return;
	f->adopted = to;
	t->result->moved = DESK_MOVED_ADOPTED;
}
