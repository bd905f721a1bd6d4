/* SPDX-License-Identifier: MIT */
/*
 * Validators that lie: some servers answer 304 to every conditional request although their feed
 * changed. So requests without validators are mixed in: one after the first few 304s, then at
 * intervals that double with each probe that brings nothing new, up to some fifty; from then on
 * when the last complete body is a day old, two, four, a week. A change that is answered with a
 * body after a 304 proves the validators: from then on only a body two days old is asked for again,
 * and a feed that posts every day has no probe any more.
 *
 * A feed that falls silent by its own rhythm has one more, at once (daemon/engine/health_job.h).
 *
 * A probe that brings new items proves a lie if its body carries the validators that are stored: a
 * conditional request would have got 304. If it carries others, the feed may have changed since the
 * last 304. Then the old validators are kept and sent once more: 304 to them proves the lie, and an
 * honest server answers with a body. After a lie the validators are not sent for a day, twice as
 * long after each further one.
 *
 * Pure functions; all times are wall-clock ms.
 */
#ifndef DESK_TRUST_H
#define DESK_TRUST_H

#include "store/store.h"

/* The last complete body is so old that the next is read even if it has the same bytes. */
bool trust_is_stale(const struct store_trust *t, int64_t now);
/* The next request of this feed may carry the stored validators. */
bool trust_is_conditional(const struct store_trust *t, int64_t now);
/* The feed was caught in a lie, and its validators are not used now. */
bool trust_is_lost(const struct store_trust *t, int64_t now);

/* What a poll showed. */
struct trust_poll {
	int64_t now;
	bool conditional;     /* the request carried validators */
	bool not_modified;    /* 304; else a complete body came */
	bool read;	      /* which was read: not the same bytes as the one before */
	bool changed;	      /* it has new or revised items */
	bool had_validators;  /* before this poll */
	bool same_validators; /* the body came with the stored validators */
	bool prompt;	      /* about one interval after the poll before */
};

/*
 * Updates *t after a poll that succeeded. Returns true if the poll proved a lie. With t->suspect
 * afterwards the caller keeps the validators of the older body.
 */
bool trust_update(struct store_trust *t, const struct trust_poll *p);

#endif
