/* SPDX-License-Identifier: MIT */
/* In how many texts each word is, in bounded memory: words that stay rare are dropped first. */
#ifndef STORY_FREQUENCY_H
#define STORY_FREQUENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct __attribute__((packed)) frequency_slot {
	uint32_t word; /* 0: free */
	uint16_t texts;
};

/* A hash table of words. A word is a keyed hash, not 0. */
struct frequency {
	struct frequency_slot *slots;
	size_t n_slots;
	size_t n_words, max_slots;
	uint32_t total; /* texts counted */
	/* What was counted since the last commit. */
	uint32_t *log;
	size_t n_log, log_room;
	uint32_t total_log;
};

/* max: bytes, apart from a small table that is always there. */
void frequency_init(struct frequency *f, size_t max);
void frequency_release(struct frequency *f);
size_t frequency_bytes(const struct frequency *f);
static inline size_t frequency_log_bytes(const struct frequency *f)
{
	return f->log_room * sizeof(*f->log);
}
/* Counts a text, before its words. */
void frequency_count_text(struct frequency *f);
/* Counts a word of it, and returns the number of texts with it; 0: out of memory. */
uint32_t frequency_count(struct frequency *f, uint32_t word);
void frequency_commit(struct frequency *f);
/* Takes back what was counted since the last commit. */
void frequency_rollback(struct frequency *f);

/* Where a search for the word begins. */
static inline size_t frequency_slot(size_t n_slots, uint32_t word)
{
	return (size_t)((uint64_t)word * n_slots >> 32);
}

static inline void frequency_prefetch(const struct frequency *f, uint32_t word)
{
	if (f->n_slots)
		__builtin_prefetch(&f->slots[frequency_slot(f->n_slots, word)]);
}

#endif
