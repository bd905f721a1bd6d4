/* SPDX-License-Identifier: MIT */
/* Look-up tables from a word of a text to the atoms that it satisfies. */
#ifndef WATCH_VOCABULARY_H
#define WATCH_VOCABULARY_H

#include "word_table.h"
#include "word_head.h"
#include "program.h"
#include "text/stem.h"

/* What identifies an EXACT atom. */
struct watch_known {
	struct watch_word_head head;
	uint32_t tag;
	bool exact; /* false: another kind of atom; the rest is unused */
};

/* Immutable once made. */
struct watch_vocabulary {
	const struct watch_program *program;
	bool inexact;		   /* there are atoms other than EXACT */
	bool spellings;		   /* some of them compare more of a word than its normal form */
	bool signs;		   /* some of them need a sign before the word */
	struct table exact;	   /* by the hash of the normal form */
	struct watch_known *known; /* by atom */
	struct table spelled;	   /* by the hash of the normal form */
	struct table starts;	   /* globs by the literal before the first wildcard */
	struct table ends; /* globs that start with a wildcard, by the literal after the last one */
	uint64_t start_lengths, end_lengths; /* bit n: some have n bytes; bit 63: 63 or more */
	uint32_t *loose;		     /* globs with a wildcard at both ends */
	size_t n_loose, cap_loose;
	struct table fuzzy; /* by first character and length */
	struct table stems; /* by language and stem */
	/* Bitmaps of the openings and beginnings of words that may satisfy any of these. */
	uint64_t openings[WATCH_OPENINGS / 64];
	uint64_t beginnings[WATCH_OPENINGS / 64];
};

int watch_vocabulary_make(struct watch_vocabulary *v, const struct watch_program *p);
void watch_vocabulary_release(struct watch_vocabulary *v);

/* A word to look up. */
struct watch_lookup {
	struct str form;	  /* normal form */
	struct str source;	  /* as written in the text */
	struct str signed_source; /* the same, from the sign on */
	uint64_t hash;		  /* hash of form */
	char sign; /* # or $ directly before it, if the vocabulary has signs; else 0 */
};

struct watch_found {
	uint32_t *v;
	size_t n, cap;
};

/* Compares forms longer than a watch_word_head. */
bool watch_vocabulary_same(const struct watch_vocabulary *v, uint32_t atom, struct str form);

/*
 * Is the EXACT atom that the hash led to really this word? form is followed by TEXT_FORM_PAD bytes.
 */
static inline bool watch_vocabulary_is(
	const struct watch_vocabulary *v, uint32_t atom, struct str form)
{
	struct watch_word_head head;

	if (form.n != v->known[atom].head.length)
		return false;
	head = watch_word_head_of(form);
	return watch_word_head_same(&head, &v->known[atom].head) &&
	       (form.n <= WATCH_WORD_HEAD_BYTES || watch_vocabulary_same(v, atom, form));
}

/*
 * Each returns false if the word satisfies no atom other than EXACT ones, as most do; ask the
 * second of the few words that pass the first.
 */
static inline bool watch_vocabulary_opens(const struct watch_vocabulary *v, struct str form)
{
	unsigned bit = watch_opening(form.p, form.n);

	return v->openings[bit / 64] >> bit % 64 & 1;
}

static inline bool watch_vocabulary_begins(const struct watch_vocabulary *v, struct str form)
{
	unsigned bit = watch_beginning(form.p, form.n);

	return v->beginnings[bit / 64] >> bit % 64 & 1;
}

/* Returns the EXACT atom of a word, or WATCH_NONE. */
static inline uint32_t watch_vocabulary_exact(
	const struct watch_vocabulary *v, const struct watch_lookup *word)
{
	uint32_t id;
	size_t at;

	if (!v->exact.slots)
		return WATCH_NONE;
	at = table_start(&v->exact, word->hash);
	while ((id = table_next(&v->exact, word->hash, &at)) != TABLE_NONE)
		if (watch_vocabulary_is(v, id, word->form))
			return id;
	return WATCH_NONE;
}
/*
 * Appends all atoms other than EXACT that the word satisfies; SPELLED ones only if the spelling is
 * the same. stemmers are indexed like program->languages. False: out of memory.
 */
bool watch_vocabulary_find(const struct watch_vocabulary *v, const struct watch_lookup *word,
	struct text_stemmer *const *stemmers, struct watch_found *out);

/* Both are normal forms; * and ? in pattern are wildcards. */
bool watch_glob_match(struct str pattern, struct str word);
/*
 * Is the edit distance (optimal string alignment) in code points at most `most`? The first must be
 * equal.
 */
bool watch_fuzzy_match(struct str a, struct str b, unsigned most);

#endif
