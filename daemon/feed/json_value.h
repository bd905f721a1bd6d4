/* SPDX-License-Identifier: MIT */
/* Private to the room: single values of a JSON Feed, brought into the batch's arena. */
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
	struct str base;    /* what relative links start from */
	int64_t cpu_end_us; /* clock_thread_cpu_us() at which feed_limits.cpu_us is used up */
	struct buf scratch;
	bool nomem; /* an allocation failed; the arena tells whether it was full */
	bool field_cut;
};

/*
 * Each gives an absent slice for what is absent or empty. When an allocation fails r->nomem is set;
 * whoever drives the reader looks at it.
 */
void json_problem(struct json_reader *r, uint32_t line, const char *text);
struct str json_keep(struct json_reader *r, struct str s);
void *json_keep_list(struct json_reader *r, size_t n, size_t size);

/* A string; a number by its digits, as some write ids, in number. Trimmed, cut at field_bytes. */
struct str json_field(struct json_reader *r, json_t *object, const char *key, char number[32]);
/*
 * Without control characters; white space collapses. With paragraphs a line break stays one and
 * several are a blank line. In r->scratch.
 */
struct str json_plain(struct json_reader *r, struct str s, bool paragraphs);
/* Text by the letter of the specification, HTML in the hands of many who write it. */
bool json_looks_html(struct str s);
bool json_has_reference(struct str s);

struct str json_line(struct json_reader *r, json_t *object, const char *key); /* visible text */
struct str json_word(struct json_reader *r, json_t *object, const char *key); /* as written */
struct str json_link(struct json_reader *r, json_t *object, const char *key); /* absolute */
void json_body(struct json_reader *r, struct str s, bool html, struct str *text, struct str *raw);
/* STAMP_NONE where there is none; *odd is set, never cleared. */
int64_t json_date(struct json_reader *r, json_t *object, const char *key, bool *odd);
/* "authors" of 1.1, "author" of 1.0, each as a list, an object or a name. */
struct feed_author json_people(struct json_reader *r, json_t *object);

#endif
