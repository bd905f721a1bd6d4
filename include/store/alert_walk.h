/* SPDX-License-Identifier: MIT */
/*
 * Iterate over stored alerts and deliveries, newest first. The row and its strings are valid during
 * the callback; a result other than 0 ends the iteration and is returned by it.
 */
#ifndef STORE_ALERT_WALK_H
#define STORE_ALERT_WALK_H

#include "store/store.h"

struct store_alert_row {
	struct alert alert;
	int64_t deliveries, delivered, pending; /* the rest failed */
};

struct store_alert_filter {
	struct str id;	    /* absent: any */
	struct str watch;   /* absent: any */
	int64_t since;	    /* created then or later; STAMP_NONE: no bound */
	size_t limit;	    /* 0: none */
	int64_t item;	    /* row; 0: any */
	uint64_t story_key; /* 0: any */
};

typedef int store_alert_fn(void *ctx, const struct store_alert_row *row);
int store_alert_each(struct store *s, const struct store_alert_filter *f, store_alert_fn *fn,
	void *ctx, struct err *e);

struct store_delivery_filter {
	int64_t id;	     /* 0: any */
	struct str alert_id; /* absent: any */
	struct str notify;   /* absent: any */
	int state;	     /* enum store_delivery_state; -1: any */
	size_t limit;	     /* 0: none */
};

typedef int store_delivery_fn(void *ctx, const struct store_due *row);
int store_delivery_each(struct store *s, const struct store_delivery_filter *f,
	store_delivery_fn *fn, void *ctx, struct err *e);

#endif
