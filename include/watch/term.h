/* SPDX-License-Identifier: MIT */
/* Terms: what stands between operators, made into words as they are compared. */
#ifndef WATCH_TERM_H
#define WATCH_TERM_H

#include "watch/lex.h"
#include "watch/words.h"

struct watch_term_maker {
	struct arena *arena;
	struct watch_reporter *report;
	struct watch_words words; /* scratch */
	bool failed;		  /* memory */
};

/*
 * A BARE, QUOTED, BRACED or REGEX token to a node WATCH_PHRASE or WATCH_REGEX. NULL: reported, or
 * maker->failed.
 */
struct watch_node *watch_term(
	struct watch_term_maker *m, const struct watch_token *t, struct str text);

#endif
