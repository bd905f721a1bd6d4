/* SPDX-License-Identifier: MIT */
/*
 * Cache of the atoms other than EXACT that words satisfy: feeds repeat their words, and finding
 * these atoms is slow.
 */
#ifndef WATCH_WORD_CACHE_H
#define WATCH_WORD_CACHE_H

#include "base/arena.h"
#include "word_head.h"
#include "vocabulary.h"

/* Reference to the atoms of a word: an atom; with this bit, a list of atoms; or WATCH_NONE. */
#define WATCH_REF_LIST 0x80000000u

struct watch_cached_word {
	uint64_t key;
	struct watch_word_head head; /* of the form; length 0: empty slot */
	uint32_t ref;
	uint32_t text; /* index into texts if the head is not sufficient; else WATCH_NONE */
};

struct watch_cached_text {
	struct str form;
	struct str source; /* p NULL: any spelling; else only this one, with its sign */
};

struct watch_word_cache {
	struct watch_cached_word *slots; /* open addressing, at most half full */
	size_t mask, count;
	struct watch_cached_text *texts;
	struct arena *arena; /* for the strings of texts */
	uint32_t *lists;     /* count, then atoms */
	size_t n_texts, cap_texts, n_lists, cap_lists;
};

bool watch_word_cache_init(struct watch_word_cache *l);
void watch_word_cache_release(struct watch_word_cache *l);
/* Empties the cache if it has grown too large, which invalidates all references. */
void watch_word_cache_trim(struct watch_word_cache *l);

/*
 * Hash key of a word. by_source: spellings and stems depend on how the word is written, signs on
 * what is before it, so that is part of the key, unless it is written as its own normal form.
 */
struct watch_word_key {
	uint64_t key;
	bool by_source;
};
struct watch_word_key watch_word_key(const struct watch_lookup *word, bool spellings);
static inline void watch_word_cache_prefetch(
	const struct watch_word_cache *l, struct watch_word_key key)
{
	if (l->slots)
		__builtin_prefetch(&l->slots[key.key & l->mask]);
}
/* False: the word is not cached. Its form must be followed by TEXT_FORM_PAD bytes. */
bool watch_word_cache_find(const struct watch_word_cache *l, const struct watch_lookup *word,
	struct watch_word_key key, uint32_t *ref);
/* Returns a reference to the atoms found, and inserts the word. False: out of memory. */
bool watch_word_cache_add(struct watch_word_cache *l, const struct watch_lookup *word,
	struct watch_word_key key, const struct watch_found *found, uint32_t *ref);
/* Returns the atoms of a reference to a list. */
static inline const uint32_t *watch_word_cache_list(
	const struct watch_word_cache *l, uint32_t ref, uint32_t *n)
{
	const uint32_t *list = l->lists + (ref & ~WATCH_REF_LIST);

	*n = *list;
	return list + 1;
}

#endif
