/* SPDX-License-Identifier: MIT */
#include "io/fetch.h"

#include <arpa/inet.h>

#include "answer_lists.h"
#include "answer_origin.h"
#include "base/clock.h"
#include "fetch_answer.h"
#include "fetch_body.h"
#include "fetch_cookies.h"
#include "fetch_explain.h"
#include "fetch_login.h"
#include "fetch_headers.h"
#include "fetch_proxy.h"
#include "fetch_reach.h"
#include "fetch_socket.h"
#include "multi.h"
#include "multi_limits.h"
#include "transfer_error.h"

#define TIMEOUT_MS   60000L
#define CONNECT_MS   20000L /* name look-up and TLS included: two dead name servers take 10 s */
#define DEADLINE_MS  66000  /* in case curl misses its own timeout */
#define SLOW_BYTES   100L
#define SLOW_SECONDS 15L
#define WHERE_MAX    300

/* Why a callback here ended the transfer; curl only returns that one did. See also body.fault. */
enum fetch_abort { ABORT_NONE, ABORT_ADDRESS, ABORT_PORT, ABORT_DEADLINE };

struct fetch {
	struct multi *multi;
	LIST_HEAD(, fetch_op) ops;
};

struct fetch_op {
	struct fetch *fetch;
	struct multi_op transfer;
	int64_t deadline; /* mono ms */
	bool special;	  /* the handle holds a login or other options: reset it before reuse */
	struct fetch_headers headers;
	struct fetch_body body;
	struct answer_lists lists;
	struct fetch_cookies cookies;
	struct address_rule rule;
	bool proxied;
	bool reached; /* one of its addresses was allowed */
	bool near;    /* and the last one is not public */
	struct fetch_tried tried;
	enum fetch_abort aborted;
	char address[FETCH_PROXY_HOST_MAX]; /* with ABORT_ADDRESS and ABORT_PORT */
	unsigned port;
	char where[WHERE_MAX]; /* see fetch_op_where() */
	char detail[CURL_ERROR_SIZE];
	struct fetch_details *details; /* NULL: none */
	void (*connected)(void *arg, bool near);
	fetch_done_fn *done;
	void *arg;
	LIST_ENTRY(fetch_op) link;
	bool hide;	   /* the URL is a secret, and url has its host only */
	const char *proxy; /* NULL: none; it follows url */
	char url[];
};

/* --- who may be reached --- */

static enum fetch_abort fetch_abort_of(enum address_verdict v)
{
	switch (v) {
	case ADDRESS_PASS: break;
	case ADDRESS_PRIVATE: return ABORT_ADDRESS;
	case ADDRESS_PORT: return ABORT_PORT;
	}
	return ABORT_NONE;
}

static bool fetch_op_may_reach(struct fetch_op *op, const uint8_t a[16], unsigned port)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	enum fetch_abort aborted;

	if (op->proxied) {
		op->reached = op->aborted == ABORT_NONE; /* see fetch_op_set_route() */
		return op->reached;
	}
	aborted = fetch_abort_of(address_check(&op->rule, a, port));
	if (aborted == ABORT_NONE) {
		op->reached = true;
		op->near = !address_public(a);
		return true;
	}
	op->aborted = aborted;
	op->port = port;
	if (memcmp(a, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, a + 12, op->address, sizeof(op->address));
	else
		inet_ntop(AF_INET6, a, op->address, sizeof(op->address));
	return false;
}

/* curl calls this after the name was resolved, with the address that it will connect to. */
static curl_socket_t fetch_op_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct fetch_op *op = ctx;
	uint8_t a[16];

	(void)purpose;
	if (address_of_sockaddr(&sa->addr, sa->addrlen, a))
		return CURL_SOCKET_BAD;
	if (!fetch_op_may_reach(op, a, fetch_socket_port(&sa->addr))) {
		multi_kick(op->fetch->multi, &op->transfer);
		return CURL_SOCKET_BAD;
	}
	fetch_tried_add(&op->tried, &sa->addr, sa->addrlen);
	return fetch_socket_open(sa->family, sa->socktype, sa->protocol);
}

/*
 * curl calls this before it sends the request. Connections that it reuses do not pass
 * fetch_op_open_socket().
 */
static int fetch_op_check_peer(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
	struct fetch_op *op = ctx;
	uint8_t a[16];

	(void)local;
	(void)local_port;
	if (address_of_text(peer, a) || !fetch_op_may_reach(op, a, (unsigned)peer_port))
		return CURL_PREREQFUNC_ABORT;
	if (op->connected)
		op->connected(op->arg, op->near);
	return CURL_PREREQFUNC_OK;
}

/* A header line; after the last of them a body may follow, which is counted: but for 304. */
static void fetch_op_hear(void *arg, struct str line)
{
	struct fetch_op *op = arg;
	long status = 0;

	if (line.n > 2)
		return;
	curl_easy_getinfo(op->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 304)
		multi_limits_watch(&op->transfer);
	if (status >= 200 && status < 300)
		answer_origin_hear(&op->lists.origin, op->transfer.easy);
}

/* --- the end --- */

/* Only messages about errors name the URL, without userinfo and query. */
static const char *fetch_op_where(struct fetch_op *op)
{
	size_t n;

	transfer_error_show_url(op->where, sizeof(op->where), op->url, !op->hide);
	n = strlen(op->where);
	if (op->proxy)
		snprintf(op->where + n, sizeof(op->where) - n, " (by proxy %s)", op->proxy);
	return op->where;
}

static void fetch_op_free(struct fetch_op *op)
{
	CURL *c = op->transfer.easy;

	multi_stop(op->fetch->multi, &op->transfer);
	LIST_REMOVE(op, link);
	if (c) {
		curl_easy_setopt(c, CURLOPT_ERRORBUFFER, NULL);
		curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	}
	fetch_cookies_release(&op->cookies, c);
	if (c && op->special) /* else curl_easy_reset() leaks its list of files (libcurl 7.88) */
		curl_easy_setopt(c, CURLOPT_COOKIEFILE, NULL);
	multi_release(op->fetch->multi, c, !op->special);
	fetch_headers_release(&op->headers);
	fetch_body_release(&op->body);
	answer_lists_release(&op->lists);
	free(op);
}

static void fetch_op_set_abort_error(struct fetch_op *op, struct err *e)
{
	switch (op->aborted) {
	case ABORT_ADDRESS:
		err_set(e, ERR_PERM,
			"%s leads to %s, which is not on the public internet: refused (%s)",
			fetch_op_where(op), op->address,
			op->rule.learnt
				? "private-networks is for the configured address of a feed, "
				  "not for where it redirects"
				: "poll private-networks lets it through");
		break;
	case ABORT_PORT:
		err_set(e, ERR_PERM, "%s: a redirect to port %u is not followed",
			fetch_op_where(op), op->port);
		break;
	case ABORT_DEADLINE:
		err_set(e, ERR_TEMP, "%s: not complete after %d s", fetch_op_where(op),
			DEADLINE_MS / 1000);
		break;
	case ABORT_NONE: err_nomem(e); break;
	}
}

/* A refused address is the error only if no address of the host was allowed. */
static bool fetch_op_was_aborted(const struct fetch_op *op)
{
	return op->aborted != ABORT_NONE && !(op->aborted == ABORT_ADDRESS && op->reached);
}

/* Sets *e if there is no usable answer. */
static void fetch_op_judge(struct fetch_op *op, CURLcode rc, struct err *e)
{
	if (rc == CURLE_FILESIZE_EXCEEDED)
		op->body.fault = FETCH_BODY_LARGE;
	else if (rc == CURLE_OK)
		fetch_body_finish(&op->body);
	if (op->body.fault != FETCH_BODY_GOOD)
		fetch_body_set_error(&op->body, fetch_op_where(op), e);
	else if (rc != CURLE_OK && fetch_op_was_aborted(op))
		fetch_op_set_abort_error(op, e);
	else if (rc != CURLE_OK)
		transfer_error_set(e, op->transfer.easy, rc, fetch_op_where(op), op->detail);
}

/*
 * The connection ended or stalled inside the body: a Content-Length that is too large, no last
 * chunk. What has arrived may be a whole document all the same.
 */
static bool fetch_op_is_cut(struct fetch_op *op, CURLcode rc)
{
	if (op->body.fault != FETCH_BODY_GOOD || op->aborted != ABORT_NONE ||
		!transfer_error_is_cut(rc))
		return false;
	fetch_body_finish(&op->body);
	return op->body.fault == FETCH_BODY_GOOD && op->body.data.len > 0;
}

static void fetch_op_read_answer(struct fetch_op *op, CURLcode rc, struct fetch_answer *a)
{
	CURL *c = op->transfer.easy;
	curl_off_t us = 0, wire = 0;

	curl_easy_getinfo(c, CURLINFO_TOTAL_TIME_T, &us);
	curl_easy_getinfo(c, CURLINFO_SIZE_DOWNLOAD_T, &wire);
	a->total_ms = us / 1000;
	a->wire_bytes = (uint64_t)wire + op->transfer.header_bytes;
	if (op->details)
		fetch_explain_end(op->details, c);
	fetch_op_judge(op, rc, fetch_op_is_cut(op, rc) ? &a->cut : &a->error);
	/* What nightdesk lacks says nothing about the network. */
	if (!fetch_op_was_aborted(op) && a->error.cls != ERR_IO && a->error.cls != ERR_NOMEM)
		a->reach = fetch_reach_of(c, rc, &op->tried);
	a->no_host = rc == CURLE_COULDNT_RESOLVE_HOST && a->reach == FETCH_UNREACHED;
	a->near = op->near;
	a->crowded = op->body.fault == FETCH_BODY_CROWDED;
	if (a->error.cls != ERR_NONE)
		return;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
	a->body = buf_str(&op->body.data);
	a->body_owned = op->body.data.data;
	fetch_answer_read(a, &op->lists, c);
	fetch_cookies_take(&op->cookies, c);
	a->cookies = op->cookies.lines;
	a->n_cookies = op->cookies.n;
}

static void fetch_op_end(void *arg, CURLcode rc)
{
	struct fetch_op *op = arg;
	struct fetch_answer a = {.retry_after = -1, .max_age = -1};

	fetch_op_read_answer(op, rc, &a);
	op->done(op->arg, &a);
	if (a.body.p == op->body.data.data && !a.body_owned)
		buf_init(&op->body.data, 0); /* the callback took the body */
	fetch_op_free(op);
}

static void fetch_op_abort(struct fetch_op *op, enum fetch_abort aborted)
{
	multi_stop(op->fetch->multi, &op->transfer);
	op->aborted = aborted;
	fetch_op_end(op, CURLE_ABORTED_BY_CALLBACK);
}

/*
 * Called each second, for the limits that no callback of curl can check: a timeout that curl
 * missed, and compressed data that never decompresses to a byte.
 */
static bool fetch_op_check_limits(void *arg, int64_t now)
{
	struct fetch_op *op = arg;

	if (now >= op->deadline) {
		fetch_op_abort(op, ABORT_DEADLINE);
	} else if (fetch_body_flooded(&op->body)) {
		op->body.fault = FETCH_BODY_LARGE;
		fetch_op_abort(op, ABORT_NONE);
	} else {
		return false;
	}
	return true;
}

/* --- the start --- */

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)

static bool fetch_prepare(CURL *c)
{
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	SET(CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	SET(CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	SET(CURLOPT_COOKIEFILE, ""); /* reads none, but the handle takes cookies */
	SET(CURLOPT_WRITEFUNCTION, fetch_body_add);
	SET(CURLOPT_OPENSOCKETFUNCTION, fetch_op_open_socket);
	SET(CURLOPT_PREREQFUNCTION, fetch_op_check_peer);
	return ok;
}

/* The way to the server: a proxy, and whose certificates are trusted on it. */
static bool fetch_op_set_route(struct fetch_op *op, const struct fetch_request *r)
{
	struct fetch_proxy_target target;
	CURL *c = op->transfer.easy;
	bool ok = true;

	if (r->ca_file)
		ok = multi_trust(op->fetch->multi, c, r->ca_file);
	if (!r->proxy)
		return ok;
	op->proxied = true;
	op->aborted = fetch_abort_of(fetch_proxy_check(&op->rule, r->url, &target));
	op->port = target.port;
	snprintf(op->address, sizeof(op->address), "%s", target.host);
	SET(CURLOPT_PROXY, r->proxy);
	return ok;
}

/* Sets every option that differs between requests: the pool does not reset the handle. */
static bool fetch_op_set_options(struct fetch_op *op, const struct fetch_request *r)
{
	CURL *c = op->transfer.easy;
	const char *cookie = fetch_headers_find_cookie(r);
	bool ok = fetch_cookies_put(c, r->cookies, r->n_cookies);
	/*
	 * HTTP/2 comes with TLS only. Without, waiting to learn whether a connection has it would
	 * be for nothing, and without an end if its first request was never sent.
	 */
	bool multiplexed = !r->http1 && strncasecmp(r->url, "https:", 6) == 0;

	SET(CURLOPT_URL, r->url);
	SET(CURLOPT_HTTP_VERSION,
		(long)(multiplexed ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
	SET(CURLOPT_PIPEWAIT, multiplexed ? 1L : 0L);
	SET(CURLOPT_COOKIE, cookie);
	SET(CURLOPT_HTTPHEADER, op->headers.first);
	SET(CURLOPT_USERAGENT, r->proxy ? r->user_agent : NULL); /* else it is in headers */
	SET(CURLOPT_CONNECTTIMEOUT_MS, r->connect_ms > 0 ? (long)r->connect_ms : CONNECT_MS);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)r->max_body);
	SET(CURLOPT_FORBID_REUSE, r->alone ? 1L : 0L);
	SET(CURLOPT_WRITEDATA, &op->body);
	SET(CURLOPT_OPENSOCKETDATA, op);
	SET(CURLOPT_PREREQDATA, op);
	SET(CURLOPT_ERRORBUFFER, op->detail);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, r->learnt ? 1L : 0L);
	op->special = fetch_login_given(r) || cookie || strchr(r->url, '@') || r->proxy ||
		      r->ca_file || r->form;
	if (r->form)
		SET(CURLOPT_COPYPOSTFIELDS, r->form);
	ok = fetch_login_set(c, r) && ok;
	if (r->details) {
		op->special = true;
		ok = fetch_explain_begin(r->details, c) && ok;
	}
	return fetch_op_set_route(op, r) && ok;
}

#undef SET

static struct fetch_op *fetch_op_new(const struct fetch_request *r)
{
	size_t n_proxy = r->proxy ? strlen(r->proxy) + 1 : 0, n;
	char host[WHERE_MAX];
	const char *url = r->url;
	struct fetch_op *op;

	if (r->hide) {
		transfer_error_show_url(host, sizeof(host), r->url, false);
		url = host;
	}
	n = strlen(url) + 1;
	op = calloc(1, sizeof(*op) + n + n_proxy);
	if (!op)
		return NULL;
	op->hide = r->hide;
	memcpy(op->url, url, n);
	if (r->proxy)
		op->proxy = memcpy(op->url + n, r->proxy, n_proxy);
	return op;
}

static struct fetch_op *fetch_start(
	void *ctx, const struct fetch_request *r, fetch_done_fn *done, void *arg)
{
	struct fetch *f = ctx;
	struct fetch_op *op = fetch_op_new(r);

	if (!op)
		return NULL;
	op->fetch = f;
	op->rule = (struct address_rule){r->policy, r->learnt, r->home_port};
	op->connected = r->connected;
	op->details = r->details;
	op->done = done;
	op->arg = arg;
	fetch_body_init(&op->body, r->max_body, r->share);
	answer_lists_init(&op->lists);
	LIST_INSERT_HEAD(&f->ops, op, link);
	op->transfer = (struct multi_op){.easy = multi_easy(f->multi),
		.done = fetch_op_end,
		.heard = fetch_op_hear,
		.tls = r->details ? r->details->tls : NULL,
		.tls_size = sizeof(r->details->tls),
		.brief = !r->details,
		.arg = op};
	op->body.easy = op->transfer.easy;
	op->deadline = clock_mono() + DEADLINE_MS;
	if (!op->transfer.easy || !fetch_headers_make(&op->headers, r) ||
		!fetch_op_set_options(op, r) || multi_start(f->multi, &op->transfer)) {
		fetch_op_free(op);
		return NULL;
	}
	return op;
}

static void fetch_cancel(void *ctx, struct fetch_op *op)
{
	(void)ctx;
	fetch_op_free(op);
}

struct fetch *fetch_new(struct loop *l, unsigned parallel)
{
	struct multi_limits limits = {.idle = (long)parallel,
		.idle_seconds = 60,
		.prepare = fetch_prepare,
		.check = fetch_op_check_limits};
	struct fetch *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	LIST_INIT(&f->ops);
	f->multi = multi_new(l, "fetch", &limits);
	if (!f->multi) {
		free(f);
		return NULL;
	}
	return f;
}

void fetch_set_parallel(struct fetch *f, unsigned parallel)
{
	multi_set_idle(f->multi, (long)parallel);
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	while (!LIST_EMPTY(&f->ops))
		fetch_op_free(LIST_FIRST(&f->ops));
	multi_free(f->multi);
	free(f);
}

struct port_fetch fetch_port(struct fetch *f)
{
	return (struct port_fetch){.ctx = f, .start = fetch_start, .cancel = fetch_cancel};
}
