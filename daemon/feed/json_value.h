/* SPDX-License-Identifier: MIT */
/* Single values of a JSON Feed, copied into the arena of the batch. */
#ifndef FEED_JSON_VALUE_H
#define FEED_JSON_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "feed/item.h"
#include "feed/parse.h"

struct json_reader {
	struct feed_batch *b;
	const struct feed_parse_options *o;
	const struct feed_limits *limits;
	struct str base;    /* base of relative links */
	int64_t cpu_end_us; /* clock_thread_cpu_us() at which feed_limits.cpu_us is used up */
	struct buf scratch, repaired;
	bool nomem;	/* an allocation failed; arena_overflowed() says whether by the limit */
	bool field_cut; /* a text was truncated */
};

/*
 * These functions return an absent slice for a value that is absent or empty, and set r->nomem if
 * an allocation fails.
 */
void json_problem(struct json_reader *r, uint32_t line, const char *text);
struct str json_keep(struct json_reader *r, struct str s);
void *json_keep_list(struct json_reader *r, size_t n, size_t size);

/*
 * Value of a string, or of a number, printed into `number`: some feeds have numeric ids. Trimmed,
 * and truncated at field_bytes.
 */
struct str json_field(struct json_reader *r, json_t *object, const char *key, char number[32]);
/*
 * Returns text without control characters, with collapsed white space, in r->scratch. With
 * paragraphs, line breaks are kept, several as one blank line.
 */
struct str json_plain(struct json_reader *r, struct str s, bool paragraphs);
/* Whether text contains "&" and a later ";". */
bool json_has_reference(struct str s);

struct str json_line(struct json_reader *r, json_t *object, const char *key); /* visible text */
struct str json_line_of(struct json_reader *r, json_t *string);		      /* the same */
struct str json_word(struct json_reader *r, json_t *object, const char *key); /* as written */
struct str json_link(struct json_reader *r, json_t *object, const char *key); /* absolute */
void json_body(struct json_reader *r, struct str s, bool html, struct str *text, struct str *raw);
/* STAMP_NONE if there is none. Sets *odd for an implausible date; never clears it. */
int64_t json_date(struct json_reader *r, json_t *object, const char *key, bool *odd);
/* "authors" of 1.1 or "author" of 1.0: an array, an object or a name. */
struct feed_author json_authors(struct json_reader *r, json_t *object);

#endif
