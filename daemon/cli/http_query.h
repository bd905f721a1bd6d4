/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests one at a time, made as the daemon would make them: with its limits, its rules for
 * redirects and private networks, its pace at a host.
 */
#ifndef CLI_HTTP_QUERY_H
#define CLI_HTTP_QUERY_H

#include "command.h"
#include "document/fetch.h"

struct http_query;

/* CLI_OK for an answer with a body; else the exit code of its error. */
int http_query_exit(const struct document_answer *a);

/*
 * Loads the configuration, the defaults if there is none, and normalises the address that the first
 * operand is, as the daemon would ("host.tld/path" and "feed:" are accepted, and the name of a
 * configured feed, whose url is returned as it is in struct conf_feed). Returns an exit code,
 * after a message. The caller frees *q and *url, which are NULL on errors.
 */
int http_query_open(const struct cli_call *call, struct http_query **q, char **url);
const struct conf *http_query_conf(const struct http_query *q);
void http_query_free(struct http_query *q); /* NULL is fine */
/*
 * Requests an absolute http(s) url, follows redirects and waits for the answer. A url of another
 * origin than that of http_query_open() is treated like a redirect. feed: its login is used, NULL:
 * none. 0 for any answer, which is valid until the next call or http_query_free();
 * -ERR_NOMEM or -ERR_BUG if no request could be made.
 */
int http_query_ask(struct http_query *q, const char *url, const struct conf_feed *feed,
	const struct document_answer **out, struct err *e);

/* Takes the secrets of the last request out of text of its server, in place. */
void http_query_hide(const struct http_query *q, char *text);

#endif
