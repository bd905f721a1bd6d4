/* SPDX-License-Identifier: MIT */
/*
 * Letters and digits in a row about which there is nothing to decide: the bulk of most words.
 */
#ifndef TEXT_LETTER_RUN_H
#define TEXT_LETTER_RUN_H

#include <stddef.h>

#include "letter.h"
#include "text/words.h"

struct text_letter_run {
	const struct text_letter *last; /* NULL: there is none */
	size_t end;			/* behind the last, in the text */
	size_t form_length;
};

/*
 * The PLAIN letters of w->text from `at`; their forms lie in the pool behind pool_length, which is
 * for the caller to move. It may end early: where the text or the room in the pool does.
 */
struct text_letter_run text_letter_run(const struct text_words *w, size_t at);

#endif
