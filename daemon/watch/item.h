/* SPDX-License-Identifier: MIT */
/*
 * The item being matched: its words, their positions, and the terms it contains.
 *
 * Words of all texts of an item have positions on one axis. Each text (title, body, author, each
 * category) is a region; WATCH_GAP positions between two regions are unused, more than any distance
 * in a query, so that only phrases need to check where a region ends.
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
	uint32_t dense; /* its first word's number in the word table */
	uint32_t count;
};

/* An entry of an atom's list of positions, in ascending order. */
struct watch_occurrence {
	uint32_t position, next; /* WATCH_NONE ends the list */
};

/*
 * EXACT atoms are looked up in the word table on demand; the others are filled in while the item is
 * read.
 */
struct watch_atom_state {
	uint32_t generation; /* of the item; entries of another generation are invalid */
	uint32_t head, tail; /* occurrences; WATCH_NONE: none */
	uint32_t fields;     /* QUERY_FIELD_BITs of the fields it occurs in */
};

/* A match: all words from first to last, or only those listed in parts. */
struct watch_span {
	uint32_t first, last;
	uint32_t parts, n_parts; /* pairs of positions in watch_span_memory.parts; 0: all words */
};

#define WATCH_AHEAD 256 /* words whose cache slots are prefetched */

/* A word of a region that may satisfy an atom other than EXACT. */
struct watch_inexact_word {
	uint32_t word;
	struct watch_word_key key;
};

/* Cache of all matches of a phrase in the item. */
struct watch_phrase_state {
	uint32_t generation;
	uint32_t n;
	struct watch_span *spans;
};

struct watch_item {
	const struct watch_program *program;
	const struct watch_vocabulary *vocabulary;
	const struct watch_view *view;
	uint32_t generation; /* number of the item; entries of another generation are invalid */
	struct arena *arena; /* for phrase matches, cleared for each item */
	bool failed;	     /* out of memory, or crowded: the result is incomplete */
	bool crowded;	     /* more occurrences than an item may have */

	struct watch_region *regions;
	size_t n_regions, cap_regions;
	struct text_words *words; /* buffers for the regions, reused */
	size_t n_words, cap_words;
	size_t words_in_body;
	uint32_t sources; /* that QUERY_SOURCES compares */
	struct watch_word_table word_table;
	size_t n_dense; /* numbers in use, including 0 */

	/* By number of the word: reference to the atoms other than EXACT that it satisfies. */
	uint32_t *refs;
	size_t cap_refs;
	uint32_t opened[WATCH_AHEAD]; /* of the next words, those that are looked at, */
	struct watch_inexact_word inexact[WATCH_AHEAD]; /* and of these, those that are looked up */
	struct watch_word_cache cache;			/* kept from item to item */
	struct watch_found found;
	struct text_stemmer *stemmers[WATCH_LANGUAGES_MAX];

	struct watch_atom_state *atoms;
	struct watch_occurrence *occurrences;
	size_t n_occurrences, cap_occurrences;
	struct watch_phrase_state *phrases;

	uint32_t *kept;	 /* words that passed the Bloom filter of the index */
	uint32_t *pairs; /* first words of pairs that may be in the index */
	size_t n_kept, n_pairs, cap_kept, cap_pairs;
	uint32_t *terms; /* found in the item, that may be triggers or anchors */
	size_t n_terms, cap_terms;
	uint32_t *marks; /* by term: value of `round` when it was marked */
	uint32_t round;
};

/* False: out of memory; release is safe. */
bool watch_item_init(struct watch_item *item, const struct watch_set *set);
void watch_item_release(struct watch_item *item);
/*
 * Makes v the present item: splits its texts into words, looks up atoms other than EXACT. Words
 * that pass the Bloom filter are listed in `kept`. Returns 0, -ERR_LIMIT or -ERR_NOMEM.
 */
int watch_item_read(struct watch_item *item, const struct watch_view *v,
	const struct watch_bloom *bloom, struct err *e);
/* Returns the error after `failed` was set, or a function above returned false. */
int watch_item_failure(const struct watch_item *item, struct err *e);

/* Looks up the atoms other than EXACT that words satisfy. False: out of memory. */
bool watch_inexact_read(struct watch_item *item);
/* Allocates room for n more occurrences, each of which may be a term found. False: it failed. */
bool watch_item_room(struct watch_item *item, size_t n);
/* Appends an occurrence, later than all others of this atom. The caller has allocated room. */
void watch_atom_occur(struct watch_item *item, uint32_t atom, uint32_t position, unsigned field);
/* Fills in the entry of an EXACT atom. */
void watch_atom_seek(struct watch_item *item, uint32_t atom);

const struct watch_region *watch_region_at(const struct watch_item *item, uint32_t position);
/* Does the word at `dense` satisfy the atom? Any word satisfies WATCH_NONE. */
bool watch_word_is(const struct watch_item *item, uint32_t dense, uint32_t atom);
/*
 * Returns the number of the next word that is the EXACT atom, in the chain from `dense` on;
 * WATCH_NOWHERE if there is none.
 */
uint32_t watch_word_from(const struct watch_item *item, uint32_t dense, uint32_t atom);
/* Is a match within the fields, and within the first `lead` words if it is in the body? */
bool watch_in_scope(const struct watch_item *item, uint32_t first, uint32_t last, unsigned fields,
	uint32_t lead);

/* Binary search: most items have two regions, and most words are in the second. */
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

/* Empty for numbers between two regions. */
static inline struct str watch_form_at(const struct watch_item *item, uint32_t dense)
{
	const struct watch_region *r = watch_region_of(item, dense);
	uint32_t index = dense - r->dense;

	return index < r->count ? text_words_form(r->words, index) : STR("");
}

/* Does the atom occur in one of the fields? Afterwards its occurrences may be iterated. */
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

/* Marks ensure that each term is handled once; this clears all of them. */
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
