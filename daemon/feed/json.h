/* SPDX-License-Identifier: MIT */
/* Parser of JSON Feed 1.0 and 1.1 (jsonfeed.org), lenient like that of XML feeds. */
#ifndef FEED_JSON_H
#define FEED_JSON_H

#include "base/err.h"
#include "base/str.h"
#include "feed/item.h"
#include "feed/parse.h"

/*
 * body: valid UTF-8, may have a byte order mark. Returns 0 and the batch in *out, which the caller
 * frees; else *out is NULL: -ERR_INPUT if it is not a JSON Feed, -ERR_LIMIT, -ERR_NOMEM.
 */
int feed_json_parse(struct str body, const struct feed_parse_options *o, struct feed_batch **out,
	struct err *e);

#endif
