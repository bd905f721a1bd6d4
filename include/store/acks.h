/* SPDX-License-Identifier: MIT */
/* Acknowledgements: who has taken an alert, and when. See store.h for the errors. */
#ifndef STORE_ACKS_H
#define STORE_ACKS_H

#include "base/clock.h"
#include "store/store.h"

#define STORE_ACK_BY_MAX ((size_t)100) /* bytes of a name */

enum store_ack_result {
	STORE_ACK_UNKNOWN, /* there is no such alert */
	STORE_ACK_NOTICE,  /* it is a trouble or a report, which cannot be acknowledged */
	STORE_ACK_FIRST,
	STORE_ACK_EARLIER, /* it was acknowledged before; the first one stays */
};

struct store_ack {
	enum store_ack_result result;
	struct str id; /* of the alert */
	struct str by; /* the name of a person */
	int64_t at;    /* wall ms */
};

/*
 * Acknowledges the alert with that id, in a transaction of its own, and ends its escalation. Of a
 * notice about an alert, that alert; of a digest, all its alerts; of an alert that a message
 * reports with others of the same item, all of them. Strings of *out are in arena.
 */
int store_ack_put(struct store *s, struct str id, struct str by, int64_t now, struct arena *arena,
	struct store_ack *out, struct err *e);

/* --- asking people where they read it --- */

/*
 * A delivered message about an alert that nobody has acknowledged, and that escalates, or has gone
 * to the receivers of a step within STORE_ASKED_MS.
 */
struct store_asked {
	struct str notify, receipt; /* struct sink_verdict */
	struct str alert;	    /* id of the alert or digest that the message is about */
};
#define STORE_ASKED_MS (24 * CLOCK_HOUR)
/* Returns the newest ones, at most max, in arena. */
int store_asked(struct store *s, int64_t now, size_t max, struct arena *arena,
	struct store_asked **out, size_t *n, struct err *e);
/* Sets *any if there may be some, delivered or not. */
int store_asked_any(struct store *s, int64_t now, bool *any, struct err *e);

/* --- telling the receivers --- */

struct store_ack_open {
	int64_t alert; /* row */
	struct str by;
	int64_t at;
	int64_t notice; /* row of the notice about it; 0: there is none yet */
};
/* Those of which not all receivers are known yet, the oldest first, in arena. */
int store_acks_open(struct store *s, struct arena *arena, struct store_ack_open **out, size_t *n,
	struct err *e);
/* A receiver that got the alert, or waits for it, and is not in the notice yet. */
struct store_ack_receiver {
	struct str notify;
	struct str group; /* the alert is held in that group until held_to; absent: it is not */
	int64_t held_to;
};
int store_ack_receivers(struct store *s, const struct store_ack_open *a, struct arena *arena,
	struct store_ack_receiver **out, size_t *n, struct err *e);
/* No receiver can be added any more. */
int store_ack_close(struct store *s, int64_t alert, struct err *e);

#endif
