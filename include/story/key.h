/* SPDX-License-Identifier: MIT */
/*
 * What is one report. Two items of one source that lead to the same page are: a broadcaster puts a
 * story into its world feed and its Europe feed. Items without a link stand for themselves.
 */
#ifndef STORY_KEY_H
#define STORY_KEY_H

#include <stdint.h>

#include "base/str.h"
#include "feed/item.h"

/* The same for items that are one report of that source; 0: the item stands for itself. */
uint64_t story_key(struct str source, const struct feed_item *i);
/* The same report with another text: told again it is one report too. 0 stays 0. */
uint64_t story_key_edition(uint64_t key, uint64_t text_key);

#endif
