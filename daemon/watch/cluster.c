/* SPDX-License-Identifier: MIT */
#include "cluster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/words.h"

static bool cluster_hit_is_inside(
	struct str text, enum query_field field, const struct watch_hit *h)
{
	if (h->field != field || h->length == 0 || h->length > text.n ||
		h->offset > text.n - h->length)
		return false;
	/* All categories are one field, so the text must be compared too. */
	return !str_present(h->text) || str_eq(h->text, str_slice(text.p + h->offset, h->length));
}

/*
 * Returns the number of the first hit with an equal term, through a hash table (slots is a power of
 * two).
 */
static uint32_t cluster_number_term(
	uint32_t *table, size_t slots, const struct watch_hit *hits, uint32_t hit)
{
	size_t at = text_word_hash(hits[hit].term) & (slots - 1);

	while (table[at] && !str_eq(hits[table[at] - 1].term, hits[hit].term))
		at = (at + 1) & (slots - 1);
	if (!table[at])
		table[at] = hit + 1;
	return table[at] - 1;
}

static int cluster_by_begin(const void *a, const void *b)
{
	const struct watch_spot *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

struct watch_spot *watch_spots(struct str text, enum query_field field,
	const struct watch_hit *hits, size_t n_hits, size_t *n)
{
	struct watch_spot *spots = NULL;
	uint32_t *table = NULL;
	size_t slots = 16;
	bool sorted = true;

	*n = 0;
	if (n_hits == 0 || n_hits > UINT32_MAX / 4)
		return NULL;
	while (slots < 2 * n_hits)
		slots *= 2;
	spots = calloc(n_hits, sizeof(*spots));
	table = calloc(slots, sizeof(*table));
	for (uint32_t i = 0; i < n_hits && spots && table; i++) {
		if (!cluster_hit_is_inside(text, field, &hits[i]))
			continue;
		spots[*n] = (struct watch_spot){
			.begin = hits[i].offset,
			.end = hits[i].offset + hits[i].length,
			.term = cluster_number_term(table, slots, hits, i),
		};
		sorted = sorted && (*n == 0 || spots[*n - 1].begin <= spots[*n].begin);
		++*n;
	}
	free(table);
	if (*n == 0) {
		free(spots);
		return NULL;
	}
	if (!sorted)
		qsort(spots, *n, sizeof(*spots), cluster_by_begin);
	return spots;
}

/* --- the cluster --- */

/* A hit longer than a window counts as if it ended where the window does. */
static size_t cluster_end_of(const struct watch_spot *s, size_t max)
{
	return s->end - s->begin > max ? s->begin + max : s->end;
}

/* Hits may be nested, so the order of their ends may differ from that of their beginnings. */
struct cluster_sweep {
	const struct watch_spot *spots; /* by begin */
	const struct watch_spot **by_end;
	size_t n, max;
	uint32_t *seen; /* by term: its hits inside the window */
	size_t terms;
};

static int cluster_compare_ends(const void *a, const void *b, void *max)
{
	const struct watch_spot *x = *(const struct watch_spot *const *)a;
	const struct watch_spot *y = *(const struct watch_spot *const *)b;
	size_t p = cluster_end_of(x, *(const size_t *)max),
	       q = cluster_end_of(y, *(const size_t *)max);

	if (p != q)
		return p < q ? -1 : 1;
	return (x > y) - (x < y);
}

static bool sweep_begin_text(struct cluster_sweep *w)
{
	uint32_t most = 0;
	bool sorted = true;

	w->by_end = calloc(w->n, sizeof(const struct watch_spot *));
	for (size_t i = 0; w->by_end && i < w->n; i++) {
		most = w->spots[i].term > most ? w->spots[i].term : most;
		w->by_end[i] = &w->spots[i];
		sorted = sorted && (i == 0 || cluster_end_of(&w->spots[i - 1], w->max) <=
						      cluster_end_of(&w->spots[i], w->max));
	}
	w->seen = calloc((size_t)most + 1, sizeof(*w->seen));
	if (w->by_end && !sorted)
		qsort_r(w->by_end, w->n, sizeof(const struct watch_spot *), cluster_compare_ends,
			&w->max);
	return w->by_end && w->seen;
}

/*
 * Sliding window from end to end of a hit. What begins before the window has ended before, and so
 * is counted in `seen`, since no hit counts as longer than the window.
 */
static struct watch_cluster sweep_find_best(struct cluster_sweep *w)
{
	struct watch_cluster best = {0, 0, 0};

	for (size_t first = 0, last = 0; last < w->n; last++) {
		size_t end = cluster_end_of(w->by_end[last], w->max), begin;

		w->terms += w->seen[w->by_end[last]->term]++ == 0;
		for (; end - w->spots[first].begin > w->max; first++)
			w->terms -= --w->seen[w->spots[first].term] == 0;
		if (w->terms <= best.terms)
			continue;
		for (begin = first; cluster_end_of(&w->spots[begin], w->max) > end;)
			begin++;
		best = (struct watch_cluster){
			w->spots[begin].begin, w->by_end[last]->end, w->terms};
	}
	return best;
}

struct watch_cluster watch_cluster_find(const struct watch_spot *spots, size_t n, size_t max)
{
	struct cluster_sweep w = {.spots = spots, .n = n, .max = max};
	struct watch_cluster best = {0, 0, 0};

	if (n == 0)
		return best;
	/* If out of memory, the first hit alone. */
	best = sweep_begin_text(&w) ? sweep_find_best(&w)
				    : (struct watch_cluster){spots[0].begin, spots[0].end, 1};
	free(w.by_end);
	free(w.seen);
	return best;
}
