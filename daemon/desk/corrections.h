/* SPDX-License-Identifier: MIT */
/* Items that say of themselves, or of an earlier item, that it was corrected or withdrawn. */
#ifndef DESK_CORRECTIONS_H
#define DESK_CORRECTIONS_H

#include "ingest.h"
#include "followup.h"

/*
 * Of a new item (old is NULL), or a revision: raises the notices about the alerts that it corrects
 * or withdraws, and adds to *told their watches.
 */
int corrections_look(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	const struct store_item_row *old, struct followup_told *told, struct err *e);
/* Raises those about the items that the feed lists as deleted. */
int corrections_look_at_deleted(struct ingest *t, struct err *e);

#endif
