/* SPDX-License-Identifier: MIT */
/* The document of a parsed feed: what `parse --json` prints. */
#ifndef DOCUMENT_BATCH_H
#define DOCUMENT_BATCH_H

#include <jansson.h>

#include "base/err.h"
#include "feed/item.h"

/* "rss", "atom", "cdf", "json", "unknown" */
const char *document_format_name(enum feed_format format);

/*
 * file: the name of the parsed file; NULL leaves it out. b NULL: the document of the error e.
 */
json_t *document_batch(const char *file, const struct feed_batch *b, const struct err *e);
extern const char *const document_weekdays[]; /* by the bits of feed_info.skip_days */

#endif
