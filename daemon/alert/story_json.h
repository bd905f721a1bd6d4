/* SPDX-License-Identifier: MIT */
/* The story of an alert in documents, see alert/detail.h. */
#ifndef ALERT_STORY_JSON_H
#define ALERT_STORY_JSON_H

#include <jansson.h>

#include "alert/alert.h"

/* Returns a new reference. NULL: out of memory. */
json_t *story_json_make(const struct alert_story *s);
/* Sets *out, in arena; NULL if `from` is no object. 0, -ERR_INPUT or -ERR_NOMEM. */
int story_json_read(json_t *from, struct arena *arena, const struct alert_story **out);

#endif
