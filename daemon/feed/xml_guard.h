/* SPDX-License-Identifier: MIT */
/*
 * What stands in front of libxml2: refuses what its version 2.9.14 cannot survive.
 *
 * That version takes a minute for one start tag of 80,000 attributes, and for ever for a small
 * document type with default attributes, all inside one call that nothing can interrupt. So the
 * decoded bytes pass here first, in one linear scan that knows just enough XML to tell tags,
 * comments, CDATA sections, processing instructions and the DOCTYPE apart. It changes nothing and
 * finds no errors other than these: depth and the number of elements are counted by the builder.
 */
#ifndef FEED_XML_GUARD_H
#define FEED_XML_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum feed_gate_verdict {
	FEED_GATE_OPEN,
	FEED_GATE_TAG_TOO_LONG,
	FEED_GATE_ATTRIBUTES,
	FEED_GATE_DECLARATION, /* the DOCTYPE declares entities, elements or attributes */
};

struct feed_gate {
	size_t tag_bytes; /* limits */
	unsigned attributes;
	/* the rest belongs to the gate */
	int state;
	size_t in_tag;	  /* bytes of the tag so far */
	unsigned values;  /* quoted values of the tag so far */
	unsigned matched; /* bytes of the delimiter looked for */
	char quote;
	char mark[9]; /* what follows "<!" */
};

void feed_gate_init(struct feed_gate *g, size_t tag_bytes, unsigned attributes);
/* The next bytes. Once not open it stays so; *at is the offset in s where it shut. */
enum feed_gate_verdict feed_gate_step(struct feed_gate *g, struct str s, size_t *at);

#endif
