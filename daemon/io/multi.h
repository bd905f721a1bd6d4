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

#include "base/str.h"
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
	bool (*check)(void *arg, int64_t now_mono);
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

/*
 * What a peer may send beside the body, over all answers of one transfer: headers, 1xx answers and
 * trailers, or replies of SMTP. libcurl 7.88 has limits of its own for some, and keeps trailers
 * without any.
 */
#define MULTI_HEADER_KIB 256

/*
 * Embedded in the owner's operation, which sets easy, done, arg and keep, and for SMTP heard and
 * said; all other members are multi's.
 */
struct multi_op {
	CURL *easy;
	/* From the loop, after the transfer was taken out of the multi, unless keep. */
	void (*done)(void *arg, CURLcode rc);
	void *arg;
	/* Inside of curl: each header or reply that came, and what was sent before the body. */
	void (*heard)(void *arg, struct str line);
	void (*said)(void *arg, struct str text);
	uint64_t header_bytes; /* that came, trailers included */
	uint64_t body_bytes;   /* that came, with the framing of chunks */
	bool framed;	       /* too much of that was framing */
	bool keep; /* stays in the multi after done(): a connection to write on; multi_stop() ends
		      it */
	bool running, lost;
	TAILQ_ENTRY(multi_op) link;
};

/* What done() is given when curl lost all transfers and was built anew: try again later. */
#define MULTI_LOST    CURLE_AGAIN
/* The peer sent more than MULTI_HEADER_KIB of headers. curl has this code for FTP alone. */
#define MULTI_HEADERS CURLE_CHUNK_FAILED
/* The peer sent chunks that hold next to nothing but their own framing. The same. */
#define MULTI_FRAMING CURLE_FTP_BAD_FILE_LIST

int multi_start(struct multi *m, struct multi_op *op); /* 0 or -ERR_NOMEM; then done() once */
void multi_stop(struct multi *m, struct multi_op *op); /* done() will not run any more */

#endif
