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
/*
 * Appends the compact document. It does not depend on the attempt: each call returns the same
 * bytes. Returns 0 or -ERR_NOMEM.
 */
int alert_json_write(const struct alert *a, struct buf *out);

#endif
