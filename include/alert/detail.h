/* SPDX-License-Identifier: MIT */
/*
 * What only some kinds of alert have, as one JSON object: part of the document that is sent, and
 * what the database keeps.
 *
 * ALERT_UPDATED: {"change": {"title": ["old", "new"], "categories": [["old", …], ["new", …]]}}, a
 * key for each changed part; null for a text that is absent.
 *
 * ALERT_DIGEST: {"why": "flood", "alerts": [{"id", "watch": {"name", "title", "priority"}, "item":
 * {"title", "link", "published", "feed": {"name", "title"}}}, …], "left_out": 3}. The objects have
 * the form that they have in the documents of the alerts.
 *
 * ALERT_TROUBLE_…: {"kind": "receiver-failing", "advice": "…", "person": true, "troubles":
 * [{"subject", "since", "detail"}, …], "left_out": 0}.
 *
 * ALERT_CORRECTED, ALERT_WITHDRAWN, ALERT_ACKNOWLEDGED: {"of": "al_…", "of_title", "of_timestamp"}
 * of the earlier alert, "cause" or "by", and "at" of an acknowledgement; of a correction "change"
 * too.
 *
 * ALERT_STORY: the first three of these.
 *
 * An alert, and an alert of a digest, that others report too, or whose text is that of another:
 * {"story": {"id", "reports": 5, "outlets": 4, "sources_at_least": 3, "origins": ["bbc", …],
 * "also":
 * ["afp.com", …], "span_s": 540, "first": "al_…", "via", "why"}}.
 *
 * ALERT_REPORT: {"from", "to", "alerts": 12, "watches": [{"name", "title", "alerts"}, …],
 * "left_out": 0, "feeds": {"configured", "read", "failing", "failing_names": ["a", …], "silent",
 * "silent_names"}, "receivers": ["ops", …]}: receivers that take no messages.
 */
#ifndef ALERT_DETAIL_H
#define ALERT_DETAIL_H

#include <jansson.h>

#include "alert/alert.h"
#include "base/err.h"

/* Returns a new reference. NULL: out of memory. */
json_t *alert_detail_make(const struct alert *a);
/*
 * Appends the object as text; nothing for a kind without details. Returns 0 or -ERR_NOMEM.
 */
int alert_detail_write(const struct alert *a, struct buf *out);
/*
 * Sets the details of *out, whose kind is set, from that text; strings are in arena. Returns 0,
 * -ERR_INPUT if the text is damaged, or -ERR_NOMEM.
 */
int alert_detail_read(struct str text, struct arena *arena, struct alert *out, struct err *e);

#endif
