/* SPDX-License-Identifier: MIT */
#include "io/loop.h"
#include "loop_base.h"
#include "loop_meter.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define TICK_MS	       1000
#define POST_BUDGET_US 5000 /* for posts at a time: then other events run */
#define SIGNALS_MAX    8
#define SPARE_TIMERS   32

enum loop_priority { FIRST, NORMAL, PRIORITIES };

struct loop_alarm {
	struct loop *loop;
	struct event *event;
	const char *what;
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct event_base *base;
	struct loop_alarm *signals[SIGNALS_MAX]; /* alarms whose events are signals */
	size_t n_signals;
	struct loop_alarm *tick;
	int64_t tick_due;	       /* mono us */
	SLIST_HEAD(, timer_op) spares; /* for when memory is out: no timer may be lost then */
	unsigned n_spares;
	int wake; /* eventfd */
	struct loop_fd *wake_watch;
	pthread_mutex_t lock; /* protects posts */
	STAILQ_HEAD(, loop_post) posts;
	struct loop_meter meter;
};

struct timer_op {
	struct loop *loop;
	struct event *event;
	const char *what;
	loop_fn *fn;
	void *arg;
	SLIST_ENTRY(timer_op) link; /* among the spares */
};

struct loop_fd {
	struct loop *loop;
	struct event *event;
	const char *what;
	int fd;
	loop_fd_fn *fn;
	void *arg;
};

void loop_count(struct loop *l, const char *what, int64_t since_us)
{
	loop_meter_count(&l->meter, what, since_us);
}

static struct timeval loop_timeval(int64_t ms)
{
	if (ms < 0)
		ms = 0;
	return (struct timeval){
		.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
}

/* --- timers --- */

static void loop_timer_free(struct timer_op *t)
{
	struct loop *l = t->loop;

	if (t->event && l->n_spares < SPARE_TIMERS) {
		event_del(t->event);
		SLIST_INSERT_HEAD(&l->spares, t, link);
		l->n_spares++;
		return;
	}
	if (t->event)
		event_free(t->event);
	free(t);
}

static void loop_timer_fire(evutil_socket_t fd, short events, void *arg)
{
	struct timer_op *t = arg;
	struct timer_op copy = *t;
	int64_t start = clock_mono_us();

	(void)fd;
	(void)events;
	/* Freed before the callback: its owner must not cancel it any more. */
	loop_timer_free(t);
	copy.fn(copy.arg);
	loop_count(copy.loop, copy.what, start);
}

static struct timer_op *loop_timer_new(struct loop *l)
{
	struct timer_op *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->loop = l;
	t->event = event_new(l->base, -1, 0, loop_timer_fire, t);
	if (t->event)
		return t;
	free(t);
	return NULL;
}

static struct timer_op *loop_timer_take_spare(struct loop *l)
{
	struct timer_op *t = SLIST_FIRST(&l->spares);

	if (t) {
		SLIST_REMOVE_HEAD(&l->spares, link);
		l->n_spares--;
	}
	return t;
}

/* Out of memory: at once is better than never. */
static void loop_event_set(struct event *event, int64_t delay_ms)
{
	struct timeval tv = loop_timeval(delay_ms);

	if (event_add(event, &tv))
		event_active(event, EV_TIMEOUT, 1);
}

struct timer_op *loop_timer(
	struct loop *l, const char *what, int64_t delay_ms, loop_fn *fn, void *arg)
{
	struct timer_op *t = loop_timer_new(l);

	if (!t)
		t = loop_timer_take_spare(l);
	if (!t)
		return NULL;
	t->what = what;
	t->fn = fn;
	t->arg = arg;
	loop_event_set(t->event, delay_ms);
	return t;
}

void loop_timer_cancel(struct timer_op *t)
{
	if (t)
		loop_timer_free(t);
}

static struct timer_op *loop_port_start(void *ctx, int64_t delay_ms, timer_fn *fn, void *arg)
{
	return loop_timer(ctx, "timer", delay_ms, fn, arg);
}

static void loop_port_cancel(void *ctx, struct timer_op *op)
{
	(void)ctx;
	loop_timer_cancel(op);
}

struct port_timer loop_timers(struct loop *l)
{
	return (struct port_timer){.ctx = l, .start = loop_port_start, .cancel = loop_port_cancel};
}

/* --- alarms --- */

static void loop_alarm_fire(evutil_socket_t fd, short events, void *arg)
{
	struct loop_alarm *a = arg;
	struct loop *l = a->loop;
	const char *what = a->what;
	int64_t start = clock_mono_us();

	(void)fd;
	(void)events;
	a->fn(a->arg);
	loop_count(l, what, start);
}

struct loop_alarm *loop_alarm_new(struct loop *l, const char *what, loop_fn *fn, void *arg)
{
	struct loop_alarm *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	*a = (struct loop_alarm){.loop = l, .what = what, .fn = fn, .arg = arg};
	a->event = event_new(l->base, -1, 0, loop_alarm_fire, a);
	if (!a->event) {
		free(a);
		return NULL;
	}
	return a;
}

void loop_alarm_set(struct loop_alarm *a, int64_t delay_ms)
{
	loop_event_set(a->event, delay_ms);
}

void loop_alarm_clear(struct loop_alarm *a)
{
	event_del(a->event);
}

void loop_alarm_free(struct loop_alarm *a)
{
	if (!a)
		return;
	event_free(a->event);
	free(a);
}

/* --- descriptors --- */

static void loop_fd_fire(evutil_socket_t fd, short events, void *arg)
{
	struct loop_fd *w = arg;
	struct loop *l = w->loop;
	const char *what = w->what;
	int64_t start = clock_mono_us();

	(void)fd;
	w->fn(w->arg, (enum loop_event)(((events & EV_READ) ? LOOP_READ : 0) |
					((events & EV_WRITE) ? LOOP_WRITE : 0)));
	loop_count(l, what, start);
}

struct loop_fd *loop_fd_new(struct loop *l, const char *what, int fd, loop_fd_fn *fn, void *arg)
{
	struct loop_fd *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	*w = (struct loop_fd){.loop = l, .what = what, .fd = fd, .fn = fn, .arg = arg};
	w->event = event_new(l->base, fd, EV_PERSIST, loop_fd_fire, w);
	if (!w->event) {
		free(w);
		return NULL;
	}
	return w;
}

int loop_fd_watch(struct loop_fd *w, enum loop_event events)
{
	short flags = EV_PERSIST;

	/* The descriptor may have been closed and reused: always register it again. */
	event_del(w->event);
	if (events == LOOP_NOTHING)
		return 0;
	if (events & LOOP_READ)
		flags |= EV_READ;
	if (events & LOOP_WRITE)
		flags |= EV_WRITE;
	event_assign(w->event, w->loop->base, w->fd, flags, loop_fd_fire, w);
	return event_add(w->event, NULL) ? -(int)ERR_IO : 0;
}

void loop_fd_free(struct loop_fd *w)
{
	if (!w)
		return;
	event_free(w->event);
	free(w);
}

/* --- signals --- */

int loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	struct loop_alarm *a;

	if (l->n_signals == SIGNALS_MAX)
		return -(int)ERR_BUG;
	a = loop_alarm_new(l, "signal", fn, arg);
	if (!a)
		return -(int)ERR_NOMEM;
	l->signals[l->n_signals++] = a;
	evsignal_assign(a->event, l->base, signo, loop_alarm_fire, a);
	event_priority_set(a->event, FIRST);
	return event_add(a->event, NULL) ? -(int)ERR_IO : 0;
}

/* --- from other threads --- */

static void loop_wake(struct loop *l)
{
	uint64_t one = 1;

	/* EAGAIN: the counter is at its maximum, so the loop wakes anyway. Else the tick looks. */
	while (write(l->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void loop_post(struct loop *l, struct loop_post *p)
{
	bool first;

	pthread_mutex_lock(&l->lock);
	first = STAILQ_EMPTY(&l->posts);
	STAILQ_INSERT_TAIL(&l->posts, p, link);
	if (first)
		loop_wake(l);
	pthread_mutex_unlock(&l->lock);
}

void loop_unpost(struct loop *l, struct loop_post *p)
{
	pthread_mutex_lock(&l->lock);
	STAILQ_REMOVE(&l->posts, p, loop_post, link);
	pthread_mutex_unlock(&l->lock);
}

static struct loop_post *loop_take_post(struct loop *l)
{
	struct loop_post *p;

	pthread_mutex_lock(&l->lock);
	p = STAILQ_FIRST(&l->posts);
	if (p)
		STAILQ_REMOVE_HEAD(&l->posts, link);
	pthread_mutex_unlock(&l->lock);
	return p;
}

static void loop_run_posts(void *arg, enum loop_event happened)
{
	struct loop *l = arg;
	int64_t start = clock_mono_us();
	struct loop_post *p;
	uint64_t n;

	(void)happened;
	/* If that fails, the loop wakes once more. */
	while (read(l->wake, &n, sizeof(n)) < 0 && errno == EINTR)
		;
	while ((p = loop_take_post(l))) {
		p->fn(p->arg);
		if (clock_mono_us() - start > POST_BUDGET_US) {
			pthread_mutex_lock(&l->lock);
			if (!STAILQ_EMPTY(&l->posts))
				loop_wake(l);
			pthread_mutex_unlock(&l->lock);
			return;
		}
	}
}

/* --- the loop itself --- */

static void loop_handle_tick(void *arg)
{
	struct loop *l = arg;
	int64_t now = clock_mono_us();

	loop_meter_late(&l->meter, now - l->tick_due);
	l->tick_due = now + INT64_C(1000) * TICK_MS;
	loop_alarm_set(l->tick, TICK_MS);
	loop_run_posts(l, LOOP_NOTHING);
}

static void loop_log_libevent(int severity, const char *text)
{
	if (severity >= EVENT_LOG_WARN)
		log_warn("libevent", LOG_S("text", text));
}

static void loop_abort_libevent(int code)
{
	log_error("libevent-fatal", LOG_I("code", code));
	abort();
}

static bool loop_build(struct loop *l)
{
	struct event_config *config = event_config_new();
	struct timer_op *spare;

	if (!config)
		return false;
	/* No locks: other threads call only loop_post(), which does not use the event base. */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
	l->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!l->base || event_base_priority_init(l->base, PRIORITIES))
		return false;
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->wake < 0)
		return false;
	l->wake_watch = loop_fd_new(l, "post", l->wake, loop_run_posts, l);
	l->tick = loop_alarm_new(l, "tick", loop_handle_tick, l);
	if (!l->wake_watch || !l->tick || loop_fd_watch(l->wake_watch, LOOP_READ))
		return false;
	event_priority_set(l->tick->event, FIRST);
	while (l->n_spares < SPARE_TIMERS && (spare = loop_timer_new(l)))
		loop_timer_free(spare);
	return l->n_spares == SPARE_TIMERS;
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	/* A write to a closed connection shall return EPIPE. */
	signal(SIGPIPE, SIG_IGN);
	event_set_log_callback(loop_log_libevent);
	event_set_fatal_callback(loop_abort_libevent);
	l->wake = -1;
	loop_meter_init(&l->meter);
	pthread_mutex_init(&l->lock, NULL);
	STAILQ_INIT(&l->posts);
	SLIST_INIT(&l->spares);
	if (!loop_build(l)) {
		loop_free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	struct timer_op *t;

	if (!l)
		return;
	for (size_t i = 0; i < l->n_signals; i++)
		loop_alarm_free(l->signals[i]);
	loop_alarm_free(l->tick);
	loop_fd_free(l->wake_watch);
	if (l->wake >= 0)
		close(l->wake);
	while ((t = loop_timer_take_spare(l))) {
		event_free(t->event);
		free(t);
	}
	if (l->base)
		event_base_free(l->base);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

int loop_run(struct loop *l, struct err *e)
{
	int rc;

	loop_meter_start(&l->meter);
	l->tick_due = clock_mono_us() + INT64_C(1000) * TICK_MS;
	loop_alarm_set(l->tick, TICK_MS);
	rc = event_base_dispatch(l->base);
	loop_alarm_clear(l->tick);
	return rc == 0 ? 0 : err_set(e, ERR_BUG, "the event loop failed");
}

void loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

void loop_metrics(const struct loop *l, struct metrics *out)
{
	metrics_add(out, &l->meter.metrics);
}
