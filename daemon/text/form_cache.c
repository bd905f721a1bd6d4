/* SPDX-License-Identifier: MIT */
#include "form_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/words.h"

#define SLOTS 1024 /* a power of two */
#define BYTES 86   /* of word and form together; an entry has 96 */

struct form_cache_slot {
	uint64_t hash;
	uint8_t word_length, form_length; /* word_length 0: empty entry */
	char bytes[BYTES];		  /* the word, then its form */
};

struct text_form_cache {
	struct form_cache_slot slots[SLOTS];
};

struct text_form_cache *text_form_cache_new(void)
{
	return calloc(1, sizeof(struct text_form_cache));
}

void text_form_cache_free(struct text_form_cache *m)
{
	free(m);
}

struct str text_form_cache_get(const struct text_form_cache *m, struct str word)
{
	uint64_t hash = text_word_hash(word);
	const struct form_cache_slot *s = &m->slots[hash & (SLOTS - 1)];

	if (s->hash != hash || !s->word_length ||
		!str_eq(word, str_slice(s->bytes, s->word_length)))
		return STR_NONE;
	return str_slice(s->bytes + s->word_length, s->form_length);
}

void text_form_cache_put(struct text_form_cache *m, struct str word, struct str form)
{
	uint64_t hash = text_word_hash(word);
	struct form_cache_slot *s = &m->slots[hash & (SLOTS - 1)];

	if (word.n == 0 || word.n > BYTES || form.n > BYTES - word.n)
		return;
	s->hash = hash;
	s->word_length = (uint8_t)word.n;
	s->form_length = (uint8_t)form.n;
	memcpy(s->bytes, word.p, word.n);
	if (form.n)
		memcpy(s->bytes + word.n, form.p, form.n);
}
