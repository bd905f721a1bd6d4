/* SPDX-License-Identifier: MIT */
/*
 * Old items that slide in at the old end of a list: the publisher deleted one, or shows more. Both
 * the last whole body and this one must be in date order, with a date for every item: elsewhere an
 * early date says nothing about when an item was published.
 *
 * Sitemaps are archives in any order, of which only a part is read: there, what was dated long
 * before the last body is old.
 */
#include "ingest.h"

#define RESURFACED_AGE (48 * CLOCK_HOUR)

int64_t ingest_oldest_date(const struct feed_batch *b)
{
	bool falls = true, rises = true;
	int64_t oldest = STAMP_NONE, before = STAMP_NONE;

	for (size_t k = 0; k < b->n_items; k++) {
		int64_t date = feed_item_plausible_date(&b->items[k]);

		if (date == STAMP_NONE)
			return STAMP_NONE;
		falls &= k == 0 || date <= before;
		rises &= date >= before;
		if (k == 0 || date < oldest)
			oldest = date;
		before = date;
	}
	return falls || rises ? oldest : STAMP_NONE;
}

bool ingest_is_resurfaced(const struct ingest *t, size_t k)
{
	int64_t date = feed_item_plausible_date(&t->poll->batch->items[k]);

	if (t->states[k].seen != STORE_NEW || t->cf->resurfaced_alert)
		return false;
	if (t->cf->sitemap)
		return date != STAMP_NONE && t->feed.last_body != STAMP_NONE &&
		       t->feed.last_body - date > RESURFACED_AGE;
	return t->feed.oldest != STAMP_NONE && t->oldest != STAMP_NONE && date < t->feed.oldest &&
	       t->now - date > RESURFACED_AGE;
}
