/* SPDX-License-Identifier: MIT */
/*
 * Where each word of an item stands: its words by number along the item, chained by a tag of 32
 * bits of their hash. It is made anew for every item, so it is only written in a row, without a
 * branch; and it is small, so that asking for a word that is not there costs next to nothing.
 *
 * The numbers of an item's words are "dense": 0 is none, and one is left free behind the last word
 * of each text; their tags say nothing. Equal tags do not make words equal; who asks compares the
 * forms.
 */
#ifndef WATCH_WORD_TABLE_H
#define WATCH_WORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_NOWHERE 0
#define WATCH_GLANCE  16 /* words */

struct watch_word_table {
	uint32_t *tags;	 /* by dense number */
	uint32_t *next;	 /* the next word of the same bucket, WATCH_NOWHERE behind the last */
	uint32_t *heads; /* by bucket */
	uint32_t mask;	 /* buckets - 1, a power of two */
	size_t cap_tags, cap_next, cap_heads;
};

static inline uint32_t watch_tag(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

void watch_word_table_release(struct watch_word_table *c);
/* Empties it and makes room for dense numbers below n. False: out of memory. */
bool watch_word_table_begin(struct watch_word_table *c, size_t n);

/* Words are put from the last to the first, so that the chains run along the item. */
static inline void watch_word_table_put(struct watch_word_table *c, uint32_t dense, uint32_t tag)
{
	uint32_t *head = &c->heads[tag & c->mask];

	c->tags[dense] = tag;
	c->next[dense] = *head;
	*head = dense;
}

static inline uint32_t watch_word_table_from(
	const struct watch_word_table *c, uint32_t dense, uint32_t tag)
{
	while (dense != WATCH_NOWHERE && c->tags[dense] != tag)
		dense = c->next[dense];
	return dense;
}

/* The first word with this tag, and the one behind it; WATCH_NOWHERE. */
static inline uint32_t watch_word_table_first(const struct watch_word_table *c, uint32_t tag)
{
	return watch_word_table_from(c, c->heads[tag & c->mask], tag);
}

/*
 * The first word with this tag, at little cost whatever the item: a text can be made so that a
 * chain is as long as the item. A word with another tag: not among the first few of the chain.
 */
static inline uint32_t watch_word_table_glance(const struct watch_word_table *c, uint32_t tag)
{
	uint32_t dense = c->heads[tag & c->mask];

	for (unsigned more = WATCH_GLANCE; dense != WATCH_NOWHERE && c->tags[dense] != tag;
		more--) {
		if (more == 0)
			break;
		dense = c->next[dense];
	}
	return dense;
}

static inline uint32_t watch_word_table_next(const struct watch_word_table *c, uint32_t dense)
{
	return watch_word_table_from(c, c->next[dense], c->tags[dense]);
}

#endif
