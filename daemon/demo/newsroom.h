/* SPDX-License-Identifier: MIT */
/* The made-up outlets of the demo, their stories and feeds. */
#ifndef DEMO_NEWSROOM_H
#define DEMO_NEWSROOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct newsroom_outlet {
	const char *name; /* of the feed block */
	const char *title;
	const char *source; /* the value of the key source */
	const char *group;
	const char *path; /* on the demo's server */
	const char *content_type;
	void (*render)(const struct newsroom_outlet *o, int64_t started, int64_t now,
		const char *base_url, struct buf *out);
};

extern const struct newsroom_outlet newsroom_outlets[];
extern const size_t newsroom_outlet_count;

/* Appends the outlet's feed at the wall time `now` of a demo that began at `started` (ms). */
void newsroom_write_feed(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out);
/* Returns the outlet that serves this path, or NULL. */
const struct newsroom_outlet *newsroom_find(const char *path);

#endif
