/* SPDX-License-Identifier: MIT */
/*
 * Has the feeds follow a configuration: those that are new are loaded, those that are gone are
 * freed. There may be 100,000 feeds, so one callback looks at a few of them only. Until its turn a
 * feed follows the configuration before, as does a poll that is under way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "poll_steps.h"

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
	trouble_end(f->poller->o.troubles, TROUBLE_FEED_SILENT, str_of(f->name));
	trouble_end(f->poller->o.troubles, TROUBLE_FEED_STALE, str_of(f->name));
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
	/* What it had learnt before may be old. */
	f->unpaced = cf->learns && (f->unpaced || !old->learns);
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

/* Takes a feed from the configuration before; NULL: it had none of that name. */
static struct poll_feed *poll_apply_take(struct poller *p, const struct conf_feed *cf)
{
	const struct conf_feed *old =
		p->before ? conf_find_feed(p->before, str_of(cf->name)) : NULL;
	struct poll_feed **at = old ? &p->old[old - p->before->feeds] : NULL;
	struct poll_feed *f = at ? *at : NULL;

	if (f)
		*at = NULL;
	return f;
}

/* Returns its cost. */
static unsigned poll_apply_one(struct poller *p, const struct conf_feed *cf)
{
	struct poll_feed **at = &p->feeds[cf - p->conf->feeds];
	unsigned cost = 1;

	if (*at)
		return cost; /* a command was earlier */
	*at = poll_apply_take(p, cf);
	if (*at) {
		cost = (*at)->visit ? VISIT_COST : 1;
		poll_apply_kept(*at, cf);
		return cost;
	}
	*at = poll_feed_new(p, cf);
	if (*at)
		poll_load_add(*at);
	else
		parts_fail_nomem(&p->o);
	return cost;
}

static unsigned poll_apply_removal(struct poll_feed *f)
{
	unsigned cost = f->visit ? VISIT_COST : 1;

	troubles_end_subject(f->poller->o.troubles, TROUBLE_OF_FEED, str_of(f->name));
	if (f->state == POLL_INGESTING) {
		f->cf = NULL; /* freed when it comes to rest */
		return cost;
	}
	poll_feed_cancel(f);
	poll_feed_free(f);
	return cost;
}

/* The next of both configurations. Returns its cost; 0: there is none. */
static unsigned poll_apply_next(struct poller *p)
{
	size_t n = p->conf->n_feeds, i = p->applied;
	struct poll_feed *f;

	if (i < n) {
		p->applied++;
		return poll_apply_one(p, &p->conf->feeds[i]);
	}
	if (!p->before || i - n >= p->before->n_feeds)
		return 0;
	p->applied++;
	f = p->old[i - n];
	p->old[i - n] = NULL;
	return f ? poll_apply_removal(f) : 1;
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

/* Returns false after the last host moved to its budget. */
static bool poll_apply_hosts(struct poller *p)
{
	int rc = host_budgets_move(&p->budgets);

	if (rc < 0)
		parts_fail_nomem(&p->o);
	return rc != 0;
}

/* Returns the configuration before, which no feed refers to any more. */
static struct conf *poll_apply_forget(struct poller *p)
{
	struct conf *before = p->before;

	free(p->old);
	p->old = NULL;
	p->before = NULL;
	return before;
}

static void poll_apply_on_step(void *arg)
{
	struct poller *p = arg;
	const struct port_timer *port = &p->o.ports->timer;
	struct conf *before = NULL;
	bool more = poll_apply_hosts(p) || poll_apply_some(p);

	p->apply_step = more ? port->start(port->ctx, 0, poll_apply_on_step, p) : NULL;
	if (!more)
		before = poll_apply_forget(p);
	p->step_ended(p, NULL, POLL_APPLIED);
	if (!before)
		return;
	conf_unref(before);
	poll_learn_start(p);
	p->o.reloaded(p->o.arg);
}

/* All feeds at once: the owner did not wait for the end. */
static void poll_apply_finish(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->apply_step);
	while (poll_apply_hosts(p) || poll_apply_some(p))
		;
	conf_unref(poll_apply_forget(p));
}

void poll_apply_start(struct poller *p, struct conf *conf)
{
	const struct port_timer *port = &p->o.ports->timer;
	const struct conf *now = conf ? conf : p->conf;
	struct poll_feed **feeds;

	if (p->apply_step)
		poll_apply_finish(p);
	feeds = calloc(now->n_feeds + 1, sizeof(*feeds));
	if (!feeds || due_reserve(&p->due, p->conf->n_feeds + now->n_feeds) != 0) {
		free(feeds);
		parts_fail_nomem(&p->o);
		return;
	}
	if (conf) {
		p->before = p->conf;
		p->old = p->feeds;
		p->conf = conf_ref(conf);
	}
	p->feeds = feeds;
	p->reload++;
	p->applied = 0;
	p->lanes.slots = p->conf->poll.parallel;
	if (host_budgets_set(&p->budgets, p->conf) != 0)
		parts_fail_nomem(&p->o);
	p->apply_step = port->start(port->ctx, 0, poll_apply_on_step, p);
}

void poll_apply_stop(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->apply_step);
}

static void poll_apply_free_all(struct poll_feed **feeds, size_t n)
{
	for (size_t i = 0; feeds && i < n; i++)
		if (feeds[i])
			poll_feed_free(feeds[i]);
	free(feeds);
}

void poll_apply_free(struct poller *p)
{
	poll_apply_free_all(p->feeds, p->conf->n_feeds);
	if (p->before)
		poll_apply_free_all(p->old, p->before->n_feeds);
	conf_unref(p->before);
}

struct poll_feed *poll_apply_find(struct poller *p, const char *name)
{
	const struct conf_feed *cf = conf_find_feed(p->conf, str_of(name));

	if (!cf)
		return NULL;
	(void)poll_apply_one(p, cf);
	poll_load_start(p);
	return p->feeds[cf - p->conf->feeds];
}
