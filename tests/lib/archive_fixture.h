/* SPDX-License-Identifier: MIT */
/* Items of a database taken in one by one, and indexed. */
#ifndef LIB_ARCHIVE_FIXTURE_H
#define LIB_ARCHIVE_FIXTURE_H

#include "store/archive.h"
#include "lib/store_fixture.h"

#define IDS 512

/* Takes one item in at `now`; its row. An id that is known with another text is an edit. */
int64_t archive_put(struct store_fixture *f, int64_t feed, int64_t now, const char *id,
	const char *title, const char *content);

void archive_index_all(struct store_fixture *f);

struct ids {
	int64_t v[IDS];
	size_t n;
	char hits[256]; /* of the last one */
};

#endif
