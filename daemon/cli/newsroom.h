/* SPDX-License-Identifier: MIT */
/*
 * The made-up newsroom of `nightdesk demo`: outlets, their stories, their feeds. Country, cities
 * and outlets do not exist.
 */
#ifndef CLI_NEWSROOM_H
#define CLI_NEWSROOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct newsroom_outlet {
	const char *name; /* of the feed block */
	const char *title;
	const char *source; /* who counts as one source */
	const char *group;
	const char *path; /* on the demo's server */
	const char *content_type;
	void (*render)(const struct newsroom_outlet *o, int64_t started, int64_t now,
		const char *base_url, struct buf *out);
};

extern const struct newsroom_outlet newsroom_outlets[];
extern const size_t newsroom_outlet_count;

/* The feed of the outlet as it stands at `now` (wall ms), the demo having begun at `started`. */
void newsroom_feed(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out);
/* The outlet that serves this path, or NULL. */
const struct newsroom_outlet *newsroom_find(const char *path);

#endif
