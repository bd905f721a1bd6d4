/* SPDX-License-Identifier: MIT */
/* An alert as JSON: what the webhook sends and `--json` prints. */
#ifndef ALERT_JSON_H
#define ALERT_JSON_H

#include <jansson.h>

#include "alert/alert.h"

/* The caller owns the reference. NULL: out of memory. */
json_t *alert_json(const struct alert *a);
/*
 * Appends the compact document. Nothing in it depends on the attempt, so each call gives the same
 * bytes. 0 or -ERR_NOMEM.
 */
int alert_json_write(const struct alert *a, struct buf *out);

#endif
