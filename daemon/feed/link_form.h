/* SPDX-License-Identifier: MIT */
/* The canonical form of a link, written without allocation. */
#ifndef FEED_LINK_FORM_H
#define FEED_LINK_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Length of "scheme:" at the start of s (RFC 3986 §3.1); 0: s is a relative reference. */
size_t link_scheme_length(struct str s);

#define LINK_FORM_MAX 2048 /* longer links are compared as written */

struct link_form {
	const struct str *strip;
	size_t n_strip;
	char *out; /* LINK_FORM_MAX bytes */
};

/*
 * Writes the form and returns its length; 0 if url is not http(s) or too long. *whole: length
 * including the fragment, which follows it; the same if there is none or it is stripped.
 */
size_t link_form_write(const struct link_form *f, struct str url, size_t *whole);
/* Hash of a form; never 0. */
uint64_t link_form_key(struct str form);

#endif
