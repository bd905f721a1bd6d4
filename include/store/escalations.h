/* SPDX-License-Identifier: MIT */
/*
 * Unacknowledged alerts: the next step of the escalation of each, and its due time. See store.h for
 * the errors.
 */
#ifndef STORE_ESCALATIONS_H
#define STORE_ESCALATIONS_H

#include "store/outbox.h"

struct store_escalation {
	int64_t alert; /* row */
	size_t step;
	int64_t due_at; /* wall ms */
	struct str watch;
	bool held; /* as in store_escalation_add() */
	/* With store_escalation_look(). */
	/* Each delivery to a configured receiver is held until then; STAMP_NONE: one is not. */
	int64_t held_to;
	bool withdrawn;
};

/*
 * The first step of an alert is due then; not if it was acknowledged before a restore. held: no
 * receiver was to get the alert at once.
 */
int store_escalation_add(struct store *s, int64_t alert, int64_t due_at, bool held, struct err *e);
/* The digest escalates in place of the alerts that are part of it. */
int store_escalation_join(struct store *s, int64_t digest, struct err *e);
/* Returns those that are due by then, in that order, at most max, in arena. */
int store_escalations(struct store *s, int64_t by, size_t max, struct arena *arena,
	struct store_escalation **out, size_t *n, struct err *e);
/* Sets *at to when the first one is due; STAMP_NONE: there is none. */
int store_escalation_next(struct store *s, int64_t *at, struct err *e);
/* Fills in what the deliveries of the alert say. */
int store_escalation_look(struct store *s, struct store_escalation *x, struct err *e);
/* Stores the step and when it is due. */
int store_escalation_move(struct store *s, const struct store_escalation *x, struct err *e);
int store_escalation_end(struct store *s, int64_t alert, struct err *e);

/*
 * Adds a delivery of the alert, and those of its corrections. A receiver that has one keeps it; if
 * that is held, alone or in another message, it is sent at once: with the others of its item, and
 * without those of a digest.
 */
int store_escalation_deliver(struct store *s, const struct store_addition *a,
	const struct store_plan *plan, struct err *e);
#define STORE_ESCALATED_GROUP STR("escalated")
/* Of what is held in that group, alerts about one item become one message to each receiver. */
int store_escalation_join_items(struct store *s, struct err *e);

#endif
