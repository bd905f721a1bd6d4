/* SPDX-License-Identifier: MIT */
/*
 * The engine decides when to poll, send and retry, and how to reload and stop. It consists of state
 * machines over the ports of engine/ports.h, and uses no socket, thread or database directly. All
 * functions and callbacks run on the loop thread.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/metrics.h"
#include "base/rng.h"
#include "conf/conf.h"
#include "engine/last_run.h"
#include "engine/ports.h"
#include "engine/test_message.h"
#include "trouble/trouble.h"

struct engine;

struct engine_options {
	bool once;     /* poll every feed once, now, deliver the alerts, then call ended */
	uint64_t seed; /* of the random numbers for jitter */
	struct last_run *last_run; /* outlives the engine; NULL: nothing is remembered */
	const char *hostname;
	long pid;
	/* After engine_stop, or at the end with once. Never called inside an engine function. */
	void (*ended)(void *arg);
	void (*reloaded)(void *arg); /* see engine_reload(); NULL is fine */
	void (*alerts)(void *arg);   /* new alerts were stored; NULL is fine */
	void *arg;
	/* After a fault that only a restart can repair, such as a disk failure. */
	void (*fatal)(void *arg, const struct err *e);
};

/* Takes its own reference on conf. NULL: out of memory. */
struct engine *engine_new(
	const struct ports *ports, struct conf *conf, const struct engine_options *o);
void engine_start(struct engine *e);
/*
 * Replaces the configuration. State is kept; transfers for blocks that are in both continue. Feeds
 * follow it in steps, and reloaded() is called after the last, from a timer: not if the engine
 * stops before, and not with once, whose configuration stays. No other reload before that.
 */
void engine_reload(struct engine *e, struct conf *conf);
/*
 * After a command made deliveries of that receiver due: it is tried now even if it failed before or
 * answered 410. False: the receiver is not configured, so its deliveries remain orphaned.
 */
bool engine_retry(struct engine *e, struct str notify);
/*
 * The deliveries that are being sent, or have an answer that is not stored yet: at most max of
 * their ids. Returns how many.
 */
size_t engine_sending(const struct engine *e, int64_t *ids, size_t max);
/*
 * By command: the feed is polled now, at the pace of its host. Retry-After of its last answer, or
 * of its host, forbids that: then *until is the wall time at which it ends.
 */
enum engine_asked {
	ENGINE_NO_FEED,	  /* there is none of that name */
	ENGINE_ASKED,	  /* it will be polled now */
	ENGINE_UNDER_WAY, /* it is being polled */
	ENGINE_FORBIDDEN,
};
enum engine_asked engine_ask_feed(struct engine *e, const char *name, int64_t *until);
/*
 * Sends a test message through the notify block of that name. 0; -ERR_INPUT: there is none;
 * -ERR_NOMEM. done is never called from inside; an engine that stops ends the message with an
 * error.
 */
int engine_test_notify(struct engine *e, struct str notify, test_message_fn *done, void *arg);
/* Addresses or routes of this machine changed: a network that was down is probed now. */
void engine_network_changed(struct engine *e);
/*
 * The machine woke up after `slept` ms that the monotonic clock did not count: feeds are due by so
 * much earlier, and polls that were under way are repeated. Also after a stop of the process, 0.
 */
void engine_resume(struct engine *e, int64_t slept);
/* After a command changed what is held or silenced: the times at which something ends are new. */
void engine_check_held(struct engine *e);
/* After a command dropped deliveries: those of a receiver that is not configured may be gone. */
void engine_check_orphans(struct engine *e);
/* It took a test message: its troubles are over, and what waits for it is tried now. */
void engine_receiver_works(struct engine *e, struct str notify);
/* Cancels all operations, waits for the jobs of the desk, then calls ended. */
void engine_stop(struct engine *e);
void engine_free(struct engine *e); /* only after ended, or before start */
/* What is wrong now: of the engine and of its owner. Valid until engine_free(). */
struct troubles *engine_troubles(struct engine *e);
/* Adds the metrics of polling and sending to *out. */
void engine_metrics(const struct engine *e, struct metrics *out);

#endif
