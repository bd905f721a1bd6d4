/* SPDX-License-Identifier: MIT */
/*
 * What a request shows of the connection and the answer, for people who look for the reason of a
 * trouble. Polls do not ask for it. Texts come from the server: unescaped, perhaps truncated, empty
 * if they are absent.
 */
#ifndef ENGINE_FETCH_DETAILS_H
#define ENGINE_FETCH_DETAILS_H

#include <stdint.h>

#include "base/str.h"

struct fetch_details {
	/*
	 * Microseconds from the start until: the name was resolved, the server (or the proxy) was
	 * connected, TLS was agreed on, the first byte came. -1: that was not reached, or there was
	 * no need of it.
	 */
	int64_t name_us, connect_us, tls_us, first_us, total_us;
	uint64_t body_bytes; /* as transferred */
	char http[8];	     /* "1.1", "2" */
	char address[64];    /* connected to, the proxy if there is one */
	unsigned port;
	char tls[160]; /* version and cipher; empty: not encrypted */
	/* The certificate of the server; STAMP_NONE: unknown. */
	char subject[200], issuer[200];
	int64_t valid_from, valid_until;
	char encoding[64]; /* Content-Encoding */
	char expires[64], age[24], server[80];
};

/* One of its texts; absent if it is empty. */
static inline struct str fetch_details_text(const char *text)
{
	return *text ? str_of(text) : STR_NONE;
}

#endif
