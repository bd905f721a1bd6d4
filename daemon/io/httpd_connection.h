/* SPDX-License-Identifier: MIT */
/*
 * The connections of an HTTP listener, which evhttp does not limit: their number, their deadlines
 * and the bytes that they hold. Each has an object of ours, which keeps a reference on its
 * bufferevent and outlives evhttp's: a sweep every SWEEP_MS frees those that evhttp has left, and
 * shuts down the sockets of those that are late, on which evhttp then gets an error.
 */
#ifndef IO_HTTPD_CONNECTION_H
#define IO_HTTPD_CONNECTION_H

#include <sys/queue.h>

#include "io/httpd.h"

struct bufferevent;
struct evhttp;
struct evhttp_request;
struct evconnlistener;
struct httpd_connections;

enum httpd_phase {
	HTTPD_WAITING,
	HTTPD_READING,
	HTTPD_ANSWERING, /* evhttp does not read: it would exit if it did */
	HTTPD_WRITING,
	HTTPD_STREAMING,
	HTTPD_CLOSING, /* the socket is shut down; evhttp has not noticed yet */
};

struct httpd_connection {
	struct httpd_connections *all;
	TAILQ_ENTRY(httpd_connection) link;
	struct bufferevent *bev; /* one reference is ours */
	enum httpd_phase phase;
	bool left;		     /* evhttp has freed its connection */
	int64_t since;		     /* monotonic, of the phase */
	int64_t deadline;	     /* monotonic; INT64_MAX: none */
	size_t pending;		     /* bytes that were read and evhttp has not taken */
	size_t held;		     /* bytes of the request that is read, taken or not */
	unsigned requests;	     /* answered */
	bool last;		     /* the answer closes it */
	struct httpd_call *call;     /* ANSWERING */
	struct httpd_stream *stream; /* STREAMING */
	void (*end_stream)(struct httpd_connection *c); /* of stream: evhttp closes c */
};

struct httpd_connections {
	struct loop *loop;
	const struct httpd_options *o;
	struct evconnlistener *listener; /* evhttp's */
	int fd;				 /* of the listener */
	struct loop_alarm *sweep;
	TAILQ_HEAD(, httpd_connection) list; /* in ascending order of since */
	size_t held;			     /* the sum of all */
	int64_t paused_until;		     /* monotonic: accept(2) failed */
	unsigned burst;			     /* accepted since the last sweep */
	bool listening;
	bool ending; /* by httpd_free() */
	struct httpd_counts counts;
	/* A call passed its deadline: it becomes one without a connection, and is answered. */
	void (*late)(struct httpd_connection *c);
};

/* 0 or -ERR_NOMEM. o outlives it. */
int httpd_connections_init(
	struct httpd_connections *all, struct loop *l, const struct httpd_options *o);
/* Has evhttp create its bufferevents here. fd: listens; it is closed with the evhttp. */
int httpd_connections_attach(struct httpd_connections *all, struct evhttp *http, int fd);
void httpd_connections_release(struct httpd_connections *all); /* after the evhttp was freed */

struct httpd_connection *httpd_connection_of(
	const struct httpd_connections *all, const struct evhttp_request *from);
/* ms: until its deadline; INT64_MAX: none. */
void httpd_connection_enter(struct httpd_connection *c, enum httpd_phase phase, int64_t ms);
/* The request is whole, and evhttp has it: what is pending is of the next one. */
void httpd_connection_take(struct httpd_connection *c);
/* The answer was sent: the next request may come, or a part of it is here already. */
void httpd_connection_reuse(struct httpd_connection *c);
void httpd_connection_shut(struct httpd_connection *c); /* evhttp closes it soon */
size_t httpd_connection_unsent(const struct httpd_connection *c);

#endif
