/* SPDX-License-Identifier: MIT */
/*
 * Parses feeds (RSS, Atom, CDF, JSON Feed, sitemaps) from untrusted servers.
 *
 * Push the body, at once or in pieces, then finish; the result does not depend on the pieces. The
 * parser opens no file or URL and expands no entity. Errors: ERR_LIMIT past a limit of struct
 * feed_limits, ERR_INPUT if the document is not a feed; the message says what was found, in which
 * line, and what to do.
 */
#ifndef FEED_PARSE_H
#define FEED_PARSE_H

#include "base/err.h"
#include "base/str.h"
#include "feed/item.h"

struct feed_limits {
	size_t body_bytes;   /* decoded body */
	size_t arena_bytes;  /* total memory of the batch */
	size_t field_bytes;  /* a text field; longer ones are truncated, with a problem */
	size_t tag_bytes;    /* a start tag */
	unsigned attributes; /* of one element */
	unsigned depth;
	unsigned elements;
	unsigned items; /* the oldest are dropped, with a problem and feed_batch.left_out */
	int64_t cpu_us; /* thread CPU time for the whole document */
};

extern const struct feed_limits feed_limits_default;

struct feed_parse_options {
	struct str url;			  /* base of relative links; may be absent */
	struct str content_type;	  /* HTTP header; absent for a file */
	struct str content_language;	  /* same */
	const struct feed_limits *limits; /* NULL: the default */
	/* Query parameters that link keys ignore: "utm_*", "fbclid". */
	const struct str *strip_parameters;
	size_t n_strip_parameters;
	bool headers_only; /* omit the visible text and the keys of items */
	bool digest;	   /* set feed_batch.sha256 */
	bool sitemaps;	   /* accept sitemaps and their indexes; else they are no feeds */
};

/* Copies *from with all it points to into the arena. 0 or -ERR_NOMEM (also past a's maximum). */
int feed_parse_options_copy(
	struct arena *a, const struct feed_parse_options *from, struct feed_parse_options *to);

struct feed_parser;

/* *o must live until finish or free. NULL: out of memory. */
struct feed_parser *feed_parser_new(const struct feed_parse_options *o);
/* Returns 0 or the first error; after that call only finish, reset or free. */
int feed_parser_push(struct feed_parser *p, const char *bytes, size_t n, struct err *e);
/* The same, once, for a whole body, which is not copied: it must live until finish. */
int feed_parser_push_whole(struct feed_parser *p, struct str body, struct err *e);
/*
 * Ends the document. Returns 0 and the batch in *out, which the caller frees; of a truncated
 * feed it has the complete items, and complete is false. Else -ERR_INPUT, -ERR_LIMIT or -ERR_NOMEM,
 * and *out is NULL. The parser can be reused after feed_parser_reset().
 */
int feed_parser_finish(struct feed_parser *p, struct feed_batch **out, struct err *e);
void feed_parser_reset(struct feed_parser *p, const struct feed_parse_options *o);
void feed_parser_free(struct feed_parser *p); /* NULL is fine */

/* Parses a whole body. */
int feed_parse(struct str body, const struct feed_parse_options *o, struct feed_batch **out,
	struct err *e);

/* Call once before threads start; at exit. */
void feed_parse_global_init(void);
void feed_parse_global_cleanup(void);

#endif
