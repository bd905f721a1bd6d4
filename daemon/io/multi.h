/* SPDX-License-Identifier: MIT */
/*
 * libcurl's multi interface on the loop: one connection cache with its transfers. Feeds and sinks
 * each have their own, so that a connection that an operator's sink may open is never reused by a
 * feed.
 *
 * The multi is only ever driven from the loop, never from inside a callback of curl.
 */
#ifndef IO_MULTI_H
#define IO_MULTI_H

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "io/loop.h"

struct multi;

struct multi_limits {
	long idle;  /* connections kept for reuse */
	long total; /* open connections */
	long idle_seconds;
	/*
	 * Sets what every transfer here has in common, beyond the options of the house; once for
	 * each handle. NULL: nothing.
	 */
	bool (*prepare)(CURL *easy);
	/* Each second, for every transfer; true: it was ended. NULL: none. */
	bool (*look)(void *arg, int64_t now_mono);
};

/* name is a literal for the statistics. NULL: out of memory. */
struct multi *multi_new(struct loop *l, const char *name, const struct multi_limits *limits);
void multi_free(struct multi *m); /* no transfer may be left; NULL is fine */
void multi_set_limits(struct multi *m, long connections); /* open, and of them idle */

/*
 * An easy handle with the options that hold for every transfer of the house: no proxy, no netrc, no
 * signals, no redirects, TLS 1.2 with the system's bundle of authorities. Give it back with
 * multi_release(). NULL: out of memory.
 */
CURL *multi_easy(struct multi *m);
/*
 * as_it_is: whoever gets it next sets anew all that was set beyond prepare(), and nothing that is a
 * secret was set; else it is wiped first. NULL is fine.
 */
void multi_release(struct multi *m, CURL *easy, bool as_it_is);

/* Embedded in the owner's operation; all members but easy, done and arg are multi's. */
struct multi_op {
	CURL *easy;
	/* From the loop, after the transfer was taken out of the multi, unless keep. */
	void (*done)(void *arg, CURLcode rc);
	void *arg;
	bool keep; /* stays in the multi after done(): a connection to write on; multi_stop() ends
		      it */
	bool running, lost;
	TAILQ_ENTRY(multi_op) link;
};

/* What done() is given when curl lost all transfers and was built anew: try again later. */
#define MULTI_LOST CURLE_AGAIN

int multi_start(struct multi *m, struct multi_op *op); /* 0 or -ERR_NOMEM; then done() once */
void multi_stop(struct multi *m, struct multi_op *op); /* done() will not run any more */

#endif
