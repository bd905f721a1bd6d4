/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

#define AGAIN_MS  (30 * CLOCK_SECOND)
#define ARENA_MAX ((size_t)256 * 1024)

struct web_listener {
	struct loop *loop;
	struct troubles *troubles;
	enum trouble_kind closed;
	const char *name;
	struct httpd *httpd;	    /* NULL: off, or it cannot listen */
	struct loop_alarm *again;   /* to listen */
	struct httpd_options o;	    /* in arena; listen NULL: off */
	struct arena *arena;	    /* NULL: off */
	void (*closing)(void *arg); /* NULL: not wanted */
	void *closing_arg;
};

static void listener_open(void *arg)
{
	struct web_listener *w = arg;
	struct err e;

	if (httpd_new(&w->httpd, w->loop, &w->o, &e) == 0) {
		trouble_end(w->troubles, w->closed, STR_NONE);
		log_notice("listening", LOG_S("for", w->name), LOG_S("at", w->o.listen));
		return;
	}
	log_warn("not-listening", LOG_S("for", w->name), LOG_E(&e));
	trouble_begin(w->troubles, w->closed, STR_NONE, str_of(e.text));
	loop_alarm_set(w->again, AGAIN_MS);
}

static void listener_close(struct web_listener *w)
{
	loop_alarm_clear(w->again);
	if (w->closing)
		w->closing(w->closing_arg);
	httpd_free(w->httpd);
	w->httpd = NULL;
	arena_free(w->arena);
	w->arena = NULL;
	w->o.listen = NULL;
}

static bool listener_has_same_hosts(const struct httpd_options *a, const struct httpd_options *b)
{
	if (a->n_hosts != b->n_hosts)
		return false;
	for (size_t i = 0; i < a->n_hosts; i++)
		if (!str_eq(a->hosts[i], b->hosts[i]))
			return false;
	return true;
}

static bool listener_is_same(const struct httpd_options *a, const struct httpd_options *b)
{
	if (!a->listen || !b->listen)
		return !a->listen && !b->listen;
	return strcmp(a->listen, b->listen) == 0 && a->max_body == b->max_body &&
	       a->passed_open == b->passed_open && listener_has_same_hosts(a, b);
}

/* False: out of memory. */
static bool listener_copy(struct web_listener *w, const struct httpd_options *o)
{
	struct str *hosts;

	w->arena = arena_new(ARENA_MAX);
	hosts = w->arena ? arena_array(w->arena, o->n_hosts, sizeof(*hosts)) : NULL;
	if (!hosts)
		return false;
	w->o = *o;
	w->o.listen = arena_strdup(w->arena, o->listen);
	for (size_t i = 0; i < o->n_hosts; i++)
		hosts[i] = arena_str(w->arena, o->hosts[i]);
	w->o.hosts = hosts;
	return w->o.listen != NULL;
}

void web_listener_set(struct web_listener *w, const struct httpd_options *o)
{
	if (listener_is_same(&w->o, o))
		return;
	listener_close(w);
	trouble_end(w->troubles, w->closed, STR_NONE);
	if (!o->listen)
		return;
	if (listener_copy(w, o))
		listener_open(w);
	else
		listener_close(w);
}

void web_listener_on_close(struct web_listener *w, void (*closing)(void *arg), void *arg)
{
	w->closing = closing;
	w->closing_arg = arg;
}

struct web_listener *web_listener_new(
	struct loop *l, struct troubles *t, enum trouble_kind closed, const char *name)
{
	struct web_listener *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = l;
	w->troubles = t;
	w->closed = closed;
	w->name = name;
	w->again = loop_alarm_new(l, "listen", listener_open, w);
	if (w->again)
		return w;
	free(w);
	return NULL;
}

void web_listener_free(struct web_listener *w)
{
	if (!w)
		return;
	listener_close(w);
	loop_alarm_free(w->again);
	free(w);
}
