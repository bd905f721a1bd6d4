/* SPDX-License-Identifier: MIT */
/* From a word of a text to the atoms that it satisfies. */
#ifndef WATCH_VOCABULARY_H
#define WATCH_VOCABULARY_H

#include "watch/concordance.h"
#include "watch/program.h"
#include "watch/stem.h"

/* An EXACT atom's tag and the start of its form, to know a word without following pointers. */
#define WATCH_HEAD 12
struct watch_head {
	uint32_t tag; /* WATCH_TAG_NONE: not an EXACT atom */
	uint32_t length;
	uint64_t start; /* bytes 0 to 7 */
	uint32_t last;	/* bytes 8 to 11, zeros behind the form */
};

/* Immutable once made. */
struct watch_vocabulary {
	const struct watch_program *program;
	bool classes;	/* there are atoms other than EXACT */
	bool spellings; /* … that look at a word's own spelling or stem, not its normal form alone
			 */
	struct watch_table exact;   /* by the hash of the normal form */
	struct watch_head *heads;   /* by atom */
	struct watch_table spelled; /* by the hash of the normal form */
	struct watch_table starts;  /* globs by their literal start */
	struct watch_table ends;    /* globs that start with a wildcard by their literal end */
	uint64_t start_lengths, end_lengths; /* bit n: there is one of n bytes; 63: or more */
	uint32_t *loose;		     /* globs with a wildcard at both ends */
	size_t n_loose, cap_loose;
	struct watch_table fuzzy; /* by first character and length */
	struct watch_table stems; /* by language and stem */
};

int watch_vocabulary_make(struct watch_vocabulary *v, const struct watch_program *p);
void watch_vocabulary_release(struct watch_vocabulary *v);

/* A word to be looked up. */
struct watch_lookup {
	struct str form;   /* normal form */
	struct str source; /* as it stands in the text */
	uint64_t hash;	   /* of form */
};

struct watch_found {
	uint32_t *v;
	size_t n, cap;
};

/* For forms longer than WATCH_HEAD. */
bool watch_vocabulary_same(const struct watch_vocabulary *v, uint32_t atom, struct str form);

/* Is the atom that a hash led to really this word? form is followed by WATCH_FORM_PAD bytes. */
static inline bool watch_vocabulary_is(
	const struct watch_vocabulary *v, uint32_t atom, struct str form)
{
	static const unsigned char ones[WATCH_HEAD * 2] = {
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	const struct watch_head *h = &v->heads[atom];
	uint64_t start, mask;
	uint32_t last, mask_last;

	if (h->length != form.n)
		return false;
	if (form.n > WATCH_HEAD)
		return watch_vocabulary_same(v, atom, form);
	memcpy(&start, form.p, sizeof(start));
	memcpy(&last, form.p + sizeof(start), sizeof(last));
	memcpy(&mask, ones + WATCH_HEAD - form.n, sizeof(mask));
	memcpy(&mask_last, ones + WATCH_HEAD - form.n + sizeof(mask), sizeof(mask_last));
	return ((start ^ h->start) & mask) == 0 && ((last ^ h->last) & mask_last) == 0;
}

/* The EXACT atom, or WATCH_NONE. */
static inline uint32_t watch_vocabulary_exact(
	const struct watch_vocabulary *v, const struct watch_lookup *word)
{
	uint32_t id;
	size_t at;

	if (!v->exact.slots)
		return WATCH_NONE;
	at = watch_table_start(&v->exact, word->hash);
	while ((id = watch_table_next(&v->exact, word->hash, &at)) != WATCH_TABLE_NONE)
		if (watch_vocabulary_is(v, id, word->form))
			return id;
	return WATCH_NONE;
}
/*
 * Appends every atom but EXACT ones that the word satisfies; SPELLED ones only when the spelling is
 * the same. stemmers beside program->languages. False: out of memory.
 */
bool watch_vocabulary_find(const struct watch_vocabulary *v, const struct watch_lookup *word,
	struct watch_stemmer *const *stemmers, struct watch_found *out);

/* Both are normal forms; * and ? in pattern are wildcards. */
bool watch_glob_match(struct str pattern, struct str word);
/* Optimal string alignment distance of code points at most `most`? The first must be the same. */
bool watch_fuzzy_match(struct str a, struct str b, unsigned most);

#endif
