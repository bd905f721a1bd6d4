/* SPDX-License-Identifier: MIT */
/* A database in its own directory, and batches built by hand. */
#ifndef LIB_STORE_FIXTURE_H
#define LIB_STORE_FIXTURE_H

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "lib/store_due.h"
#include "store/store.h"

#define DAY CLOCK_DAY

struct store_fixture {
	char dir[64], path[96];
	struct store *store;
	struct arena *arena;
	struct err e;
};

int store_fixture_open(void **state);

int store_fixture_close(void **state);

/* An item as parsed by room feed. NULL members are absent. */
struct feed_item make_item(
	const char *id, const char *link, const char *title, const char *content);

struct feed_batch make_batch(struct feed_item *items, size_t n);

int64_t make_feed(struct store_fixture *f, const char *name, int64_t last_body);

/* Stores an item of feed "a", to which alerts can refer; returns its row. */
int64_t make_stored_item(struct store_fixture *f, const char *id);

#endif
