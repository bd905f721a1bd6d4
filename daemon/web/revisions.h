/* SPDX-License-Identifier: MIT */
/* The edits of an item, as word diffs. */
#ifndef WEB_REVISIONS_H
#define WEB_REVISIONS_H

#include "html.h"
#include "store/store.h"

/* Appends a section, or nothing if the item (row) was never edited or is gone. 0 or -class. */
int revisions_put(
	struct html *h, struct store *store, int64_t item, struct arena *arena, struct err *e);

#endif
