/* SPDX-License-Identifier: MIT */
/* Requests through the real fetch port to a test server, each run to its end. */
#ifndef LIB_FETCH_FIXTURE_H
#define LIB_FETCH_FIXTURE_H

#include "lib/io_server.h"

#include "io/fetch.h"

extern const struct conf_poll fetch_fixture_deny, fetch_fixture_allow; /* private networks */

struct fetch_fixture {
	struct loop *loop;
	struct fetch *fetch;
	struct server server; /* stays readable after the end */
	char url[256];
};

/* answer NULL: without a server. */
void fetch_fixture_open(struct fetch_fixture *x, server_fn *answer);
void fetch_fixture_close(struct fetch_fixture *x);

/* A copy of the answer. */
struct fetch_outcome {
	struct loop *loop; /* stopped by fetch_fixture_note() */
	int calls;
	struct err error, cut;
	long status;
	enum fetch_reach reach;
	bool crowded;
	const char *wall;
	size_t body_len;
	char body[256], etag[256], location[256], type[64], im[64],
		vary[64]; /* headers: "(none)" if absent */
	char origin[256];
	int64_t retry_after, max_age;
};

/* The callback, for requests that a test starts itself; arg is a struct fetch_outcome. */
void fetch_fixture_note(void *arg, struct fetch_answer *a);

/* For a path of the server, with private addresses allowed. Uses url until the next call. */
struct fetch_request fetch_fixture_request(struct fetch_fixture *x, const char *path);
struct fetch_outcome fetch_fixture_ask(struct fetch_fixture *x, const struct fetch_request *r);
/*
 * Opens, asks for /feed?token=secret, closes. r: the other members of the request; policy and
 * max_body are set if they are 0. NULL: none.
 */
struct fetch_outcome fetch_fixture_run(
	struct fetch_fixture *x, server_fn *answer, const struct fetch_request *r);

#endif
