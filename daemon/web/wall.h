/* SPDX-License-Identifier: MIT */
/*
 * The state of every configured feed: one character each, in the order of the configuration, which
 * is also what the page draws.
 */
#ifndef WEB_WALL_H
#define WEB_WALL_H

#include "document/feed_health.h"
#include "page.h"

struct web_wall {
	const char *states; /* document_feed_state_sign(), NUL-terminated; in the arena */
	size_t n;
	size_t counts[DOCUMENT_FEED_STATES];
};

/*
 * The sign and the word of a state. The word is that of documents, but for "fresh", which they call
 * fine.
 */
const struct page_sign *web_wall_sign(enum document_feed_state s);

/* Reads the states as of c->now. 0 or -class. On the thread of the reader. */
int web_wall_read(struct web_call *c, struct store *store, struct web_wall *out, struct err *e);
/* "9,987 fresh, 9 late, 3 failing": as a sentence with links to the list of each. */
void web_wall_put_sentence(struct html *h, const struct web_wall *w);

#endif
