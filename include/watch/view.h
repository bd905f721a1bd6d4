/* SPDX-License-Identifier: MIT */
/*
 * What a query sees of an item: nightdesk-query(7), "What a query sees". This room knows no feed;
 * whoever matches fills one of these in. All text is valid UTF-8; absent is p == NULL or a count of
 * 0.
 */
#ifndef WATCH_VIEW_H
#define WATCH_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct watch_view {
	struct str title, body; /* visible text; in body a blank line ends a paragraph */
	struct str author;
	const struct str *categories;
	size_t n_categories;
	struct str url;		  /* the item's link */
	struct str site;	  /* its host, lower case, no port */
	struct str feed;	  /* name of the feed in the configuration */
	const struct str *groups; /* that the feed belongs to */
	size_t n_groups;
	struct str lang;    /* "en-gb" */
	int64_t published;  /* ms, STAMP_NONE where no (believable) date */
	int64_t first_seen; /* ms */
	int64_t now;	    /* what age<2h counts to, ms */
};

#endif
