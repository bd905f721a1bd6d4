/* SPDX-License-Identifier: MIT */
/*
 * URLs of feeds and items: resolved, compared, and reduced to their domain.
 *
 * The functions return http and https URLs only, never another scheme (javascript:, data:, file:).
 * A host beyond ASCII stays in UTF-8.
 */
#ifndef FEED_LINK_H
#define FEED_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define FEED_LINK_MAX 8192 /* bytes; longer URLs are invalid */
#define FEED_HOST_MAX 256  /* with the NUL */

/*
 * Resolves ref against base (RFC 3986 §5); without an absolute base, ref must be absolute.
 * Surrounding white space and line breaks are removed, spaces and bytes beyond ASCII are
 * percent-encoded. The result is in the arena; absent if it is not an http(s) URL or the arena is
 * full.
 */
struct str feed_link_resolve(struct arena *a, struct str base, struct str ref);
/*
 * The same for the URL of a feed; also accepts "host.tld/path", and "feed:https://…",
 * "feed://host/" and the like with the schemes of podcast programs.
 */
struct str feed_link_resolve_feed(struct arena *a, struct str base, struct str ref);

/*
 * Canonical form, the same bytes for different URLs of one page; for comparison, not for fetching.
 * Without scheme, user, "www.", default port, fragment, trailing slash, session numbers
 * (jsessionid, PHPSESSID) and parameters whose name matches strip ("utm_*" or a whole name, without
 * case); host in lower case, percent-encoding normalised (RFC 3986 §6.2.2). Absent if url is not
 * http(s).
 */
struct str feed_link_canonical(
	struct arena *a, struct str url, const struct str *strip, size_t n_strip);
/*
 * The link for people: url as it is, without parameters whose name matches strip. It is url itself
 * if it has none of them, else in the arena; absent if the arena is full.
 */
struct str feed_link_shown(
	struct arena *a, struct str url, const struct str *strip, size_t n_strip);
/* Hash of the canonical form; 0 if there is none. */
uint64_t feed_link_key(struct str url, const struct str *strip, size_t n_strip);
/*
 * Hash of a URL without the words in its path, if it has a number that identifies the article
 * ("/2024/05/31/embassy-shuts-6234567.html"), so that it stays when the words are edited: one of at
 * least five digits, or twelve in hexadecimal, that is no date. 0: there is none.
 */
uint64_t feed_link_number(struct str url);

/* The host in lower case, without port. False if url has none. */
bool feed_link_domain(struct str url, char host[FEED_HOST_MAX]);
/* The registrable domain ("bbc.co.uk") according to the public suffix list, else the host. */
bool feed_link_registrable(struct str url, char domain[FEED_HOST_MAX]);
/* The same for a host in lower case. */
void feed_link_registrable_host(const char *host, char domain[FEED_HOST_MAX]);
/* Is it one below which independent parties register, such as "com" and "co.uk"? */
bool feed_link_is_suffix(const char *host);

#endif
