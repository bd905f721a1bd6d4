/* SPDX-License-Identifier: MIT */
/*
 * Fast path for runs of letters and digits that need no normalisation beyond that of each letter,
 * and contain no boundary decision.
 */
#ifndef TEXT_LETTER_RUN_H
#define TEXT_LETTER_RUN_H

#include <stddef.h>

#include "letter.h"
#include "text/words.h"

struct text_letter_run {
	const struct text_letter *last; /* NULL: the run is empty */
	size_t end;			/* offset in the text after the last */
	size_t form_length;
};

/*
 * Copies the PLAIN letters of w->text from `at`: their forms are appended to the pool, but
 * pool_length is left for the caller to advance. A run may end early, at the end of the text or of
 * the allocated pool.
 */
struct text_letter_run text_letter_run(const struct text_words *w, size_t at);

#endif
