/* SPDX-License-Identifier: MIT */
/*
 * Housekeeping between polls: the desk learns which words are common; retention every hour; the
 * full-text index and the write-ahead log when the engine is idle.
 */
#ifndef ENGINE_UPKEEP_H
#define ENGINE_UPKEEP_H

#include "parts.h"

enum upkeep_task {
	UPKEEP_LEARN,
	UPKEEP_STORIES,
	UPKEEP_EXPIRE,
	UPKEEP_CHECKPOINT,
	UPKEEP_INDEX,
};

struct upkeep {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf; /* own reference */

	bool running, finishing;
	int64_t finish_by; /* monotonic */
	struct timer_op *timer;
	struct job job;
	struct conf *job_conf; /* own reference; NULL: no job is out */
	int64_t expire_at, checkpoint_at, index_at, stories_at; /* monotonic */
	bool more_stories;     /* UPKEEP_STORIES is due at stories_at */
	enum upkeep_task task; /* of the job that is out */
	bool more;
	int64_t before;
	uint64_t log_lost; /* lines, when last looked at */
	int rc;
	struct err error;
};

/* once: prepares matching only, and waits for upkeep_finish. */
void upkeep_start(struct upkeep *u);
/* Before anything is polled by the new configuration. */
void upkeep_reload(struct upkeep *u, struct conf *conf);
/* After start with once: indexes new items, for a minute at most, then calls finished. */
void upkeep_finish(struct upkeep *u);
void upkeep_stop(struct upkeep *u);    /* the job that is out still comes back */
void upkeep_release(struct upkeep *u); /* every job must have come back */

#endif
