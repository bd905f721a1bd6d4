/* SPDX-License-Identifier: MIT */
#include "health.h"

#include "desk/rhythm.h"
#include "ingest.h"

/* --- the rhythm --- */

/*
 * When an item was posted, as far as it could have been seen: its date, if that is since the poll
 * before; else it appeared late, or has no date, and the time is that of this poll.
 */
static int64_t health_posted_at(const struct ingest *t, const struct feed_item *i)
{
	int64_t date = feed_item_plausible_date(i), seen = t->poll->fetched;

	return date > t->feed.last_ok && date < seen ? date : seen;
}

/* The times of the new items; those that resurfaced are none. Returns their number. */
static size_t health_list_postings(const struct ingest *t, int64_t *times)
{
	const struct feed_batch *b = t->poll->batch;
	size_t n = 0;

	for (size_t k = 0; k < b->n_items; k++)
		if (t->states[k].seen == STORE_NEW && t->states[k].arrival == STORE_ARRIVED)
			times[n++] = health_posted_at(t, &b->items[k]);
	return n;
}

static int health_learn_rhythm(struct ingest *t, struct err *e)
{
	struct store *store = t->desk->store;
	int64_t since = t->feed.arrivals.since, *times;
	struct store_rhythm r;
	size_t n;
	int rc;

	if (t->result->new_items == 0 || t->first)
		return t->new_row ? store_rhythm_drop(store, t->feed.id, e) : 0;
	times = arena_array(t->desk->feed_arena, t->poll->batch->n_items, sizeof(*times));
	if (!times)
		return err_nomem(e);
	n = health_list_postings(t, times);
	rc = n > 0 ? store_rhythm_get(store, t->feed.id, &r, e) : 0;
	if (rc || n == 0)
		return rc;
	if (r.since == STAMP_NONE)
		rhythm_start(&r, since == STAMP_NONE ? t->poll->fetched : since);
	rhythm_learn(&r, times, n, t->poll->fetched);
	return store_rhythm_put(store, t->feed.id, &r, e);
}

int health_learn(struct ingest *t, struct err *e)
{
	return t->poll->outcome == DESK_NEW_BODY ? health_learn_rhythm(t, e) : 0;
}
