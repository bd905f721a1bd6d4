/* SPDX-License-Identifier: MIT */
/*
 * libcurl's multi interface on the loop: a connection cache and its transfers. Feeds and sinks each
 * have one, so that a feed never reuses a connection to a private address that a sink has opened.
 *
 * Transfers start at once, but a few in each callback of the loop, and so do their timeouts. The
 * engine limits how many there are (engine/lanes.h); slow peers would fill a queue here.
 *
 * Functions here, but multi_kick(), must not be called from inside a callback of curl.
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
	long idle; /* close idle connections when there are more than these, used ones included */
	long idle_seconds;
	/*
	 * Sets the options that all transfers have in common, in addition to those of
	 * multi_easy(). Called once per handle. NULL: none.
	 */
	bool (*prepare)(CURL *easy);
	/* Called each second for every transfer. Returns true if it ended it. NULL: none. */
	bool (*check)(void *arg, int64_t now_mono);
};

/* name is a string literal for the metrics. Returns NULL if out of memory. */
struct multi *multi_new(struct loop *l, const char *name, const struct multi_limits *limits);
void multi_free(struct multi *m); /* after all transfers; NULL is fine */
void multi_set_idle(struct multi *m, long connections);

/*
 * Returns an easy handle with the options of every transfer: no proxy, netrc, signals or redirects;
 * TLS 1.2 or later with the system's CA certificates. Free it with multi_release(). NULL: out of
 * memory.
 */
CURL *multi_easy(struct multi *m);
/*
 * Has the handle trust the authorities of a PEM file too, until it is reset. False: out of memory.
 */
bool multi_trust(struct multi *m, CURL *easy, const char *ca_file);
/*
 * Returns the handle to a pool. as_it_is: keep its options, because the next transfer sets all of
 * them that prepare() does not, and none is a secret; false: reset it. NULL is fine.
 */
void multi_release(struct multi *m, CURL *easy, bool as_it_is);

/*
 * The limit on what a peer may send in addition to the body, over all responses of one transfer:
 * headers, 1xx responses and trailers, or SMTP replies. libcurl 7.88 limits some of them, but
 * stores trailers without a limit. Their number is limited because curl_easy_header() searches all
 * of them.
 */
#define MULTI_HEADER_KIB  256
#define MULTI_HEADERS_MAX 4096

/* Whether curl has a transfer: FRESH: not yet; STALLED: yes, and it must be made to go on. */
enum multi_turn { MULTI_ADDED, MULTI_FRESH, MULTI_STALLED };

/*
 * A transfer. Embedded in the operation of the caller, who sets easy, done, arg, keep, brief and
 * deadline, and if it wants heard, said and tls; all other members belong to multi.c.
 */
struct multi_op {
	CURL *easy;
	/* Called from the loop when the transfer has ended and, unless keep, was removed. */
	void (*done)(void *arg, CURLcode rc);
	void *arg;
	/* Called inside curl for each header or reply received, and for each command sent. */
	void (*heard)(void *arg, struct str line);
	void (*said)(void *arg, struct str text);
	/* Where the version and cipher of TLS are written, but not if brief. NULL: nowhere. */
	char *tls;
	size_t tls_size;
	uint64_t header_bytes; /* received, trailers included */
	unsigned headers;      /* their number */
	uint64_t body_bytes;   /* received, chunk framing included */
	bool framed;	       /* too much of body_bytes was framing */
	bool brief;	       /* set by the caller: see multi_limits_watch() */
	int64_t deadline;      /* set by the caller, monotonic: curl does not end it; 0: none */
	bool keep;	       /* keep the connection after done(), until multi_stop() */
	bool unwatched;	       /* its socket is not watched: out of memory */
	unsigned kicks;	       /* calls of multi_kick() that were taken */
	unsigned long lacks;   /* counted_memory_failures() at the start */
	bool running, lost;
	enum multi_turn turn;
	TAILQ_ENTRY(multi_op) link, turn_link;
};

/* The rc of done() after curl failed and all transfers were dropped: try again later. */
#define MULTI_LOST	  CURLE_AGAIN
/* More than MULTI_HEADER_KIB of headers, or than MULTI_HEADERS_MAX. curl uses this code for FTP
 * only. */
#define MULTI_HEADERS	  CURLE_CHUNK_FAILED
/* Chunks that consist of little but their own framing. As above. */
#define MULTI_FRAMING	  CURLE_FTP_BAD_FILE_LIST
/* A header line is longer than curl reads. As above, for RTSP. */
#define MULTI_LONG_HEADER CURLE_RTSP_CSEQ_ERROR

int multi_start(
	struct multi *m, struct multi_op *op); /* 0: done() will be called once; -ERR_NOMEM */
void multi_stop(struct multi *m, struct multi_op *op); /* done() will not be called */

/*
 * A socket callback of the transfer refused an address: curl shall try the next one now. May be
 * called inside a callback of curl.
 */
void multi_kick(struct multi *m, struct multi_op *op);

#endif
