/* SPDX-License-Identifier: MIT */
#include "httpd_connection.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "loop_base.h"

#define SWEEP_MS     250
#define FULL_MS	     50	  /* between sweeps while no more connections are accepted */
#define GRACE_MS     1000 /* of a new connection, before another may replace it */
#define BURST_MAX    32	  /* accepted in one callback */
#define PAUSE_MS     1000 /* after EMFILE: do not spin on a listener that stays readable */
#define EVICT_SHARE  8	  /* of the connections, at most one in so many at once */
#define OVERHEAD_MAX 4096 /* bytes of a request besides headers and body: of chunks */

/* --- one connection --- */

static void httpd_connection_free(struct httpd_connection *c)
{
	struct httpd_connections *all = c->all;

	TAILQ_REMOVE(&all->list, c, link);
	all->held -= c->held;
	all->counts.connections--;
	bufferevent_decref(c->bev);
	free(c);
}

void httpd_connection_enter(struct httpd_connection *c, enum httpd_phase phase, int64_t ms)
{
	c->phase = phase;
	c->since = clock_mono();
	c->deadline = ms == INT64_MAX ? ms : c->since + ms;
	TAILQ_REMOVE(&c->all->list, c, link);
	TAILQ_INSERT_TAIL(&c->all->list, c, link);
}

void httpd_connection_take(struct httpd_connection *c)
{
	c->all->held -= c->held - c->pending;
	c->held = c->pending;
}

void httpd_connection_reuse(struct httpd_connection *c)
{
	const struct httpd_options *o = c->all->o;

	if (c->pending > 0)
		httpd_connection_enter(c, HTTPD_READING, o->request_ms);
	else
		httpd_connection_enter(c, HTTPD_WAITING, o->idle_ms);
}

size_t httpd_connection_unsent(const struct httpd_connection *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

void httpd_connection_shut(struct httpd_connection *c)
{
	evutil_socket_t fd = bufferevent_getfd(c->bev);

	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	httpd_connection_enter(c, HTTPD_CLOSING, INT64_MAX);
}

/* More is held than all may hold: the largest is dropped, which is the most likely attacker. */
static void httpd_connection_drop_largest(struct httpd_connections *all)
{
	struct httpd_connection *c, *largest = NULL;

	TAILQ_FOREACH (c, &all->list, link)
		if (c->phase == HTTPD_READING && (!largest || c->held > largest->held))
			largest = c;
	if (!largest)
		return;
	all->counts.evicted++;
	httpd_connection_shut(largest);
}

static void httpd_connection_on_input(
	struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg)
{
	struct httpd_connection *c = arg;
	struct httpd_connections *all = c->all;
	const struct httpd_options *o = all->o;

	(void)input;
	c->pending += info->n_added;
	c->pending -= info->n_deleted;
	c->held += info->n_added;
	all->held += info->n_added;
	if (info->n_added == 0 || c->phase == HTTPD_CLOSING)
		return;
	if (c->phase == HTTPD_WAITING)
		httpd_connection_enter(c, HTTPD_READING, o->request_ms);
	if (c->pending > o->max_headers + o->max_body + OVERHEAD_MAX)
		httpd_connection_shut(c);
	else if (all->held > o->max_pending)
		httpd_connection_drop_largest(all);
}

/* evhttp tells of a connection that it frees only after a request, see httpd_call_on_close(). */
static bool httpd_connection_is_left(const struct httpd_connection *c)
{
	bufferevent_event_cb event = NULL;

	if (!c->left)
		bufferevent_getcb(c->bev, NULL, NULL, &event, NULL);
	return c->left || !event;
}

struct httpd_connection *httpd_connection_of(
	const struct httpd_connections *all, const struct evhttp_request *from)
{
	struct evhttp_connection *evcon =
		evhttp_request_get_connection((struct evhttp_request *)(uintptr_t)from);
	struct httpd_connection *c;

	TAILQ_FOREACH (c, &all->list, link)
		if (evcon && c->bev == evhttp_connection_get_bufferevent(evcon))
			return c;
	return NULL;
}

/* --- all of them --- */

static void httpd_connections_listen(struct httpd_connections *all, bool on)
{
	if (on == all->listening)
		return;
	all->listening = on;
	if (on)
		evconnlistener_enable(all->listener);
	else
		evconnlistener_disable(all->listener);
}

/* What the client did not take is dropped at close(2); else the kernel would offer it on. */
static void httpd_connections_drop_unsent(const struct httpd_connection *c)
{
	const struct linger none = {.l_onoff = 1, .l_linger = 0};

	setsockopt(bufferevent_getfd(c->bev), SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

static void httpd_connections_expire(struct httpd_connection *c)
{
	c->all->counts.late++;
	if (c->phase == HTTPD_ANSWERING) {
		c->all->late(c);
		return;
	}
	httpd_connections_drop_unsent(c);
	httpd_connection_shut(c);
}

static void httpd_connections_sweep_all(struct httpd_connections *all, int64_t now)
{
	struct httpd_connection *c, *next;
	unsigned n = all->counts.connections;

	/* A connection that expires is moved to the end, and is not looked at twice. */
	for (c = TAILQ_FIRST(&all->list); c && n > 0; c = next, n--) {
		next = TAILQ_NEXT(c, link);
		if (httpd_connection_is_left(c))
			httpd_connection_free(c);
		else if (now >= c->deadline)
			httpd_connections_expire(c);
	}
}

static bool httpd_connections_wanted(const struct httpd_connections *all)
{
	struct pollfd p = {.fd = all->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

/* Clients wait for a place: those that do nothing with theirs lose it. */
static void httpd_connections_evict(struct httpd_connections *all, int64_t now)
{
	unsigned left = all->o->connections / EVICT_SHARE + 1;
	struct httpd_connection *c, *next;

	for (c = TAILQ_FIRST(&all->list); c && left > 0; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->phase > HTTPD_READING || now - c->since < GRACE_MS)
			continue;
		all->counts.evicted++;
		httpd_connection_shut(c);
		left--;
	}
}

static void httpd_connections_on_sweep(void *arg)
{
	struct httpd_connections *all = arg;
	int64_t now = clock_mono();
	bool full, paused = now < all->paused_until;

	all->burst = 0;
	httpd_connections_sweep_all(all, now);
	full = all->counts.connections >= all->o->connections;
	if (full && httpd_connections_wanted(all))
		httpd_connections_evict(all, now);
	httpd_connections_listen(all, !full && !paused);
	if (full || paused)
		loop_alarm_set(all->sweep, FULL_MS);
	else if (all->counts.connections > 0)
		loop_alarm_set(all->sweep, SWEEP_MS);
}

/* NULL: evhttp makes a bufferevent of its own, which fails as well for lack of memory. */
static struct bufferevent *httpd_connections_add(struct event_base *base, void *arg)
{
	struct httpd_connections *all = arg;
	struct httpd_connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->all = all;
	c->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev ||
		!evbuffer_add_cb(bufferevent_get_input(c->bev), httpd_connection_on_input, c)) {
		if (c->bev)
			bufferevent_free(c->bev);
		free(c);
		return NULL;
	}
	bufferevent_incref(c->bev);
	if (all->counts.connections++ == 0)
		loop_alarm_set(all->sweep, SWEEP_MS);
	TAILQ_INSERT_TAIL(&all->list, c, link);
	httpd_connection_enter(c, HTTPD_WAITING, all->o->idle_ms);
	if (all->counts.connections >= all->o->connections || ++all->burst >= BURST_MAX) {
		httpd_connections_listen(all, false);
		loop_alarm_set(all->sweep, 0);
	}
	return c->bev;
}

static void httpd_connections_on_error(struct evconnlistener *listener, void *arg)
{
	struct httpd_connections *all = arg;

	(void)listener;
	all->paused_until = clock_mono() + PAUSE_MS;
	httpd_connections_listen(all, false);
	loop_alarm_set(all->sweep, FULL_MS);
}

int httpd_connections_init(
	struct httpd_connections *all, struct loop *l, const struct httpd_options *o)
{
	all->loop = l;
	all->o = o;
	TAILQ_INIT(&all->list);
	all->sweep = loop_alarm_new(l, "http sweep", httpd_connections_on_sweep, all);
	return all->sweep ? 0 : -(int)ERR_NOMEM;
}

int httpd_connections_attach(struct httpd_connections *all, struct evhttp *http, int fd)
{
	/* The socket listens already: 0 leaves its backlog as it is. */
	struct evconnlistener *listener = evconnlistener_new(loop_base(all->loop), NULL, NULL,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, 0, fd);

	if (!listener)
		return -(int)ERR_NOMEM;
	if (!evhttp_bind_listener(http, listener)) {
		evconnlistener_free(listener);
		return -(int)ERR_NOMEM;
	}
	all->listener = listener;
	all->fd = fd;
	all->listening = true;
	evconnlistener_set_error_cb(listener, httpd_connections_on_error);
	evhttp_set_bevcb(http, httpd_connections_add, all);
	return 0;
}

void httpd_connections_release(struct httpd_connections *all)
{
	while (!TAILQ_EMPTY(&all->list))
		httpd_connection_free(TAILQ_FIRST(&all->list));
	loop_alarm_free(all->sweep);
}
