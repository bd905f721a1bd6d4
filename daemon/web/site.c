/* SPDX-License-Identifier: MIT */
#include "web/site.h"

#include <stdlib.h>

#include "events.h"
#include "listener.h"
#include "routes.h"
#include "status.h"

#define CONNECTIONS 256
#define STREAMS	    128

static void site_on_request(void *arg, struct httpd_call *call, const struct httpd_request *q)
{
	web_routes_answer(arg, call, q);
}

void web_site_reload(struct web_site *s, struct conf *conf)
{
	struct httpd_options o;

	httpd_options_init(&o);
	o.listen = conf->daemon.status;
	o.passed = s->parts.socket;
	o.passed_open = conf->daemon.status_open;
	o.methods = HTTPD_GET | HTTPD_HEAD;
	o.connections = CONNECTIONS;
	o.streams = STREAMS;
	o.guard_host = o.guard_site = true;
	o.hosts = conf->daemon.status_hosts.v;
	o.n_hosts = conf->daemon.status_hosts.n;
	o.handler = site_on_request;
	o.arg = s;
	conf_ref(conf);
	conf_unref(s->conf);
	s->conf = conf;
	web_listener_set(s->listener, &o);
	web_events_reload(s->events);
}

void web_site_note_alerts(struct web_site *s)
{
	web_events_poke(s->events);
}

struct web_site *web_site_new(const struct web_site_parts *p, struct conf *conf)
{
	struct web_site *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->parts = *p;
	LIST_INIT(&s->questions);
	s->reader = web_reader_new(p->loop, p->database);
	s->listener = web_listener_new(
		p->loop, engine_troubles(p->engine), TROUBLE_STATUS_CLOSED, "status");
	s->events = web_events_new(s);
	if (s->reader && s->listener && s->events) {
		web_listener_on_close(s->listener, web_events_close, s->events);
		web_site_reload(s, conf);
		return s;
	}
	web_site_free(s);
	return NULL;
}

void web_site_free(struct web_site *s)
{
	if (!s)
		return;
	web_listener_free(s->listener);
	web_status_release(s);
	web_reader_free(s->reader);
	web_events_free(s->events);
	conf_unref(s->conf);
	free(s);
}
