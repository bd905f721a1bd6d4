/* SPDX-License-Identifier: MIT */
/* The made-up outlets of the demo, their stories and RSS feeds; one story is edited, one killed. */
#ifndef DEMO_NEWSROOM_H
#define DEMO_NEWSROOM_H

#include <stdint.h>

#include "base/buf.h"

struct newsroom_outlet {
	const char *name; /* of the feed block; the server has its feed at /NAME.xml */
	const char *title, *group;
};

extern const struct newsroom_outlet newsroom_outlets[]; /* a name of NULL ends it */

/* Appends the outlet's feed at the wall time `now` of a demo that began at `started` (ms). */
void newsroom_write_feed(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out);
/* Returns the outlet that serves this path, or NULL. */
const struct newsroom_outlet *newsroom_find(const char *path);

#endif
