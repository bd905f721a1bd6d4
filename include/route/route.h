/* SPDX-License-Identifier: MIT */
/*
 * Routing: which receivers an alert goes to, when, and with which others. Pure: no clock, no
 * database; the caller says what was sent and what waits.
 */
#ifndef ROUTE_ROUTE_H
#define ROUTE_ROUTE_H

#include "alert/alert.h"
#include "conf/conf.h"

#define ROUTE_MAX CONF_WATCH_NOTIFY_MAX

/* What a receiver of the watch has now. The times are STAMP_NONE without the key of the receiver.
 */
struct route_receiver {
	int64_t free_at;   /* at-most allows another message then */
	int64_t digest_at; /* the digest that is being collected is due; STAMP_NONE: none is */
};

/* What a plan depends on besides the configuration and the alert. */
struct route_now {
	int64_t wall;	    /* ms */
	bool silenced;	    /* a silence holds for the watch */
	int64_t watch_free; /* at-most of the watch allows another alert then; STAMP_NONE: now */
	/* In the order of the watch's notify; NULL: nothing was sent and nothing waits. */
	const struct route_receiver *receivers;
};

enum route_state {
	ROUTE_PENDING,	/* sent at due_at, by itself */
	ROUTE_HELD,	/* released at due_at, with all that is held in its group */
	ROUTE_SILENCED, /* never sent */
};

/* One delivery. */
struct route_plan {
	const struct conf_notify *receiver; /* in the configuration */
	enum route_state state;
	int64_t due_at;	    /* wall ms */
	enum alert_why why; /* ROUTE_HELD */
	struct str group;   /* ROUTE_HELD: released together; the word of why */
};

/* Fills out in the order of the watch's notify; returns how many. None: the alert is recorded only.
 */
size_t route_plan(const struct conf *c, const struct alert *a, const struct route_now *now,
	struct route_plan out[ROUTE_MAX]);

/*
 * Returns when what is held for that reason, due at due_at, is released: earlier, if the
 * configuration or the clock was changed so that nothing alike would wait as long now; later,
 * during quiet hours.
 */
int64_t route_release_at(const struct conf *c, const struct conf_notify *n, enum alert_why why,
	int64_t due_at, int64_t now);

/* --- unacknowledged alerts --- */

/*
 * Returns when an alert of the watch is escalated first, STAMP_NONE: never. The time counts from
 * `now` or, if each of the n plans holds the alert, from when the first receiver gets it.
 */
int64_t route_escalate_first(
	const struct conf_watch *w, const struct route_plan *plans, size_t n, int64_t now);

/* An escalation whose step is due. */
struct route_waiting {
	size_t step;	   /* index in the escalations of the watch */
	bool withdrawn;	   /* the alert was */
	int64_t held_to;   /* each receiver holds the alert until then; STAMP_NONE: one does not */
	int64_t silent_to; /* a silence of the watch lasts until then; STAMP_NONE: none does */
};
enum route_escalation {
	ROUTE_ESCALATE,	      /* to the receivers of the step, now */
	ROUTE_ESCALATE_LATER, /* at *at */
	ROUTE_ESCALATE_NEVER,
};
/* w NULL: the watch is not configured any more. */
enum route_escalation route_escalate(
	const struct conf_watch *w, const struct route_waiting *v, int64_t now, int64_t *at);
/* Returns when the step after `step`, which was due at due_at, is due; STAMP_NONE: never. */
int64_t route_escalate_next(const struct conf_watch *w, size_t step, int64_t due_at);
/* Plans a delivery of a step: several at once are one message to people. */
struct route_plan route_plan_escalated(const struct conf_notify *n, int64_t now);
/*
 * Plans the notice that an alert of that priority is acknowledged: not in quiet hours that the
 * alert does not pass. If the alert is held in a group until held_to, so is the notice; group
 * absent: not.
 */
struct route_plan route_plan_ack(const struct conf_notify *n, enum alert_priority priority,
	struct str group, int64_t held_to, int64_t now);

/* --- civil time; zone NULL is UTC --- */

/* Returns when the quiet hours that `at` is in end; `at` itself outside of them. */
int64_t route_quiet_end(const struct conf_hours *quiet, int64_t at);
/* Returns the first time after `at` at which clocks show that time of the day, once a day. */
int64_t route_next_daily(const struct zone *zone, int minute, int64_t at);

#endif
