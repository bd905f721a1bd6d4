/* SPDX-License-Identifier: MIT */
/*
 * Chooses the items of a document that has more than are taken: the newest by date, in document
 * order. Works while items arrive one by one, in memory for twice the limit.
 *
 * An item without a date counts like the one before it, since documents are in some order; at the
 * beginning, like the first one with a date. Among items of one date the later ones are kept if the
 * document is in ascending order so far, else the earlier ones; while no two dates differ, as many
 * of the first as of the last.
 */
#ifndef FEED_NEWEST_H
#define FEED_NEWEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed_newest {
	size_t max;
	size_t n;	/* items kept so far, up to twice max */
	size_t dropped; /* items left out */
	int64_t *dates; /* of the kept items; STAMP_NONE before the first date */
	size_t cap;
	int64_t first, last; /* dates of the first and last item; STAMP_NONE: none yet */
};

/* A zeroed struct is released. max: at least 1. */
void feed_newest_begin(struct feed_newest *w, size_t max);
void feed_newest_release(struct feed_newest *w);
/*
 * Adds an item, which the caller stored at index w->n of items, an array of elements of size bytes;
 * at times removes elements from it. date: STAMP_NONE: not known. Returns false if out of memory.
 */
bool feed_newest_add(struct feed_newest *w, int64_t date, void *items, size_t size);
/* Ends the document: at most max items are left in the array. Returns false if out of memory. */
bool feed_newest_end(struct feed_newest *w, void *items, size_t size);

/* What to report if elements were dropped. what: their name in the plural. */
const char *feed_newest_text(
	const struct feed_newest *w, const char *what, char *out, size_t out_size);

#endif
