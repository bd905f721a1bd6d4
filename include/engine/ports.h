/* SPDX-License-Identifier: MIT */
/*
 * All that the engine uses of the outside world: six ports. io implements them; the scenario runner
 * replaces them with scripts.
 *
 * Rules for every start function: the callback is never called inside start. It is called exactly
 * once, on the loop thread, or never if the operation is cancelled before. The handle is invalid
 * after either. NULL means out of memory; there is no callback then.
 */
#ifndef ENGINE_PORTS_H
#define ENGINE_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"
#include "engine/body_budget.h"
#include "engine/fetch_details.h"
#include "engine/last_run.h"
#include "feed/parse.h"
#include "sink/request.h"

/*
 * --- fetch: one request, one answer; redirects are not followed ---
 *
 * Start copies all that the request points to, except policy and details.
 */

struct fetch_request {
	const char *url;
	const char *etag, *last_modified; /* NULL: unconditional */
	const char *form;	     /* posted as application/x-www-form-urlencoded; NULL: a GET */
	bool delta;		     /* ask for the new entries only (RFC 3229) */
	const char *user, *password; /* NULL: none */
	const char *bearer;	     /* a token instead; NULL: none */
	/* A path, and PEM text. NULL: none */
	const char *client_certificate, *client_key;
	const char *const *headers; /* "Name: value" */
	size_t n_headers;
	const char *const *cookies; /* of an earlier answer in the same poll */
	size_t n_cookies;
	const char *user_agent;
	const char *proxy, *ca_file;   /* as in struct conf_feed; NULL: none */
	bool hide;		       /* the URL is a secret: messages show its host only */
	bool http1;		       /* not HTTP/2, even if the server offers it */
	struct fetch_details *details; /* to be filled; valid until the callback. NULL: none */
	size_t max_body;	       /* bytes after decompression */
	/*
	 * What the body may take of the memory for all; NULL: max_body. It grows with the body, is
	 * set to 0 at the start, and is kept after the end, for the owner of the body.
	 */
	struct body_share *share;
	bool alone;	    /* no other request to its host is near: the connection is not kept */
	int64_t connect_ms; /* until it is connected, name look-up included; 0: default */
	const struct conf_poll *policy; /* which addresses are allowed; valid until the callback */
	/*
	 * The URL comes from the network: a redirect to another host or port than configured. Then
	 * only public addresses are reached, whatever policy allows, on the usual ports of HTTP
	 * and home_port, and a login in the URL is refused.
	 */
	bool learnt;
	unsigned home_port; /* of the configured URL; 0: the default of its scheme */
	/*
	 * Called with the argument of done when the server, or the proxy, is connected; perhaps
	 * more than once, or not at all. It must not call the port. near: as in the answer. NULL:
	 * none.
	 */
	void (*connected)(void *arg, bool near);
};

/* What the end of a request says about the network. */
enum fetch_reach {
	FETCH_UNKNOWN,	 /* nothing: it was refused here, or the connection stalled */
	FETCH_REACHED,	 /* the server or its host answered in some way */
	FETCH_UNREACHED, /* none did, or the name was not found: the network may be down */
	FETCH_NO_ROUTE,	 /* this machine has no route to it */
};

struct fetch_answer {
	enum fetch_reach reach;
	bool near;	  /* the address of the server is not public */
	bool no_host;	  /* with an error: its name was not found */
	struct err error; /* cls ERR_NONE: there is an answer. Else TEMP, PERM, LIMIT */
	bool crowded;	  /* with an error: other bodies took the memory that is for all */
	struct err cut;	  /* not ERR_NONE: the transfer ended before the end of the body */
	long status;
	struct str body;  /* valid until the callback returns */
	char *body_owned; /* malloc'd, == body.p; the callback may take it by setting it to NULL */
	const char *etag, *last_modified, *content_type, *content_language, *cache_control,
		*location, *link; /* NULL: absent. location is as sent; link: all */
	const char *im, *vary;	  /* the same, all of each; see daemon/engine/delta.h */
	struct str origin;	  /* with a body: as in store/documents.h, but for the URLs */
	/* What answered if it looks like a bot protection instead of the site; NULL. A literal. */
	const char *wall;
	/* Cookies received in this poll: opaque lines for its next request. */
	const char *const *cookies;
	size_t n_cookies;
	int64_t retry_after; /* ms; -1: absent */
	int64_t max_age;     /* ms that it stays fresh; -1: absent */
	int64_t date;	     /* what time it is there, wall ms; 0: absent */
	int64_t total_ms;
	uint64_t wire_bytes;
};

struct fetch_op;
typedef void fetch_done_fn(void *arg, struct fetch_answer *a);

struct port_fetch {
	void *ctx;
	struct fetch_op *(*start)(
		void *ctx, const struct fetch_request *r, fetch_done_fn *done, void *arg);
	void (*cancel)(void *ctx, struct fetch_op *op);
};

/* --- parse: one body, one batch; the parser may be a thread or a process --- */

struct parse_request {
	char *body; /* malloc'd; moved to the port, which frees it even when start returns NULL */
	size_t body_len;
	/* Marked with the feed's name, which is copied, while the body is parsed; may be NULL. */
	struct last_run *last_run;
	struct str feed;
	/* Start copies them and all they point to. */
	struct feed_parse_options options;
};

struct parse_op;
/*
 * batch is moved to the callee. NULL: the body held no feed (ERR_INPUT), more than the limits of
 * the options allow, time included (ERR_LIMIT), or memory ran out; e says which, and lives until
 * the callback returns.
 */
typedef void parse_done_fn(void *arg, struct feed_batch *batch, const struct err *e);

struct port_parse {
	void *ctx;
	struct parse_op *(*start)(
		void *ctx, const struct parse_request *r, parse_done_fn *done, void *arg);
	/* At any time before the callback; returns at once, even while the body is being parsed. */
	void (*cancel)(void *ctx, struct parse_op *op);
};

/* --- secret: credentials, read from files when they are needed --- */

struct secrets;
struct secret_op;
/* All of them, valid and not yet wiped until the callback returns; or NULL, and e says why. */
typedef void secret_done_fn(void *arg, const struct secrets *s, const struct err *e);

struct port_secret {
	void *ctx;
	/*
	 * Reads the n credentials (at most SECRETS_MAX) of conf with these names. The port holds a
	 * reference on conf until the callback; the array of names is copied, the names are conf's.
	 */
	struct secret_op *(*start)(void *ctx, struct conf *conf, const char *const *names, size_t n,
		secret_done_fn *done, void *arg);
	void (*cancel)(void *ctx, struct secret_op *op);
};

/* --- send: one delivery attempt --- */

struct send_op;
typedef void send_done_fn(void *arg, const struct sink_answer *a);

struct port_send {
	void *ctx;
	/* Start copies r and all it points to. */
	struct send_op *(*start)(
		void *ctx, const struct sink_request *r, send_done_fn *done, void *arg);
	void (*cancel)(void *ctx, struct send_op *op);
};

/* --- job: a function to be run on the desk thread --- */

struct desk;
struct store;
/* On the desk thread. */
typedef void job_run_fn(void *arg, struct desk *desk, struct store *store);
/* Back on the loop thread. Jobs are run and come back in the order they were posted. */
typedef void job_done_fn(void *arg);

struct port_job {
	void *ctx;
	/* 0, or -ERR_TEMP if the mailbox is full. Jobs cannot be cancelled. */
	int (*post)(void *ctx, job_run_fn *run, job_done_fn *done, void *arg);
	/* The mailbox is above its high-water mark: no new fetch should start. */
	bool (*busy)(void *ctx);
};

/* --- timer --- */

struct timer_op;
typedef void timer_fn(void *arg);

struct port_timer {
	void *ctx;
	struct timer_op *(*start)(void *ctx, int64_t delay_ms, timer_fn *fn, void *arg);
	void (*cancel)(void *ctx, struct timer_op *op);
};

/* Cancels *op unless it is NULL, which it becomes. */
static inline void port_timer_stop(const struct port_timer *port, struct timer_op **op)
{
	if (*op)
		port->cancel(port->ctx, *op);
	*op = NULL;
}

struct ports {
	struct port_fetch fetch;
	struct port_parse parse;
	struct port_secret secret;
	struct port_send send;
	struct port_job job;
	struct port_timer timer;
};

#endif
