/* SPDX-License-Identifier: MIT */
/* What a transfer without an answer says about the network. */
#ifndef IO_FETCH_REACH_H
#define IO_FETCH_REACH_H

#include <curl/curl.h>
#include <netinet/in.h>

#include "engine/ports.h"

#define FETCH_FAMILIES 2

/* The last address of each family that a transfer tried to connect to. */
struct fetch_tried {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} v[FETCH_FAMILIES];
	unsigned n;
};

void fetch_tried_add(struct fetch_tried *t, const struct sockaddr *sa, size_t size);

/* Of a transfer that ended with rc, not by a refusal of our own. */
enum fetch_reach fetch_reach_of(CURL *easy, CURLcode rc, const struct fetch_tried *t);

#endif
