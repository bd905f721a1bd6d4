/* SPDX-License-Identifier: MIT */
#include "watch/cluster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "watch/words.h"

static bool is_in_text(struct str text, enum watch_field field, const struct watch_hit *h)
{
	if (h->field != field || h->length == 0 || h->length > text.n ||
		h->offset > text.n - h->length)
		return false;
	/* Categories are many texts under one field: the text tells which. */
	return !str_present(h->text) || str_eq(h->text, str_slice(text.p + h->offset, h->length));
}

/* The first hit with an equal term, as a number, through a table of slots (a power of two). */
static uint32_t number_term(
	uint32_t *table, size_t slots, const struct watch_hit *hits, uint32_t hit)
{
	size_t at = watch_word_hash(hits[hit].term) & (slots - 1);

	while (table[at] && !str_eq(hits[table[at] - 1].term, hits[hit].term))
		at = (at + 1) & (slots - 1);
	if (!table[at])
		table[at] = hit + 1;
	return table[at] - 1;
}

static int by_begin(const void *a, const void *b)
{
	const struct watch_spot *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

struct watch_spot *watch_spots(struct str text, enum watch_field field,
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
		if (!is_in_text(text, field, &hits[i]))
			continue;
		spots[*n] = (struct watch_spot){
			.begin = hits[i].offset,
			.end = hits[i].offset + hits[i].length,
			.term = number_term(table, slots, hits, i),
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
		qsort(spots, *n, sizeof(*spots), by_begin);
	return spots;
}

struct watch_cluster watch_cluster_find(const struct watch_spot *spots, size_t n, size_t max)
{
	struct watch_cluster best = {0, 0, 0};
	uint32_t *seen, most = 0;
	size_t terms = 0;

	for (size_t i = 0; i < n; i++)
		most = spots[i].term > most ? spots[i].term : most;
	seen = calloc((size_t)most + 1, sizeof(*seen));
	if (!seen && n) /* the first hit is better than none */
		return (struct watch_cluster){spots[0].begin, spots[0].end, 1};
	for (size_t first = 0, last = 0; last < n; last++) {
		terms += seen[spots[last].term]++ == 0;
		while (first < last && spots[last].end - spots[first].begin > max)
			terms -= --seen[spots[first++].term] == 0;
		if (terms > best.terms)
			best = (struct watch_cluster){spots[first].begin, spots[last].end, terms};
	}
	free(seen);
	return best;
}
