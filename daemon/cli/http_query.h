/* SPDX-License-Identifier: MIT */
/*
 * Questions to servers, one at a time, asked as the daemon would ask them: its limits, its rules
 * for redirects and private networks, its pace at a host. For the commands that fetch.
 */
#ifndef CLI_HTTP_QUERY_H
#define CLI_HTTP_QUERY_H

#include "conf/conf.h"
#include "document/feed.h"
#include "engine/hops.h"

struct http_query;

/* All of it lives until the next question or http_query_free. */
struct http_answer {
	struct document_hop hops[HOPS_MAX + 1];
	unsigned n;
	/* Of the last hop. cls ERR_NONE: a body came with 200 or 203; else why not. */
	struct err error;
	long status; /* 0: no whole answer came */
	const char *etag, *last_modified, *content_type, *content_location, *content_language,
		*cache_control;	      /* NULL: absent */
	int64_t retry_after, max_age; /* ms; -1: not said */
	struct str body;
};

/* The exit code for an answer without a body, CLI_OK for one with. */
int http_answer_exit(const struct http_answer *a);

/*
 * The address as the daemon would take it ("host.tld/path" and "feed:" too), to be freed; NULL, and
 * a complaint, where it is none.
 */
char *http_query_address(const char *word);

/* Takes its own reference on c. NULL: out of memory. */
struct http_query *http_query_new(struct conf *c);
void http_query_free(struct http_query *a); /* NULL is fine */
/*
 * url is absolute http or https. feed: whose login is shown where it belongs; NULL: none. Waits for
 * the answer. 0, whatever was answered; -ERR_NOMEM or -ERR_BUG when nothing could be asked.
 */
int http_query_ask(struct http_query *a, const char *url, const struct conf_feed *feed,
	const struct http_answer **out, struct err *e);

#endif
