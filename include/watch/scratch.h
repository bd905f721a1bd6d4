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

#include "watch/index.h"
#include "watch/regex.h"
#include "watch/words.h"

#define WATCH_GAP	  70000u
#define WATCH_REGIONS_MAX 2000u /* categories past this are not looked at */
#define WATCH_NO_LEAD	  UINT32_MAX

struct watch_region {
	enum watch_field field;
	struct str text;
	struct watch_words *words;
	uint32_t base;	/* position of its first word */
	uint32_t dense; /* its first word in refs */
	uint32_t count;
};

/* Where an atom occurs, as a list along the line. */
struct watch_occurrence {
	uint32_t position, next;
};

struct watch_atom_state {
	uint32_t generation; /* of the item it last occurred in */
	uint32_t head, tail; /* occurrences; WATCH_NONE ends */
	uint32_t fields : 8; /* bits of fields it occurs in */
	uint32_t count : 24; /* items it occurred in, as far as that can count */
};
#define WATCH_COUNT_MAX ((1u << 24) - 1)

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

/* A word form seen before, with the atoms it satisfies. */
struct watch_lexeme {
	uint64_t hash;
	struct str form;   /* owned by the memo's arena */
	struct str source; /* p NULL: any; else of this spelling alone */
	uint32_t ref;
};

/* What a word refers to: an atom; a list of them, with this bit; or WATCH_NONE. */
#define WATCH_REF_LIST 0x80000000u

struct watch_memo {
	struct watch_table table;
	struct arena *arena;
	struct watch_lexeme *lexemes;
	uint32_t *lists; /* count, then atoms */
	size_t n_lexemes, cap_lexemes, n_lists, cap_lists;
};

struct watch_regex_state {
	uint32_t generation;
	uint64_t budget;
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
	struct watch_region *regions;
	size_t n_regions, cap_regions;
	struct watch_words *words; /* beside regions */
	size_t n_words, cap_words;
	uint32_t *refs; /* what each word refers to, WATCH_NONE behind each region */
	size_t n_refs, cap_refs;
	uint32_t *likely; /* words of the region at hand that may refer to something */
	size_t cap_likely;
	struct watch_occurrence *occurrences;
	size_t n_occurrences, cap_occurrences;
	uint32_t *parts;
	size_t n_parts, cap_parts;
	struct watch_atom_state *atoms;
	struct watch_phrase_state *phrases;
	struct watch_regex_state *regexes;
	/*
	 * The index by frequencies of the texts seen so far: made anew when `items` reaches
	 * `tune_at`, each time later. tuned.starts NULL: the set's own.
	 */
	struct watch_index tuned;
	const struct watch_index *index; /* in use */
	uint32_t *phrase_counts;	 /* items that each was found in */
	uint64_t *present;		 /* bits of terms found in the item */
	uint32_t *terms;		 /* those terms */
	size_t n_terms, cap_terms;
	uint64_t items, tune_at;
	uint32_t *seen; /* by watch: generation in which it became a candidate */
	uint32_t *candidates;
	size_t n_candidates;
	uint64_t *matched; /* bits of watches that match the item */
	struct watch_memo memo;
	struct watch_found found;
	struct watch_stemmer *stemmers[WATCH_LANGUAGES_MAX];
	struct watch_regex_scratch *regex;
	struct watch_place_hit *hits; /* being collected */
	size_t n_hits, cap_hits;
	struct watch_hit *found_hits; /* finished */
	size_t n_found_hits, cap_found_hits;
	size_t *overruns;
	size_t n_overruns, cap_overruns;
	size_t words_in_body;
	uint64_t steps; /* left for combinations of the watch at hand */
	bool overrun;	/* of the watch at hand */
	bool failed;	/* memory */
};

/* --- reading an item --- */

/* Chooses required words by what was seen so far; stays as it is when memory is short. */
void watch_scratch_tune(struct watch_scratch *s);
/*
 * Splits the view's texts, looks every word up, notes occurrences; then raises candidates, those
 * that are decided right away into matched.
 */
int watch_item_read(struct watch_scratch *s, const struct watch_view *v, struct err *e);
/* Phrases, postings and guards: from the words found to candidates. */
void watch_item_raise(struct watch_scratch *s);
const struct watch_region *watch_region_at(const struct watch_scratch *s, uint32_t position);
/* Does the word at `dense` satisfy the atom? WATCH_NONE: any word does. */
bool watch_word_is(const struct watch_scratch *s, uint32_t dense, uint32_t atom);

/* Atoms anywhere in the item; phrases only once they were looked for. */
static inline bool watch_term_present(const struct watch_scratch *s, uint32_t term)
{
	return s->present[term / 64] >> term % 64 & 1;
}

static inline bool watch_atom_occurs(const struct watch_scratch *s, uint32_t atom, unsigned fields)
{
	const struct watch_atom_state *a = &s->atoms[atom];

	return a->generation == s->generation && (a->fields & fields) != 0;
}

/* Is a match inside of the fields, and of the first `lead` words of the body? */
bool watch_in_scope(const struct watch_scratch *s, uint32_t first, uint32_t last, unsigned fields,
	uint32_t lead);

/* --- evaluating --- */

/* Does the item at hand satisfy the step? lead: the body ends after so many words. */
bool watch_eval(struct watch_scratch *s, uint32_t step, uint32_t lead);
/* Of a step that the item satisfies: its hits, added to s->hits unsorted. */
void watch_collect(struct watch_scratch *s, uint32_t step, uint32_t lead);
/* The place from first to last is a hit of the term with this text. */
void watch_hit_add(struct watch_scratch *s, uint32_t first, uint32_t last, uint32_t text);
void watch_hit_add_bytes(
	struct watch_scratch *s, size_t region, size_t offset, size_t length, uint32_t text);
/* Sorts, drops doubles, into found_hits. */
void watch_hits_finish(struct watch_scratch *s);

/* All matches of a phrase in the item, by first word; counted in *n. */
const struct watch_span *watch_phrase_spans(struct watch_scratch *s, uint32_t phrase, size_t *n);
/* A sloppy one's, into the item's arena. */
void watch_sloppy_spans(
	struct watch_scratch *s, const struct watch_phrase *ph, struct watch_phrase_state *out);

/* The steps that look at positions: NEAR, NOT NEAR, SENT, PARA, ATLEAST. */
bool watch_near_eval(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);
void watch_near_collect(struct watch_scratch *s, const struct watch_step *step, uint32_t lead);

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
