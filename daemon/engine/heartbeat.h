/* SPDX-License-Identifier: MIT */
/*
 * The heartbeat: a request to an outside monitor, which raises an alarm when none comes. It is sent
 * while all is well: the desk answers, and no trouble needs an operator, except its own.
 */
#ifndef ENGINE_HEARTBEAT_H
#define ENGINE_HEARTBEAT_H

#include "parts.h"

struct heartbeat {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf; /* own reference */

	bool running;
	struct timer_op *timer;
	struct job job;
	bool job_out;
	struct conf *sending; /* own reference, while a request is made; NULL: none is */
	struct secret_op *secret_op;
	struct send_op *send_op;
};

void heartbeat_start(struct heartbeat *h);
void heartbeat_reload(struct heartbeat *h, struct conf *conf);
void heartbeat_stop(struct heartbeat *h);    /* the job that is out still comes back */
void heartbeat_release(struct heartbeat *h); /* the job must have come back */

#endif
