/* SPDX-License-Identifier: MIT */
/*
 * Routing: which receivers an alert goes to, when, and with which others. Pure: no clock, no
 * database. The only plan today is at once and alone.
 */
#ifndef ROUTE_ROUTE_H
#define ROUTE_ROUTE_H

#include "alert/alert.h"
#include "conf/conf.h"

#define ROUTE_MAX CONF_WATCH_NOTIFY_MAX

/* What a plan depends on besides the configuration and the alert. */
struct route_now {
	int64_t wall; /* ms */
};

/* One delivery. */
struct route_plan {
	const struct conf_notify *receiver; /* in the configuration */
	int64_t due_at;			    /* wall ms */
	struct str group;		    /* sent as one message with others; absent: alone */
};

/* Fills out in the order of the watch's notify; returns how many. None: the alert is recorded only.
 */
size_t route_plan(const struct conf *c, const struct alert *a, const struct route_now *now,
	struct route_plan out[ROUTE_MAX]);

#endif
