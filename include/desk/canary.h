/* SPDX-License-Identifier: MIT */
/*
 * The canary: an item of nightdesk's own that goes the whole way of an item, from its document to
 * the receiver that conf.canary names. It is ingested by desk_ingest(), matched with all watches,
 * routed and put into the outbox like any other; only its item is not kept, and its alert is in no
 * list, report or search.
 */
#ifndef DESK_CANARY_H
#define DESK_CANARY_H

#include "desk/desk.h"

/* The RSS document of the canary of that time. NULL: out of memory; malloc'd, *n bytes. */
char *desk_canary_document(int64_t now, size_t *n);
/*
 * Takes in the document, parsed, in a transaction of its own, in place of the canary before.
 * -ERR_INPUT: it came out otherwise than it must, as *e says; nothing is stored. Else as
 * desk_ingest().
 */
int desk_canary_ingest(struct desk *d, const struct conf *c, const struct feed_batch *batch,
	int64_t now, struct err *e);

#endif
