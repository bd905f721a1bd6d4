/* SPDX-License-Identifier: MIT */
/*
 * The splitter's way for anything but plain ASCII words: UAX #29 over code points, with the cuts
 * and forms of our definition made on the way.
 */
#ifndef WATCH_SEGMENT_H
#define WATCH_SEGMENT_H

#include <stddef.h>

#include "base/err.h"
#include "watch/hash.h"
#include "watch/words.h"

/*
 * Adds the words of w->text from `from`, where no word may reach back over, up to a place where
 * none reaches over and the blocks are right again; *resume is set to that, or to the end.
 */
int watch_segment_run(struct watch_words *w, size_t from, size_t *resume, struct err *e);
/* All words of the text, * and ? being letters. */
int watch_segment_pattern(struct watch_words *w, struct err *e);

/* --- of words.c, for the splitter's parts --- */

/* Room for more words, for n more bytes of forms (with WATCH_FORM_PAD behind): 0 or an error. */
int watch_words_grow(struct watch_words *w, struct err *e);
int watch_words_grow_pool(struct watch_words *w, size_t n, struct err *e);

/* The word text[begin..end), whose normal form is pool[form..form + n). */
static inline int watch_words_add(
	struct watch_words *w, size_t begin, size_t end, size_t form, size_t n, struct err *e)
{
	struct watch_word *word;

	if (w->count == w->room) {
		int r = watch_words_grow(w, e);

		if (r)
			return r;
	}
	word = &w->word[w->count++];
	word->offset = (uint32_t)begin;
	word->length = (uint32_t)(end - begin);
	word->form = (uint32_t)form;
	word->form_length = (uint32_t)n;
	word->hash = n ? watch_hash_padded(w->pool + form, n) : watch_word_hash(STR(""));
	return 0;
}

#endif
