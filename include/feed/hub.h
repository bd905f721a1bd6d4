/* SPDX-License-Identifier: MIT */
/* The links of an HTTP answer that WebSub discovery uses (W3C WebSub §4). */
#ifndef FEED_HUB_H
#define FEED_HUB_H

#include "base/arena.h"
#include "base/str.h"

struct feed_hub {
	struct str hub, self; /* absolute http(s) URLs in the arena; absent: none */
};

/*
 * Reads the header Link, several of them joined with commas, of an answer to url; both may be
 * absent. Of each relation the first counts.
 */
void feed_hub_read(struct str link, struct str url, struct arena *a, struct feed_hub *out);

#endif
