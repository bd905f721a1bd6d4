/* SPDX-License-Identifier: MIT */
/*
 * The engine: when to poll, when to send, when to try again, how to reload and how to stop. State
 * machines over ports; no socket, no thread, no database of its own. All on the loop thread.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/metrics.h"
#include "base/rng.h"
#include "conf/conf.h"
#include "engine/ports.h"

struct engine;

struct engine_options {
	bool once;     /* poll every feed once, now; deliver what that brings; then ended */
	uint64_t seed; /* of the jitter */
	const char *hostname;
	long pid;
	/* Nothing is left to do: after stop, or with once. Never inside a call to the engine. */
	void (*ended)(void *arg);
	void *arg;
	/*
	 * A fault that only a restart can mend (disk failure): exit with this class.
	 */
	void (*fatal)(void *arg, const struct err *e);
};

/* Takes its own reference on conf. NULL: out of memory. */
struct engine *engine_new(
	const struct ports *ports, struct conf *conf, const struct engine_options *o);
void engine_start(struct engine *e);
/* Swaps the configuration: keeps all state, interrupts no transfer that both have. */
void engine_reload(struct engine *e, struct conf *conf);
/*
 * A person made deliveries of that notify block due: a receiver that is in trouble, or said that it
 * is no more, gets its chance now. False: there is no such block, and they stay where they are.
 */
bool engine_retry(struct engine *e, struct str notify);
/* Starts nothing new, cancels transfers, lets the desk finish; then ended(). */
void engine_stop(struct engine *e);
void engine_free(struct engine *e); /* only after ended, or before start */
/* Adds the metrics of polling and sending to *out. */
void engine_metrics(const struct engine *e, struct metrics *out);

#endif
