/* SPDX-License-Identifier: MIT */
#include "frequency.h"

#include <stdlib.h>

#include "base/array.h"

#define SLOTS_FIRST ((size_t)4096)
#define SLOTS_SMALL ((size_t)1 << 16) /* 400 KB */
#define LOG_KEPT    ((size_t)1024)    /* words for which room is kept */

void frequency_init(struct frequency *f, size_t max)
{
	*f = (struct frequency){.max_slots = max / sizeof(struct frequency_slot)};
	if (f->max_slots < SLOTS_FIRST)
		f->max_slots = SLOTS_FIRST;
}

void frequency_release(struct frequency *f)
{
	free(f->slots);
	free(f->log);
	*f = (struct frequency){0};
}

size_t frequency_bytes(const struct frequency *f)
{
	return f->n_slots * sizeof(struct frequency_slot) + frequency_log_bytes(f);
}

/* The slot of the word, or a free one. */
static struct frequency_slot *frequency_find(struct frequency_slot *slots, size_t n, uint32_t word)
{
	size_t i = frequency_slot(n, word);

	while (slots[i].word && slots[i].word != word)
		i = i + 1 < n ? i + 1 : 0;
	return &slots[i];
}

/*
 * Makes a new table of n slots. shift: halves all counts so many times. least: drops words with
 * fewer texts.
 */
static bool frequency_rebuild(struct frequency *f, size_t n, unsigned shift, unsigned least)
{
	struct frequency_slot *slots = calloc(n, sizeof(*slots));

	if (!slots)
		return false;
	f->n_words = 0;
	f->total >>= shift;
	for (size_t i = 0; i < f->n_slots; i++) {
		struct frequency_slot s = f->slots[i];

		s.texts = (uint16_t)(s.texts >> shift);
		if (!s.word || s.texts < least)
			continue;
		*frequency_find(slots, n, s.word) = s;
		f->n_words++;
	}
	free(f->slots);
	f->slots = slots;
	f->n_slots = n;
	return true;
}

/* Is the table so full that a search takes too long? */
static bool frequency_is_full(const struct frequency *f)
{
	return f->n_words >= f->n_slots / 4 * 3;
}

/*
 * Room for another word: in a large table without the words of one text, which weigh as much as if
 * they were not known; in a larger one if most have more; at its maximum without the rarest ones.
 */
static bool frequency_make_room(struct frequency *f)
{
	size_t n = f->n_slots + f->n_slots / 4;

	if (!f->n_slots)
		return frequency_rebuild(f, SLOTS_FIRST, 0, 1);
	if (f->n_slots >= SLOTS_SMALL) {
		if (!frequency_rebuild(f, f->n_slots, 0, 2))
			return false;
		if (f->n_words < f->n_slots / 2)
			return true;
	}
	if (f->n_slots < f->max_slots)
		return frequency_rebuild(f, n < f->max_slots ? n : f->max_slots, 0, 1);
	while (frequency_is_full(f))
		if (!frequency_rebuild(f, f->n_slots, 1, 1))
			return false;
	return true;
}

void frequency_count_text(struct frequency *f)
{
	f->total++;
	f->total_log++;
}

uint32_t frequency_count(struct frequency *f, uint32_t word)
{
	struct frequency_slot *s;

	if (frequency_is_full(f) && !frequency_make_room(f))
		return 0;
	if (f->n_log == f->log_room &&
		!array_room(&f->log, f->n_log, &f->log_room, 1, sizeof(*f->log)))
		return 0;
	s = frequency_find(f->slots, f->n_slots, word);
	if (s->texts == UINT16_MAX) {
		if (!frequency_rebuild(f, f->n_slots, 1, 1))
			return 0;
		s = frequency_find(f->slots, f->n_slots, word);
	}
	f->n_words += !s->word;
	s->word = word;
	f->log[f->n_log++] = word;
	return ++s->texts;
}

void frequency_commit(struct frequency *f)
{
	f->n_log = f->total_log = 0;
	if (f->log_room > LOG_KEPT) {
		free(f->log);
		f->log = NULL;
		f->log_room = 0;
	}
}

/* A word whose count is 0 keeps its slot until the next table is made. */
void frequency_rollback(struct frequency *f)
{
	while (f->n_log) {
		struct frequency_slot *s = frequency_find(f->slots, f->n_slots, f->log[--f->n_log]);

		if (s->texts)
			s->texts--;
	}
	f->total -= f->total_log < f->total ? f->total_log : f->total;
	frequency_commit(f);
}
