/* SPDX-License-Identifier: MIT */
#include "newest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"

struct newest_rank {
	int64_t date;
	size_t place; /* among items of one date, the first is the best */
	size_t index;
};

void feed_newest_begin(struct feed_newest *w, size_t max)
{
	w->max = max;
	w->n = w->dropped = 0;
	w->first = w->last = STAMP_NONE;
}

void feed_newest_release(struct feed_newest *w)
{
	free(w->dates);
	*w = (struct feed_newest){.max = 1, .first = STAMP_NONE, .last = STAMP_NONE};
}

static int newest_compare(const void *a, const void *b)
{
	const struct newest_rank *x = a, *y = b;

	if (x->date != y->date)
		return x->date > y->date ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

/* Without different dates, new items may be at either end. */
static size_t newest_place(const struct feed_newest *w, size_t i)
{
	size_t from_end = w->n - 1 - i;

	if (w->first == w->last)
		return i <= from_end ? 2 * i : 2 * from_end + 1;
	return w->last > w->first ? from_end : i;
}

/* Removes all but the newest max elements. */
static bool newest_select(struct feed_newest *w, char *items, size_t size)
{
	struct newest_rank *ranks = calloc(w->n, sizeof(*ranks));
	bool *keep = calloc(w->n, sizeof(*keep));
	size_t kept = 0;

	for (size_t i = 0; ranks && i < w->n; i++)
		ranks[i] = (struct newest_rank){w->dates[i], newest_place(w, i), i};
	if (ranks && keep) {
		qsort(ranks, w->n, sizeof(*ranks), newest_compare);
		for (size_t i = 0; i < w->max; i++)
			keep[ranks[i].index] = true;
		for (size_t i = 0; i < w->n; i++) {
			if (!keep[i])
				continue;
			w->dates[kept] = w->dates[i];
			if (kept != i)
				memcpy(items + kept * size, items + i * size, size);
			kept++;
		}
		w->dropped += w->n - kept;
		w->n = kept;
	}
	free(ranks);
	free(keep);
	return kept > 0;
}

bool feed_newest_add(struct feed_newest *w, int64_t date, void *items, size_t size)
{
	if (!array_room(&w->dates, w->n, &w->cap, 1, sizeof(*w->dates)))
		return false;
	if (date != STAMP_NONE && w->last == STAMP_NONE) {
		w->first = date;
		for (size_t i = 0; i < w->n; i++)
			w->dates[i] = date;
	}
	if (date != STAMP_NONE)
		w->last = date;
	w->dates[w->n++] = w->last;
	return w->n < 2 * w->max || newest_select(w, items, size);
}

bool feed_newest_end(struct feed_newest *w, void *items, size_t size)
{
	return w->n <= w->max || newest_select(w, items, size);
}

const char *feed_newest_text(
	const struct feed_newest *w, const char *what, char *out, size_t out_size)
{
	snprintf(out, out_size, "more than %zu %s%s are kept, %zu are left out", w->max, what,
		w->last == STAMP_NONE ? ", none with a date: the first and the last"
				      : ": the newest",
		w->dropped);
	return out;
}
