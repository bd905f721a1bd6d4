/* SPDX-License-Identifier: MIT */
/*
 * What is remembered from run to run of the daemon, whatever ended the last one: how many runs in a
 * row were short and did not end cleanly, and which feeds were being parsed or ingested then. Such
 * feeds are suspects: they are not polled for a while that grows each time, so that a document that
 * kills the daemon does not do so at the beginning of every run.
 *
 * It is a small file beside the database, written without sync: the kernel keeps it when the
 * process dies, and after a power failure no feed is to blame. It is not mapped, since a failing or
 * full disk would then kill the daemon with SIGBUS. All functions accept NULL: nothing is
 * remembered.
 *
 * last_run_begin and last_run_end may be called on any thread, each step on one at a time; all else
 * is for the loop thread.
 */
#ifndef ENGINE_LAST_RUN_H
#define ENGINE_LAST_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define LAST_RUN_FEED_MAX 104			    /* bytes of a feed's name, with the NUL */
#define LAST_RUN_SETTLED  ((int64_t)10 * 60 * 1000) /* ms after which a run was not short */

struct last_run;

enum last_run_step { LAST_RUN_PARSE, LAST_RUN_INGEST };

struct last_run_suspect {
	char feed[LAST_RUN_FEED_MAX];
	uint32_t times; /* runs in a row that ended while it was parsed or ingested */
	uint32_t fresh; /* the last run did, and last_run_report was not called for it yet */
	int64_t until;	/* wall ms: not polled before */
};

/*
 * Reads the file of the database with that path, or creates it. It is locked until last_run_free,
 * or the end of the process: -ERR_TEMP if another daemon has it. Nothing is changed until
 * last_run_start.
 */
int last_run_open(struct last_run **out, const char *state, struct err *e);
void last_run_free(struct last_run *r);

/* Short runs in a row that did not end cleanly. */
unsigned last_run_failures(const struct last_run *r);
/* How long the next start should wait because of them, ms. */
int64_t last_run_pause(const struct last_run *r);

/* This run begins. It counts as a failure until one of the next two is called. */
void last_run_start(struct last_run *r);
/* This run has lasted for LAST_RUN_SETTLED. */
void last_run_settle(struct last_run *r);
/* This run ends on purpose: no feed is to blame. clean: as requested, else by an error. */
void last_run_finish(struct last_run *r, bool clean);

/* Marks what is being done. A name that is too long is not marked. */
void last_run_begin(struct last_run *r, enum last_run_step step, struct str feed);
void last_run_end(struct last_run *r, enum last_run_step step);

/* NULL: the feed is not a suspect. Valid until the next call for the loop thread. */
const struct last_run_suspect *last_run_find(const struct last_run *r, struct str feed);
/* The caller has reported the suspect: it is not fresh any more. */
void last_run_report(struct last_run *r, struct str feed);
/* The feed was polled without harm: it is removed from the suspects. */
void last_run_clear(struct last_run *r, struct str feed);

#endif
