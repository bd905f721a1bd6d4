/* SPDX-License-Identifier: MIT */
/* The form in which secrets and foreign text are compared. */
#ifndef BASE_REDACT_FORM_H
#define BASE_REDACT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct redact_form {
	char *text;
	size_t n;
	size_t *start; /* n + 1 of them: where each character begins in the original */
	size_t size;
};

/* Release it in either case. False: out of memory. */
bool redact_form_make(struct redact_form *f, struct str s);
void redact_form_release(struct redact_form *f); /* wipes it */

#endif
