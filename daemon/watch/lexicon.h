/* SPDX-License-Identifier: MIT */
/*
 * Words met before, with the atoms other than EXACT that they satisfy. Feeds bring the same words
 * again and again, and to find these atoms takes long.
 */
#ifndef WATCH_LEXICON_H
#define WATCH_LEXICON_H

#include "base/arena.h"
#include "head.h"
#include "vocabulary.h"

/* What a word refers to: an atom; a list of them, with this bit; or WATCH_NONE. */
#define WATCH_REF_LIST 0x80000000u

struct watch_lexeme {
	uint64_t key;
	struct watch_head head; /* of the form; length 0: free */
	uint32_t ref;
	uint32_t text; /* into texts when the head does not say all; else WATCH_NONE */
};

struct watch_lexeme_text {
	struct str form;
	struct str source; /* p NULL: any; else of this spelling alone */
};

struct watch_lexicon {
	struct watch_lexeme *slots; /* open addressing, at most half full */
	size_t mask, count;
	struct watch_lexeme_text *texts;
	struct arena *arena; /* their strings */
	uint32_t *lists;     /* count, then atoms */
	size_t n_texts, cap_texts, n_lists, cap_lists;
};

bool watch_lexicon_init(struct watch_lexicon *l);
void watch_lexicon_release(struct watch_lexicon *l);
/* Forgets all when it has grown large; what refs were given is then void. */
void watch_lexicon_trim(struct watch_lexicon *l);

/*
 * A word as it is looked up here. by_source: spellings and stems depend on how it stands in the
 * text, so that is part of the key, unless it stands there as its own normal form.
 */
struct watch_lexicon_key {
	uint64_t key;
	bool by_source;
};
struct watch_lexicon_key watch_lexicon_key(const struct watch_lookup *word, bool spellings);
static inline void watch_lexicon_prefetch(
	const struct watch_lexicon *l, struct watch_lexicon_key key)
{
	if (l->slots)
		__builtin_prefetch(&l->slots[key.key & l->mask]);
}
/* False: not met yet. The word's form is followed by TEXT_FORM_PAD bytes. */
bool watch_lexicon_find(const struct watch_lexicon *l, const struct watch_lookup *word,
	struct watch_lexicon_key key, uint32_t *ref);
/* Gives the atoms found as a reference, and remembers them. False: out of memory. */
bool watch_lexicon_add(struct watch_lexicon *l, const struct watch_lookup *word,
	struct watch_lexicon_key key, const struct watch_found *found, uint32_t *ref);
/* The atoms of a reference that is a list. */
static inline const uint32_t *watch_lexicon_list(
	const struct watch_lexicon *l, uint32_t ref, uint32_t *n)
{
	const uint32_t *list = l->lists + (ref & ~WATCH_REF_LIST);

	*n = *list;
	return list + 1;
}

#endif
