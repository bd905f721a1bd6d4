/* SPDX-License-Identifier: MIT */
/* Private to the room: the canonical form of a link, written without allocating. */
#ifndef FEED_LINK_FORM_H
#define FEED_LINK_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Length of "scheme:" at the start of s (RFC 3986 §3.1); 0: s is a relative reference. */
size_t link_scheme_length(struct str s);

#define LINK_FORM_MAX 2048 /* longer links are compared as they are written */

struct link_form {
	const struct str *strip;
	size_t n_strip;
	char *out; /* LINK_FORM_MAX bytes */
};

/*
 * The length of the form, 0 for what is no http(s) URL or too long. *whole: the length with the
 * fragment, which stands behind it; equal when there is none or it is a stripped parameter.
 */
size_t link_form_write(const struct link_form *f, struct str url, size_t *whole);
/* Never 0. */
uint64_t link_form_key(struct str form);

#endif
