/* SPDX-License-Identifier: MIT */
/*
 * Lucene's "a b c"~n counts by how much the words are moved against each other: with each word's
 * place in the phrase taken from its place in the text, greatest and least may differ by n. For one
 * order of the words that bounds sums of the gaps between them; each largest set of gaps within
 * those bounds is one chain of ONEARs, and all of them together are the phrase.
 */
#include "reader.h"

/*
 * Of six words and more some order needs a least gap, which ONEAR cannot say; and the ways grow
 * beyond what anybody could read.
 */
#define WORDS_MAX 5
#define WAYS_MAX  400
#define STEPS_MAX 20000

struct ways {
	struct dialect_reader *r;
	struct dialect_node **words, *all;
	size_t n_words;
	int n;
	size_t order[WORDS_MAX]; /* the word at each place in the text */
	int gap[WORDS_MAX];	 /* before each place but the first */
	size_t count, steps;
};

/* Are the words that stand in this order, so far apart, near enough? */
static bool fits(const struct ways *w)
{
	for (size_t i = 0; i < w->n_words; i++) {
		int apart = 0;

		for (size_t k = i + 1; k < w->n_words; k++) {
			int moved;

			apart += w->gap[k] + 1;
			moved = apart - ((int)w->order[k] - (int)w->order[i]);
			if (moved > w->n || moved < -w->n)
				return false;
		}
	}
	return true;
}

/* No gap could be wider. */
static bool is_largest(struct ways *w)
{
	for (size_t i = 1; i < w->n_words; i++) {
		bool more;

		w->gap[i]++;
		more = fits(w);
		w->gap[i]--;
		if (more)
			return false;
	}
	return true;
}

static bool add_way(struct ways *w)
{
	struct dialect_reader *r = w->r;
	struct dialect_node *chain = w->words[w->order[0]];

	for (size_t i = 1; i < w->n_words; i++) {
		const struct dialect_node *first = w->words[0];
		const char *text = arena_printf(r->arena, "ONEAR/%d", w->gap[i]);
		struct dialect_joint joint = {str_of(text), first->offset, first->length};

		r->nomem = r->nomem || !text;
		r->terms++;
		chain = dialect_chain(r, DIALECT_CLOSE, joint, chain, w->words[w->order[i]]);
	}
	w->all = w->count++ ? dialect_chain(r, DIALECT_OR, (struct dialect_joint){0}, w->all, chain)
			    : chain;
	return w->all && w->count <= WAYS_MAX && r->terms <= QUERY_TERMS_MAX;
}

/* As wide as it may be with the gaps before it; they fit, and so does none. */
static void widen_last(struct ways *w)
{
	size_t last = w->n_words - 1;

	w->gap[last] = w->n;
	for (size_t i = 0, apart = 0; i < last; i++, apart = 0) {
		int room;

		for (size_t k = i + 1; k < last; k++)
			apart += (size_t)w->gap[k] + 1;
		room = w->n - (int)(apart + 1) + (int)w->order[last] - (int)w->order[i];
		w->gap[last] = room < w->gap[last] ? room : w->gap[last];
	}
}

/* The next gaps before the last, which is 0 then: false when there are none. */
static bool next_gaps(struct ways *w)
{
	for (size_t i = w->n_words - 1; i-- > 1;) {
		w->gap[i + 1] = 0;
		w->gap[i]++;
		if (fits(w))
			return true;
	}
	return false;
}

static bool add_order(struct ways *w)
{
	bool more;

	memset(w->gap, 0, sizeof(w->gap));
	if (!fits(w))
		return true;
	do {
		widen_last(w);
		if (++w->steps > STEPS_MAX || (is_largest(w) && !add_way(w)))
			return false;
		more = next_gaps(w);
	} while (more);
	return true;
}

/* In the order of a dictionary; false after the last. */
static bool next_order(struct ways *w)
{
	size_t i = w->n_words - 1, k = w->n_words - 1, swap;

	while (i > 0 && w->order[i - 1] > w->order[i])
		i--;
	if (i == 0)
		return false;
	while (w->order[k] < w->order[i - 1])
		k--;
	swap = w->order[k], w->order[k] = w->order[i - 1], w->order[i - 1] = swap;
	for (k = w->n_words - 1; i < k; i++, k--)
		swap = w->order[k], w->order[k] = w->order[i], w->order[i] = swap;
	return true;
}

struct dialect_node *dialect_apart(struct dialect_reader *r, struct dialect_node **words,
	size_t n_words, unsigned n, bool in_order)
{
	struct ways w = {.r = r, .words = words, .n_words = n_words, .n = (int)n};
	bool whole = n_words <= WORDS_MAX;

	if (n_words == 1 || r->gave_up)
		return words[0];
	for (size_t i = 0; whole && i < n_words; i++)
		w.order[i] = i;
	while (whole && (whole = add_order(&w)) && !in_order && next_order(&w))
		continue;
	if (r->nomem)
		return NULL;
	if (whole)
		return w.all;
	dialect_wrong(r, words[0]->offset, words[0]->length,
		"write fewer words or a smaller number, or \"a b c\"~3 in our own language",
		"too many ways to stand so far apart");
	return words[0];
}
