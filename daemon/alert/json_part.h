/* SPDX-License-Identifier: MIT */
/*
 * Parts of the documents of alerts, digests and troubles. Functions that return a json_t return a
 * new reference, NULL if memory runs out.
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
/* Appends the value in compact form. Its texts are valid. out fails if memory runs out. */
void json_part_write(json_t *value, struct buf *out);
/* Appends the document and releases the reference; NULL: memory ran out. 0 or -ERR_NOMEM. */
int json_part_dump(json_t *root, struct buf *out);
/* Copies a text into arena, absent if it is not a string (or NULL). Returns 0 or -ERR_NOMEM. */
int json_part_read_text(const json_t *from, struct arena *arena, struct str *out);
/* Returns wall ms; STAMP_NONE if it is not a time. */
int64_t json_part_read_stamp(const json_t *from);

#endif
