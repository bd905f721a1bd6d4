/* SPDX-License-Identifier: MIT */
#include "frequency.h"

#include <stdlib.h>

#include "base/array.h"

#define SLOTS_FIRST ((size_t)4096)
#define SLOT_BYTES  (sizeof(uint32_t) + sizeof(uint16_t))
#define LOG_KEPT    ((size_t)1024) /* words for which room is kept */

void frequency_init(struct frequency *f, size_t max)
{
	*f = (struct frequency){.max_slots = SLOTS_FIRST};
	while (f->max_slots * 2 * SLOT_BYTES <= max)
		f->max_slots *= 2;
}

void frequency_release(struct frequency *f)
{
	free(f->words);
	free(f->texts);
	free(f->log);
	*f = (struct frequency){0};
}

size_t frequency_bytes(const struct frequency *f)
{
	return f->n_slots * SLOT_BYTES + frequency_log_bytes(f);
}

/* The slot of the word, or a free one. */
static size_t frequency_slot(const uint32_t *words, size_t n, uint32_t word)
{
	size_t i = word & (n - 1);

	while (words[i] && words[i] != word)
		i = (i + 1) & (n - 1);
	return i;
}

/* Makes a new table of n slots; shift: halves all counts so many times, and drops those of 0. */
static bool frequency_rebuild(struct frequency *f, size_t n, unsigned shift)
{
	struct frequency old = *f;
	uint32_t *words = calloc(n, sizeof(*words));
	uint16_t *texts = calloc(n, sizeof(*texts));

	if (!words || !texts) {
		free(words);
		free(texts);
		return false;
	}
	f->words = words;
	f->texts = texts;
	f->n_slots = n;
	f->n_words = 0;
	f->total >>= shift;
	for (size_t i = 0; i < old.n_slots; i++) {
		uint16_t count = (uint16_t)(old.texts[i] >> shift);
		size_t slot;

		if (!old.words[i] || !count)
			continue;
		slot = frequency_slot(words, n, old.words[i]);
		words[slot] = old.words[i];
		texts[slot] = count;
		f->n_words++;
	}
	free(old.words);
	free(old.texts);
	return true;
}

/* Is the table so full that a search takes too long? */
static bool frequency_is_full(const struct frequency *f)
{
	return f->n_words >= f->n_slots / 4 * 3;
}

/* Room for another word: a larger table, or, at its maximum, one without the rarest words. */
static bool frequency_make_room(struct frequency *f)
{
	if (f->n_slots < f->max_slots)
		return frequency_rebuild(f, f->n_slots ? f->n_slots * 2 : SLOTS_FIRST, 0);
	while (frequency_is_full(f))
		if (!frequency_rebuild(f, f->n_slots, 1))
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
	size_t i;

	if (frequency_is_full(f) && !frequency_make_room(f))
		return 0;
	if (f->n_log == f->log_room &&
		!array_room(&f->log, f->n_log, &f->log_room, 1, sizeof(*f->log)))
		return 0;
	i = frequency_slot(f->words, f->n_slots, word);
	if (f->texts[i] == UINT16_MAX) {
		if (!frequency_rebuild(f, f->n_slots, 1))
			return 0;
		i = frequency_slot(f->words, f->n_slots, word);
	}
	if (!f->words[i]) {
		f->words[i] = word;
		f->n_words++;
	}
	f->log[f->n_log++] = word;
	return ++f->texts[i];
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
		size_t i = frequency_slot(f->words, f->n_slots, f->log[--f->n_log]);

		if (f->texts[i])
			f->texts[i]--;
	}
	f->total -= f->total_log < f->total ? f->total_log : f->total;
	frequency_commit(f);
}
