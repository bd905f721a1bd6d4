/* SPDX-License-Identifier: MIT */
/* JSON Feed 1.0 and 1.1 (jsonfeed.org), read as tolerantly as an XML feed, into the same batch. */
#ifndef FEED_JSON_H
#define FEED_JSON_H

#include "base/err.h"
#include "base/str.h"
#include "feed/item.h"
#include "feed/parse.h"

/*
 * body is UTF-8 (a BOM is fine). 0 and *out, the caller's to free; or -ERR_INPUT for what is no
 * JSON Feed, -ERR_LIMIT, -ERR_NOMEM with *out NULL.
 */
int feed_json_parse(struct str body, const struct feed_parse_options *o, struct feed_batch **out,
	struct err *e);

#endif
