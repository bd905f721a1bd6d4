/* SPDX-License-Identifier: MIT */
/*
 * Takes the notices of troubles when they are due: writes them to the log, and has the desk store
 * the troubles as notified, with a delivery for each receiver. At the start it reads those that an
 * earlier process notified.
 * While the store takes nothing, as when the disk is full, or the desk does not answer, notices are
 * sent at once, and stored later.
 */
#ifndef ENGINE_TROUBLE_NOTICES_H
#define ENGINE_TROUBLE_NOTICES_H

#include "engine/test_message.h"
#include "parts.h"
#include "trouble_job.h"

struct trouble_notices {
	struct engine_parts o;
	struct conf *conf; /* own reference */
	struct troubles *troubles;
	struct timer_op *timer; /* of the next notice */
	int64_t looked_at;	/* monotonic: when it last expired */
	bool running;
	bool loaded; /* the troubles of an earlier process were read, if they can be */
	struct trouble_job_list jobs; /* in order; the desk has the first, if job_out */
	bool job_out;		      /* or what it has read is being remembered */
	struct timer_op *step;	      /* of that */
	size_t remembered;	      /* of the troubles that it has read */
	struct timer_op *retry;	      /* the first job could not be stored; tried again then */
	struct timer_op *slow;	      /* the desk has the first job for long: then it may hang */
	bool stuck;		      /* it had it for longer */
	struct test_message_list direct;
};

/* Returns the troubles, which it owns; NULL: out of memory. Release is required in either case. */
struct troubles *trouble_notices_init(
	struct trouble_notices *n, const struct engine_parts *o, struct conf *conf);
void trouble_notices_start(struct trouble_notices *n);
void trouble_notices_reload(struct trouble_notices *n, struct conf *conf);
void trouble_notices_stop(struct trouble_notices *n); /* the job that is out still comes back */
void trouble_notices_release(struct trouble_notices *n);

#endif
