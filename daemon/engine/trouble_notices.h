/* SPDX-License-Identifier: MIT */
/*
 * Takes the notices of troubles when they are due: writes them to the log, has the desk store what
 * was told and a delivery for each receiver, and reads at the start what an earlier process told.
 */
#ifndef ENGINE_TROUBLE_NOTICES_H
#define ENGINE_TROUBLE_NOTICES_H

#include "parts.h"

struct trouble_job;

struct trouble_notices {
	struct engine_parts o;
	struct conf *conf; /* own reference */
	struct troubles *troubles;
	struct timer_op *timer;
	bool running;
	struct trouble_job *job; /* being stored, or waits to be stored again; NULL: none */
	bool job_out;		 /* the desk has it */
};

/* Returns the troubles, which it owns; NULL: out of memory. Release is required in either case. */
struct troubles *trouble_notices_init(
	struct trouble_notices *n, const struct engine_parts *o, struct conf *conf);
void trouble_notices_start(struct trouble_notices *n);
void trouble_notices_reload(struct trouble_notices *n, struct conf *conf);
void trouble_notices_stop(struct trouble_notices *n); /* the job that is out still comes back */
void trouble_notices_release(struct trouble_notices *n);

#endif
