/* SPDX-License-Identifier: MIT */
/* Three feeds, two of them of one source, a watch for them, and polls one minute apart. */
#ifndef LIB_DESK_POLLS_H
#define LIB_DESK_POLLS_H

#include "lib/desk_fixture.h"

#define FEEDS                                                                                      \
	"feed a { url = 'http://a.example/rss' source = 'outlet' groups = { wires } }\n"           \
	"feed b { url = 'http://a.example/europe' source = 'outlet' }\n"                           \
	"feed c { url = 'http://c.example/rss' source = 'other' }\n"                               \
	"notify desk { type = 'stdout' }\nnotify mail { type = 'stdout' }\n"
#define WATCH                                                                                      \
	"watch moves { query = 'embassy' title = 'Moves' priority = 'urgent'"                      \
	" notify = { desk, mail } }\n"

/* Polls a new body with this validator; then advances the clock by a minute. */
struct desk_result desk_polls_batch(
	struct desk_fixture *f, const char *feed, const struct feed_batch *b, const char *etag);

struct desk_result desk_polls_items(
	struct desk_fixture *f, const char *feed, struct feed_item *items, size_t n);

struct feed_item desk_polls_item(const char *id, const char *title);

#endif
