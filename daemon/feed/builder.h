/* SPDX-License-Identifier: MIT */
/*
 * Start tags, text and end tags to a batch. Who calls is no matter: libxml2 by way of xml.c, or
 * the lenient parser; both see every rule and every limit only here.
 *
 * An item enters the batch when its end tag comes, never before. Every limit of struct
 * feed_limits that concerns content is kept here: past one the functions do nothing more and
 * feed_builder_error() says why.
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
	const struct feed_attr *attrs;
	size_t n_attrs;
	uint32_t line;
};

struct feed_builder *feed_builder_new(void);	/* NULL: out of memory */
void feed_builder_free(struct feed_builder *b); /* NULL is fine */
/* Begins a document; what an unfinished one left is thrown away. The options must outlive it. */
int feed_builder_begin(struct feed_builder *b, const struct feed_parse_options *o, struct err *e);

/*
 * The root's name and namespace decide what "no namespace" means; call before the first start.
 * Returns true when that, or the meaning of this root's namespace, is new: cached rows are void.
 */
bool feed_builder_root(struct feed_builder *b, struct str uri, struct str name);
enum feed_ns feed_builder_ns(const struct feed_builder *b, struct str uri);

void feed_builder_start(struct feed_builder *b, const struct feed_tag *tag);
void feed_builder_text(struct feed_builder *b, const char *p, size_t n);
/* A tag as it stands in the source, inside the text of a field. */
void feed_builder_markup(struct feed_builder *b, struct str tag);
/* name: as in the tag, for markup inside text. */
void feed_builder_end(struct feed_builder *b, struct str name);

/* Open elements; 0 after the root's end tag. */
unsigned feed_builder_depth(const struct feed_builder *b);
bool feed_builder_root_closed(const struct feed_builder *b);
/* Throws the open item away and closes elements up to where another item can start. */
void feed_builder_drop_item(struct feed_builder *b);
/* The document's root was a feed's. If not, what it was: "html", "opml"; "" before any tag. */
bool feed_builder_is_feed(const struct feed_builder *b);
const char *feed_builder_root_name(const struct feed_builder *b);

/* NULL, or why nothing more is taken. */
const struct err *feed_builder_error(const struct feed_builder *b);
void feed_builder_problem(struct feed_builder *b, uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The batch so far, the caller's. complete, well_formed and encoding are the caller's to set. */
int feed_builder_finish(struct feed_builder *b, struct feed_batch **out, struct err *e);

/* A copy in the batch's arena, for what the caller puts into the batch. */
struct str feed_batch_keep(struct feed_batch *batch, const char *z);

#endif
