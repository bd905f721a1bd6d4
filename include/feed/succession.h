/* SPDX-License-Identifier: MIT */
/*
 * Whether an item with an unknown id is an item that the feed had before: publishers change ids
 * with every edit, write session numbers into links and move to other domains. A pure function of
 * both items; the caller finds the pairs that are worth comparing, and makes sure that the old id
 * is no longer in the body: items of the same body are never the same.
 *
 * Under the same link it is an edit, unless the new item was published half a day later and has
 * little text in common (a daily report), is another recording, or is about something else.
 * A link that other items have too, or that leads to the home page, identifies none. So it is under
 * another link with the same number of the article, if all items of the body are numbered.
 *
 * The same title, text and link are known, unless it is published again two days later. Under
 * another link the text must be the same: with the same title and date at any time; with the
 * same title or the same date if the old item was in the feed until now. The same title and date
 * are enough if all items changed their ids at once, or if the date is to the second and no other
 * item has it. If all was edited, most of the text must be the same, and the date one that no other
 * item has and no schedule sets.
 */
#ifndef FEED_SUCCESSION_H
#define FEED_SUCCESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "feed/item.h"

/* An item that left its feed at most this long ago counts as one that just left: caches flap. */
#define FEED_RECENT_MS CLOCK_HOUR

struct feed_succession {
	const struct feed_item *was, *is;
	int64_t was_seen, now; /* when they were first fetched */
	struct str home;       /* link of the feed */
	bool recent;	       /* was left the feed at most FEED_RECENT_MS ago */
	bool truncated;	       /* ... or may be in the rest of a body that breaks off */
	bool link_same;	       /* they have the same link */
	bool link_unique;      /* ... and no other item has or had it */
	bool number_same;      /* their links have the same number, by which this feed numbers */
	bool date_single;      /* they have the same date, and no other item in the body */
	bool text_single;      /* no other item in the body has the title and text of is */
	bool text_unique;      /* ... and none that left recently */
	bool body_unique;      /* no other item in the body has its text */
	bool rekeyed;	       /* the operator chose another identity: title and text are enough */
	bool all_changed;      /* of the items of the body, few or none have a known id */
};

bool feed_succession_holds(const struct feed_succession *s);

#endif
