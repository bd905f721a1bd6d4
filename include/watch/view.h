/* SPDX-License-Identifier: MIT */
/*
 * What a query sees of an item: nightdesk-query(7), "What a query sees". This room does not know
 * feeds, so the caller fills in a view. All text is valid UTF-8; an absent value has p == NULL or a
 * count of 0.
 */
#ifndef WATCH_VIEW_H
#define WATCH_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct watch_view {
	struct str title, body; /* visible text; an empty line in body ends a paragraph */
	struct str author;
	const struct str *categories;
	size_t n_categories;
	struct str url;		  /* the item's link */
	struct str site;	  /* its host, lower-case, without port */
	struct str feed;	  /* name of the feed in the configuration */
	const struct str *groups; /* groups of the feed */
	size_t n_groups;
	struct str source; /* who publishes the feed */
	struct str tier;   /* of the feed: a word of query_tiers */
	/* Independent sources of the item's story so far, its own included; 0 is as 1. */
	uint32_t sources;
	const struct str *origins; /* their names, for explanations; may be fewer */
	size_t n_origins;
	/*
	 * Watches that lack only sources match too; watch_match.sources says how many they need.
	 */
	bool waiting;
	struct str lang;    /* "en-gb" */
	int64_t published;  /* ms; STAMP_NONE if there is no (plausible) date */
	int64_t first_seen; /* ms */
	int64_t now;	    /* ms; age<2h is relative to this */
};

#endif
