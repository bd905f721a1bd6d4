/* SPDX-License-Identifier: MIT */
/* A stored item as a line of a list: headline, when it was seen, its feed, and its trace. */
#ifndef WEB_ITEM_LINE_H
#define WEB_ITEM_LINE_H

#include "html.h"
#include "store/store.h"

/* The headline, linked to its page elsewhere if it has one. */
void item_put_headline(struct html *h, const struct store_item_row *row, struct str body);
/* " · 04:12 · BBC World · Trace"; feed: whether its feed is named. */
void item_put_facts(struct html *h, const struct store_item_row *row, bool feed);
/* ` href="…"` of its own page. */
void item_put_href(struct html *h, int64_t row);

#endif
