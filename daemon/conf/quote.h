/* SPDX-License-Identifier: MIT */
/* Decodes quoted text, and recovers from quotes that are not closed. */
#ifndef CONF_QUOTE_H
#define CONF_QUOTE_H

#include <stdbool.h>

#include "base/arena.h"
#include "diag.h"
#include "source.h"

struct conf_quoted {
	struct conf_at at;		    /* in: the opening quote, ' or " */
	conf_notify_types_fn *notify_types; /* in; may be NULL */
	size_t to, end;			    /* offsets after the text and after the closing quote */
	struct str text; /* decoded, NUL-terminated, in the arena; never absent */
	bool unclosed;
};

/* Returns 0, also after a report in diags, or -ERR_NOMEM. */
int conf_quote_read(struct conf_quoted *q, struct arena *arena, struct conf_diags *diags);
/* Returns the length in bytes of a typographic quote at offset, or 0. */
size_t conf_quote_curly(struct str text, size_t offset);
/*
 * Returns the place in the file of byte `decoded` of a value. [from, to) are the bytes between the
 * quotes; quote and at are those of the token.
 */
struct conf_at conf_quote_locate(
	struct conf_at at, char quote, size_t from, size_t to, size_t decoded);

#endif
