/* SPDX-License-Identifier: MIT */
#include "phrase.h"
#include <stdlib.h>

/* Appends a match, allocated in the item's arena. */
static bool phrase_push_span(struct watch_item *item, struct watch_phrase_state *out, uint32_t *cap,
	uint32_t first, uint32_t last)
{
	if (out->n == *cap) {
		uint32_t more = *cap ? *cap * 2 : 4;
		struct watch_span *grown = arena_grow(
			item->arena, out->spans, *cap * sizeof(*grown), more * sizeof(*grown));

		if (!grown) {
			item->failed = true;
			return false;
		}
		out->spans = grown;
		*cap = more;
	}
	out->spans[out->n++] = (struct watch_span){.first = first, .last = last};
	return true;
}

static bool phrase_stands_at(
	const struct watch_item *item, const struct watch_phrase *ph, uint32_t dense)
{
	const uint32_t *pieces = item->program->pieces + ph->first;

	for (uint32_t i = 0; i < ph->count; i++)
		if (i != ph->rarest && !watch_word_is(item, dense + i, pieces[i]))
			return false;
	return true;
}

static void phrase_exact_spans(
	struct watch_item *item, const struct watch_phrase *ph, struct watch_phrase_state *out)
{
	uint32_t atom = item->program->pieces[ph->first + ph->rarest], cap = 0, i;

	for (i = item->atoms[atom].head; i != WATCH_NONE; i = item->occurrences[i].next) {
		uint32_t at = item->occurrences[i].position;
		const struct watch_region *r = watch_region_at(item, at);
		uint32_t index = at - r->base, start;

		if (index < ph->rarest || index - ph->rarest + ph->count > r->count)
			continue;
		start = index - ph->rarest;
		if (phrase_stands_at(item, ph, r->dense + start) &&
			!phrase_push_span(
				item, out, &cap, r->base + start, r->base + start + ph->count - 1))
			return;
	}
}

/* Sloppy matches are allocated in the item's arena. */
static void sloppy_find_spans(struct watch_item *item, struct watch_budget *b,
	const struct watch_phrase *ph, struct watch_phrase_state *out);

const struct watch_span *watch_phrase_spans(
	struct watch_item *item, struct watch_budget *b, uint32_t phrase, size_t *n)
{
	const struct watch_program *p = item->program;
	const struct watch_phrase *ph = &p->phrases[phrase];
	struct watch_phrase_state *state = &item->phrases[phrase];
	bool possible = true;

	*n = 0;
	if (state->generation == item->generation) {
		*n = state->n;
		return state->spans;
	}
	*state = (struct watch_phrase_state){.generation = item->generation};
	for (uint32_t i = 0; i < ph->count && possible; i++) {
		uint32_t atom = p->pieces[ph->first + i];

		possible = atom == WATCH_NONE || watch_atom_occurs(item, atom, UINT8_MAX);
	}
	if (possible && ph->slop < 0)
		phrase_exact_spans(item, ph, state);
	else if (possible)
		sloppy_find_spans(item, b, ph, state);
	if (b->overrun || item->failed)
		state->generation = 0; /* incomplete: not cached */
	*n = state->n;
	return state->spans;
}

/* --- sloppy phrases: each word of the phrase needs a place of its own --- */

/* A position where some word of the phrase occurs. */
struct phrase_place {
	uint32_t position;
	uint32_t dense;
};

struct sloppy_search {
	struct watch_item *item;
	struct watch_budget *budget;
	const uint32_t *pieces;
	uint32_t count;
	struct phrase_place *places;
	size_t n;
	uint32_t *at;	 /* by word: its place, or WATCH_NONE */
	bool *tried;	 /* words tried in this round */
	uint32_t *stack; /* places on the path */
	uint32_t *next;	 /* by place on the path: the word to try next */
	struct watch_phrase_state *out;
	uint32_t cap;
};

static int phrase_by_position(const void *a, const void *b)
{
	const struct phrase_place *x = a, *y = b;

	return (x->position > y->position) - (x->position < y->position);
}

static bool sloppy_gather_places(struct sloppy_search *z)
{
	struct watch_item *item = z->item;
	size_t cap = 0, kept = 0;
	uint32_t o;

	for (uint32_t i = 0; i < z->count; i++)
		for (o = item->atoms[z->pieces[i]].head; o != WATCH_NONE;
			o = item->occurrences[o].next)
			cap++;
	if (!watch_budget_spend(z->budget, cap))
		return false;
	z->places = arena_array(item->arena, cap, sizeof(*z->places));
	if (!z->places)
		return false;
	for (uint32_t i = 0; i < z->count; i++)
		for (o = item->atoms[z->pieces[i]].head; o != WATCH_NONE;
			o = item->occurrences[o].next)
			z->places[z->n++].position = item->occurrences[o].position;
	qsort(z->places, z->n, sizeof(*z->places), phrase_by_position);
	for (size_t i = 0; i < z->n; i++)
		if (i == 0 || z->places[i].position != z->places[kept - 1].position) {
			const struct watch_region *r = watch_region_at(item, z->places[i].position);

			z->places[kept] = z->places[i];
			z->places[kept++].dense = r->dense + (z->places[i].position - r->base);
		}
	z->n = kept;
	return true;
}

/*
 * Finds an augmenting path that gives the place a word (Kuhn's algorithm), without recursion.
 * Returns true if one more word has a place; places that had a word keep one.
 */
static bool sloppy_augment_path(struct sloppy_search *z, uint32_t place)
{
	size_t depth = 1;

	memset(z->tried, 0, z->count * sizeof(*z->tried));
	z->stack[0] = place;
	z->next[0] = 0;
	while (depth) {
		uint32_t p = z->stack[depth - 1], w = z->next[depth - 1]++;

		if (w == z->count) {
			depth--;
			continue;
		}
		if (!watch_budget_spend(z->budget, 1))
			return false;
		if (z->tried[w] || !watch_word_is(z->item, z->places[p].dense, z->pieces[w]))
			continue;
		z->tried[w] = true;
		if (z->at[w] != WATCH_NONE) {
			z->stack[depth] = z->at[w];
			z->next[depth++] = 0;
			continue;
		}
		/* Each place on the path takes the word it tried last. */
		while (depth--) {
			uint32_t word = z->next[depth] - 1;

			z->at[word] = z->stack[depth];
		}
		return true;
	}
	return false;
}

/* Returns the last place of the shortest window that starts at place `from`, or WATCH_NONE. */
static uint32_t sloppy_find_window(struct sloppy_search *z, uint32_t from, uint32_t length)
{
	uint32_t have = 0;

	for (uint32_t i = 0; i < z->count; i++)
		z->at[i] = WATCH_NONE;
	for (uint32_t i = from; i < z->n; i++) {
		if (z->places[i].position - z->places[from].position >= length)
			break;
		if (!sloppy_augment_path(z, i))
			continue;
		if (++have == z->count)
			return i;
	}
	return WATCH_NONE;
}

static void sloppy_find_spans(struct watch_item *item, struct watch_budget *b,
	const struct watch_phrase *ph, struct watch_phrase_state *out)
{
	struct sloppy_search z = {
		.item = item,
		.budget = b,
		.pieces = item->program->pieces + ph->first,
		.count = ph->count,
		.at = arena_array(item->arena, ph->count, sizeof(*z.at)),
		.tried = arena_array(item->arena, ph->count, sizeof(*z.tried)),
		.stack = arena_array(item->arena, ph->count + (size_t)1, sizeof(*z.stack)),
		.next = arena_array(item->arena, ph->count + (size_t)1, sizeof(*z.next)),
		.out = out,
	};
	uint32_t length = ph->count + (uint32_t)ph->slop;

	if (!z.at || !z.tried || !z.stack || !z.next || !sloppy_gather_places(&z)) {
		item->failed = item->failed || !b->overrun;
		return;
	}
	for (uint32_t i = 0; i + ph->count <= z.n && !b->overrun; i++) {
		uint32_t last;

		if (z.places[i + ph->count - 1].position - z.places[i].position >= length)
			continue;
		last = sloppy_find_window(&z, i, length);
		if (last != WATCH_NONE && !phrase_push_span(item, out, &z.cap, z.places[i].position,
						  z.places[last].position))
			return;
	}
}

uint32_t watch_sloppy_least(struct watch_item *item, struct watch_budget *b,
	const struct watch_phrase *ph, unsigned fields, uint32_t lead)
{
	struct watch_phrase wide = *ph;
	struct watch_phrase_state found = {0};
	uint32_t least = UINT32_MAX;

	if (ph->count >= WATCH_GAP / 2)
		return least;
	/* A window must not span the gap between two texts. */
	wide.slop = (int32_t)(WATCH_GAP - ph->count);
	sloppy_find_spans(item, b, &wide, &found);
	for (uint32_t i = 0; i < found.n && !b->overrun; i++) {
		const struct watch_span *f = &found.spans[i];
		uint32_t among = f->last - f->first + 1 - ph->count;

		if (watch_in_scope(item, f->first, f->last, fields, lead) && among < least)
			least = among;
	}
	return b->overrun ? UINT32_MAX : least;
}
