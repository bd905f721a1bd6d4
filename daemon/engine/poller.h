/* SPDX-License-Identifier: MIT */
/*
 * The poller: fetches every feed when it is due, has it parsed and hands it to the desk. The states
 * are in poll_feed.h.
 */
#ifndef ENGINE_POLLER_H
#define ENGINE_POLLER_H

#include "parts.h"

struct poller;

/* Takes its own reference on conf. NULL: out of memory. */
struct poller *poller_new(const struct engine_parts *o, struct conf *conf);
void poller_start(struct poller *p);
/* Addresses or routes of this machine changed. */
void poller_network_changed(struct poller *p);
/*
 * That feed is silent by its rhythm: if its server answers 304, one poll asks without validators,
 * once until it posts again.
 */
void poller_note_silent(struct poller *p, struct str feed);
/* The machine woke up after a suspend that lasted `slept` ms. */
void poller_resume(struct poller *p, int64_t slept);
/* See engine_ask_feed(). */
enum engine_asked poller_ask(struct poller *p, const char *name, int64_t *until);
/* A hub has news of that feed. As poll_push_hint(); -1: there is no such feed. */
int64_t poller_hint(struct poller *p, const char *name);
/* As poll_push_take(). */
struct poll_pushed;
bool poller_push(struct poller *p, const char *name, struct poll_pushed *pushed);
/* Replaces the configuration, in steps: o.reloaded is called after the last. */
void poller_reload(struct poller *p, struct conf *conf);
/* Cancels all operations and starts no more; jobs that the desk has still come back. */
void poller_stop(struct poller *p);
/* Every job must have come back. NULL is fine. */
void poller_free(struct poller *p);
bool poller_idle(const struct poller *p); /* no poll is under way, but for slow fetches */
void poller_set_gauges(const struct poller *p, struct metrics *out);

#endif
