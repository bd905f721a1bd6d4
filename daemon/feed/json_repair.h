/* SPDX-License-Identifier: MIT */
/*
 * Repairs JSON for a strict parser, and checks the limits of depth and number of values before it
 * is parsed.
 *
 * Repaired are: control characters in strings, unknown escapes, unpaired surrogates, NUL, commas
 * before a closing bracket, bytes after the document, and a truncated document, which then ends
 * after the last complete item.
 */
#ifndef FEED_JSON_REPAIR_H
#define FEED_JSON_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "feed/parse.h"

#define JSON_DEPTH_MAX 64

struct json_repaired {
	struct buf text;     /* the repaired document */
	struct buf lines;    /* a uint32_t for each object in "items": its first line */
	uint32_t first_line; /* of the first repair; 0: none was necessary */
	const char *first;   /* description of the first error; static */
	bool cut;	     /* the document was truncated */
};

/* 0, -ERR_LIMIT or -ERR_NOMEM. Release *m in any case. */
int json_repair(
	struct str body, const struct feed_limits *limits, struct json_repaired *m, struct err *e);
void json_repaired_release(struct json_repaired *m);

#endif
