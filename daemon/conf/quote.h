/* SPDX-License-Identifier: MIT */
/* The text between quotes: decoding it, and finding out what was meant where it is broken. */
#ifndef CONF_QUOTE_H
#define CONF_QUOTE_H

#include <stdbool.h>

#include "base/arena.h"
#include "diag.h"
#include "source.h"

struct conf_quoted {
	struct conf_at at;		    /* in: the opening quote, ' or " */
	conf_notify_types_fn *notify_types; /* in; may be NULL */
	size_t to, end;			    /* offsets: behind the text, behind the closing quote */
	struct str text; /* decoded, NUL-terminated, in the arena; never absent */
	bool unclosed;
};

/* 0, also when there was something to report; -ERR_NOMEM. */
int conf_quote_read(struct conf_quoted *q, struct arena *arena, struct conf_diags *diags);
/* Bytes of the typographic quote at offset; 0 when there is none. */
size_t conf_quote_curly(struct str text, size_t offset);
/*
 * The place in the file of byte `decoded` of a value: [from, to) are the bytes between the quotes,
 * quote is ' or " or 0 as in the token, at the token's place.
 */
struct conf_at conf_quote_locate(
	struct conf_at at, char quote, size_t from, size_t to, size_t decoded);

#endif
