/* SPDX-License-Identifier: MIT */
/* Inserts and indexes items of a database one by one. */
#ifndef LIB_ARCHIVE_FIXTURE_H
#define LIB_ARCHIVE_FIXTURE_H

#include "store/archive.h"
#include "lib/store_fixture.h"

#define IDS 512

/* Inserts an item at time `now` and returns its row. A known id with another text is an edit. */
int64_t archive_put(struct store_fixture *f, int64_t feed, int64_t now, const char *id,
	const char *title, const char *content);

void archive_index_all(struct store_fixture *f);

struct ids {
	int64_t v[IDS];
	size_t n;
	char hits[256]; /* of the last item */
};

#endif
