/* SPDX-License-Identifier: MIT */
/*
 * Lenient tokenizer for one start tag of XML, well-formed or not: name, attributes, namespaces.
 * Missing quotes, unquoted values and a missing '>' are recovered where the intent is clear.
 */
#ifndef FEED_LENIENT_TAG_H
#define FEED_LENIENT_TAG_H

#include <stdbool.h>

#include "base/buf.h"
#include "builder.h"

#define LENIENT_TAG_ATTRS 256
#define LENIENT_TAG_NS	  128 /* declarations in scope; more are ignored */

struct lenient_ns {
	struct str prefix; /* in the source text; empty: the default */
	char uri[128];	   /* longer URIs are ignored */
	unsigned depth;	   /* declared by the element at this depth */
};

struct lenient_tag {
	struct str qname;	  /* as written */
	struct str prefix, local; /* its parts */
	struct feed_attr attrs[LENIENT_TAG_ATTRS];
	size_t n_attrs;
	bool closed;	   /* <x/> */
	size_t length;	   /* of the whole tag, in bytes */
	bool no_quote[2];  /* no further ' or " was found */
	struct buf values; /* attribute values with references resolved */
	struct lenient_ns ns[LENIENT_TAG_NS];
	size_t n_ns;
};

/* Characters of XML names (XML 1.0 §2.3); every byte beyond ASCII counts as one. */
bool lenient_name_starts(char c);
size_t lenient_name_length(struct str s);
/* The name without its prefix. */
struct str lenient_name_local(struct str qname);

/*
 * Parses the tag at s.p[0] == '<', without resolving namespaces. Names are slices of s, attribute
 * values are in t->values and valid until the next call. Returns false if this '<' is text
 * (t->length is 0), or if the tag does not end within max bytes (t->length bytes were read as its
 * attributes). Time is linear in t->length plus the distance to the next quote.
 */
bool lenient_tag_read(struct lenient_tag *t, struct str s, size_t max);
/* Declares its xmlns attributes for elements at this depth and deeper. */
void lenient_tag_declare(struct lenient_tag *t, unsigned depth);
/* Removes the declarations of elements at this depth and deeper. */
void lenient_tag_leave(struct lenient_tag *t, unsigned depth);
/* Resolves prefixes into *out, a tag for the builder, which points into *t. */
void lenient_tag_resolve(struct lenient_tag *t, const struct feed_builder *b, struct feed_tag *out);

/* Appends text with its references resolved; unknown ones, and those without ';', are kept. */
void lenient_add_resolved(struct buf *out, struct str s);

#endif
