/* SPDX-License-Identifier: MIT */
/*
 * Links: made absolute, compared, and told by whose house they are.
 *
 * Only http and https come out; whatever a feed says (javascript:, data:, file:), no other scheme
 * gets past this file. Hosts beyond ASCII stay UTF-8.
 */
#ifndef FEED_LINK_H
#define FEED_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define FEED_LINK_MAX 8192 /* longer ones are none */
#define FEED_HOST_MAX 256  /* with the NUL */

/*
 * ref against base (absent or not absolute: ref must be absolute itself), per RFC 3986 §5. White
 * space at the ends and line breaks inside are dropped, spaces and bytes beyond ASCII
 * percent-encoded. Absent when no http(s) URL can be made, or the arena is full. The result is in
 * the arena.
 */
struct str feed_link_resolve(struct arena *a, struct str base, struct str ref);
/* The same for the URL of a feed: takes "feed:https://…", "feed://host/" and "host.tld/path" too.
 */
struct str feed_link_resolve_feed(struct arena *a, struct str base, struct str ref);

/*
 * A form in which two links to one page are the same bytes; for comparison, not for opening. No
 * scheme, user, "www.", default port, fragment, trailing slash, nor parameters whose name matches
 * strip ("utm_*" or a whole name; case ignored); host in lower case, percent-encoding normal
 * (RFC 3986 §6.2.2). Absent for what is no http(s) URL.
 */
struct str feed_link_canonical(
	struct arena *a, struct str url, const struct str *strip, size_t n_strip);
/* A hash of the canonical form; 0 where there is none. */
uint64_t feed_link_key(struct str url, const struct str *strip, size_t n_strip);

/* The host in lower case, without port, NUL-terminated. False where url has none. */
bool feed_link_domain(struct str url, char host[FEED_HOST_MAX]);
/* The registrable domain ("bbc.co.uk") by the public suffix list, else the host. */
bool feed_link_registrable(struct str url, char domain[FEED_HOST_MAX]);

#endif
