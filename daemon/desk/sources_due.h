/* SPDX-License-Identifier: MIT */
/* What a further report of a story makes true: see sources.h. */
#ifndef DESK_SOURCES_DUE_H
#define DESK_SOURCES_DUE_H

#include "ingest.h"

/*
 * After a new item is matched: raises the alerts that waited for its origin, and the priorities of
 * earlier ones. Clears item_arena. 0 or a class of the store.
 */
int sources_due_look(struct ingest *t, struct err *e);

#endif
