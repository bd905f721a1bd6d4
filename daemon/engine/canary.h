/* SPDX-License-Identifier: MIT */
/*
 * The canary: sends an item of nightdesk's own the whole way, from the parser to its receiver, and
 * reports when it does not arrive, and where it is.
 *
 *	RESTING ──time──► PARSING ──► INGESTING ──► SENDING ──► RESTING
 *
 *	PARSING    parse_op runs
 *	INGESTING  the job is out: items, matches, alert and delivery in one transaction
 *	SENDING    the delivery waits in the outbox; the job looks from time to time
 *
 * A stage that does not end leaves the canary where it is, and lost; it goes on when the stage
 * ends, or when the configuration names another receiver.
 */
#ifndef ENGINE_CANARY_H
#define ENGINE_CANARY_H

#include "base/arena.h"
#include "desk/canary.h"
#include "parts.h"
#include "store/canary.h"

#define CANARY_ARENA_MAX ((size_t)256 * 1024)

enum canary_stage { CANARY_RESTING, CANARY_PARSING, CANARY_INGESTING, CANARY_SENDING };

struct canary {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf;   /* own reference */
	struct arena *arena; /* of the job */

	bool running;
	bool lost; /* the last one, and it was counted */
	enum canary_stage stage;
	struct timer_op *timer;	   /* of the next canary, or of the next look */
	struct timer_op *deadline; /* by which it must have arrived */
	int64_t began_at;	   /* monotonic */
	int64_t now;		   /* wall, of its item */
	struct parse_op *parse_op;
	struct feed_batch *batch; /* owned */
	struct job job;
	bool job_out;
	struct conf *job_conf;	   /* own reference */
	struct store_canary found; /* by the job */
	char answer[ERR_TEXT_MAX]; /* the last one of its receiver; "": none */
	int rc;
	struct err error;
};

void canary_start(struct canary *c);
void canary_reload(struct canary *c, struct conf *conf);
void canary_stop(struct canary *c);    /* the job that is out still comes back */
void canary_release(struct canary *c); /* the job must have come back */

#endif
