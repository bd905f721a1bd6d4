/* SPDX-License-Identifier: MIT */
#include "multi.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/counted_memory.h"
#include "base/log.h"
#include "multi_limits.h"
#include "multi_options.h"
#include "trust_store.h"

#define POOL_MAX	64
#define KICKS_MAX	256 /* a transfer: more addresses than a host has */
#define RESOLVE_MAX	2048L
#define TICK_MS		1000
#define DRAIN_BUDGET_US 5000
/* Limit on transfers started by one callback of the loop: curl runs all new ones at once. */
#define ADD_MAX		16

struct multi_socket {
	struct multi *multi;
	curl_socket_t fd;
	struct loop_fd *watch;
	LIST_ENTRY(multi_socket) link;
};

struct multi {
	struct loop *loop;
	const char *name;
	struct multi_limits limits;
	CURLM *curl;		  /* NULL after multi_rebuild() failed */
	struct loop_alarm *timer; /* the timeout that curl requests */
	struct loop_alarm *tick;  /* in case curl requests none (curl issue 15627) */
	struct loop_alarm *again; /* continues a long list of messages, or runs stalled or fresh */
	TAILQ_HEAD(, multi_op) ops;
	TAILQ_HEAD(multi_op_list, multi_op) fresh, stalled; /* of ops; see multi_op.turn */
	unsigned added;					    /* to curl, since its last timeout */
	LIST_HEAD(, multi_socket) socks;
	CURL *pool[POOL_MAX];
	size_t n_pool;
	struct trust_stores *trust;
};

static void multi_read_messages(struct multi *m);
static bool multi_build(struct multi *m);

/* --- which transfers curl has --- */

static void multi_set_turn(struct multi *m, struct multi_op *op, enum multi_turn turn)
{
	if (op->turn == MULTI_FRESH)
		TAILQ_REMOVE(&m->fresh, op, turn_link);
	if (op->turn == MULTI_STALLED)
		TAILQ_REMOVE(&m->stalled, op, turn_link);
	op->turn = turn;
	if (turn == MULTI_FRESH)
		TAILQ_INSERT_TAIL(&m->fresh, op, turn_link);
	if (turn == MULTI_STALLED)
		TAILQ_INSERT_TAIL(&m->stalled, op, turn_link);
}

static bool multi_add(struct multi *m, struct multi_op *op)
{
	m->added++;
	return curl_multi_add_handle(m->curl, op->easy) == CURLM_OK;
}

/* --- callbacks of curl: they may call nothing of curl but curl_multi_assign() --- */

static void multi_socket_free(struct multi_socket *s)
{
	LIST_REMOVE(s, link);
	loop_fd_free(s->watch);
	free(s);
}

static void multi_handle_socket(void *arg, enum loop_event happened);

static struct multi_socket *multi_socket_new(struct multi *m, curl_socket_t fd)
{
	struct multi_socket *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->multi = m;
	s->fd = fd;
	s->watch = loop_fd_new(m->loop, m->name, fd, multi_handle_socket, s);
	if (!s->watch) {
		free(s);
		return NULL;
	}
	LIST_INSERT_HEAD(&m->socks, s, link);
	curl_multi_assign(m->curl, fd, s);
	return s;
}

/* NULL: it is a handle of curl's own. */
static struct multi_op *multi_find_op(CURL *easy)
{
	struct multi_op *op = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &op);
	return op;
}

/* Out of memory: multi_tick() ends the transfer, which would only time out. */
static void multi_give_up(struct multi *m, struct multi_op *op)
{
	if (op)
		op->unwatched = true;
	loop_alarm_set(m->tick, 0);
}

/*
 * The address is known once a connection is made or reused; a reused one has no time of connecting,
 * and CURLINFO_NUM_CONNECTS counts only those that are made.
 */
static bool multi_is_connecting(const struct multi_op *op)
{
	const char *address = NULL;

	curl_easy_getinfo(op->easy, CURLINFO_PRIMARY_IP, &address);
	return !address || !*address;
}

/* Always returns 0: any other value aborts all transfers (curl issue 8083). */
static int multi_watch_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *sockp)
{
	struct multi *m = ctx;
	struct multi_socket *s = sockp;
	struct multi_op *op = multi_find_op(easy);
	enum loop_event events = LOOP_NOTHING;

	if (what == CURL_POLL_REMOVE) {
		if (s)
			multi_socket_free(s);
		if (op && multi_is_connecting(op))
			multi_kick(m, op); /* to that address it failed to connect */
		return 0;
	}
	if (!s)
		s = multi_socket_new(m, fd);
	if (what & CURL_POLL_IN)
		events |= LOOP_READ;
	if (what & CURL_POLL_OUT)
		events |= LOOP_WRITE;
	if (!s || loop_fd_watch(s->watch, events))
		multi_give_up(m, op);
	return 0;
}

static int multi_set_timer(CURLM *curl, long ms, void *ctx)
{
	struct multi *m = ctx;

	(void)curl;
	if (ms < 0)
		loop_alarm_clear(m->timer);
	else
		loop_alarm_set(m->timer, ms);
	return 0;
}

/* --- callbacks of the loop --- */

/* Takes the handle out of curl. */
static void multi_drop(struct multi *m, struct multi_op *op)
{
	multi_set_turn(m, op, MULTI_ADDED);
	if (m->curl)
		curl_multi_remove_handle(m->curl, op->easy);
	curl_easy_setopt(op->easy, CURLOPT_PRIVATE, NULL);
}

/* After an error of curl_multi_socket_action() all transfers are undefined: end them all. */
static void multi_rebuild(struct multi *m, CURLMcode code)
{
	struct multi_op *op;

	log_error(
		"transfers-lost", LOG_S("of", m->name), LOG_S("reason", curl_multi_strerror(code)));
	TAILQ_FOREACH (op, &m->ops, link) {
		multi_drop(m, op);
		op->lost = true;
	}
	curl_multi_cleanup(m->curl);
	m->curl = NULL;
	loop_alarm_clear(m->timer);
	while (!LIST_EMPTY(&m->socks))
		multi_socket_free(LIST_FIRST(&m->socks));
	if (!multi_build(m))
		log_error("transfers-off", LOG_S("of", m->name), LOG_S("reason", "out of memory"));
	/* Always take the first: a callback may stop other transfers, or append new ones. */
	while ((op = TAILQ_FIRST(&m->ops)) && op->lost) {
		TAILQ_REMOVE(&m->ops, op, link);
		op->running = false;
		op->done(op->arg, MULTI_LOST);
	}
}

static void multi_act(struct multi *m, curl_socket_t fd, int mask)
{
	CURLMcode code;
	int running;

	if (!m->curl)
		return;
	code = curl_multi_socket_action(m->curl, fd, mask, &running);
	if (code != CURLM_OK)
		multi_rebuild(m, code);
	else
		multi_read_messages(m);
}

static void multi_handle_socket(void *arg, enum loop_event happened)
{
	struct multi_socket *s = arg; /* may be freed by multi_act() */

	multi_act(s->multi, s->fd,
		((happened & LOOP_READ) ? CURL_CSELECT_IN : 0) |
			((happened & LOOP_WRITE) ? CURL_CSELECT_OUT : 0));
}

static void multi_add_fresh(struct multi *m)
{
	struct multi_op *op;

	while (m->curl && m->added < ADD_MAX && (op = TAILQ_FIRST(&m->fresh))) {
		multi_set_turn(m, op, MULTI_ADDED);
		if (multi_add(m, op))
			continue;
		multi_stop(m, op);
		op->done(op->arg, CURLE_OUT_OF_MEMORY);
	}
}

/*
 * Runs what was added, then adds more. What is left is added from an alarm of our own: curl runs
 * what was added in the event of any socket too, and then asks for no timeout.
 */
static void multi_handle_timer(void *arg)
{
	struct multi *m = arg;

	m->added = 0;
	multi_act(m, CURL_SOCKET_TIMEOUT, 0);
	multi_add_fresh(m);
	if (!TAILQ_EMPTY(&m->fresh))
		loop_alarm_set(m->again, 0);
}

/*
 * libcurl 7.88 does not go on to the next address of a host after two have failed at once, but
 * waits for half of the time to connect; to pause and continue makes it.
 */
static void multi_run_stalled(struct multi *m)
{
	struct multi_op *op;

	while (m->curl && (op = TAILQ_FIRST(&m->stalled))) {
		multi_set_turn(m, op, MULTI_ADDED);
		if (!multi_is_connecting(op))
			continue;
		curl_easy_pause(op->easy, CURLPAUSE_RECV);
		curl_easy_pause(op->easy, CURLPAUSE_CONT);
	}
}

/* Returns after the first that ended, because its callback may change the list. */
static bool multi_check_ops(struct multi *m)
{
	struct multi_op *op;
	int64_t now = clock_mono();

	TAILQ_FOREACH (op, &m->ops, link) {
		if (op->unwatched || (op->deadline && now >= op->deadline)) {
			multi_stop(m, op);
			op->done(op->arg,
				op->unwatched ? CURLE_OUT_OF_MEMORY : CURLE_OPERATION_TIMEDOUT);
			return true;
		}
		multi_limits_watch(op);
		if (m->limits.check && m->limits.check(op->arg, now))
			return true;
	}
	return false;
}

static void multi_tick(void *arg)
{
	struct multi *m = arg;

	if (TAILQ_EMPTY(&m->ops))
		return;
	loop_alarm_set(m->tick, TICK_MS);
	while (multi_check_ops(m))
		;
	multi_handle_timer(m);
}

static void multi_continue(void *arg)
{
	struct multi *m = arg;

	multi_run_stalled(m);
	if (!TAILQ_EMPTY(&m->fresh))
		multi_handle_timer(m);
	else if (m->curl)
		multi_read_messages(m);
}

/* done() may start and stop transfers; curl drops the message of one that is removed. */
static void multi_read_messages(struct multi *m)
{
	int64_t start = clock_mono_us();
	CURLMsg *message;
	int left;

	while (m->curl && (message = curl_multi_info_read(m->curl, &left))) {
		CURL *easy = message->easy_handle;
		CURLcode rc = message->data.result;
		struct multi_op *op = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &op);
		if (!op->keep || rc != CURLE_OK)
			multi_stop(m, op);
		op->done(op->arg, multi_limits_code(op, rc));
		if (clock_mono_us() - start > DRAIN_BUDGET_US) {
			loop_alarm_set(m->again, 0);
			return;
		}
	}
}

int multi_start(struct multi *m, struct multi_op *op)
{
	bool now = m->added < ADD_MAX;

	if (!m->curl && !multi_build(m))
		return -(int)ERR_NOMEM;
	op->turn = MULTI_ADDED;
	op->unwatched = false;
	op->kicks = 0;
	if (curl_easy_setopt(op->easy, CURLOPT_PRIVATE, op) != CURLE_OK || !multi_limits_begin(op))
		return -(int)ERR_NOMEM;
	if (now && !multi_add(m, op))
		return -(int)ERR_NOMEM;
	if (!now) {
		multi_set_turn(m, op, MULTI_FRESH);
		loop_alarm_set(m->again, 0);
	}
	if (TAILQ_EMPTY(&m->ops))
		loop_alarm_set(m->tick, TICK_MS);
	TAILQ_INSERT_TAIL(&m->ops, op, link);
	op->running = true;
	op->lost = false;
	return 0;
}

void multi_stop(struct multi *m, struct multi_op *op)
{
	if (!op->running)
		return;
	op->running = false;
	TAILQ_REMOVE(&m->ops, op, link);
	multi_drop(m, op);
}

void multi_kick(struct multi *m, struct multi_op *op)
{
	/* What makes it go on may call back here. */
	if (!op->running || op->turn != MULTI_ADDED || op->kicks >= KICKS_MAX)
		return;
	op->kicks++;
	multi_set_turn(m, op, MULTI_STALLED);
	loop_alarm_set(m->again, 0);
}

/* --- handles --- */

static bool multi_set_options(struct multi *m, CURL *c)
{
	return multi_options_set(c, m->limits.idle_seconds) &&
	       trust_stores_apply(m->trust, c, NULL) && multi_limits_prepare(c) &&
	       (!m->limits.prepare || m->limits.prepare(c));
}

CURL *multi_easy(struct multi *m)
{
	CURL *easy;

	if (m->n_pool)
		return m->pool[--m->n_pool];
	easy = curl_easy_init();
	if (easy && !multi_set_options(m, easy)) {
		curl_easy_cleanup(easy);
		return NULL;
	}
	return easy;
}

bool multi_trust(struct multi *m, CURL *easy, const char *ca_file)
{
	return trust_stores_apply(m->trust, easy, ca_file);
}

void multi_release(struct multi *m, CURL *easy, bool as_it_is)
{
	if (easy && !as_it_is)
		curl_easy_reset(easy);
	if (m->n_pool == POOL_MAX || (easy && !as_it_is && !multi_set_options(m, easy)))
		curl_easy_cleanup(easy);
	else if (easy)
		m->pool[m->n_pool++] = easy;
}

/* --- the multi itself --- */

static bool multi_build(struct multi *m)
{
	bool ok = true;

	m->curl = curl_multi_init();
	if (!m->curl)
		return false;
#define SET(option, value) (ok = curl_multi_setopt(m->curl, option, value) == CURLM_OK && ok)
	SET(CURLMOPT_SOCKETFUNCTION, multi_watch_socket);
	SET(CURLMOPT_SOCKETDATA, m);
	SET(CURLMOPT_TIMERFUNCTION, multi_set_timer);
	SET(CURLMOPT_TIMERDATA, m);
	SET(CURLMOPT_MAXCONNECTS, m->limits.idle);
#if LIBCURL_VERSION_NUM >= 0x081400
	SET(CURLMOPT_QUICK_EXIT, 1L);
	/* A pool of threads that a name server that is down must not fill. */
	SET(CURLMOPT_RESOLVE_THREADS_MAX, RESOLVE_MAX);
#endif
#undef SET
	if (!ok) {
		curl_multi_cleanup(m->curl);
		m->curl = NULL;
	}
	return ok;
}

struct multi *multi_new(struct loop *l, const char *name, const struct multi_limits *limits)
{
	struct multi *m;

	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, counted_malloc, free, counted_realloc,
		    counted_strdup, counted_calloc) != CURLE_OK)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m) {
		curl_global_cleanup();
		return NULL;
	}
	*m = (struct multi){.loop = l, .name = name, .limits = *limits};
	m->trust = trust_stores_new();
	TAILQ_INIT(&m->ops);
	TAILQ_INIT(&m->fresh);
	TAILQ_INIT(&m->stalled);
	LIST_INIT(&m->socks);
	m->timer = loop_alarm_new(l, name, multi_handle_timer, m);
	m->tick = loop_alarm_new(l, name, multi_tick, m);
	m->again = loop_alarm_new(l, name, multi_continue, m);
	if (!m->trust || !m->timer || !m->tick || !m->again || !multi_build(m)) {
		multi_free(m);
		return NULL;
	}
	return m;
}

void multi_free(struct multi *m)
{
	if (!m)
		return;
	while (m->n_pool)
		curl_easy_cleanup(m->pool[--m->n_pool]);
	/* Closes idle connections, which calls multi_watch_socket() and multi_set_timer(). */
	if (m->curl)
		curl_multi_cleanup(m->curl);
	while (!LIST_EMPTY(&m->socks))
		multi_socket_free(LIST_FIRST(&m->socks));
	trust_stores_free(m->trust);
	loop_alarm_free(m->timer);
	loop_alarm_free(m->tick);
	loop_alarm_free(m->again);
	free(m);
	curl_global_cleanup();
}

void multi_set_idle(struct multi *m, long connections)
{
	m->limits.idle = connections;
	if (m->curl)
		curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, connections);
}
