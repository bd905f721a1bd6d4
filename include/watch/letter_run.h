/* SPDX-License-Identifier: MIT */
/*
 * Letters and digits in a row about which there is nothing to decide: the bulk of most words.
 */
#ifndef WATCH_LETTER_RUN_H
#define WATCH_LETTER_RUN_H

#include <stddef.h>

#include "watch/letter.h"
#include "watch/words.h"

struct watch_letter_run {
	const struct watch_letter *last; /* NULL: there is none */
	size_t end;			 /* behind the last, in the text */
	size_t form_length;
};

/*
 * The PLAIN letters of w->text from `at`; their forms lie in the pool behind pool_length, which is
 * for the caller to move. It may end early: where the text or the room in the pool does.
 */
struct watch_letter_run watch_letter_run(const struct watch_words *w, size_t at);

#endif
