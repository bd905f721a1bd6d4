/* SPDX-License-Identifier: MIT */
/*
 * Story keys: a watch alerts once for each. Items of one source that link to the same page are one
 * story; broadcasters publish it in several feeds. Items without a link have none.
 */
#ifndef STORY_KEY_H
#define STORY_KEY_H

#include <stdint.h>

#include "base/str.h"
#include "feed/item.h"

/* Returns a hash that is equal for items of one story of that source; 0: no story. */
uint64_t story_key(struct str source, const struct feed_item *i);
/* Returns the key of an update with that text, which may alert again. Returns 0 for key 0. */
uint64_t story_key_edition(uint64_t key, uint64_t text_key);

#endif
