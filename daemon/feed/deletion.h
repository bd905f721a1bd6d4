/* SPDX-License-Identifier: MIT */
/* The deleted entries of a feed (RFC 6721), as part of the batch builder. */
#ifndef FEED_DELETION_H
#define FEED_DELETION_H

#include "builder_state.h"

/* At the end tag of a deleted entry, whose values are in b->item. */
void feed_deletion_close(struct feed_builder *b);
/* At the end of the document: copies them into the batch. */
void feed_deletion_finish(struct feed_builder *b, struct feed_batch *batch);

#endif
