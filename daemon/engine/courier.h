/* SPDX-License-Identifier: MIT */
/*
 * The courier sends the pending deliveries of the outbox. Each receiver (notify block) has a
 * delivery queue of its own, so that one that hangs or fails does not delay the others. A queue has
 * one delivery in flight: a crash between sending and marking repeats at most that one, with the
 * same id.
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
	struct metrics *metrics; /* deliveries are counted here */
	const char *hostname;
	long pid;
	bool once; /* attempts what is due at courier_finish without waiting, then ends */
	void (*done)(void *arg); /* once: no delivery is due any more */
	void (*fatal)(void *arg, const struct err *e);
	void *arg;
};

/* Takes its own reference on conf. NULL: out of memory. */
struct courier *courier_new(const struct courier_options *o, struct conf *conf);
void courier_start(struct courier *c);
void courier_reload(struct courier *c, struct conf *conf);
void courier_poke(struct courier *c);			  /* the outbox may have new deliveries */
bool courier_retry(struct courier *c, struct str notify); /* as engine_retry */
void courier_finish(struct courier *c); /* once: no delivery will be added; done() follows */
/* Cancels attempts in flight and starts no more; results being stored are completed. */
void courier_stop(struct courier *c);
void courier_free(struct courier *c); /* no job may be pending. NULL is fine */
bool courier_idle(const struct courier *c);
void courier_set_gauges(const struct courier *c, struct metrics *out);

#endif
