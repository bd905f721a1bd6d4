/* SPDX-License-Identifier: MIT */
/* The details of a trouble notice as JSON, see alert/detail.h. */
#ifndef ALERT_TROUBLE_JSON_H
#define ALERT_TROUBLE_JSON_H

#include <jansson.h>

#include "alert/alert.h"

/* Returns a new reference. NULL: out of memory. */
json_t *trouble_json_make(const struct alert_trouble *t);
/* Strings are in arena. Returns 0, -ERR_INPUT or -ERR_NOMEM. */
int trouble_json_read(const json_t *root, struct arena *arena, const struct alert_trouble **out);

#endif
