/* SPDX-License-Identifier: MIT */
/*
 * The splitter's way for anything but plain ASCII words: UAX #29 over code points, with the cuts
 * and forms of our definition made on the way.
 */
#ifndef TEXT_SEGMENT_H
#define TEXT_SEGMENT_H

#include <stddef.h>

#include "base/err.h"
#include "word_hash.h"
#include "text/words.h"

/*
 * Adds the words of w->text from `from`, where no word may reach back over, up to a place where
 * none reaches over and the blocks are right again; *resume is set to that, or to the end.
 */
int text_segment_run(struct text_words *w, size_t from, size_t *resume, struct err *e);
/* All words of the text, * and ? being letters. */
int text_segment_pattern(struct text_words *w, struct err *e);

/* --- of words.c, for the splitter's parts --- */

/* Room for more words, for n more bytes of forms (with TEXT_FORM_PAD behind): 0 or an error. */
int text_words_grow(struct text_words *w, struct err *e);
int text_words_grow_pool(struct text_words *w, size_t n, struct err *e);

/* The word text[begin..end), whose normal form is pool[form..form + n). */
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
