/* SPDX-License-Identifier: MIT */
/* Items of a database taken in one by one, and indexed. */
#ifndef ARCHIVE_FIXTURE_H
#define ARCHIVE_FIXTURE_H

#include "store/archive.h"
#include "unit/store_fixture.h"

#define IDS 512

/* Takes one item in at `now`; its row. An id that is known with another text is an edit. */
static inline int64_t put(struct fixture *f, int64_t feed, int64_t now, const char *id,
	const char *title, const char *content)
{
	struct feed_item item = make_item(id, NULL, title, content);
	struct feed_batch b = make_batch(&item, 1);
	struct store_item state;

	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_items_known(f->store, feed, &b, &state, &f->e), 0);
	if (state.seen != STORE_KNOWN)
		assert_int_equal(store_item_put(f->store, feed, &item, now, &state, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return state.id;
}

static inline void index_all(struct fixture *f)
{
	bool more = true;

	while (more)
		assert_int_equal(archive_index(f->store, &more, &f->e), 0);
}

struct ids {
	int64_t v[IDS];
	size_t n;
	char hits[256]; /* of the last one */
};

#endif
