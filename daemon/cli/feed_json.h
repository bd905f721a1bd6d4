/* SPDX-License-Identifier: MIT */
/* A batch as JSON, in the field names of the interface (docs and `parse --json`). */
#ifndef CLI_FEED_JSON_H
#define CLI_FEED_JSON_H

#include <stdio.h>

#include "base/err.h"
#include "feed/item.h"

/* "rss", "atom", "cdf", "json", "unknown" */
const char *cli_feed_format(enum feed_format format);

/*
 * One document on one line. file: NULL leaves it out. b NULL: the refusal e instead. 0, or -1 when
 * memory is out (told on standard error).
 */
int cli_feed_json(FILE *to, const char *file, const struct feed_batch *b, const struct err *e);

#endif
