/* SPDX-License-Identifier: MIT */
/* Three feeds, two of one source, a watch over them, and polls of them a minute apart. */
#ifndef DESK_POLLS_H
#define DESK_POLLS_H

#include "unit/desk_fixture.h"

#define FEEDS                                                                                      \
	"feed a { url = 'http://a.example/rss' source = 'outlet' groups = { wires } }\n"           \
	"feed b { url = 'http://a.example/europe' source = 'outlet' }\n"                           \
	"feed c { url = 'http://c.example/rss' source = 'other' }\n"                               \
	"notify desk { type = 'stdout' }\nnotify mail { type = 'stdout' }\n"
#define WATCH                                                                                      \
	"watch moves { query = 'embassy' title = 'Moves' priority = 'urgent'"                      \
	" notify = { desk, mail } }\n"

/* A new body with this validator; then a minute passes. */
static inline struct desk_result poll_batch(
	struct desk_fixture *f, const char *feed, const struct feed_batch *b, const char *etag)
{
	struct desk_poll p = {
		.feed = str_of(feed),
		.outcome = DESK_NEW_BODY,
		.batch = b,
		.etag = str_of(etag),
		.body_hash = 7,
		.started = clock_wall() - 10,
		.fetched = clock_wall() - 5,
		.next_due = clock_wall() + 1000,
	};
	struct desk_result r;
	int rc = desk_ingest(f->desk, f->conf, &p, &r, &f->e);

	if (rc)
		print_error("%s\n", f->e.text);
	assert_int_equal(rc, 0);
	clock_virtual_advance(CLOCK_MINUTE);
	return r;
}

static inline struct desk_result poll_items(
	struct desk_fixture *f, const char *feed, struct feed_item *items, size_t n)
{
	struct feed_batch b = make_batch(items, n);

	return poll_batch(f, feed, &b, "\"e\"");
}

static inline struct feed_item item(const char *id, const char *title)
{
	return make_item(id, NULL, title, "text");
}

#endif
