/* SPDX-License-Identifier: MIT */
/* What an edit changed in an item, for alerts and traces. */
#ifndef DESK_CHANGE_H
#define DESK_CHANGE_H

#include "alert/alert.h"
#include "feed/item.h"

/*
 * Sets out[0..*n) to the parts that differ, in the order of enum alert_part. Of a text, only the
 * part that differs, with some context; of many or long categories, the first ones. The summary
 * of both must be the distinct one, as stored. Values point to the items and arena. Returns 0,
 * -ERR_NOMEM or -ERR_LIMIT.
 */
int desk_find_changes(const struct feed_item *was, const struct feed_item *is, struct arena *arena,
	struct alert_change out[ALERT_PARTS], size_t *n);

#endif
