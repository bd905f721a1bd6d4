/* SPDX-License-Identifier: MIT */
/* The body of an answer while it arrives: its content codings are decoded within limits. */
#ifndef IO_FETCH_BODY_H
#define IO_FETCH_BODY_H

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"
#include "engine/body_budget.h"
#include "feed/unpack.h"

enum fetch_body_fault {
	FETCH_BODY_GOOD,
	FETCH_BODY_LARGE,
	FETCH_BODY_RATIO, /* a decompression bomb */
	FETCH_BODY_CODING,
	FETCH_BODY_MEMORY,
	FETCH_BODY_CROWDED, /* over the budget of all bodies */
};

struct fetch_body {
	CURL *easy; /* borrowed; NULL until the transfer starts */
	struct buf data;
	struct body_share *share;   /* borrowed; NULL: no budget */
	struct feed_unpack *unpack; /* NULL before the first byte */
	enum fetch_body_fault fault;
};

/* share: see struct fetch_request. */
void fetch_body_init(struct fetch_body *b, size_t max, struct body_share *share);
void fetch_body_release(struct fetch_body *b);
/* For CURLOPT_WRITEFUNCTION; ctx is the body. Aborts the transfer after setting fault. */
size_t fetch_body_add(char *p, size_t size, size_t n, void *ctx);
/* After the last byte. Sets fault if what was held back is invalid or too large. */
void fetch_body_finish(struct fetch_body *b);
/* True if the peer has sent more than any acceptable body takes. */
bool fetch_body_flooded(const struct fetch_body *b);
/* The error of a fault. */
void fetch_body_set_error(const struct fetch_body *b, const char *where, struct err *e);

#endif
