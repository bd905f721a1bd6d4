/* SPDX-License-Identifier: MIT */
/*
 * Items that vanish from the middle of their list within an hour of their alert: their publisher
 * has probably withdrawn them.
 *
 * It must be a list in order: by date, or without dates in the order in which its items came. Items
 * that are older and newer than the vanished one must still be there, so that it did not leave at
 * the old end, and this is no older copy of the list. No item that replaces it may have come since,
 * and few others may have vanished in the last hour: lists that are chosen anew each time lose
 * many.
 */
#ifndef DESK_VANISHED_H
#define DESK_VANISHED_H

#include "ingest.h"

/* After the items of the batch are stored. 0 or a class of the store. */
int vanished_look(struct ingest *t, struct err *e);

#endif
