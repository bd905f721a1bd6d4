/* SPDX-License-Identifier: MIT */
/*
 * An HTTP/1.1 server on the loop: libevent's evhttp and the limits and guards that it lacks. One
 * struct httpd is one listener; there may be several, each with its own options. Requests are
 * answered in their handler or later; a connection is kept open for further requests.
 *
 * Every phase of a connection has an absolute deadline, which no byte of the client extends:
 *
 *	waiting    for the first byte of a request: idle_ms
 *	reading    the request: request_ms
 *	answering  the owner has it: answer_ms, then the client gets a 503
 *	writing    the client takes the answer: take_ms
 *	streaming  as long as the stream lasts; what is buffered must be taken within take_ms
 *
 * When `connections` are open, the one that has waited or read for the longest is closed for a new
 * one, but not in its first second; if there is none, no connection is accepted.
 *
 * Requests that are malformed, or that a proxy and this server could read differently (two lengths,
 * two hosts, unknown transfer codings), are refused with 400, then closed.
 */
#ifndef IO_HTTPD_H
#define IO_HTTPD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "io/loop.h"

enum httpd_method { HTTPD_GET = 1, HTTPD_HEAD = 2, HTTPD_POST = 4 };

struct httpd_call;   /* one request that is not answered yet */
struct httpd_stream; /* an answer without an end */

/* Valid until the handler returns. */
struct httpd_request {
	enum httpd_method method;
	const char *path;	   /* not decoded, without the query; starts with / */
	struct str query;	   /* what follows the ?, not decoded; absent: there is none */
	struct str body;	   /* of a POST */
	const void *header_source; /* for httpd_header() */
};
/* Returns the value of the first such header; NULL: absent. Valid as the request. */
const char *httpd_header(const struct httpd_request *q, const char *name);
/*
 * Appends s to *out, with each %XX decoded (RFC 3986 §2.1); form: each + is a space too. False:
 * malformed, a NUL, or too long for *out, which then has failed.
 */
bool httpd_decode(struct str s, bool form, struct buf *out);
/*
 * Appends the decoded value of a parameter of a query, or of a body of the type
 * application/x-www-form-urlencoded, to *out: the first of that name. False: there is none, or it
 * is malformed (a bad %XX, a NUL), or too long for *out, which then has failed.
 */
bool httpd_parameter(struct str query, const char *name, struct buf *out);

struct httpd_field {
	const char *name, *value;
};

struct httpd_reply {
	int status;
	const char *content_type; /* NULL: none */
	const char *etag;	  /* NULL: none; and the answer must not be stored */
	struct str body;
	const struct httpd_field *headers; /* further ones */
	size_t n_headers;
	bool close; /* no further request on this connection */
};

/* Runs on the loop thread. The call must be answered by httpd_answer() or httpd_stream(), once. */
typedef void httpd_fn(void *arg, struct httpd_call *call, const struct httpd_request *q);

/*
 * Ends the call; copies what r points to. In the handler or later, even after the client left, the
 * call was late or httpd_free(): then nothing is sent.
 */
void httpd_answer(struct httpd_call *call, const struct httpd_reply *r);
void httpd_answer_status(struct httpd_call *call, int status); /* without a body */

struct httpd_stream_events {
	void (*drained)(void *arg); /* all that was written left the buffer; NULL: not wanted */
	void (*closed)(void *arg);  /* the client left, or took too little: the stream is invalid */
	void *arg;
};

/*
 * Ends the call with status 200 and the headers of r, whose body is ignored; what follows is
 * written to the stream. NULL: there is no stream, and the call has ended: the request was a HEAD,
 * the client left, or too many streams are open (503). No event is called inside of a function of
 * this header.
 */
struct httpd_stream *httpd_stream(struct httpd_call *call, const struct httpd_reply *r,
	const struct httpd_stream_events *events);
/*
 * Returns 0, or -ERR_LIMIT: the client has not taken what was written before, and the buffer has no
 * room; nothing of text was written then.
 */
int httpd_stream_write(struct httpd_stream *s, struct str text);
void httpd_stream_end(struct httpd_stream *s); /* s is invalid; NULL is fine */

/* A text for several streams, which keep references instead of copies. For the loop thread. */
struct httpd_text;
struct httpd_text *httpd_text_new(struct str text); /* copies it; NULL: out of memory */
void httpd_text_unref(struct httpd_text *t);	    /* that of the caller; NULL is fine */
/* As httpd_stream_write(). */
int httpd_stream_share(struct httpd_stream *s, struct httpd_text *t);

struct httpd_options {
	/*
	 * "127.0.0.1:8440", "[::1]:8440", "unix:/run/x.sock"; port 0: any free one; "systemd":
	 * `passed`, a socket that listens already.
	 */
	const char *listen;
	int passed;	      /* stays the caller's; -1: none */
	bool passed_open;     /* others than this machine may reach it */
	unsigned methods;     /* enum httpd_method; others are refused with 405 */
	unsigned connections; /* at once, streams included */
	unsigned streams;     /* at once; 0: none */
	int64_t idle_ms, request_ms, answer_ms, take_ms;
	size_t max_headers, max_body; /* of one request, else 400, or 413 */
	size_t max_pending;   /* of all requests that are being read: the largest is dropped */
	size_t stream_buffer; /* of one stream */
	/*
	 * guard_host: the Host must be localhost, a loopback address or one of hosts (without
	 * port), else 421. This is the defence against DNS rebinding.
	 */
	bool guard_host;
	const struct str *hosts; /* outlives the httpd */
	size_t n_hosts;
	/* Requests that scripts or forms of other sites cause in a browser are refused with 403. */
	bool guard_site;
	httpd_fn *handler;
	void *arg;
};
/* Sets every limit to its default; the caller sets listen, methods, handler and arg. */
void httpd_options_init(struct httpd_options *o);

struct httpd_counts {
	unsigned connections, streams; /* open */
	uint64_t requests, refused, evicted, late;
};

struct httpd;
/*
 * Returns 0; -ERR_TEMP if the address is in use or not of this machine, -ERR_CONF if it is none, or
 * no socket was passed, -ERR_PERM if a socket may not be created there, -ERR_NOMEM. listen is
 * copied.
 */
int httpd_new(struct httpd **out, struct loop *l, const struct httpd_options *o, struct err *e);
unsigned short httpd_port(const struct httpd *h); /* 0: a unix socket */
void httpd_count(const struct httpd *h, struct httpd_counts *out);
/* Before the loop. Streams are closed, without an event. NULL is fine. */
void httpd_free(struct httpd *h);

#endif
