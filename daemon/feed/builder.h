/* SPDX-License-Identifier: MIT */
/*
 * Batch builder: builds a batch from start tags, text and end tags, which come from libxml2
 * (xml.c) or from the lenient parser (lenient_xml.c).
 *
 * An item is added to the batch at its end tag, not before. The builder enforces all limits of
 * struct feed_limits that concern content: past one it ignores further events, and
 * feed_builder_error() returns the reason.
 */
#ifndef FEED_BUILDER_H
#define FEED_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "element.h"
#include "feed/item.h"
#include "feed/parse.h"

struct feed_builder;

struct feed_attr {
	enum feed_ns ns;
	struct str name, value; /* value: references resolved */
};

struct feed_tag {
	enum feed_ns ns;
	struct str name;		 /* without prefix */
	const char *uri;		 /* of the namespace, NUL-terminated; NULL: none */
	const struct feed_element *rows; /* feed_element_find(ns, name) */
	bool prefixed;
	bool declares; /* the default namespace, which is then meant for this element */
	const struct feed_attr *attrs;
	size_t n_attrs;
	uint32_t line;
};

struct feed_builder *feed_builder_new(void);	/* NULL: out of memory */
void feed_builder_free(struct feed_builder *b); /* NULL is fine */
/* Starts a document and discards an unfinished one. *o must live until the document is finished. */
int feed_builder_begin(struct feed_builder *b, const struct feed_parse_options *o, struct err *e);

/*
 * Name and namespace of the root element, which decide what "no namespace" means, and whether it
 * has a prefix; call this before the first start tag. Returns true if that, or the meaning of this
 * namespace, has changed: element rows that the caller cached are invalid then.
 */
bool feed_builder_root(struct feed_builder *b, struct str uri, struct str name, bool prefixed);
enum feed_ns feed_builder_ns(const struct feed_builder *b, struct str uri);

void feed_builder_start(struct feed_builder *b, const struct feed_tag *tag);
void feed_builder_text(struct feed_builder *b, const char *p, size_t n);
/* A tag inside the text of a field, as written in the source. */
void feed_builder_markup(struct feed_builder *b, struct str tag);
/* name: as in the start tag; it is needed for markup inside text only. */
void feed_builder_end(struct feed_builder *b, struct str name);

/* Number of open elements; 0 after the root's end tag. */
unsigned feed_builder_depth(const struct feed_builder *b);
bool feed_builder_root_closed(const struct feed_builder *b);
/* Discards the open item; closes elements up to the parent of an item. */
void feed_builder_drop_item(struct feed_builder *b);
/* Whether the root element is that of a feed. */
bool feed_builder_is_feed(const struct feed_builder *b);
/* Name of the root element ("html", "opml"); "" before the first tag. */
const char *feed_builder_root_name(const struct feed_builder *b);

/* The error after which events are ignored, or NULL. */
const struct err *feed_builder_error(const struct feed_builder *b);
/* Records a problem of the document in the batch; line 0: of the document as a whole. */
void feed_builder_problem(struct feed_builder *b, uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * Returns the batch in *out, which the caller owns. The caller sets complete, well_formed,
 * body_bytes and feed.encoding.
 */
int feed_builder_finish(struct feed_builder *b, struct feed_batch **out, struct err *e);
/* Sets the error for text past feed_limits.arena_bytes. Returns -ERR_LIMIT. */
int feed_builder_set_too_large(const struct feed_limits *limits, struct err *e);

#endif
