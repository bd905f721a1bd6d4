/* SPDX-License-Identifier: MIT */
/*
 * Feeds that a reload gave rhythm = "learn": what is stored of their rhythms is read, some feeds
 * with each job of the desk. There may be 100,000, so one callback looks at a few of them only.
 */
#include <stdlib.h>

#include "base/log.h"
#include "poll_steps.h"

#define READ_FEEDS 64	/* by one job */
#define SCAN_FEEDS 1024 /* looked at in one callback */

struct poll_learn {
	struct poller *poller;
	unsigned reload;
	size_t n;
	size_t at[READ_FEEDS];	/* in poller.feeds of that reload */
	int64_t id[READ_FEEDS]; /* in the store */
	bool known[READ_FEEDS]; /* the pace is */
	struct pace pace[READ_FEEDS];
	struct job job;
	int rc;
	struct err error;
};

/* On the desk thread. */
static void poll_learn_run(void *arg, struct desk *desk, struct store *store)
{
	struct poll_learn *l = arg;
	struct store_rhythm rhythm;

	(void)desk;
	l->rc = store_begin_read(store, &l->error);
	for (size_t i = 0; i < l->n && l->rc == 0; i++) {
		l->rc = store_rhythm_get(store, l->id[i], &rhythm, &l->error);
		l->known[i] = l->rc == 0 && pace_set(&l->pace[i], &rhythm);
	}
	l->rc = store_end(store, l->rc, &l->error);
}

static void poll_learn_on_step(void *arg);

static void poll_learn_wait(struct poller *p, int64_t ms)
{
	const struct port_timer *port = &p->o.ports->timer;

	if (!p->learn_step)
		p->learn_step = port->start(port->ctx, ms, poll_learn_on_step, p);
}

static void poll_learn_take(const struct poll_learn *l)
{
	struct poller *p = l->poller;

	for (size_t i = 0; i < l->n; i++) {
		struct poll_feed *f = p->feeds[l->at[i]];

		if (!f || f->id != l->id[i])
			continue;
		f->unpaced = false;
		if (!l->known[i])
			continue;
		poll_pace_set(f, &l->pace[i]);
		if (f->state == POLL_IDLE)
			poll_edit_replan(f, false);
	}
}

static void poll_learn_done(void *arg)
{
	struct poll_learn *l = arg;
	struct poller *p = l->poller;

	p->learn = NULL;
	if (!p->running) {
		free(l);
		return;
	}
	if (l->rc == 0 && l->reload == p->reload) {
		poll_learn_take(l);
	} else if (err_passes(l->rc)) {
		log_error("rhythms-not-loaded", LOG_E(&l->error),
			LOG_S("advice", "tried again soon"));
		p->learnt = 0;
	} else if (l->rc) {
		p->o.fatal(p->o.arg, &l->error);
	}
	if (p->running)
		poll_learn_wait(p, l->rc ? POLL_DISK_RETRY : 0);
	free(l);
	p->step_ended(p, NULL, POLL_LOADED);
}

/* The next feeds whose rhythm must be read. False: there are none left. */
static bool poll_learn_find(struct poller *p, struct poll_learn *l)
{
	size_t end = p->learnt + SCAN_FEEDS;

	for (; p->learnt < p->conf->n_feeds && p->learnt < end && l->n < READ_FEEDS; p->learnt++) {
		struct poll_feed *f = p->feeds[p->learnt];

		if (!f || !f->unpaced || f->state == POLL_LOADING)
			continue;
		f->unpaced = f->id != 0;
		if (!f->unpaced)
			continue;
		l->at[l->n] = p->learnt;
		l->id[l->n++] = f->id;
	}
	return p->learnt < p->conf->n_feeds || l->n > 0;
}

static void poll_learn_on_step(void *arg)
{
	struct poller *p = arg;
	struct poll_learn *l = calloc(1, sizeof(*l));

	p->learn_step = NULL;
	if (!l) {
		parts_fail_nomem(&p->o);
		return;
	}
	l->poller = p;
	l->reload = p->reload;
	if (poll_learn_find(p, l) && l->n == 0)
		poll_learn_wait(p, 0);
	if (l->n == 0) {
		free(l);
		return;
	}
	p->learn = l;
	l->job = (struct job){.run = poll_learn_run, .done = poll_learn_done, .arg = l};
	jobs_post(p->o.jobs, &l->job);
}

void poll_learn_start(struct poller *p)
{
	p->learnt = 0;
	if (p->running && !p->learn)
		poll_learn_wait(p, 0);
}

void poll_learn_stop(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->learn_step);
}
