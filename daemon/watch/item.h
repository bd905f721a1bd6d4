/* SPDX-License-Identifier: MIT */
/*
 * The item being matched: its words, where each occurs, and which terms it has.
 *
 * The words of all texts of an item have positions on one axis. Each text (title, body, author,
 * each category) is a region; WATCH_GAP positions are left free between two regions, more than any
 * distance of a query, so that only phrases need to check where a region ends.
 */
#ifndef WATCH_ITEM_H
#define WATCH_ITEM_H

#include "word_table.h"
#include "index.h"
#include "word_cache.h"
#include "text/stem.h"
#include "text/words.h"

#define WATCH_GAP	  70000u
#define WATCH_REGIONS_MAX 2000u /* further categories are ignored */
#define WATCH_NO_LEAD	  UINT32_MAX

struct watch_region {
	enum query_field field;
	struct str text;
	struct text_words *words;
	uint32_t base;	/* position of its first word */
	uint32_t dense; /* number of its first word in the concordance */
	uint32_t count;
};

/* An entry of an atom's list of positions, in ascending order. */
struct watch_occurrence {
	uint32_t position, next; /* WATCH_NONE ends the list */
};

/* EXACT atoms are filled in on demand, from the concordance; the others while the item is read. */
struct watch_atom_state {
	uint32_t generation; /* of the item that the rest is about */
	uint32_t head, tail; /* occurrences; WATCH_NONE: none */
	uint32_t fields;     /* QUERY_FIELD_BITs of the fields it occurs in */
};

/* A match: the words from first to last, or only those listed in parts. */
struct watch_span {
	uint32_t first, last;
	uint32_t parts, n_parts; /* pairs of positions in watch_span_memory.parts; 0: all words */
};

/* All matches of a phrase in the item, cached. */
struct watch_phrase_state {
	uint32_t generation;
	uint32_t n;
	struct watch_span *spans;
};

struct watch_item {
	const struct watch_program *program;
	const struct watch_vocabulary *vocabulary;
	const struct watch_view *view;
	uint32_t generation; /* number of the item; states of another generation are void */
	struct arena *arena; /* cleared for each item */
	bool failed;	     /* out of memory, or crowded: the result is incomplete */
	bool crowded;	     /* more occurrences than an item may have */

	struct watch_region *regions;
	size_t n_regions, cap_regions;
	struct text_words *words; /* of each region; kept for reuse */
	size_t n_words, cap_words;
	size_t words_in_body;
	struct watch_word_table word_table;
	size_t n_dense; /* dense numbers in use, 0 included */

	/* Atoms other than EXACT that each word satisfies, by dense number; unused without such
	 * atoms. */
	uint32_t *refs;
	size_t cap_refs;
	struct watch_word_cache cache; /* cache, kept from item to item */
	struct watch_found found;
	struct text_stemmer *stemmers[WATCH_LANGUAGES_MAX];

	struct watch_atom_state *atoms;
	struct watch_occurrence *occurrences;
	size_t n_occurrences, cap_occurrences;
	struct watch_phrase_state *phrases;

	uint32_t *kept;	 /* words that passed the bloom of the index */
	uint32_t *pairs; /* first words of pairs that may be in the index */
	size_t n_kept, n_pairs, cap_kept, cap_pairs;
	uint32_t *terms; /* found in the item, that may be triggers or anchors */
	size_t n_terms, cap_terms;
	uint32_t *marks; /* by term: the round in which it was marked */
	uint32_t round;
};

/* False: out of memory; release is safe. */
bool watch_item_init(struct watch_item *item, const struct watch_set *set);
void watch_item_release(struct watch_item *item);
/*
 * Makes v the present item: splits its texts into words, notes atoms other than EXACT. Words that
 * the bloom keeps are listed in `kept`. 0, -ERR_LIMIT or -ERR_NOMEM.
 */
int watch_item_read(struct watch_item *item, const struct watch_view *v,
	const struct watch_bloom *bloom, struct err *e);
/* The error after `failed`, or after a function above returned false. */
int watch_item_failure(const struct watch_item *item, struct err *e);

/* Notes which words satisfy atoms other than EXACT. False: out of memory. */
bool watch_inexact_read(struct watch_item *item);
/* Room for n more occurrences, each of which may be a term found. False: failed. */
bool watch_item_room(struct watch_item *item, size_t n);
/* Adds an occurrence after all earlier ones of this atom. There must be room. */
void watch_atom_occur(struct watch_item *item, uint32_t atom, uint32_t position, unsigned field);
/* Fills in the state of an EXACT atom. */
void watch_atom_seek(struct watch_item *item, uint32_t atom);

const struct watch_region *watch_region_at(const struct watch_item *item, uint32_t position);
/* Does the word at `dense` satisfy the atom? Any word satisfies WATCH_NONE. */
bool watch_word_is(const struct watch_item *item, uint32_t dense, uint32_t atom);
/* The first place of an EXACT atom among words with its tag, from `dense` on; WATCH_NOWHERE. */
uint32_t watch_word_from(const struct watch_item *item, uint32_t dense, uint32_t atom);
/* Is a match within the fields, and within the first `lead` words if it is in the body? */
bool watch_in_scope(const struct watch_item *item, uint32_t first, uint32_t last, unsigned fields,
	uint32_t lead);

/* The region of a dense number: most items have two, of which the second has most words. */
static inline const struct watch_region *watch_region_of(
	const struct watch_item *item, uint32_t dense)
{
	size_t low = 0, high = item->n_regions;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (item->regions[middle].dense <= dense)
			low = middle;
		else
			high = middle;
	}
	return &item->regions[low];
}

/* Empty for the numbers between two regions. */
static inline struct str watch_form_at(const struct watch_item *item, uint32_t dense)
{
	const struct watch_region *r = watch_region_of(item, dense);
	uint32_t index = dense - r->dense;

	return index < r->count ? text_words_form(r->words, index) : STR("");
}

/* Does the atom occur in one of the fields? After this its list of occurrences may be read. */
static inline bool watch_atom_occurs(struct watch_item *item, uint32_t atom, unsigned fields)
{
	const struct watch_atom_state *a = &item->atoms[atom];

	if (a->generation != item->generation) {
		if (!item->vocabulary->known[atom].exact)
			return false;
		watch_atom_seek(item, atom);
	}
	return (a->fields & fields) != 0;
}

/* Marks let each term be handled once; this clears all of them. */
void watch_terms_unmark(struct watch_item *item);

static inline bool watch_term_marked(const struct watch_item *item, uint32_t term)
{
	return item->marks[term] == item->round;
}

static inline void watch_term_mark(struct watch_item *item, uint32_t term)
{
	item->marks[term] = item->round;
}

/* Appends a term found. False: out of memory. */
static inline bool watch_term_add(struct watch_item *item, uint32_t term)
{
	if (item->n_terms == item->cap_terms &&
		!array_room(&item->terms, item->n_terms, &item->cap_terms, 1, sizeof(*item->terms)))
		return false;
	item->terms[item->n_terms++] = term;
	return true;
}

#endif
