/* SPDX-License-Identifier: MIT */
#include "poll_steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "poll_sitemap.h"
#include "desk/trust.h"

#define POLL_LACKS_MAX	3 /* in a row */
#define VISIT_ARENA_MAX ((size_t)256 * 1024)

/* --- one poll --- */

static struct poll_visit *poll_visit_alloc(const char *url)
{
	struct poll_visit *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->arena = arena_new(VISIT_ARENA_MAX);
	if (v->arena && feed_request_start(&v->hops, v->arena, url) == 0)
		return v;
	arena_free(v->arena);
	free(v);
	return NULL;
}

struct poll_visit *poll_visit_new(struct poll_feed *f)
{
	const char *url = poll_feed_address(f);
	struct poll_visit *v = poll_visit_alloc(url);

	if (!v)
		return NULL;
	f->visit = v;
	f->asked = false;
	v->from_adopted = url != f->cf->url;
	v->verifies = f->adopted && !v->from_adopted;
	v->feed = f;
	v->share.budget = &f->poller->budget;
	v->conf = conf_ref(poll_feed_conf(f));
	v->cf = f->cf;
	LIST_INSERT_HEAD(&f->poller->visits, v, link);
	v->generation = f->generation;
	v->max_age = v->retry_after = -1;
	v->began_at = clock_mono();
	v->poll.feed = str_of(f->name);
	v->poll.started = v->poll.fetched = clock_wall();
	v->poll.conditional = (f->etag || f->last_modified) && f->doubt != POLL_DOUBTED &&
			      trust_is_conditional(&f->trust, v->poll.started);
	return v;
}

static void poll_visit_free_map(struct poll_visit *v)
{
	struct poll_sitemap *m = v->map;

	if (!m)
		return;
	for (size_t i = 0; i < m->n_parts; i++)
		feed_batch_free(m->parts[i]);
	feed_request_wipe(&m->index, v->cf);
	free(m);
}

void poll_visit_free(struct poll_visit *v)
{
	if (!v)
		return;
	LIST_REMOVE(v, link);
	v->feed->visit = NULL;
	v->feed->poller->bytes -= v->body_len;
	body_share_release(&v->share);
	free(v->request.body);
	poll_visit_free_map(v);
	feed_batch_free(v->batch);
	feed_request_wipe(&v->hops, v->cf);
	conf_unref(v->conf);
	arena_free(v->arena);
	free(v);
}

enum poll_step poll_visit_fail(struct poll_visit *v, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	struct str copy;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	feed_request_hide(&v->hops, text);
	copy = arena_str(v->arena, str_of(text));
	feed_batch_free(v->batch);
	v->batch = NULL;
	v->poll.batch = NULL;
	v->poll.outcome = DESK_FAILED;
	v->poll.error = str_present(copy) ? copy : STR("out of memory");
	return POLL_DECIDED;
}

enum poll_step poll_visit_lack(struct poll_visit *v, const char *why)
{
	struct poll_feed *f = v->feed;
	struct poller *p = f->poller;

	if (f->lacks == 0)
		f->lacked_after = p->parsed;
	if (++f->lacks > POLL_LACKS_MAX && p->parsed > f->lacked_after)
		return poll_visit_fail(v, "%s", why);
	return poll_visit_postpone(v, why);
}

void poll_feed_note_lack(const struct poll_feed *f, const char *why)
{
	struct poller *p = f->poller;
	int64_t now = clock_mono();

	if (p->lack_logged_at == 0 || now - p->lack_logged_at > CLOCK_HOUR)
		log_warn("polls-postponed", LOG_S("feed", f->name), LOG_S("reason", why),
			LOG_S("state", "no fault of the feed: it is polled again in a minute"));
	p->lack_logged_at = now;
	trouble_begin(p->o.troubles, TROUBLE_EXHAUSTED, STR_NONE, str_of(why));
}

enum poll_step poll_visit_postpone(struct poll_visit *v, const char *why)
{
	const struct poller *p = v->feed->poller;

	poll_feed_note_lack(v->feed, why);
	v->wait = rng_jitter(p->o.rng, CLOCK_MINUTE, 20);
	return POLL_LACKED;
}

/* --- feeds --- */

struct conf *poll_feed_conf(const struct poll_feed *f)
{
	const struct poller *p = f->poller;

	return f->reload == p->reload ? p->conf : p->before;
}

struct poll_feed *poll_feed_find(const struct poller *p, const char *name)
{
	const struct conf_feed *cf = conf_find_feed(p->conf, str_of(name));
	struct poll_feed *f = cf ? p->feeds[cf - p->conf->feeds] : NULL;

	if (f || !p->before)
		return f;
	cf = conf_find_feed(p->before, str_of(name));
	return cf ? p->old[cf - p->before->feeds] : NULL;
}

void poll_feed_set_unreached(struct poll_feed *f, struct poll_network *n)
{
	if (f->unreached) {
		TAILQ_REMOVE(&f->unreached->unreached, f, unreached_link);
		f->unreached->n_unreached--;
	}
	f->unreached = n;
	if (n) {
		TAILQ_INSERT_TAIL(&n->unreached, f, unreached_link);
		n->n_unreached++;
	}
}

void poll_feed_set_state(struct poll_feed *f, enum poll_state s)
{
	f->poller->in_state[f->state]--;
	f->state = s;
	f->poller->in_state[s]++;
}

struct poll_feed *poll_feed_new(struct poller *p, const struct conf_feed *cf)
{
	size_t n = strlen(cf->name);
	struct poll_feed *f = calloc(1, sizeof(*f) + n + 1);

	if (!f)
		return NULL;
	memcpy(f->name, cf->name, n + 1);
	f->poller = p;
	f->cf = cf;
	f->due.owner = f;
	f->slot.owner = f;
	lanes_init_peer(&f->peer);
	f->peer.owner = f;
	f->state = POLL_LOADING;
	f->reload = p->reload;
	f->retry_after = f->max_age = -1;
	p->unread++;
	p->in_state[POLL_LOADING]++;
	return f;
}

void poll_feed_clear(struct poll_feed *f)
{
	free(f->etag);
	free(f->last_modified);
	free(f->adopted);
	free(f->pace);
	f->pace = NULL;
	free(f->sitemaps);
	f->etag = f->last_modified = f->adopted = f->sitemaps = NULL;
	f->moved = false;
	f->verify = false;
	lanes_init_peer(&f->peer);
	f->trust = (struct store_trust){.whole_at = STAMP_NONE, .distrust_until = STAMP_NONE};
	f->near = false;
	f->id = 0;
	f->body_hash = 0;
	f->delta = DELTA_UNKNOWN;
	f->interval = 0;
	f->retry_after = f->max_age = -1;
	f->ttl = 0;
	f->skip_hours = 0;
	f->skip_days = 0;
	if (f->failures > 0)
		f->poller->failing--;
	f->failures = f->absences = 0;
	f->gone = false;
	f->logged = 0;
}

void poll_feed_acquit(struct poll_feed *f)
{
	const struct engine_parts *o = &f->poller->o;

	last_run_clear(o->last_run, str_of(f->name));
	trouble_end(o->troubles, TROUBLE_FEED_SUSPECTED, str_of(f->name));
}

void poll_feed_free(struct poll_feed *f)
{
	struct poller *p = f->poller;

	poll_feed_set_unreached(f, NULL);
	if (f->to_load)
		TAILQ_REMOVE(&p->to_load, f, load_link);
	poll_feed_clear(f);
	poll_visit_free(f->visit);
	p->in_state[f->state]--;
	p->unread -= f->polled_at == 0;
	free(f);
}

size_t poll_places_taken(const struct poller *p)
{
	return p->in_state[POLL_FETCHING] + p->in_state[POLL_PARSING] + p->in_state[POLL_INGESTING];
}

void poll_ramp_start(struct poller *p)
{
	p->ramp_at = clock_mono();
	p->ramp_polls = poll_places_taken(p);
}

void poll_check_once(struct poller *p)
{
	if (p->o.once && p->running && p->to_do == 0 && poll_quiet_is_stored(p)) {
		p->running = false;
		p->o.polled(p->o.arg);
	}
}

void poll_feed_set_polled(struct poll_feed *f, int64_t at)
{
	f->poller->unread -= f->polled_at == 0;
	f->polled_at = at ? at : 1;
}

void poll_feed_set_plan(const struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	if (f->generation != v->generation)
		return;
	poll_feed_set_polled(f, clock_mono());
	f->retry_after = v->retry_after;
	f->max_age = v->max_age;
	f->interval = v->poll.interval;
	f->interval_why = (enum schedule_reason)v->poll.interval_why;
}

void poll_feed_rest(struct poll_feed *f, int64_t wait)
{
	struct poller *p = f->poller;
	bool changed = f->visit && f->visit->generation != f->generation;
	bool failed = f->visit && f->visit->poll.outcome == DESK_FAILED;
	bool edited = f->edited, again = f->reopened && failed;

	poll_visit_free(f->visit);
	poll_feed_set_state(f, POLL_IDLE);
	poll_address_plan(f, clock_mono(), clock_mono() + wait);
	if (!f->cf) {
		poll_feed_free(f);
	} else if (p->o.once) {
		p->to_do--;
		poll_check_once(p);
	} else if (p->running) {
		f->edited = f->reopened = false;
		due_set(&p->due, &f->due, clock_mono() + (changed ? 0 : wait));
		if (again)
			due_set(&p->due, &f->due, poll_edit_earliest(f));
		else if (edited)
			poll_edit_replan(f, true);
	}
}

void poll_feed_queue(struct poll_feed *f, bool first)
{
	const struct poll_visit *v = f->visit;
	const char *url = v ? v->hops.urls[v->hops.n - 1] : poll_feed_address(f);
	char host[FEED_HOST_MAX];

	poll_feed_set_state(f, POLL_DUE);
	poll_host_of(url, host);
	f->network = poll_feed_network(f, host);
	f->slot.urgent = f->cf->urgent;
	f->slot.lane = f->network->down && f->unreached_at ? LANE_SLOW : lanes_of_peer(&f->peer);
	if (hosts_enqueue(&f->network->hosts, &f->slot, host, first, clock_mono()) != 0) {
		poll_feed_note_lack(f, "out of memory");
		poll_feed_rest(f, CLOCK_MINUTE);
	}
}

/* --- after a poll was stored --- */

void poll_feed_set_text(char **field, struct str text)
{
	free(*field);
	*field = str_present(text) ? strndup(text.p, text.n) : NULL;
}

static void poll_feed_set_validators(struct poll_feed *f, const struct poll_visit *v)
{
	if (f->trust.suspect)
		return; /* as in the store */
	poll_feed_set_text(&f->etag, v->poll.etag);
	poll_feed_set_text(&f->last_modified, v->poll.last_modified);
}

static void poll_feed_update_body(struct poll_feed *f, const struct poll_visit *v)
{
	const struct feed_batch *b = v->poll.batch;

	if (feed_batch_has_terms(b)) {
		f->ttl = b->feed.ttl_ms;
		f->skip_hours = b->feed.skip_hours;
		f->skip_days = b->feed.skip_days;
	}
	if (!b->complete || v->poll.cut)
		return;
	poll_feed_set_validators(f, v);
	f->body_hash = v->poll.body_hash;
}

void poll_feed_count_failure(struct poll_feed *f, const struct poll_visit *v)
{
	f->lacks = 0;
	if (f->failures++ == 0)
		f->poller->failing++;
	f->absences = v->poll.absent ? f->absences + 1 : 0;
	f->gone = v->poll.gone;
}

void poll_feed_update(struct poll_feed *f, const struct poll_visit *v)
{
	if (f->generation != v->generation)
		return;
	if (v->poll.outcome == DESK_FAILED) {
		poll_feed_count_failure(f, v);
		return;
	}
	if (v->result.posted)
		f->doubt = POLL_TRUSTED;
	if (v->result.paced)
		poll_pace_set(f, &v->result.pace);
	if (v->pushed)
		return;
	if (f->failures > 0)
		f->poller->failing--;
	f->failures = f->absences = 0;
	f->gone = false;
	poll_feed_acquit(f);
	f->lacks = 0;
	f->id = v->result.feed_id;
	f->trust = v->result.trust;
	if (f->doubt == POLL_DOUBTED && !v->poll.conditional)
		f->doubt = POLL_PROBED;
	if (v->poll.sitemaps.p)
		poll_feed_set_text(&f->sitemaps, v->poll.sitemaps);
	if (v->poll.outcome == DESK_NEW_BODY)
		poll_feed_update_body(f, v);
	else if (str_present(v->poll.etag) || str_present(v->poll.last_modified))
		poll_feed_set_validators(f, v);
	poll_address_update(f, v);
}
