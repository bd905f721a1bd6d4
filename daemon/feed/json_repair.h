/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: JSON as it comes made into JSON that a strict reader takes, and measured
 * before one sees it, so that depth and number of values are bounded.
 *
 * Mended are: control characters inside strings, unknown escapes, half surrogate pairs, NUL, commas
 * before a closing bracket, bytes behind the document, and an end that is missing: then all up to
 * the last whole item is kept.
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
	struct buf text;     /* the document, mended */
	struct buf lines;    /* uint32_t for each object in "items": the line where it starts */
	uint32_t first_line; /* where the first thing was mended; 0: nothing */
	const char *first;   /* what was wrong there; static */
	bool cut;	     /* the end was missing */
};

/* 0, -ERR_LIMIT or -ERR_NOMEM. *m is to be released in any case. */
int json_repair(
	struct str body, const struct feed_limits *limits, struct json_repaired *m, struct err *e);
void json_repaired_release(struct json_repaired *m);

#endif
