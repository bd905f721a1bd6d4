/* SPDX-License-Identifier: MIT */
/*
 * The canary: an alert without an item, which no list, report or search shows. There is one at most
 * (desk/canary.h).
 */
#ifndef STORE_CANARY_H
#define STORE_CANARY_H

#include "store/store.h"

struct store_canary {
	int64_t alert; /* row; 0: there is none */
	bool waits;    /* to be sent */
	bool delivered;
	struct str notify; /* its receiver */
	struct str answer; /* of that, the last; absent: none */
};
/* Strings are in arena. */
int store_canary_get(struct store *s, struct arena *arena, struct store_canary *out, struct err *e);
/* Removes the last one with its deliveries. */
int store_canary_drop(struct store *s, struct err *e);
/* Its item was ingested as usual: takes the alert out of the archive, and removes the item. */
int store_canary_detach(struct store *s, struct err *e);

#endif
