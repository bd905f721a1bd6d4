/* SPDX-License-Identifier: MIT */
/* One start tag, however badly written: name, attributes, namespaces. For mend.c alone. */
#ifndef FEED_MEND_TAG_H
#define FEED_MEND_TAG_H

#include <stdbool.h>

#include "base/buf.h"
#include "build.h"

#define FEED_MEND_ATTRS 256
#define FEED_MEND_NS	128 /* declarations in force at one time; more are not understood */

struct feed_mend_ns {
	struct str prefix; /* in the source text; empty: the default */
	char uri[128];	   /* longer ones are no feed's */
	unsigned depth;	   /* declared by the element at this depth */
};

struct feed_mend_tag {
	struct str qname;	  /* as written */
	struct str prefix, local; /* its parts */
	struct feed_attr attrs[FEED_MEND_ATTRS];
	size_t n_attrs;
	bool closed;	   /* "<x/>" */
	size_t length;	   /* from '<' to behind '>' */
	bool no_quote[2];  /* no " or no ' comes any more in this tag */
	struct buf values; /* attribute values with references resolved */
	struct feed_mend_ns ns[FEED_MEND_NS];
	size_t n_ns;
};

/* XML's own name characters, roughly: what may start or continue a tag's name. */
bool feed_mend_name_start(char c);
size_t feed_mend_name_length(struct str s);

/*
 * Reads the tag at s.p[0] == '<' without namespaces. False when this is no tag but text; max bounds
 * its length.
 */
bool feed_mend_tag_read(struct feed_mend_tag *t, struct str s, size_t max);
/* Takes its xmlns attributes into force for this depth and those below. */
void feed_mend_tag_declare(struct feed_mend_tag *t, unsigned depth);
/* Forgets what elements at this depth and deeper declared. */
void feed_mend_tag_leave(struct feed_mend_tag *t, unsigned depth);
/* Resolves prefixes; *out can go to the builder then, and points into *t. */
void feed_mend_tag_resolve(
	struct feed_mend_tag *t, const struct feed_build *b, struct feed_tag *out);

/* References of text or of an attribute value to out: known ones end in ';', others stay. */
void feed_mend_references(struct buf *out, struct str s);

#endif
