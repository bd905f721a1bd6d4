/* SPDX-License-Identifier: MIT */
/*
 * Start tags, text and end tags to a batch. Who calls is no matter: libxml2 by way of xml.c, or
 * the lenient parser; both see every rule and every limit only here.
 *
 * An item enters the batch when its end tag comes, never before. Every limit of struct
 * feed_limits that concerns content is kept here: past one the functions do nothing more and
 * feed_build_error() says why.
 */
#ifndef FEED_BUILD_H
#define FEED_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "element.h"
#include "feed/item.h"
#include "feed/parse.h"

struct feed_build;

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

struct feed_build *feed_build_new(void);    /* NULL: out of memory */
void feed_build_free(struct feed_build *b); /* NULL is fine */
/* Begins a document; what an unfinished one left is thrown away. The options must outlive it. */
int feed_build_begin(struct feed_build *b, const struct feed_parse_options *o, struct err *e);

/*
 * The root's name and namespace decide what "no namespace" means; call before the first start.
 * Returns true when that, or the meaning of this root's namespace, is new: cached rows are void.
 */
bool feed_build_root(struct feed_build *b, struct str uri, struct str name);
enum feed_ns feed_build_ns(const struct feed_build *b, struct str uri);

void feed_build_start(struct feed_build *b, const struct feed_tag *tag);
void feed_build_text(struct feed_build *b, const char *p, size_t n);
/* A tag as it stands in the source, inside the text of a field. */
void feed_build_markup(struct feed_build *b, struct str tag);
/* name: as in the tag, for markup inside text. */
void feed_build_end(struct feed_build *b, struct str name);

/* Open elements; 0 after the root's end tag. */
unsigned feed_build_depth(const struct feed_build *b);
bool feed_build_root_closed(const struct feed_build *b);
/* Throws the open item away and closes elements up to where another item can start. */
void feed_build_drop_item(struct feed_build *b);
/* The document's root was a feed's. If not, what it was: "html", "opml"; "" before any tag. */
bool feed_build_is_feed(const struct feed_build *b);
const char *feed_build_root_name(const struct feed_build *b);

/* NULL, or why nothing more is taken. */
const struct err *feed_build_error(const struct feed_build *b);
void feed_build_problem(struct feed_build *b, uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The batch so far, the caller's. complete, well_formed and encoding are the caller's to set. */
int feed_build_finish(struct feed_build *b, struct feed_batch **out, struct err *e);

/* A copy in the batch's arena, for what the caller puts into the batch. */
struct str feed_batch_keep(struct feed_batch *batch, const char *z);

#endif
