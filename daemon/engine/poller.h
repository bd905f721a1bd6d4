/* SPDX-License-Identifier: MIT */
/*
 * The poller: every feed fetched when it is due, taken apart and handed to the desk. See
 * engine/polling.h for the states.
 */
#ifndef ENGINE_POLLER_H
#define ENGINE_POLLER_H

#include "engine/engine.h"
#include "jobs.h"

struct poller;

struct poller_options {
	const struct ports *ports;
	struct jobs *jobs;
	struct rng *rng;
	struct metrics *metrics; /* polls are counted here */
	bool once;
	void (*alerts)(void *arg); /* the desk raised some: there is something to deliver */
	void (*done)(void *arg);   /* once: every feed was polled */
	void (*fatal)(void *arg, const struct err *e);
	void *arg;
};

/* Takes its own reference on conf. NULL: out of memory. */
struct poller *poller_new(const struct poller_options *o, struct conf *conf);
void poller_start(struct poller *p);
void poller_reload(struct poller *p, struct conf *conf);
/* Cancels every transfer and starts nothing more; what the desk has is let finish. */
void poller_stop(struct poller *p);
/* Every job must have come back. NULL is fine. */
void poller_free(struct poller *p);
void poller_sweep(struct poller *p);	  /* now and then: forgets idle hosts */
bool poller_idle(const struct poller *p); /* nothing under way right now */
void poller_set_gauges(const struct poller *p, struct metrics *out);

#endif
