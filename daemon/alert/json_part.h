/* SPDX-License-Identifier: MIT */
/*
 * Parts of the documents of alerts and digests. The functions return new references, NULL if memory
 * runs out.
 */
#ifndef ALERT_JSON_PART_H
#define ALERT_JSON_PART_H

#include <jansson.h>

#include "alert/alert.h"

/* An absent text is "". */
json_t *json_part_text(struct str s);
/* {"name", "title", "priority"} of the watch */
json_t *json_part_watch(const struct alert *a);
/* {"name", "title"} of the feed */
json_t *json_part_feed(const struct alert *a);
/* Sets a key to a text, or to a time in RFC 3339; absent: no key. 0, or -1 if memory runs out. */
int json_part_put_text(json_t *object, const char *key, struct str s);
int json_part_put_stamp(json_t *object, const char *key, int64_t ms);

#endif
