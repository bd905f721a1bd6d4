/* SPDX-License-Identifier: MIT */
/*
 * FETCHING: one request, and what its answer means. Redirects are not followed by the transfer but
 * returned as POLL_REDIRECTED, so that each address is checked and queues at its own host.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "desk/trust.h"
#include "engine/secrets.h"
#include "poll_sitemap.h"
#include "poll_steps.h"

#define HOST_REST CLOCK_MINUTE /* after a 429 without Retry-After */

static struct feed_request_asker poll_fetch_asker(const struct poll_visit *v)
{
	const struct feed_request *first = v->map ? &v->map->index : &v->hops;
	const char *home = v->cf->url_credential ? first->urls[0] : v->cf->url;

	return (struct feed_request_asker){v->conf, v->cf, home};
}

/* --- the answer --- */

/* A header value to be stored; NULL if it is absent, too long, not clean, or has a secret in it. */
static const char *poll_fetch_keep_header(struct poll_visit *v, const char *value)
{
	size_t n = value ? strlen(value) : 0;
	char *kept;

	if (n == 0 || n > POLL_VALIDATOR_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return NULL;
	}
	kept = arena_strdup(v->arena, value);
	if (kept)
		feed_request_hide(&v->hops, kept);
	return kept && strcmp(kept, value) == 0 ? kept : NULL;
}

/* Moves the body of the answer into the request to the parser. False: out of memory. */
static bool poll_fetch_take_body(struct poll_visit *v, struct fetch_answer *a)
{
	char *body = a->body_owned ? a->body_owned : malloc(a->body.n);

	if (!body)
		return false;
	if (!a->body_owned)
		memcpy(body, a->body.p, a->body.n);
	a->body_owned = NULL;
	v->request.body = body;
	/* The body before, of another sitemap of an index, is parsed. */
	v->feed->poller->bytes += a->body.n - v->body_len;
	v->request.body_len = v->body_len = a->body.n;
	v->request.options = (struct feed_parse_options){
		.url = str_of(feed_request_shown_url(&v->hops, v->arena, v->cf)),
		.content_type = arena_str(v->arena, str_of(a->content_type)),
		.content_language = arena_str(v->arena, str_of(a->content_language)),
		.strip_parameters = v->conf->daemon.strip_parameters.v,
		.n_strip_parameters = v->conf->daemon.strip_parameters.n,
		.sitemaps = v->cf->sitemap,
	};
	return true;
}

/*
 * Validators of a part that was not asked for belong to an instance that we may not have: without
 * any, the next poll brings the whole.
 */
static bool poll_fetch_handle_delta(struct poll_visit *v, const struct fetch_answer *a)
{
	enum delta_answer answer = delta_answer_of(a, v->poll.conditional);

	if (!v->map)
		v->feed->delta =
			delta_learn(v->feed->delta, a, v->poll.conditional, v->delta_asked);
	v->partial = answer == DELTA_PART;
	if (v->partial && !v->delta_asked)
		v->poll.etag = v->poll.last_modified = STR_NONE;
	return answer != DELTA_UNREADABLE;
}

static enum poll_step poll_fetch_handle_body(struct poll_visit *v, struct fetch_answer *a)
{
	v->poll.etag = str_of(poll_fetch_keep_header(v, a->etag));
	v->poll.last_modified = str_of(poll_fetch_keep_header(v, a->last_modified));
	v->max_age = a->max_age;
	v->wall = a->wall;
	if (a->link && v->conf->websub.listen)
		feed_hub_read(
			str_of(a->link), str_of(v->hops.urls[v->hops.n - 1]), v->arena, &v->hub);
	v->poll.cut = a->cut.cls != ERR_NONE;
	if (v->poll.cut) {
		feed_request_hide(&v->hops, a->cut.text);
		v->cut = arena_str(v->arena, str_of(a->cut.text));
	}
	if (!poll_fetch_handle_delta(v, a))
		return poll_visit_fail(v,
			"the server answered 226 in a form that was not asked for "
			"(IM in its answer)");
	if (a->body.n == 0)
		return poll_visit_fail(v, "the server answered with nothing in it");
	v->poll.body_hash = v->partial ? 0 : digest_fast64(a->body, 0);
	if (!v->partial && v->poll.body_hash == v->feed->body_hash &&
		!trust_is_stale(&v->feed->trust, v->poll.started)) {
		v->poll.outcome = DESK_UNCHANGED;
		return POLL_DECIDED;
	}
	poll_document_hear(v, a->origin);
	if (!poll_fetch_take_body(v, a))
		return poll_visit_lack(v, "out of memory");
	return POLL_FETCHED;
}

static bool poll_fetch_renews(const char *value, const char *kept)
{
	return value && (!kept || strcmp(value, kept) != 0);
}

/* Each validator that a 304 carries replaces the stored one (RFC 9111 §4.3.4). */
static void poll_fetch_renew_validators(struct poll_visit *v, const struct fetch_answer *a)
{
	const char *old_etag = poll_sitemap_etag(v), *old_modified = poll_sitemap_last_modified(v);
	const char *etag, *modified;

	if (!poll_fetch_renews(a->etag, old_etag) &&
		!poll_fetch_renews(a->last_modified, old_modified))
		return;
	etag = poll_fetch_keep_header(v, a->etag);
	modified = poll_fetch_keep_header(v, a->last_modified);
	if (!etag && !modified)
		return;
	/* The desk stores both or none. Copies: poll_feed_update frees those of the feed first. */
	if (!etag)
		etag = poll_fetch_keep_header(v, old_etag);
	if (!modified)
		modified = poll_fetch_keep_header(v, old_modified);
	v->poll.etag = str_of(etag);
	v->poll.last_modified = str_of(modified);
}

static enum poll_step poll_fetch_handle_304(struct poll_visit *v, const struct fetch_answer *a)
{
	if (!v->poll.conditional)
		return poll_visit_fail(
			v, "the server answered 304 to a question without a condition");
	v->poll.not_modified = true;
	v->max_age = a->max_age;
	poll_fetch_renew_validators(v, a);
	v->poll.outcome = DESK_UNCHANGED;
	return POLL_DECIDED;
}

static enum poll_step poll_fetch_handle_answer(struct poll_visit *v, struct fetch_answer *a)
{
	const struct feed_request_asker who = poll_fetch_asker(v);

	if (a->crowded)
		return poll_visit_postpone(v, a->error.text);
	if (a->error.cls == ERR_NOMEM || a->error.cls == ERR_IO)
		return poll_visit_lack(v, a->error.text);
	v->poll.absent = a->no_host;
	if (a->error.cls != ERR_NONE)
		return poll_visit_fail(v, "%s", a->error.text);
	if (feed_request_is_redirect(a->status)) {
		if (feed_request_follow(&v->hops, v->arena, &who, a, &v->error) != 0 &&
			!poll_address_fall_back(v))
			return poll_visit_fail(v, "%s", v->error.text);
		return POLL_REDIRECTED;
	}
	if (feed_request_has_body(a->status))
		return poll_fetch_handle_body(v, a);
	if (a->status == 304)
		return poll_fetch_handle_304(v, a);
	v->poll.gone = a->status == 410;
	v->poll.absent = v->poll.gone || a->status == 404;
	(void)feed_request_refused(a->status, a->wall, &v->error);
	return poll_visit_fail(v, "%s", v->error.text);
}

/* 429 or 503: no feed of this host, or of what its budget names, is fetched for a while. */
static void poll_fetch_block_host(struct poll_visit *v, const struct fetch_answer *a)
{
	int64_t rest = a->retry_after < SCHEDULE_ASK_MAX ? a->retry_after : SCHEDULE_ASK_MAX;

	if (rest <= 0)
		rest = a->status == 429 ? HOST_REST : 0;
	v->retry_after = rest > v->retry_after ? rest : v->retry_after;
	v->host_rests = rest > 0 && hosts_block(&v->feed->slot, clock_mono() + rest);
	/* Stored for the host of the feed only, not for one that it redirects to. */
	if (v->hops.n == 1 && !v->map && v->host_rests)
		v->poll.host_rest = clock_wall() + rest;
}

static void poll_fetch_note_date(const struct poll_visit *v, const struct fetch_answer *a)
{
	char host[FEED_HOST_MAX];

	if (!a->date)
		return;
	poll_host_of(v->hops.urls[v->hops.n - 1], host);
	clock_proof_note(v->feed->poller->o.clock, host, a->date);
}

/*
 * Retry-After counts with any status (RFC 9110 §10.2.3), redirects included; 0 and a past date
 * leave it to the schedule.
 */
static void poll_fetch_note_retry_after(struct poll_visit *v, const struct fetch_answer *a)
{
	int64_t asked = a->retry_after < SCHEDULE_ASK_MAX ? a->retry_after : SCHEDULE_ASK_MAX;

	if (asked > v->retry_after)
		v->retry_after = asked;
	if (v->status == 429 || v->status == 503)
		poll_fetch_block_host(v, a);
	v->hop_pause = feed_request_pause(a);
}

/*
 * What answered, if anything, is no feed and leads to none. A host of its own reaches no server
 * for reasons of its own, so that says nothing of the network.
 */
static bool poll_fetch_is_no_answer(const struct poll_visit *v, const struct fetch_answer *a)
{
	if (!v->verifies || a->crowded || a->error.cls == ERR_NOMEM || a->error.cls == ERR_IO ||
		a->reach == FETCH_NO_ROUTE)
		return false;
	return a->error.cls != ERR_NONE ||
	       (!feed_request_is_redirect(a->status) && !feed_request_has_body(a->status) &&
		       a->status != 304);
}

/* The poll goes on at the adopted address. */
static bool poll_fetch_turns_back(struct poll_visit *v, const struct fetch_answer *a)
{
	if (!poll_fetch_is_no_answer(v, a))
		return false;
	v->status = a->error.cls == ERR_NONE ? a->status : 0;
	if (v->status == 429 || v->status == 503)
		poll_fetch_block_host(v, a);
	return poll_address_fall_back(v);
}

static void poll_fetch_done(void *arg, struct fetch_answer *a)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;

	v->fetch_op = NULL;
	poll_fetch_note_date(v, a);
	if (poll_fetch_turns_back(v, a)) {
		lanes_leave(&p->lanes, &v->feed->peer, clock_mono());
		p->step_ended(p, v, POLL_REDIRECTED);
		return;
	}
	if (poll_network_note(v, a)) {
		p->step_ended(p, v, POLL_HELD);
		return;
	}
	lanes_leave(&p->lanes, &v->feed->peer, clock_mono());
	v->poll.fetched = clock_wall();
	v->status = a->error.cls == ERR_NONE ? a->status : 0;
	poll_fetch_note_retry_after(v, a);
	p->step_ended(p, v, poll_fetch_handle_answer(v, a));
}

/* --- the request --- */

/* s: what feed_request_credentials names; NULL: nothing. */
static enum poll_step poll_fetch_send(struct poll_visit *v, const struct secrets *s)
{
	struct poll_feed *f = v->feed;
	const struct port_fetch *port = &f->poller->o.ports->fetch;
	const struct feed_request_asker who = poll_fetch_asker(v);
	struct fetch_request r;

	if (feed_request_fill(&v->hops, &who, s, v->arena, &r, &v->error) != 0)
		return poll_visit_fail(v, "%s", v->error.text);
	r.share = &v->share;
	r.connect_ms = poll_network_connect_ms(v);
	r.connected = poll_network_note_connected;
	r.alone = !poll_reuse_is_likely(v);
	if (v->poll.conditional) {
		r.etag = poll_sitemap_etag(v);
		r.last_modified = poll_sitemap_last_modified(v);
		r.delta = v->delta_asked = r.etag && !v->map && f->delta != DELTA_REFUSED;
	}
	v->fetch_op = port->start(port->ctx, &r, poll_fetch_done, v);
	return v->fetch_op ? POLL_PENDING : poll_visit_lack(v, "out of memory");
}

static void poll_fetch_on_secret(void *arg, const struct secrets *s, const struct err *e)
{
	struct poll_visit *v = arg;
	struct poller *p = v->feed->poller;
	enum poll_step result;

	v->secret_op = NULL;
	if (!s && err_is_exhaustion(e->cls))
		result = poll_visit_lack(v, e->text);
	else if (!s)
		result = poll_visit_fail(v, "%s", e->text);
	else if (!feed_request_lacks_url(&v->hops))
		result = poll_fetch_send(v, s);
	else if (feed_request_reveal(&v->hops, v->arena, v->cf, buf_z(&s->v[0]), &v->error) == 0)
		result = POLL_REDIRECTED; /* into the queue of its host */
	else
		result = poll_visit_fail(v, "%s", v->error.text);
	if (result != POLL_PENDING)
		p->step_ended(p, v, result);
}

enum poll_step poll_fetch_start(struct poll_visit *v)
{
	const struct port_secret *port = &v->feed->poller->o.ports->secret;
	const struct feed_request_asker who = poll_fetch_asker(v);
	const char *names[FEED_REQUEST_CREDENTIALS];
	size_t n = feed_request_credentials(&v->hops, &who, names);

	if (n == 0)
		return poll_fetch_send(v, NULL);
	v->secret_op = port->start(port->ctx, v->conf, names, n, poll_fetch_on_secret, v);
	return v->secret_op ? POLL_PENDING : poll_visit_lack(v, "out of memory");
}

void poll_fetch_cancel(struct poll_visit *v)
{
	const struct ports *ports = v->feed->poller->o.ports;

	if (v->secret_op)
		ports->secret.cancel(ports->secret.ctx, v->secret_op);
	if (v->fetch_op)
		ports->fetch.cancel(ports->fetch.ctx, v->fetch_op);
	v->secret_op = NULL;
	v->fetch_op = NULL;
}
