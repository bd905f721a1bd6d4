/* SPDX-License-Identifier: MIT */
/*
 * INGESTING: polls are handed to the desk in groups, one desk job at a time.
 *
 * A group is stored in one transaction. Polls that end while the job is out wait in poller.held and
 * form the next group, so commits are as few as the load allows. If a group fails, its polls are
 * stored one by one.
 *
 * While the disk is full no fetch starts, and the oldest poll is retried every half minute.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "poll_steps.h"

/* --- on the desk thread --- */

/* Marks the feed while a new body of it is ingested. */
static int poll_ingest_store_one(
	struct poll_visit *v, struct last_run *last_run, struct desk *desk, struct err *e)
{
	int rc;

	if (v->poll.outcome == DESK_NEW_BODY)
		last_run_begin(last_run, LAST_RUN_INGEST, v->poll.feed);
	rc = desk_ingest(desk, v->conf, &v->poll, &v->result, e);
	if (v->poll.outcome == DESK_NEW_BODY)
		last_run_end(last_run, LAST_RUN_INGEST);
	return rc;
}

static int poll_ingest_store_group(struct poller *p, struct desk *desk, struct store *store)
{
	struct err e;
	int rc = p->news ? store_begin(store, &e) : store_begin_relaxed(store, &e);

	if (rc == 0)
		rc = marks_store(&p->marks, desk, store, &e);
	for (size_t i = 0; i < p->n_group && rc == 0; i++) {
		struct poll_visit *v = p->group[i];

		rc = poll_ingest_store_one(v, p->o.last_run, desk, &e);
		v->rc = 0;
	}
	return store_end(store, rc, &e);
}

/* After a failure of the store itself the others get the same error without an attempt. */
static void poll_ingest_store_each(struct poller *p, struct desk *desk)
{
	const struct poll_visit *bad = NULL;

	for (size_t i = 0; i < p->n_group; i++) {
		struct poll_visit *v = p->group[i];

		v->result = (struct desk_result){0};
		if (bad) {
			v->rc = bad->rc;
			v->error = bad->error;
			continue;
		}
		v->rc = poll_ingest_store_one(v, p->o.last_run, desk, &v->error);
		if (err_passes(v->rc) || v->rc == -ERR_IO)
			bad = v;
	}
}

static void poll_ingest_run(void *arg, struct desk *desk, struct store *store)
{
	struct poller *p = arg;

	if ((p->n_group > 1 || !STAILQ_EMPTY(&p->marks)) &&
		poll_ingest_store_group(p, desk, store) == 0)
		return;
	p->marks_rc = -ERR_TEMP;
	poll_ingest_store_each(p, desk);
}

/* --- on the loop thread: groups --- */

static void poll_ingest_done(void *arg);

/*
 * The batch is matched by the newest configuration, even if its fetch began under another: items
 * become known now, so watches that a reload added would never see them. It also saves the desk
 * from preparing its index for two configurations in turn. A feed that was removed or has another
 * url exists in the old configuration only.
 */
static void poll_ingest_use_newest_conf(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;
	struct conf *old = v->conf, *newest = f->poller->conf;
	const struct conf_feed *cf = f->cf;

	if (!cf || f->generation != v->generation || old == newest)
		return;
	if (poll_feed_conf(f) != newest)
		cf = conf_find_feed(newest, str_of(f->name));
	if (!cf || strcmp(cf->url, f->cf->url) != 0)
		return;
	v->conf = conf_ref(newest);
	v->cf = cf;
	conf_unref(old);
}

/* Posts the next group unless one is out. */
static void poll_ingest_post_group(struct poller *p)
{
	size_t max = p->disk_full ? 1 : POLL_GROUP_MAX;
	struct poll_visit *v;

	if (p->job_out || p->held_timer || STAILQ_EMPTY(&p->held))
		return;
	p->n_group = 0;
	p->news = false;
	while (p->n_group < max && (v = STAILQ_FIRST(&p->held)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->held, held_link);
		poll_ingest_use_newest_conf(v);
		p->group[p->n_group++] = v;
		p->news |= v->poll.outcome == DESK_NEW_BODY;
	}
	/* Results of deliveries need a commit that waits for the disk, as new items do. */
	p->marks_rc = 0;
	if (p->news)
		marks_take(p->o.marks, &p->marks);
	p->job_out = true;
	poll_quiet_post(p);
	p->job = (struct job){.run = poll_ingest_run, .done = poll_ingest_done, .arg = p};
	jobs_post(p->o.jobs, &p->job);
}

static void poll_ingest_on_timer(void *arg)
{
	struct poller *p = arg;

	p->held_timer = NULL;
	poll_ingest_post_group(p);
}

static struct schedule_plan poll_ingest_plan(const struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;
	const struct conf_feed *cf = f->cf ? f->cf : v->cf;
	const struct feed_batch *b = v->poll.batch;
	const struct feed_info *info = b && feed_batch_has_terms(b) ? &b->feed : NULL;
	bool failed = v->poll.outcome == DESK_FAILED;
	struct schedule_poll s = {
		.now = clock_wall(),
		.every = cf->every,
		.learnt = poll_pace_wait(f, cf, clock_wall()),
		.fastest = cf->fastest,
		.every_default = cf->every_default,
		.force = cf->force,
		.failed = failed,
		.failures = failed ? f->failures + 1 : 0,
		.gone = v->poll.gone,
		.absences = v->poll.absent ? f->absences + 1 : 0,
		.retry_after = v->retry_after,
		.max_age = v->max_age,
		.ttl = info ? info->ttl_ms : f->ttl,
		.skip_hours = info ? info->skip_hours : f->skip_hours,
		.skip_days = info ? info->skip_days : f->skip_days,
	};

	if (v->pushed) {
		int64_t left = v->planned_at - clock_mono();

		return (struct schedule_plan){left > 0 ? left : 0, f->interval, f->interval_why};
	}
	if (v->hold > 0)
		return (struct schedule_plan){v->hold, v->hold, SCHEDULE_BACKOFF};
	return schedule_next_poll(&s, f->poller->o.rng);
}

static void poll_ingest_count(struct poller *p, const struct poll_visit *v)
{
	struct metrics *m = p->o.metrics;

	m->polls_total += !v->pushed;
	m->polls_unchanged_total += v->poll.outcome == DESK_UNCHANGED;
	m->polls_failed_total += v->poll.outcome == DESK_FAILED;
	m->items_new_total += (int64_t)v->result.new_items;
	m->alerts_raised_total += (int64_t)v->result.alerts;
	m->alerts_corrected_total += (int64_t)v->result.corrected;
	m->alerts_withdrawn_total += (int64_t)v->result.withdrawn;
	metrics_merge(m->item_match_us, v->result.item_match_us);
	metrics_merge(m->publish_to_seen_ms, v->result.publish_to_seen_ms);
	if (v->pushed)
		return;
	m->last_poll = v->poll.fetched;
	metrics_observe_ms(m->poll_ms, clock_mono() - v->began_at);
}

static void poll_ingest_take_result(struct poll_visit *v)
{
	poll_ingest_count(v->feed->poller, v);
	poll_feed_update(v->feed, v);
	poll_log_stored(v);
}

enum poll_step poll_ingest_start(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	const struct schedule_plan plan = poll_ingest_plan(v);

	v->wait = plan.wait;
	v->poll.next_due = clock_wall() + v->wait;
	v->poll.interval = plan.interval;
	v->poll.interval_why = plan.why;
	v->poll.retry_after = v->retry_after > 0 ? v->retry_after : 0;
	v->poll.max_age = v->max_age > 0 ? v->max_age : 0;
	v->poll.slowness = v->feed->peer.doubt;
	v->poll.body_bytes = v->body_len;
	if (!v->pushed)
		poll_feed_set_plan(v);
	v->poll.moved_to = poll_address_moved_to(v);
	v->result = (struct desk_result){0};
	if (poll_quiet_take(v)) {
		poll_ingest_take_result(v);
		return POLL_STORED;
	}
	STAILQ_INSERT_TAIL(&p->held, v, held_link);
	poll_ingest_post_group(p);
	return POLL_PENDING;
}

/* --- on the loop thread: results --- */

static void poll_ingest_retry_later(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	const struct port_timer *port = &p->o.ports->timer;

	poll_disk_begin_wait(p, &v->error);
	STAILQ_INSERT_TAIL(&p->again, v, held_link);
	if (!p->held_timer)
		p->held_timer = port->start(port->ctx, POLL_DISK_RETRY, poll_ingest_on_timer, p);
}

/*
 * The disk is fine, but the desk cannot store this poll. A repetition would fail again, so it is
 * stored as a failure; if that is refused too, it is dropped.
 */
static void poll_ingest_reject(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	log_error("ingest-failed", LOG_S("feed", f->name), LOG_E(&v->error));
	if (v->pushed) {
		f->poller->step_ended(f->poller, v, poll_push_reject(v));
		return;
	}
	if (v->poll.outcome == DESK_FAILED) {
		poll_feed_count_failure(f, v);
		f->poller->step_ended(f->poller, v, POLL_STORED);
		return;
	}
	(void)poll_visit_fail(v, "the items could not be taken in: %s", v->error.text);
	(void)poll_ingest_start(v);
}

/* The links of the header come before those of the document (W3C WebSub §4). */
static void poll_ingest_note_hub(const struct poll_visit *v)
{
	const struct engine_parts *o = &v->feed->poller->o;
	const struct feed_batch *b = v->poll.batch;
	struct feed_hub hub = v->hub;

	if (v->poll.outcome != DESK_NEW_BODY || v->poll.cut || !b->complete || !v->feed->cf)
		return;
	if (!str_present(hub.hub)) {
		hub.hub = b->feed.hub;
		hub.self = str_present(hub.self) ? hub.self : b->feed.self;
	}
	if (!str_present(hub.hub) && b->partial)
		return; /* it need not repeat what the whole says */
	if (!str_present(hub.self))
		hub.self = str_present(b->feed.self) ? b->feed.self
						     : str_of(v->hops.urls[v->hops.n - 1]);
	o->hub(o->arg, v->feed->cf, &hub);
}

static void poll_ingest_accept(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	bool alerts = v->result.alerts + v->result.corrected + v->result.withdrawn > 0;

	poll_ingest_take_result(v);
	poll_disk_end_wait(p);
	poll_ingest_note_hub(v);
	p->step_ended(p, v, POLL_STORED);
	if (alerts)
		p->o.alerts(p->o.arg);
}

static void poll_ingest_settle(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	bool wait = err_passes(v->rc);

	if (v->rc == 0) {
		poll_ingest_accept(v);
	} else if (v->rc == -ERR_IO) {
		struct err e = v->error;

		p->step_ended(p, v, POLL_STORED);
		p->o.fatal(p->o.arg, &e);
	} else if (!p->running || (wait && p->o.once)) {
		if (p->running)
			poll_disk_begin_wait(p, &v->error);
		p->o.metrics->polls_total++;
		p->o.metrics->polls_failed_total++;
		p->step_ended(p, v, POLL_STORED);
	} else if (wait) {
		poll_ingest_retry_later(v);
	} else {
		poll_ingest_reject(v);
	}
}

static void poll_ingest_done(void *arg)
{
	struct poller *p = arg;

	for (size_t i = 0; i < p->n_group; i++)
		poll_ingest_settle(p->group[i]);
	p->job_out = false;
	if (p->marks_rc)
		marks_return(p->o.marks, &p->marks);
	else
		marks_end(&p->marks, 0, NULL);
	/* What must be repeated goes before what arrived since. */
	STAILQ_CONCAT(&p->again, &p->held);
	STAILQ_CONCAT(&p->held, &p->again);
	poll_ingest_post_group(p);
}

void poll_ingest_stop(struct poller *p)
{
	struct poll_visit *v;

	port_timer_stop(&p->o.ports->timer, &p->held_timer);
	while ((v = STAILQ_FIRST(&p->held)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->held, held_link);
		poll_feed_rest(v->feed, v->wait);
	}
}
