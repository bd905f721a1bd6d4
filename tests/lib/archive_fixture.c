/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/archive_fixture.h"

int64_t archive_put(struct store_fixture *f, int64_t feed, int64_t now, const char *id,
	const char *title, const char *content)
{
	struct feed_item item = make_item(id, NULL, title, content);
	struct feed_batch b = make_batch(&item, 1);
	struct store_item state;
	struct store_lookup l = {
		.feed = feed, .batch = &b, .now = now, .items = &state, .arena = f->arena};

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_items_known(f->store, &l, &f->e), 0);
	if (state.seen != STORE_KNOWN)
		assert_int_equal(store_item_put(f->store, feed, &item, now, &state, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return state.id;
}

void archive_index_all(struct store_fixture *f)
{
	bool more = true;

	while (more)
		assert_int_equal(archive_index(f->store, &more, &f->e), 0);
}
