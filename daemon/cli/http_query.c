/* SPDX-License-Identifier: MIT */
#include "http_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "command.h"
#include "engine/hosts.h"
#include "engine/secrets.h"
#include "feed/link.h"
#include "io/fetch.h"
#include "io/loop.h"

#define ARENA_MAX ((size_t)1024 * 1024) /* of the strings of one question */

struct http_query {
	struct conf *conf;
	struct loop *loop;
	struct fetch *fetch;
	struct hosts hosts;
	struct host_seat seat;
	struct arena *arena;
	struct hops hops;
	struct hops_asker who;
	struct http_answer out;
	char *body;
};

struct http_query *http_query_new(struct conf *c)
{
	struct http_query *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->conf = conf_ref(c);
	hosts_init(&a->hosts);
	hosts_limits(&a->hosts, 1, c->poll.host_gap);
	a->arena = arena_new(ARENA_MAX);
	a->loop = loop_new();
	a->fetch = a->loop ? fetch_new(a->loop, 1) : NULL;
	if (a->arena && a->fetch)
		return a;
	http_query_free(a);
	return NULL;
}

void http_query_free(struct http_query *a)
{
	if (!a)
		return;
	free(a->body);
	hosts_release(&a->hosts);
	fetch_free(a->fetch);
	loop_free(a->loop);
	arena_free(a->arena);
	conf_unref(a->conf);
	free(a);
}

int http_answer_exit(const struct http_answer *a)
{
	/* The server was there, and said no. */
	if (a->status && a->error.cls == ERR_PERM)
		return CLI_FINDINGS;
	return cli_exit_of(&a->error);
}

char *http_query_address(const char *word)
{
	struct arena *a = arena_new((size_t)4 * FEED_LINK_MAX);
	struct str url = a ? feed_link_resolve_feed(a, STR_NONE, str_of(word)) : STR_NONE;
	char *out = str_present(url) ? strdup(url.p) : NULL;

	arena_free(a);
	if (!out)
		cli_complain("%s is no http or https address", word);
	return out;
}

static void end(struct http_query *a)
{
	loop_stop(a->loop);
}

static void line_up(struct http_query *a);

/* What does not fit the arena is told as absent: its headers are capped far below. */
static const char *keep(struct http_query *a, const char *z)
{
	return z ? arena_strdup(a->arena, z) : NULL;
}

static void take(struct http_query *a, struct fetch_answer *f)
{
	struct http_answer *o = &a->out;

	o->etag = keep(a, f->etag);
	o->last_modified = keep(a, f->last_modified);
	o->content_type = keep(a, f->content_type);
	o->content_location = keep(a, f->content_location);
	o->content_language = keep(a, f->content_language);
	o->cache_control = keep(a, f->cache_control);
	o->retry_after = f->retry_after;
	o->max_age = f->max_age;
	a->body = f->body_owned;
	o->body = f->body;
	f->body_owned = NULL;
}

static void on_answer(void *arg, struct fetch_answer *f)
{
	struct http_query *a = arg;
	struct http_answer *o = &a->out;
	struct document_hop *hop = &o->hops[o->n - 1];

	hosts_leave(&a->hosts, &a->seat);
	o->error = f->error;
	o->status = hop->status = f->error.cls == ERR_NONE ? f->status : 0;
	hop->location = keep(a, f->location);
	hop->ms = f->total_ms;
	hop->wire_bytes = f->wire_bytes;
	if (o->status && hops_is_redirect(o->status) &&
		hops_follow(&a->hops, a->arena, o->status, f->location, &o->error) == 0) {
		line_up(a);
		return;
	}
	if (o->status)
		take(a, f);
	if (o->status && o->status != 200 && o->status != 203 && o->error.cls == ERR_NONE)
		(void)hops_refused(o->status, &o->error);
	end(a);
}

static void on_turn(void *arg)
{
	struct http_query *a = arg;
	const struct port_fetch port = fetch_port(a->fetch);
	struct fetch_request r;
	struct fetch_op *op = NULL;
	const char *name = hops_credential(&a->hops, &a->who);
	struct secrets secrets;

	if (!hosts_take(&a->hosts, clock_mono())) {
		line_up(a);
		return;
	}
	if (secrets_read(a->conf, &name, name ? 1 : 0, &secrets, &a->out.error) == 0 &&
		hops_request(&a->hops, &a->who, a->arena, &r, &a->out.error) == 0) {
		r.password = name ? buf_z(&secrets.v[0]) : NULL;
		op = port.start(port.ctx, &r, on_answer, a);
		if (!op)
			err_nomem(&a->out.error);
	}
	secrets_wipe(&secrets);
	if (op)
		return;
	hosts_leave(&a->hosts, &a->seat);
	end(a);
}

static void line_up(struct http_query *a)
{
	struct http_answer *o = &a->out;
	const char *url = a->hops.urls[a->hops.n - 1];
	char host[FEED_HOST_MAX];
	int64_t now = clock_mono();

	if (o->n < a->hops.n)
		o->hops[o->n++].url = url;
	if (!feed_link_domain(str_of(url), host))
		host[0] = '\0';
	hosts_leave(&a->hosts, &a->seat);
	if (hosts_wait(&a->hosts, &a->seat, host, true, now) != 0 ||
		!loop_timer(a->loop, "ask", hosts_next(&a->hosts) - now, on_turn, a)) {
		err_nomem(&o->error);
		end(a);
	}
}

int http_query_ask(struct http_query *a, const char *url, const struct conf_feed *feed,
	const struct http_answer **out, struct err *e)
{
	free(a->body);
	a->body = NULL;
	arena_clear(a->arena);
	a->out = (struct http_answer){.retry_after = -1, .max_age = -1};
	*out = &a->out;
	a->who = (struct hops_asker){a->conf, feed, keep(a, url)};
	if (!a->who.home || hops_start(&a->hops, a->arena, url) != 0)
		return err_nomem(e);
	line_up(a);
	if (a->out.error.cls == ERR_NOMEM)
		return err_nomem(e);
	return loop_run(a->loop, e);
}
