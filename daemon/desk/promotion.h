/* SPDX-License-Identifier: MIT */
/*
 * An alert gets a higher priority, because its story has the sources that a block raise asks for.
 * Each receiver that has it gets it again with that priority; one that waits is replaced.
 */
#ifndef DESK_PROMOTION_H
#define DESK_PROMOTION_H

#include "ingest.h"
#include "same_item.h"
#include "store/waits.h"

/* Those of one report; zeroed at first, but for t and e. */
struct promotion {
	struct ingest *t;
	struct same_item same;
	struct err *e;
};

int promotion_raise(struct promotion *p, const struct store_raise_step *step);
/* Joins those about one item for people, after all are raised. */
int promotion_end(struct promotion *p);

#endif
