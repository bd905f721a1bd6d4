/* SPDX-License-Identifier: MIT */
/*
 * Hash table over the words of an item: words are numbered along the item, and chained by a tag, 32
 * bits of their hash. It is rebuilt for each item, so it is only written sequentially, without a
 * branch; and it is small, so that a look-up of a word that is not there is nearly free.
 *
 * The numbers are "dense": 0 means none, and one number is left free after the last word of each
 * text; the tags of these are meaningless. Words with equal tags may differ; the caller compares
 * their forms.
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
	uint32_t *next;	 /* the next word of the same bucket; WATCH_NOWHERE ends the chain */
	uint32_t *heads; /* by bucket */
	uint32_t mask;	 /* buckets - 1, a power of two */
	size_t cap_tags, cap_next, cap_heads;
};

static inline uint32_t watch_tag(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

void watch_word_table_release(struct watch_word_table *c);
/* Empties the table, and allocates room for numbers below n. False: out of memory. */
bool watch_word_table_begin(struct watch_word_table *c, size_t n);

/* Words are inserted from the last to the first, so that chains are in the order of the item. */
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

/* Returns the first word with this tag, or WATCH_NOWHERE. */
static inline uint32_t watch_word_table_first(const struct watch_word_table *c, uint32_t tag)
{
	return watch_word_table_from(c, c->heads[tag & c->mask], tag);
}

/*
 * The same, but follows only a few words of the chain, because a crafted text can put all its words
 * into one. If it returns a word with another tag, there may be more.
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
