/* SPDX-License-Identifier: MIT */
/* Names for the blocks that an import writes: short, plain, typed without trouble. */
#ifndef CLI_FEED_NAME_H
#define CLI_FEED_NAME_H

#include "base/buf.h"
#include "base/str.h"

#define FEED_NAME_MAX 48 /* bytes, before a number is put behind */

/*
 * "BBC News - World" is bbc-news-world. A title that is mostly not Latin, or absent, gives way to
 * the host of url. Replaces what is in out; never empty.
 */
void feed_name_make(struct str title, struct str url, struct buf *out);
/* The same with letters of every script kept; empty when nothing in it can stand in a name. */
void feed_name_make_group(struct str group, struct buf *out);

#endif
