/* SPDX-License-Identifier: MIT */
/*
 * Keys by which an item is recognised in the next poll.
 *
 * key: 128-bit hash of the id as written; without an id, of the link without tracking parameters
 * (but with the fragment: change logs link one page many times); without a link, of title and text.
 * Each of the three has its own seed.
 *
 * link_key: hash of the canonical link, see feed/link.h; 0 without a link.
 *
 * text_key: hash of title, content and summary; equal if the visible text has not changed.
 *
 * label_key: hash of author and categories; categories count once and in any order. Equal if these
 * labels have not changed.
 *
 * If key is unknown but link_key and text_key are known, only the id of the item has changed.
 */
#ifndef FEED_IDENTITY_H
#define FEED_IDENTITY_H

#include <stddef.h>

#include "base/str.h"
#include "feed/item.h"

/* What makes an item the same. Items without that part: as with FEED_IDENTITY_AUTO. */
enum feed_identity {
	FEED_IDENTITY_AUTO, /* the key above, and all that recognises an item without it */
	FEED_IDENTITY_ID,
	FEED_IDENTITY_LINK, /* with its fragment */
	FEED_IDENTITY_TITLE,
};

/* Computes key, link_key, text_key and label_key from the other fields. Does not allocate. */
void feed_identity_fill(struct feed_item *item, const struct str *strip, size_t n_strip);
/* The key of an item with that id. */
void feed_identity_id_key(struct str id, uint8_t key[16]);
/* Computes the key of an item that was filled for another identity. */
void feed_identity_key(const struct feed_item *item, enum feed_identity by, const struct str *strip,
	size_t n_strip, uint8_t key[16]);

#endif
