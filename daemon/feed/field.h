/* SPDX-License-Identifier: MIT */
/* Values of the fields of a feed and its items: attributes, content types, defaults. */
#ifndef FEED_FIELD_H
#define FEED_FIELD_H

#include "builder_state.h"

/* Evaluates the attributes of the start tag of b->leaf and sets the state of the open field. */
void feed_field_open(struct feed_builder *b, const struct feed_tag *tag);
/* Stores the text of b->leaf, unless its attributes already gave the value. */
void feed_field_close(struct feed_builder *b);
/* Evaluates the attributes of a container: xml:lang, rdf:about, those of CDF. */
void feed_field_open_container(struct feed_builder *b, const struct feed_tag *tag);
/* Fills *to from the slots of the item, or of the feed, after its end tag. */
void feed_field_fill_item(struct feed_builder *b, struct feed_item *to);
void feed_field_fill_feed(struct feed_builder *b, struct feed_info *to);

#endif
