/* SPDX-License-Identifier: MIT */
/* Parser of the HTTP header Link (RFC 8288). */
#ifndef FEED_LINK_HEADER_H
#define FEED_LINK_HEADER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* One link; absent parameters are empty. Of a repeated parameter the first value counts. */
struct link_value {
	struct str target; /* as written between < and >, trimmed */
	struct str rel, type, title, hreflang, media;
	struct str anchor; /* what the link belongs to; absent: the document of the answer */
};

/*
 * Parses the next link at the beginning of *header, which may hold several header fields joined
 * with commas, and removes it there. What is not a link is skipped. Unescaped values are in the
 * arena. False: there is no further link.
 */
bool link_header_next(struct str *header, struct arena *a, struct link_value *v);

#endif
