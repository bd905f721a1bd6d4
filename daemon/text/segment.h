/* SPDX-License-Identifier: MIT */
/*
 * Slow path of the splitter, for all text that is more than ASCII words or plain letters: an
 * automaton over code points for UAX #29 and our additional rules, which builds the normal forms
 * too.
 */
#ifndef TEXT_SEGMENT_H
#define TEXT_SEGMENT_H

#include <stddef.h>

#include "base/err.h"
#include "word_hash.h"
#include "text/words.h"

/*
 * Appends the words of w->text from `from`, which must be a word boundary, up to the next place
 * where the fast path may continue: its offset is returned in *resume, or the end of the text.
 */
int text_segment_run(struct text_words *w, size_t from, size_t *resume, struct err *e);
/* Appends all words of the text, with * and ? as letters. */
int text_segment_pattern(struct text_words *w, struct err *e);

/*
 * Allocate room for more words, or for n more bytes of forms (with TEXT_FORM_PAD bytes after them).
 * Return 0 or an error.
 */
int text_words_grow(struct text_words *w, struct err *e);
int text_words_grow_pool(struct text_words *w, size_t n, struct err *e);

/* Appends the word text[begin..end), whose normal form is pool[form..form + n). */
static inline int text_words_add(
	struct text_words *w, size_t begin, size_t end, size_t form, size_t n, struct err *e)
{
	struct text_word *word;

	if (w->count == w->room) {
		int r = text_words_grow(w, e);

		if (r)
			return r;
	}
	word = &w->word[w->count++];
	word->offset = (uint32_t)begin;
	word->length = (uint32_t)(end - begin);
	word->form = (uint32_t)form;
	word->form_length = (uint32_t)n;
	word->hash = n ? text_hash_padded(w->pool + form, n) : text_word_hash(STR(""));
	return 0;
}

#endif
