/* SPDX-License-Identifier: MIT */
/* Feeds written as text, and the texts of their fields. */
#ifndef LIB_FEED_TEXT_H
#define LIB_FEED_TEXT_H

#include "feed/item.h"

/* Parses body, of the address url (NULL: none); the test fails if it is refused. */
struct feed_batch *parse_feed(const char *body, const char *url);
/* want NULL: have must be absent. */
void assert_text(struct str have, const char *want);

#endif
