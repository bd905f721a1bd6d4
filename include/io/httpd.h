/* SPDX-License-Identifier: MIT */
/*
 * A small HTTP server on the loop, for loopback: libevent's evhttp plus the limits that it lacks.
 * At most `connections` at once, each with a fixed deadline; limits on header and body size; every
 * reply closes its connection and carries Cache-Control and nosniff headers.
 */
#ifndef IO_HTTPD_H
#define IO_HTTPD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "io/loop.h"

enum httpd_method { HTTPD_GET, HTTPD_HEAD, HTTPD_POST };

struct httpd_request {
	enum httpd_method method;
	const char *path; /* not decoded, without the query; starts with / */
	struct str body;
	void *from; /* for httpd_header */
};
/* Returns the value; NULL: absent. Valid until the handler returns. */
const char *httpd_header(const struct httpd_request *q, const char *name);

struct httpd_reply {
	int status;		  /* 200 unless changed */
	const char *content_type; /* NULL: none */
	const char *etag;	  /* NULL: none */
	struct buf body;
};

/* The handler: runs on the loop thread and fills in r, which is sent when it returns. */
typedef void httpd_fn(void *arg, const struct httpd_request *q, struct httpd_reply *r);

struct httpd_options {
	const char *address;  /* "127.0.0.1" */
	unsigned short port;  /* 0: any free one */
	unsigned connections; /* at once */
	int64_t deadline_ms;  /* of a connection, from accept(2) */
	size_t max_body;      /* of a request */
	bool take_post;	      /* false: only GET and HEAD */
	httpd_fn *handler;
	void *arg;
};

struct httpd;
/* Returns 0, -ERR_TEMP if the address is in use, or -ERR_NOMEM. */
int httpd_new(struct httpd **out, struct loop *l, const struct httpd_options *o, struct err *e);
unsigned short httpd_port(const struct httpd *h);
void httpd_free(struct httpd *h); /* before the loop; NULL is fine */

#endif
