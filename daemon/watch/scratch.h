/* SPDX-License-Identifier: MIT */
/*
 * One item as the matcher sees it, and the memory to see it with. Private to this room.
 *
 * Positions: the words of all texts of an item stand on one line. Each text (title, body, author,
 * each category) is a region; WATCH_GAP positions lie between two regions, more than any distance
 * reaches, so that nothing but a phrase needs to look at where a region ends.
 */
#ifndef WATCH_SCRATCH_H
#define WATCH_SCRATCH_H

#include "index.h"
#include "lexicon.h"
#include "regex.h"
#include "statistics.h"
#include "text/words.h"

#define WATCH_GAP	  70000u
#define WATCH_REGIONS_MAX 2000u /* categories past this are not looked at */
#define WATCH_NO_LEAD	  UINT32_MAX

struct watch_region {
	enum query_field field;
	struct str text;
	struct text_words *words;
	uint32_t base;	/* position of its first word */
	uint32_t dense; /* number of its first word in the concordance */
	uint32_t count;
};

/* Where an atom occurs, as a list along the line. */
struct watch_occurrence {
	uint32_t position, next;
};

/*
 * EXACT atoms are looked for in the concordance when they are asked for; the others are noted while
 * an item is read.
 */
struct watch_atom_state {
	uint32_t generation; /* of the item this is of */
	uint32_t head, tail; /* occurrences; WATCH_NONE ends */
	uint32_t fields;     /* bits of fields it occurs in */
};

/* A match: words from first to last, all of them unless parts says which. */
struct watch_span {
	uint32_t first, last;
	uint32_t parts, n_parts; /* pairs of positions in watch_scratch.parts; 0: all */
};

struct watch_phrase_state {
	uint32_t generation;
	uint32_t n;
	struct watch_span *spans;
};

/* Of the expressions of a watch, as watch_regex_find counts. */
struct watch_regex_state {
	uint32_t generation;
	uint64_t budget; /* that they may still use */
	uint64_t own;	 /* of which nothing need be taken from the pool */
};

/*
 * What a watch needs beyond its own share it takes from here, until nothing is left. So whatever
 * other watches use up, one that needs little is answered.
 */
struct watch_pool {
	uint64_t steps;	     /* combinations of words */
	uint64_t regex_cost; /* of regular expressions */
	bool kept;	     /* from item to item */
};

/* A hit with what it is sorted by besides its place. */
struct watch_place_hit {
	struct watch_hit hit;
	uint32_t region, order;
};

struct watch_scratch {
	const struct watch_set *set;
	const struct watch_view *view;
	uint32_t generation;
	struct arena *arena; /* of the item at hand */
	struct arena *lists; /* of the watch at hand: struct watch_spans */
	struct watch_region *regions;
	size_t n_regions, cap_regions;
	struct text_words *words; /* beside regions */
	size_t n_words, cap_words;
	struct watch_concordance words_at;
	size_t n_dense;
	uint32_t *refs; /* by dense number, what words refer to; only where there are such atoms */
	size_t cap_refs;
	uint32_t *kept;	 /* words that passed the sieve; then those that may be lookouts */
	uint32_t *pairs; /* first words of pairs that may be in the table of the index */
	size_t n_kept, n_pairs, cap_kept, cap_pairs;
	struct watch_occurrence *occurrences;
	size_t n_occurrences, cap_occurrences;
	uint32_t *parts;
	size_t n_parts, cap_parts;
	struct watch_atom_state *atoms;
	struct watch_phrase_state *phrases;
	struct watch_regex_state *regexes;
	uint32_t *terms; /* found in the item, that may be triggers or anchors */
	size_t n_terms, cap_terms;
	uint32_t *marks; /* of each term: the round that it was marked in */
	uint32_t round;
	struct watch_statistics statistics;
	uint32_t *seen; /* by watch: generation in which it became a candidate */
	uint32_t *candidates;
	size_t n_candidates;
	uint64_t *matched;  /* bits of watches that match the item */
	uint64_t *matching; /* bits of those words of matched that are not 0 */
	struct watch_lexicon lexicon;
	struct watch_found found;
	struct text_stemmer *stemmers[WATCH_LANGUAGES_MAX];
	struct watch_regex_scratch *regex;
	struct watch_place_hit *hits; /* being collected */
	size_t n_hits, cap_hits;
	size_t hits_most;	      /* of one term in one place of the query */
	size_t hits_end;	      /* n_hits when the term at hand has told so many */
	struct watch_hit *found_hits; /* finished */
	size_t n_found_hits, cap_found_hits;
	size_t *overruns;
	size_t n_overruns, cap_overruns;
	size_t words_in_body;
	struct watch_pool pool; /* before the watch at hand was given any steps of it */
	/* Combinations of words that the watch at hand may still look at, of those given to it. */
	uint64_t steps, steps_given;
	bool overrun; /* of the watch at hand */
	bool failed;  /* memory, or crowded */
	bool crowded; /* more occurrences than an item may have */
};

/* --- reading an item --- */

/* Notes what words satisfy of atoms other than EXACT. False: out of memory. */
bool watch_classes_read(struct watch_scratch *s);
/* Finds lookouts and the phrases of pairs: terms. False: out of memory. */
bool watch_triggers_find(struct watch_scratch *s);
/* Room for n more occurrences, each of which may make a term found. */
bool watch_item_room(struct watch_scratch *s, size_t n);
/* The atom occurs at a position behind all that were noted before. There is room for it. */
void watch_atom_occur(struct watch_scratch *s, uint32_t atom, uint32_t position, unsigned field);

/*
 * Splits the view's texts, looks every word up, notes occurrences; then raises candidates, those
 * that are decided right away into matched.
 */
int watch_item_read(struct watch_scratch *s, const struct watch_view *v, struct err *e);
/* After failed, or when one of the above says false: -ERR_LIMIT or -ERR_NOMEM. */
int watch_item_failure(const struct watch_scratch *s, struct err *e);
/* Phrases, postings and guards: from the terms found to candidates. */
void watch_item_raise(struct watch_scratch *s);
/* Counts what terms the item has, when it is one of those that are counted. */
void watch_item_count(struct watch_scratch *s);
const struct watch_region *watch_region_at(const struct watch_scratch *s, uint32_t position);
/* Does the word at `dense` satisfy the atom? WATCH_NONE: any word does. */
bool watch_word_is(const struct watch_scratch *s, uint32_t dense, uint32_t atom);
/* The first place of an EXACT atom from a place with its tag on; WATCH_NOWHERE. */
uint32_t watch_word_from(const struct watch_scratch *s, uint32_t dense, uint32_t atom);
/* Fills in the state of an EXACT atom for the item at hand. */
void watch_atom_seek(struct watch_scratch *s, uint32_t atom);

/* The region of a dense number: most items have two, of which the second has most words. */
static inline const struct watch_region *watch_region_of(
	const struct watch_scratch *s, uint32_t dense)
{
	size_t low = 0, high = s->n_regions;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (s->regions[middle].dense <= dense)
			low = middle;
		else
			high = middle;
	}
	return &s->regions[low];
}

static inline struct str watch_form_at(const struct watch_scratch *s, uint32_t dense)
{
	const struct watch_region *r = watch_region_of(s, dense);
	uint32_t index = dense - r->dense;

	/* Behind the last word, and before the first, there is none. */
	return index < r->count ? text_words_form(r->words, index) : STR("");
}

/* After this its occurrences may be read. */
static inline bool watch_atom_occurs(struct watch_scratch *s, uint32_t atom, unsigned fields)
{
	const struct watch_atom_state *a = &s->atoms[atom];

	if (a->generation != s->generation) {
		if (!s->set->vocabulary.known[atom].exact)
			return false;
		watch_atom_seek(s, atom);
	}
	return (a->fields & fields) != 0;
}

/* Is a match inside of the fields, and of the first `lead` words of the body? */
bool watch_in_scope(const struct watch_scratch *s, uint32_t first, uint32_t last, unsigned fields,
	uint32_t lead);

/* The watch matches the item. */
static inline void watch_matches(struct watch_scratch *s, uint32_t watch)
{
	s->matched[watch / 64] |= (uint64_t)1 << watch % 64;
	s->matching[watch / 64 / 64] |= (uint64_t)1 << watch / 64 % 64;
}

/* Watches that match, in order, into candidates. Empties matched. How many they are. */
size_t watch_matched_take(struct watch_scratch *s);

/* Marks of terms make what is done for a term be done once; this takes all of them away. */
void watch_terms_unmark(struct watch_scratch *s);
static inline bool watch_term_marked(const struct watch_scratch *s, uint32_t term)
{
	return s->marks[term] == s->round;
}

static inline void watch_term_mark(struct watch_scratch *s, uint32_t term)
{
	s->marks[term] = s->round;
}

/* A term is found. False: out of memory. */
static inline bool watch_term_add(struct watch_scratch *s, uint32_t term)
{
	if (s->n_terms == s->cap_terms &&
		!array_room(&s->terms, s->n_terms, &s->cap_terms, 1, sizeof(*s->terms)))
		return false;
	s->terms[s->n_terms++] = term;
	return true;
}

/* --- evaluating --- */

/* Before an item is read: the pool is full, unless it is kept. */
void watch_pool_begin(struct watch_scratch *s);

/*
 * Before a watch is evaluated, and before its hits are collected: it has its own share of steps and
 * what is left in the pool, and lists of matches that were made before are void.
 */
void watch_eval_begin(struct watch_scratch *s);

/* Does the item at hand satisfy the step? lead: the body ends after so many words. */
bool watch_eval(struct watch_scratch *s, uint32_t step, uint32_t lead);
/* Of a step that the item satisfies: its hits, added to s->hits unsorted. */
void watch_collect(struct watch_scratch *s, uint32_t step, uint32_t lead);
/*
 * Before the hits of a term are added, in the order of the item. Once there are enough, more may be
 * added but need not.
 */
static inline void watch_hits_begin(struct watch_scratch *s)
{
	s->hits_end = s->hits_most > SIZE_MAX - s->n_hits ? SIZE_MAX : s->n_hits + s->hits_most;
}

static inline bool watch_hits_enough(const struct watch_scratch *s)
{
	return s->n_hits >= s->hits_end;
}

/* The place from first to last is a hit of the term with this text. */
void watch_hit_add(struct watch_scratch *s, uint32_t first, uint32_t last, uint32_t text);
void watch_hit_add_bytes(
	struct watch_scratch *s, size_t region, size_t offset, size_t length, uint32_t text);
/* Sorts, drops doubles, into found_hits. */
void watch_hits_finish(struct watch_scratch *s);

/* All matches of a phrase in the item, by first word; counted in *n. */
const struct watch_span *watch_phrase_spans(struct watch_scratch *s, uint32_t phrase, size_t *n);
/*
 * The fewest words that lie among those of a sloppy phrase somewhere in these fields; UINT32_MAX
 * where they never meet in one text, or when there were too many combinations.
 */
uint32_t watch_sloppy_least(
	struct watch_scratch *s, const struct watch_phrase *ph, unsigned fields, uint32_t lead);

/* Takes n from the steps left; false when they are used up: the watch has overrun. */
static inline bool watch_spend(struct watch_scratch *s, uint64_t n)
{
	if (s->steps >= n) {
		s->steps -= n;
		return true;
	}
	s->steps = 0;
	s->overrun = true;
	return false;
}

#endif
