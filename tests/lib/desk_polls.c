/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/desk_polls.h"

struct desk_result desk_polls_batch(
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

struct desk_result desk_polls_items(
	struct desk_fixture *f, const char *feed, struct feed_item *items, size_t n)
{
	struct feed_batch b = make_batch(items, n);

	return desk_polls_batch(f, feed, &b, "\"e\"");
}

struct feed_item desk_polls_item(const char *id, const char *title)
{
	return make_item(id, NULL, title, "text");
}
