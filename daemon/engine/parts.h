/* SPDX-License-Identifier: MIT */
/* What the engine hands to its parts: poller, courier and upkeep. */
#ifndef ENGINE_PARTS_H
#define ENGINE_PARTS_H

#include "clock_proof.h"
#include "engine/engine.h"
#include "feed/hub.h"
#include "jobs.h"
#include "marks.h"
#include "trouble/trouble.h"

struct engine_parts {
	const struct ports *ports;
	struct jobs *jobs;
	struct rng *rng;
	struct marks *marks;	 /* results of deliveries that wait to be stored */
	struct metrics *metrics; /* polls and deliveries are counted here */
	struct troubles *troubles;
	struct clock_proof *clock;
	struct last_run *last_run; /* see struct engine_options */
	const char *hostname;
	long pid;
	bool once;		  /* see struct engine_options */
	bool (*idle)(void *arg);  /* no poll and no attempt is under way, but for slow ones */
	void (*shift)(void *arg); /* before a job about what waits: the clock may be set */
	/* A whole body was stored: its hub, absent if it has none, and its topic. */
	void (*hub)(void *arg, const struct conf_feed *cf, const struct feed_hub *hub);
	void (*alerts)(void *arg);	    /* a poll raised alerts, so there are deliveries */
	void (*asked)(void *arg, bool any); /* alerts wait for somebody, or none does */
	void (*reloaded)(void *arg);	    /* all feeds follow the configuration of a reload */
	void (*polled)(void *arg);	    /* once: every feed was polled */
	void (*delivered)(void *arg);	    /* once: no delivery is due any more */
	void (*finished)(void *arg);	    /* after upkeep_finish */
	void (*fatal)(void *arg, const struct err *e);
	void *arg;
};

/* A restart is better than to go on without what could not be allocated. */
static inline void parts_fail_nomem(const struct engine_parts *o)
{
	struct err e;

	(void)err_nomem(&e);
	o->fatal(o->arg, &e);
}

#endif
