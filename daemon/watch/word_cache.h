/* SPDX-License-Identifier: MIT */
/*
 * Words met before, with the atoms other than EXACT that they satisfy. Feeds bring the same words
 * again and again, and to find these atoms takes long.
 */
#ifndef WATCH_WORD_CACHE_H
#define WATCH_WORD_CACHE_H

#include "base/arena.h"
#include "word_head.h"
#include "vocabulary.h"

/* What a word refers to: an atom; a list of them, with this bit; or WATCH_NONE. */
#define WATCH_REF_LIST 0x80000000u

struct watch_cached_word {
	uint64_t key;
	struct watch_word_head head; /* of the form; length 0: free */
	uint32_t ref;
	uint32_t text; /* into texts when the head does not say all; else WATCH_NONE */
};

struct watch_cached_text {
	struct str form;
	struct str source; /* p NULL: any; else of this spelling alone */
};

struct watch_word_cache {
	struct watch_cached_word *slots; /* open addressing, at most half full */
	size_t mask, count;
	struct watch_cached_text *texts;
	struct arena *arena; /* their strings */
	uint32_t *lists;     /* count, then atoms */
	size_t n_texts, cap_texts, n_lists, cap_lists;
};

bool watch_word_cache_init(struct watch_word_cache *l);
void watch_word_cache_release(struct watch_word_cache *l);
/* Forgets all when it has grown large; what refs were given is then void. */
void watch_word_cache_trim(struct watch_word_cache *l);

/*
 * A word as it is looked up here. by_source: spellings and stems depend on how it stands in the
 * text, so that is part of the key, unless it stands there as its own normal form.
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
/* False: not met yet. The word's form is followed by TEXT_FORM_PAD bytes. */
bool watch_word_cache_find(const struct watch_word_cache *l, const struct watch_lookup *word,
	struct watch_word_key key, uint32_t *ref);
/* Gives the atoms found as a reference, and remembers them. False: out of memory. */
bool watch_word_cache_add(struct watch_word_cache *l, const struct watch_lookup *word,
	struct watch_word_key key, const struct watch_found *found, uint32_t *ref);
/* The atoms of a reference that is a list. */
static inline const uint32_t *watch_word_cache_list(
	const struct watch_word_cache *l, uint32_t ref, uint32_t *n)
{
	const uint32_t *list = l->lists + (ref & ~WATCH_REF_LIST);

	*n = *list;
	return list + 1;
}

#endif
