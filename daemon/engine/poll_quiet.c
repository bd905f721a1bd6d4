/* SPDX-License-Identifier: MIT */
/*
 * Polls that brought nothing: 304, or the same bytes as last time. All that the desk would store is
 * when the feed was polled and when it is due, so those of a second are stored together, in one
 * short statement each and a commit that does not wait for the disk, and the feed does not wait for
 * it. A crash loses that second.
 *
 * They are stored before what the desk is given later, which may be another poll of the same feed.
 * While the disk is full they wait, as all polls do.
 */
#include <stdlib.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/log.h"
#include "desk/answers.h"
#include "desk/trust.h"
#include "poll_steps.h"
#include "store/touch.h"

#define QUIET_WAIT CLOCK_SECOND
#define QUIET_MAX  1024 /* in one transaction, of some milliseconds */

struct poll_quiet {
	struct poller *poller;
	struct store_touch *v;
	size_t n, room;
	struct job job;
	int rc;
	struct err error;
	STAILQ_ENTRY(poll_quiet) link; /* in poller.quiet_held */
};

static void poll_quiet_free(struct poll_quiet *q)
{
	if (!q)
		return;
	free(q->v);
	free(q);
}

/* --- on the desk thread --- */

static void poll_quiet_run(void *arg, struct desk *desk, struct store *store)
{
	struct poll_quiet *q = arg;

	(void)desk;
	q->rc = store_begin_relaxed(store, &q->error);
	for (size_t i = 0; i < q->n && q->rc == 0; i++)
		q->rc = store_feed_touch(store, &q->v[i], &q->error);
	q->rc = store_end(store, q->rc, &q->error);
}

/* --- on the loop thread --- */

static void poll_quiet_on_timer(void *arg);

static void poll_quiet_set_timer(struct poller *p, int64_t wait)
{
	const struct port_timer *port = &p->o.ports->timer;

	if (!p->quiet_timer)
		p->quiet_timer = port->start(port->ctx, wait, poll_quiet_on_timer, p);
}

/* Returns true if they are tried again later. */
static bool poll_quiet_fail(struct poll_quiet *q)
{
	struct poller *p = q->poller;

	if (!err_passes(q->rc)) {
		log_error("polls-not-stored", LOG_I("polls", q->n), LOG_E(&q->error));
		if (q->rc == -ERR_IO)
			p->o.fatal(p->o.arg, &q->error);
		return false;
	}
	poll_disk_begin_wait(p, &q->error);
	if (p->o.once) {
		p->o.metrics->polls_failed_total += (int64_t)q->n;
		return false;
	}
	STAILQ_INSERT_TAIL(&p->quiet_held, q, link);
	port_timer_stop(&p->o.ports->timer, &p->quiet_timer);
	poll_quiet_set_timer(p, POLL_DISK_RETRY);
	return true;
}

static void poll_quiet_done(void *arg)
{
	struct poll_quiet *q = arg;
	struct poller *p = q->poller;

	p->quiet_out--;
	if (q->rc && p->running && poll_quiet_fail(q))
		return;
	if (q->rc == 0)
		poll_disk_end_wait(p);
	poll_quiet_free(q);
	p->step_ended(p, NULL, POLL_LOADED); /* feeds may have waited for it */
}

static void poll_quiet_post_one(struct poll_quiet *q)
{
	struct poller *p = q->poller;

	p->quiet_out++;
	q->job = (struct job){.run = poll_quiet_run, .done = poll_quiet_done, .arg = q};
	jobs_post(p->o.jobs, &q->job);
}

void poll_quiet_post(struct poller *p)
{
	struct poll_quiet *q;

	while ((q = STAILQ_FIRST(&p->quiet_held)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->quiet_held, link);
		poll_quiet_post_one(q);
	}
	port_timer_stop(&p->o.ports->timer, &p->quiet_timer);
	if (!p->quiet)
		return;
	poll_quiet_post_one(p->quiet);
	p->quiet = NULL;
}

static void poll_quiet_on_timer(void *arg)
{
	struct poller *p = arg;

	p->quiet_timer = NULL;
	poll_quiet_post(p);
}

bool poll_quiet_is_stored(struct poller *p)
{
	poll_quiet_post(p);
	return p->quiet_out == 0;
}

/* Where the next one is noted. NULL: out of memory. */
static struct store_touch *poll_quiet_next(struct poller *p)
{
	if (!p->quiet) {
		p->quiet = calloc(1, sizeof(*p->quiet));
		if (!p->quiet)
			return NULL;
		p->quiet->poller = p;
	}
	if (!array_room(&p->quiet->v, p->quiet->n, &p->quiet->room, 1, sizeof(*p->quiet->v)))
		return NULL;
	return &p->quiet->v[p->quiet->n++];
}

static bool poll_quiet_is_same(struct str validator, const char *kept)
{
	return kept ? str_is(validator, kept) : !str_present(validator);
}

/* The desk would neither count a redirect nor forget one. */
static bool poll_quiet_is_at_address(const struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;

	if (!str_present(v->poll.moved_to))
		return !f->moved;
	return f->adopted && str_is(v->poll.moved_to, f->adopted);
}

/* It changes nothing that struct store_touch does not have. */
static bool poll_quiet_is_plain(const struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;
	const struct desk_poll *p = &v->poll;

	if (p->outcome != DESK_UNCHANGED || f->id == 0 || f->generation != v->generation ||
		f->trust.suspect || !poll_quiet_is_at_address(v))
		return false;
	return (!str_present(p->etag) && !str_present(p->last_modified)) ||
	       (poll_quiet_is_same(p->etag, f->etag) &&
		       poll_quiet_is_same(p->last_modified, f->last_modified));
}

/* As in struct store_touch. Feeds that are never asked with validators do not count. */
static unsigned poll_quiet_keep(const struct poll_visit *v)
{
	unsigned same = v->feed->trust.unmodified;

	if (v->poll.not_modified || (same == 0 && !v->poll.conditional))
		return 0;
	return (unsigned)(answers_keep(same) * 1e6);
}

bool poll_quiet_take(struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;
	struct poller *p = f->poller;
	const struct trust_poll poll = {.now = v->poll.fetched,
		.conditional = v->poll.conditional,
		.not_modified = v->poll.not_modified,
		.had_validators = f->etag || f->last_modified};
	struct store_touch *t;

	if (!poll_quiet_is_plain(v))
		return false;
	t = poll_quiet_next(p);
	if (!t)
		return false;
	v->result.trust = f->trust;
	v->result.feed_id = f->id;
	v->result.lie = trust_update(&v->result.trust, &poll);
	*t = (struct store_touch){.feed = f->id,
		.at = v->poll.fetched,
		.next_due = v->poll.next_due,
		.host_rest = v->poll.host_rest,
		.interval = v->poll.interval,
		.retry_after = v->poll.retry_after,
		.max_age = v->poll.max_age,
		.interval_why = v->poll.interval_why,
		.slowness = v->poll.slowness,
		.unmodified = v->result.trust.unmodified,
		.probe_after = v->result.trust.probe_after,
		.same = f->trust.unmodified,
		.keep = poll_quiet_keep(v)};
	if (p->quiet->n >= QUIET_MAX && STAILQ_EMPTY(&p->quiet_held))
		poll_quiet_post(p);
	else
		poll_quiet_set_timer(p, QUIET_WAIT);
	return true;
}

void poll_quiet_stop(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->quiet_timer);
	poll_quiet_post(p);
}

void poll_quiet_release(struct poller *p)
{
	struct poll_quiet *q;

	while ((q = STAILQ_FIRST(&p->quiet_held)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->quiet_held, link);
		poll_quiet_free(q);
	}
	poll_quiet_free(p->quiet);
	p->quiet = NULL;
}
