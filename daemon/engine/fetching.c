/* SPDX-License-Identifier: MIT */
/*
 * FETCHING: the requests of one poll, redirects followed hop by hop so that every hop is looked at
 * and waits its turn at its host; then what the last answer means.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "engine/secrets.h"
#include "polling.h"

#define VISIT_ARENA_MAX ((size_t)256 * 1024)
#define HOST_REST	CLOCK_MINUTE /* after a 429 that names no time */

const char *poll_address(const struct poll_feed *f)
{
	return f->moved_to && f->moved_seen >= POLL_MOVED_AFTER ? f->moved_to : f->cf->url;
}

static struct poll_visit *visit_new(struct poll_feed *f)
{
	struct poll_visit *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->arena = arena_new(VISIT_ARENA_MAX);
	if (!v->arena || hops_start(&v->hops, v->arena, poll_address(f)) != 0) {
		arena_free(v->arena);
		free(v);
		return NULL;
	}
	v->from_moved = poll_address(f) != f->cf->url;
	v->feed = f;
	v->conf = conf_ref(f->poller->conf);
	v->cf = f->cf;
	v->generation = f->generation;
	v->max_age = v->retry_after = -1;
	v->poll.feed = str_of(f->name);
	v->poll.started = v->poll.fetched = clock_wall();
	v->full = clock_mono() >= f->full_at;
	v->conditional = (f->etag || f->last_modified) && !v->full;
	return v;
}

static void on_answer(void *arg, struct fetch_answer *a);

/* No request can be made: the host is left. */
static void poll_fetch_give_up(struct poll_visit *v, const char *why)
{
	hosts_leave(&v->feed->poller->hosts, &v->feed->seat);
	poll_fail(v, "%s", why);
}

static struct hops_asker poll_fetch_asker(const struct poll_visit *v)
{
	return (struct hops_asker){v->conf, v->cf, v->cf->url};
}

/* password: of the credential that hops_credential names; NULL: none. */
static void poll_fetch_request(struct poll_visit *v, const char *password)
{
	struct poll_feed *f = v->feed;
	const struct port_fetch *port = &f->poller->o.ports->fetch;
	const struct hops_asker who = poll_fetch_asker(v);
	struct fetch_request r;

	if (hops_request(&v->hops, &who, v->arena, &r, &v->error) != 0) {
		poll_fetch_give_up(v, v->error.text);
		return;
	}
	r.password = password;
	if (v->conditional) {
		r.etag = f->etag;
		r.last_modified = f->last_modified;
	}
	v->op = port->start(port->ctx, &r, on_answer, v);
	if (!v->op)
		poll_fetch_give_up(v, "out of memory");
}

static void poll_fetch_on_secret(void *arg, const struct secrets *s, const struct err *e)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;

	v->secret_op = NULL;
	if (s)
		poll_fetch_request(v, buf_z(&s->v[0]));
	else
		poll_fetch_give_up(v, e->text);
	poll_poke(p);
}

static void poll_fetch_begin(struct poll_visit *v)
{
	const struct port_secret *port = &v->feed->poller->o.ports->secret;
	const struct hops_asker who = poll_fetch_asker(v);
	const char *name = hops_credential(&v->hops, &who);

	if (!name) {
		poll_fetch_request(v, NULL);
		return;
	}
	v->secret_op = port->start(port->ctx, v->conf, &name, 1, poll_fetch_on_secret, v);
	if (!v->secret_op)
		poll_fetch_give_up(v, "out of memory");
}

void poll_fetch(struct poll_feed *f)
{
	poll_set_state(f, POLL_FETCHING);
	if (!f->visit)
		f->visit = visit_new(f);
	if (f->visit) {
		poll_fetch_begin(f->visit);
		return;
	}
	/* Not even a visit can be had: leave the host, come back in a minute. */
	hosts_leave(&f->poller->hosts, &f->seat);
	poll_rest(f, CLOCK_MINUTE);
}

void poll_fetch_cancel(struct poll_visit *v)
{
	const struct ports *ports = v->feed->poller->o.ports;

	if (v->secret_op)
		ports->secret.cancel(ports->secret.ctx, v->secret_op);
	if (v->op)
		ports->fetch.cancel(ports->fetch.ctx, v->op);
	v->secret_op = NULL;
	v->op = NULL;
}

/* --- what came back --- */

static const char *kept(struct poll_visit *v, const char *value)
{
	size_t n = value ? strlen(value) : 0;

	if (n == 0 || n > POLL_VALIDATOR_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return NULL;
	}
	return arena_strdup(v->arena, value);
}

static void redirect(struct poll_visit *v, const struct fetch_answer *a)
{
	if (hops_follow(&v->hops, v->arena, a->status, a->location, &v->error) != 0)
		poll_fail(v, "%s", v->error.text);
	else
		poll_line_up(v->feed, true);
}

/* The body as the callee's own; NULL: out of memory. */
static char *poll_fetch_own_body(struct fetch_answer *a)
{
	char *body = a->body_owned ? a->body_owned : malloc(a->body.n);

	if (body && !a->body_owned)
		memcpy(body, a->body.p, a->body.n);
	a->body_owned = NULL;
	return body;
}

static void take_body(struct poll_visit *v, struct fetch_answer *a)
{
	struct poll_feed *f = v->feed;
	const char *etag = kept(v, a->etag), *modified = kept(v, a->last_modified);
	struct parse_request r = {.body_len = a->body.n,
		.options = {
			.url = str_of(v->hops.urls[v->hops.n - 1]),
			.content_type = str_of(a->content_type),
			.content_location = str_of(a->content_location),
			.content_language = str_of(a->content_language),
			.strip_parameters = v->conf->daemon.strip_parameters.v,
			.n_strip_parameters = v->conf->daemon.strip_parameters.n,
		}};

	v->poll.etag = str_of(etag);
	v->poll.last_modified = str_of(modified);
	v->max_age = a->max_age;
	if (a->body.n == 0) {
		poll_fail(v, "the server answered with nothing in it");
		return;
	}
	v->poll.body_hash = digest_fast64(a->body, 0);
	if (v->poll.body_hash == f->body_hash && !v->full) {
		v->poll.outcome = DESK_UNCHANGED;
		poll_ingest(v);
		return;
	}
	r.body = poll_fetch_own_body(a);
	if (!r.body) {
		poll_fail(v, "out of memory");
		return;
	}
	v->body_len = r.body_len;
	f->poller->bytes += v->body_len;
	poll_parse(v, &r);
}

static void refused(struct poll_visit *v, long status)
{
	v->poll.gone = status == 410;
	(void)hops_refused(status, &v->error);
	poll_fail(v, "%s", v->error.text);
}

static void judge(struct poll_visit *v, struct fetch_answer *a)
{
	if (a->error.cls != ERR_NONE) {
		poll_fail(v, "%s", a->error.text);
		return;
	}
	if (hops_is_redirect(a->status)) {
		redirect(v, a);
		return;
	}
	switch (a->status) {
	case 200:
	case 203: take_body(v, a); break;
	case 304:
		if (!v->conditional) {
			poll_fail(v, "the server answered 304 to a question without a condition");
			break;
		}
		v->max_age = a->max_age;
		v->poll.outcome = DESK_UNCHANGED;
		poll_ingest(v);
		break;
	default: refused(v, a->status);
	}
}

/*
 * The host wants to be left alone, so everybody leaves it alone. With once nobody has that much
 * time: who stands in its line fails now.
 */
static void rest_host(struct poll_visit *v, const struct fetch_answer *a)
{
	struct poller *p = v->feed->poller;
	int64_t rest = a->retry_after;
	struct host_seat *s;

	if (rest < 0)
		rest = a->status == 429 ? HOST_REST : 0;
	if (rest > SCHEDULE_ASK_MAX)
		rest = SCHEDULE_ASK_MAX;
	v->retry_after = rest;
	hosts_block(&p->hosts, &v->feed->seat, clock_mono() + rest);
	/* Of another host, behind a redirect, the next run learns when it gets there. */
	if (v->hops.n == 1 && rest > 0)
		v->poll.host_rest = clock_wall() + rest;
	while (p->o.once && rest > 0 && (s = hosts_behind(&v->feed->seat)) != NULL) {
		struct poll_feed *f = s->owner;

		hosts_leave(&p->hosts, s);
		poll_set_state(f, POLL_FETCHING);
		if (!f->visit)
			f->visit = visit_new(f);
		if (f->visit)
			poll_fail(f->visit,
				"the host answered another feed with %ld: it is asked "
				"too often",
				a->status);
		else
			poll_rest(f, rest);
	}
}

static void on_answer(void *arg, struct fetch_answer *a)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;

	v->op = NULL;
	v->poll.fetched = clock_wall();
	if (a->error.cls == ERR_NONE && (a->status == 429 || a->status == 503))
		rest_host(v, a);
	hosts_leave(&p->hosts, &v->feed->seat);
	judge(v, a);
	poll_poke(p);
}
