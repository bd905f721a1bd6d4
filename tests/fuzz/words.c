/* SPDX-License-Identifier: MIT */
/*
 * Any text: the fast and the reference splitter agree, words are in the text in order without
 * overlap, numbers of sentences and paragraphs only grow, every word has stems and a spelling.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/plain_words.h"
#include "text/stem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void compare(const struct text_words *w, struct str text)
{
	struct plain_words plain;

	plain_words_split(&plain, text);
	demand(plain.count == w->count);
	for (size_t i = 0; i < w->count; i++) {
		struct str form = text_words_form(w, i);

		demand(plain.word[i].offset == w->word[i].offset);
		demand(plain.word[i].length == w->word[i].length);
		demand(str_eq(plain_form(&plain, i), form));
		demand(w->word[i].hash == text_word_hash(form));
	}
	plain_words_release(&plain);
}

static void check_order(const struct text_words *w, size_t size)
{
	size_t end = 0;

	for (size_t i = 0; i < w->count; i++) {
		demand(w->word[i].offset >= end && w->word[i].length > 0);
		end = (size_t)w->word[i].offset + w->word[i].length;
		demand(end <= size);
		if (i == 0)
			continue;
		demand(w->place[i].sentence >= w->place[i - 1].sentence);
		demand(w->place[i].paragraph >= w->place[i - 1].paragraph);
	}
}

/* Only the first words: this does not test Snowball. */
static void stem_words(const struct text_words *w, struct text_stemmer *s)
{
	struct buf spelling;

	buf_init(&spelling, TEXT_FIELD_MAX);
	for (size_t i = 0; i < w->count && i < 50; i++) {
		struct str word = text_words_source(w, i);
		struct str again = text_stemmer_stem(s, word);

		demand(str_present(again));
		text_word_spelling(word, &spelling);
	}
	demand(!buf_failed(&spelling));
	buf_release(&spelling);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const languages[] = {"en", "fr", "de", "ru", "ar", "tr", "hi", "fi"};
	struct text_words w;
	struct text_stemmer *s;
	struct str text = str_slice((const char *)data, size);

	text_words_init(&w);
	demand(text_words_split(&w, text, NULL) == 0);
	demand(text_words_places(&w, NULL) == 0);
	compare(&w, text);
	if (w.count)
		check_order(&w, size);
	s = text_stemmer_new(text_stem_algorithm(str_of(languages[size % 8]), NULL));
	demand(s != NULL);
	stem_words(&w, s);
	text_stemmer_free(s);
	demand(text_words_split_pattern(&w, text, NULL) == 0);
	demand(text_words_places(&w, NULL) == 0);
	if (w.count)
		check_order(&w, size);
	text_words_release(&w);
	return 0;
}
