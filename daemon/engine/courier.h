/* SPDX-License-Identifier: MIT */
/*
 * The courier: what waits in the outbox, sent; each notify block in its own lane, so that one that
 * hangs or fails holds up no other. One delivery at a time in a lane: a crash between sending and
 * marking repeats at most that one, under the same id.
 */
#ifndef ENGINE_COURIER_H
#define ENGINE_COURIER_H

#include "engine/engine.h"
#include "jobs.h"

struct courier;

struct courier_options {
	const struct ports *ports;
	struct jobs *jobs;
	struct rng *rng;
	const char *hostname;
	long pid;
	bool once;		 /* tries what is due by courier_finish, waits for nothing, ends */
	void (*done)(void *arg); /* once: nothing is due any more */
	void (*fatal)(void *arg, const struct err *e);
	void *arg;
};

/* Takes its own reference on conf. NULL: out of memory. */
struct courier *courier_new(const struct courier_options *o, struct conf *conf);
void courier_start(struct courier *c);
void courier_reload(struct courier *c, struct conf *conf);
void courier_poke(struct courier *c); /* there may be something new to deliver */
bool courier_retry(struct courier *c, struct str notify); /* as engine_retry */
void courier_finish(struct courier *c); /* once: nothing more will come; done() follows */
/* Cancels what is being sent and starts nothing more; what is being marked is let finish. */
void courier_stop(struct courier *c);
void courier_free(struct courier *c); /* every job must have come back. NULL is fine */
bool courier_idle(const struct courier *c);
void courier_status(const struct courier *c, struct engine_status *out); /* adds its part */

#endif
