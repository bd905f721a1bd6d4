/* SPDX-License-Identifier: MIT */
/*
 * Bytes to batch: RSS, Atom and the rest, from a server that may be broken or hostile.
 *
 * Push the body, in one go or in steps, then finish. The result
 * does not depend on how the bytes were cut. Nothing is opened, fetched or expanded; every limit
 * is told in struct feed_limits; past one the answer is ERR_LIMIT, for what is no feed ERR_INPUT,
 * each with a sentence that says what was found, at which line, and what to do.
 */
#ifndef FEED_PARSE_H
#define FEED_PARSE_H

#include "base/err.h"
#include "base/str.h"
#include "feed/item.h"

struct feed_limits {
	size_t body_bytes;   /* decoded body */
	size_t arena_bytes;  /* all that the batch may hold */
	size_t field_bytes;  /* one text field; longer ones are cut, and a problem says so */
	size_t tag_bytes;    /* one start tag */
	unsigned attributes; /* of one element */
	unsigned depth;
	unsigned elements;
	unsigned items; /* more are dropped, and a problem says so */
	int64_t cpu_us; /* thread CPU time for the whole document */
};

extern const struct feed_limits feed_limits_default;

struct feed_parse_options {
	struct str url;				       /* base for relative links; absent is fine */
	struct str content_type;		       /* the HTTP header, absent for files */
	struct str content_location, content_language; /* likewise */
	const struct feed_limits *limits;	       /* NULL: the default */
	/* Parameters left out of links when they are compared: "utm_*", "fbclid". */
	const struct str *strip_parameters;
	size_t n_strip_parameters;
	/*
	 * Compute text keys and visible text. False only to list what a document holds.
	 */
	bool headers_only;
};

/*
 * A deep copy of *from in *to, limits included; its memory is a's. 0 or -ERR_NOMEM (a's maximum
 * counts as such).
 */
int feed_parse_options_copy(
	struct arena *a, const struct feed_parse_options *from, struct feed_parse_options *to);

struct feed_parser;

/* The options' memory must live until finish or free. NULL: out of memory. */
struct feed_parser *feed_parser_new(const struct feed_parse_options *o);
/* 0, or the first error, after which only finish and free are of use. */
int feed_parser_push(struct feed_parser *p, const char *bytes, size_t n, struct err *e);
/*
 * Ends the document. 0 and *out (the caller's, to be freed) when there is a feed in it, even a
 * broken one whose complete items were saved (out->complete is then false). Else -ERR_INPUT,
 * -ERR_LIMIT or -ERR_NOMEM, *out NULL. The parser can take the next document afterwards:
 * feed_parser_reset.
 */
int feed_parser_finish(struct feed_parser *p, struct feed_batch **out, struct err *e);
void feed_parser_reset(struct feed_parser *p, const struct feed_parse_options *o);
void feed_parser_free(struct feed_parser *p); /* NULL is fine */

/* All at once. */
int feed_parse(struct str body, const struct feed_parse_options *o, struct feed_batch **out,
	struct err *e);

/* Call once before threads start, and at exit. */
void feed_parse_global_init(void);
void feed_parse_global_cleanup(void);

#endif
