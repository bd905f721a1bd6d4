/* SPDX-License-Identifier: MIT */
/* An alert as JSON: what the webhook sends and `--json` prints. */
#ifndef ALERT_JSON_H
#define ALERT_JSON_H

#include <jansson.h>

#include "alert/alert.h"

/* "alert.created": the type of the document. */
const char *alert_json_type(const struct alert *a);
/* Returns a new reference, which the caller must drop. NULL: out of memory. */
json_t *alert_json_make(const struct alert *a);
/* Standard Webhooks: receivers may refuse a body of more than 20 KB. */
#define ALERT_JSON_MAX ((size_t)20000)
/*
 * Appends the compact document, whose texts and lists are cut to keep it within ALERT_JSON_MAX. It
 * does not depend on the attempt: each call returns the same bytes. Returns 0 or -ERR_NOMEM.
 */
int alert_json_write(const struct alert *a, struct buf *out);
/*
 * Shortens texts and lists of the document until it has at most max bytes in compact form. A list
 * beside "left_out" adds there what it loses; a link is whole or empty. Returns 0, or -ERR_NOMEM.
 */
int alert_json_fit(json_t *root, size_t max);

#endif
