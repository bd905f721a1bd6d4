/* SPDX-License-Identifier: MIT */
#include "frequency.h"

#include <stdlib.h>

#define SLOTS_FIRST 4096
#define SLOTS_MAX   ((size_t)1 << 18) /* 2 MiB, 130,000 words */

void frequency_init(struct frequency *f, size_t bytes)
{
	*f = (struct frequency){.max = SLOTS_FIRST};
	while (f->max < SLOTS_MAX && f->max * 2 * sizeof(*f->slots) <= bytes)
		f->max *= 2;
}

void frequency_release(struct frequency *f)
{
	free(f->slots);
	*f = (struct frequency){0};
}

size_t frequency_bytes(const struct frequency *f)
{
	return f->n_slots * sizeof(*f->slots);
}

static struct frequency_slot *frequency_find(struct frequency_slot *slots, size_t n, uint32_t word)
{
	size_t i = word * 0x9e3779b1u & (n - 1);

	while (slots[i].word && slots[i].word != word)
		i = (i + 1) & (n - 1);
	return &slots[i];
}

/* Makes a new table of n slots; shift: halves all counts so many times, and drops those of 0. */
static bool frequency_rebuild(struct frequency *f, size_t n, unsigned shift)
{
	struct frequency_slot *slots = calloc(n, sizeof(*slots));

	if (!slots)
		return false;
	f->n_words = 0;
	for (size_t i = 0; i < f->n_slots; i++) {
		struct frequency_slot s = f->slots[i];

		s.texts >>= shift;
		if (!s.word || !s.texts)
			continue;
		*frequency_find(slots, n, s.word) = s;
		f->n_words++;
	}
	f->texts /= (double)(1u << shift);
	free(f->slots);
	f->slots = slots;
	f->n_slots = n;
	return true;
}

/* Room for another word: a larger table, or, at its maximum, one without the rarest words. */
static bool frequency_make_room(struct frequency *f)
{
	if (f->n_slots && f->n_words < f->n_slots / 2)
		return true;
	if (f->n_slots < f->max)
		return frequency_rebuild(f, f->n_slots ? f->n_slots * 2 : SLOTS_FIRST, 0);
	while (f->n_words >= f->n_slots / 2)
		if (!frequency_rebuild(f, f->n_slots, 1))
			return false;
	return true;
}

bool frequency_count(struct frequency *f, uint32_t word)
{
	struct frequency_slot *s;

	if (!frequency_make_room(f))
		return false;
	s = frequency_find(f->slots, f->n_slots, word);
	if (!s->word) {
		s->word = word;
		f->n_words++;
	}
	s->texts++;
	return true;
}

double frequency_of(const struct frequency *f, uint32_t word)
{
	const struct frequency_slot *s;

	if (!f->n_slots)
		return 1;
	s = frequency_find(f->slots, f->n_slots, word);
	return s->texts ? (double)s->texts : 1;
}
