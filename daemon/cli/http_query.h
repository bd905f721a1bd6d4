/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests one at a time, made as the daemon would make them: with its limits, its rules for
 * redirects and private networks, its pace at a host.
 */
#ifndef CLI_HTTP_QUERY_H
#define CLI_HTTP_QUERY_H

#include "conf/conf.h"
#include "document/feed.h"
#include "engine/hops.h"

struct http_query;

/* Valid until the next http_query_ask() or http_query_free(). */
struct http_answer {
	struct document_hop hops[HOPS_MAX + 1];
	unsigned n;
	/* Of the last hop. cls ERR_NONE: a body with status 200 or 203; else why there is none. */
	struct err error;
	long status; /* 0: no whole answer came */
	const char *etag, *last_modified, *content_type, *content_location, *content_language,
		*cache_control;	      /* NULL: absent */
	int64_t retry_after, max_age; /* ms; -1: not said */
	struct str body;
};

/* CLI_OK for an answer with a body; else the exit code of its error. */
int http_answer_exit(const struct http_answer *a);

/*
 * Normalises an address as the daemon would ("host.tld/path" and "feed:" are accepted). The caller
 * frees it. NULL, after a message, if it is not an address.
 */
char *http_query_address(const char *word);

/* Holds a reference to c. NULL: out of memory. */
struct http_query *http_query_new(struct conf *c);
void http_query_free(struct http_query *q); /* NULL is fine */
/*
 * Requests an absolute http(s) url, follows redirects and waits for the answer. feed: its login is
 * used, NULL: none. 0 for any answer; -ERR_NOMEM or -ERR_BUG if no request could be made.
 */
int http_query_ask(struct http_query *q, const char *url, const struct conf_feed *feed,
	const struct http_answer **out, struct err *e);

#endif
