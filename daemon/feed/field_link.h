/* SPDX-License-Identifier: MIT */
/* Links in the fields of a feed: resolved to absolute URLs and sorted by their relation. */
#ifndef FEED_FIELD_LINK_H
#define FEED_FIELD_LINK_H

#include "builder_state.h"

/*
 * Absolute if ref can be resolved, else as written; absent for a scheme that is not http(s). In an
 * item of RSS before the link of the channel, a relative one is kept for field_link_finish_item().
 */
struct str field_link_resolve(struct feed_builder *b, struct str ref);
void field_link_put(struct feed_builder *b, enum feed_slot slot, unsigned rank, struct str ref);
void field_link_add_enclosure(struct feed_builder *b, struct str url, const struct feed_tag *tag);
/* <atom:link>: stores the URL according to its rel. */
void field_link_open_atom(struct feed_builder *b, const struct feed_tag *tag);
/* Resolves a link that is still relative, in a feed of unknown URL, against the feed's page. */
struct str field_link_resolve_late(struct feed_builder *b, struct str link);
/* Resolves the links of an item that are still relative, after the end of the feed. */
void field_link_finish_item(struct feed_builder *b, struct feed_item *item);

#endif
