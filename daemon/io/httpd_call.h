/* SPDX-License-Identifier: MIT */
/*
 * Calls and streams over evhttp's requests.
 *
 *	call ──► answered ──► evhttp frees the request when it was written
 *	  │  └─► stream ────► likewise after its end
 *	  └────► late, or the client left: without a connection until the owner answers
 */
#ifndef IO_HTTPD_CALL_H
#define IO_HTTPD_CALL_H

#include "httpd_connection.h"

struct httpd_call {
	struct httpd_connection *connection; /* NULL: nothing can be sent any more */
	struct evhttp_request *from;	     /* evhttp's; NULL with connection */
	bool head;
};

struct httpd_stream {
	struct httpd_connection *connection;
	struct evhttp_request *from; /* evhttp's */
	struct httpd_stream_events events;
};

/* NULL: out of memory, and from was not answered. */
struct httpd_call *httpd_call_new(struct httpd_connection *c, struct evhttp_request *from);
/* See struct httpd_connections. */
void httpd_call_late(struct httpd_connection *c);
/* Writes status and headers of r, and those of every answer, to the request. */
void httpd_call_set_headers(struct evhttp_request *from, const struct httpd_reply *r);

#endif
