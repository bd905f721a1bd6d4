/* SPDX-License-Identifier: MIT */
/* Acknowledgements: who has taken an alert, and when. See store.h for the errors. */
#ifndef STORE_ACKS_H
#define STORE_ACKS_H

#include "store/store.h"

#define STORE_ACK_BY_MAX ((size_t)100) /* bytes of a name */

enum store_ack_result {
	STORE_ACK_UNKNOWN, /* there is no such alert */
	STORE_ACK_NOTICE,  /* it is a trouble or a report, which nobody acknowledges */
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

#endif
