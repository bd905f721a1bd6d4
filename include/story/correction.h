/* SPDX-License-Identifier: MIT */
/*
 * Whether a headline or a text begins as agencies begin what they withdraw or correct: "KILL: …",
 * "UPDATE 2-CORRECTED-…", "(Corrects name) …", "【更正】…". The words of all languages are one
 * table, daemon/story/correction_words.def, to which the operator adds.
 *
 * The words come first, after marks such as URGENT or UPDATE 2-, never after a quotation mark. They
 * count if a mark follows (a colon, a dash between spaces, a long dash, / | > *), if they are in
 * brackets, or if they are all of the text; in capitals also before a hyphen (CORRECTED-Norland …),
 * a full stop, or a word that is not in capitals. Words that begin ordinary headlines too count
 * only in capitals: "Withdrawal: how Norland left" does not, "WITHDRAWAL: …" does.
 */
#ifndef STORY_CORRECTION_H
#define STORY_CORRECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum correction_kind { CORRECTION_NONE, CORRECTION_CORRECTED, CORRECTION_WITHDRAWN };

struct correction {
	enum correction_kind kind;
	/* No mark follows: only the text after it can show that this is no ordinary headline. */
	bool bare;
	struct str word; /* as written */
	struct str rest; /* what follows, without marks and brackets */
};

struct correction_words;

/*
 * The shipped words and those of the operator, of which ones in capitals count in capitals only.
 * One thread at a time. NULL: out of memory.
 */
struct correction_words *correction_words_new(const struct str *withdrawn, size_t n_withdrawn,
	const struct str *corrected, size_t n_corrected);
void correction_words_free(struct correction_words *w); /* NULL is allowed */

/* Looks at the beginning of s; *out points into s. Returns 0 or -ERR_NOMEM. */
int correction_find(struct correction_words *w, struct str s, struct correction *out);
/* Returns a headline without all such words and marks before it; s itself if memory runs out. */
struct str correction_headline(struct correction_words *w, struct str s);

#endif
