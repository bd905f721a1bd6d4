/* SPDX-License-Identifier: MIT */
/*
 * Has the feeds follow a configuration: those that are new are loaded, those that are gone are
 * freed. There may be 100,000 feeds, so one callback looks at a few of them only. Until its turn a
 * feed follows the configuration before, as does a poll that is under way.
 */
#include <string.h>

#include "base/clock.h"
#include "poll_feed.h"

#define STEP_COST  256 /* of one callback: feeds, */
#define VISIT_COST 16  /* and so much for one with a poll, which may have to be cancelled */

void poll_feed_cancel(struct poll_feed *f)
{
	struct poller *p = f->poller;

	if (f->state == POLL_INGESTING)
		return;
	if (f->state == POLL_FETCHING) {
		poll_network_note_end(f->visit);
		poll_fetch_cancel(f->visit);
	}
	if (f->state == POLL_PARSING)
		poll_parse_cancel(f->visit);
	due_unset(&p->due, &f->due);
	lanes_cancel(&p->lanes, &f->peer);
	if (f->network)
		hosts_leave(&f->network->hosts, &f->slot);
	poll_visit_free(f->visit);
	if (f->state != POLL_LOADING)
		poll_feed_set_state(f, POLL_IDLE);
}

static void poll_apply_url(struct poll_feed *f)
{
	poll_feed_clear(f);
	poll_feed_acquit(f);
	f->generation++;
	if (f->state == POLL_INGESTING)
		return;
	poll_feed_cancel(f);
	due_set(&f->poller->due, &f->due, clock_mono());
}

/* f is in the new configuration too, perhaps with other settings. */
static void poll_apply_kept(struct poll_feed *f, const struct conf_feed *cf)
{
	const struct conf_feed *old = f->cf;
	struct poller *p = f->poller;
	bool reopened;

	f->cf = cf;
	f->reload = p->reload;
	if (f->state == POLL_LOADING)
		return;
	if (strcmp(old->url, cf->url) != 0) {
		poll_apply_url(f);
		return;
	}
	reopened = poll_edit_changes_access(f, old, &p->before->poll);
	if (f->state != POLL_IDLE) {
		f->edited = true;
		f->reopened |= reopened && f->visit;
	} else if (reopened) {
		due_set(&p->due, &f->due, poll_edit_earliest(f));
	} else {
		poll_edit_replan(f, true);
	}
}

static struct poll_feed *poll_apply_one(
	struct poller *p, struct poll_feed *f, const struct conf_feed *cf)
{
	if (f && f->reload != p->reload)
		poll_apply_kept(f, cf);
	if (f)
		return f;
	f = poll_feed_new(p, cf);
	if (f)
		poll_load_add(f);
	else
		parts_fail_nomem(&p->o);
	return f;
}

static void poll_apply_removal(struct poll_feed *f)
{
	troubles_end_subject(f->poller->o.troubles, TROUBLE_OF_FEED, str_of(f->name));
	if (f->state == POLL_INGESTING) {
		HASH_DEL(f->poller->feeds, f);
		f->cf = NULL; /* freed when it comes to rest */
		return;
	}
	poll_feed_cancel(f);
	poll_feed_free(f);
}

/* The next of both configurations. Returns its cost; 0: there is none. */
static unsigned poll_apply_next(struct poller *p)
{
	size_t n = p->conf->n_feeds, i = p->applied++;
	bool removal = i >= n;
	const struct conf_feed *cf;
	struct poll_feed *f;
	unsigned cost;

	if (removal && (!p->before || i - n >= p->before->n_feeds))
		return 0;
	cf = removal ? &p->before->feeds[i - n] : &p->conf->feeds[i];
	HASH_FIND_STR(p->feeds, cf->name, f);
	cost = f && f->visit ? VISIT_COST : 1;
	if (!removal)
		poll_apply_one(p, f, cf);
	else if (f && f->reload != p->reload)
		poll_apply_removal(f);
	return cost;
}

/* Returns false after the last. */
static bool poll_apply_some(struct poller *p)
{
	unsigned cost = 1;

	for (unsigned sum = 0; cost > 0 && sum < STEP_COST; sum += cost)
		cost = poll_apply_next(p);
	poll_load_start(p);
	return cost > 0;
}

static void poll_apply_on_step(void *arg)
{
	struct poller *p = arg;
	const struct port_timer *port = &p->o.ports->timer;
	struct conf *before = p->before;
	bool more = poll_apply_some(p);

	p->apply_step = more ? port->start(port->ctx, 0, poll_apply_on_step, p) : NULL;
	if (!more)
		p->before = NULL;
	p->step_ended(p, NULL, POLL_APPLIED);
	if (more || !before)
		return;
	conf_unref(before);
	p->o.reloaded(p->o.arg);
}

/* All feeds at once: the owner did not wait for the end. */
static void poll_apply_finish(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->apply_step);
	while (poll_apply_some(p))
		;
	conf_unref(p->before);
	p->before = NULL;
}

void poll_apply_start(struct poller *p, struct conf *conf)
{
	const struct port_timer *port = &p->o.ports->timer;

	if (p->apply_step)
		poll_apply_finish(p);
	if (conf) {
		p->before = p->conf;
		p->conf = conf_ref(conf);
	}
	if (due_reserve(&p->due, HASH_COUNT(p->feeds) + p->conf->n_feeds) != 0)
		parts_fail_nomem(&p->o);
	p->reload++;
	p->applied = 0;
	p->lanes.slots = p->conf->poll.parallel;
	for (int i = 0; i < POLL_NETWORKS; i++)
		hosts_set_limits(
			&p->networks[i].hosts, p->conf->poll.per_host, p->conf->poll.host_gap);
	p->apply_step = port->start(port->ctx, 0, poll_apply_on_step, p);
}

void poll_apply_stop(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->apply_step);
}

struct poll_feed *poll_apply_find(struct poller *p, const char *name)
{
	const struct conf_feed *cf = conf_find_feed(p->conf, str_of(name));
	struct poll_feed *f;

	if (!cf)
		return NULL;
	HASH_FIND_STR(p->feeds, name, f);
	f = poll_apply_one(p, f, cf);
	poll_load_start(p);
	return f;
}
