/* SPDX-License-Identifier: MIT */
/*
 * Reference evaluator of queries, straight from their definition: no index, no shortcuts. It shares
 * only the parser's tree and the words of a text with the engine. This part reads an item and
 * compares single words; plain_spans.h finds matches of terms and NEAR; plain_query.h does the
 * rest.
 *
 * Words of an item are numbered across all its texts. Words of one form are chained, so that a word
 * is found without comparing all of them; there is no other optimisation.
 */
#ifndef LIB_PLAIN_ITEM_H
#define LIB_PLAIN_ITEM_H

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "query/query.h"
#include "watch/watch.h"
#include "text/stem.h"
#include "text/words.h"

#define PLAIN_REGIONS 8
#define PLAIN_LEAVES  8
#define PLAIN_LETTERS 128 /* words that fuzzy terms are compared with */
#define PLAIN_COMBOS  60000
#define PLAIN_TRIES   3000000 /* combinations of words or matches */
#define PLAIN_HITS    20000

struct plain_word {
	unsigned region;
	struct str form, source;
	size_t spelling, spelling_length; /* offset in spellings */
	uint32_t offset, length, sentence, paragraph, index;
	unsigned next; /* next word of the same form; n_words: none */
};

struct plain_leaf {
	unsigned first, last; /* words */
	const struct query_node *term;
};

/* The words of its leaves; no two leaves share a word. */
struct plain_match {
	struct plain_leaf leaves[PLAIN_LEAVES];
	unsigned n_leaves;
};

struct plain_list {
	struct plain_match *v;
	size_t n;
};

struct plain_hit {
	unsigned region;
	size_t offset, length;
	struct str term;
	const char *order; /* in the order of the query */
};

struct plain {
	const struct watch_view *view;
	struct {
		enum query_field field;
		struct str text;
		unsigned words;
	} regions[PLAIN_REGIONS];
	unsigned n_regions;
	struct plain_word *words;
	unsigned n_words, cap_words, body_words;
	struct buf spellings;
	unsigned *slots, n_slots; /* by hash of the form: the first word, or UINT_MAX */
	struct text_words split[PLAIN_REGIONS];
	struct text_stemmer *stemmers[4];
	unsigned n_stemmers;
	struct plain_hit hits[PLAIN_HITS];
	size_t n_hits, tries;
	bool too_much; /* the pair is skipped */
};

/* The caller owns stemmers. */
void plain_init(struct plain *p);

void plain_release(struct plain *p);

/* --- the item --- */

/* Returns false if there are too many texts for this evaluator. */
bool plain_item(struct plain *p, const struct watch_view *v);

/* --- one word --- */

bool plain_is(struct plain *p, const struct query_piece *piece, unsigned word);

unsigned plain_first_word(struct plain *p, const struct query_piece *piece);

unsigned plain_next_word(struct plain *p, const struct query_piece *piece, unsigned word);

#endif
