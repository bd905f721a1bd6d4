/* SPDX-License-Identifier: MIT */
/*
 * By what an item is known again: its own id, else its link, else what it says.
 *
 *	key       128 bits: the id as written; without one the link (tracking parameters removed,
 *the fragment kept: change logs link one page many times); without that title and text. Each kind
 *is hashed under its own seed, so an id never meets a link. link_key  the canonical link, see
 *feed/link.h; 0 without a link. text_key  title, content and summary: equal means nothing a reader
 *sees has changed.
 *
 * An item whose key is unknown but whose link_key and text_key are known has only changed its id.
 */
#ifndef FEED_IDENTITY_H
#define FEED_IDENTITY_H

#include <stddef.h>

#include "base/str.h"
#include "feed/item.h"

/* Fills key, link_key and text_key from the other fields. Allocates nothing. */
void feed_identity_fill(struct feed_item *item, const struct str *strip, size_t n_strip);

#endif
