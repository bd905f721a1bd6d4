/* SPDX-License-Identifier: MIT */
/*
 * INGESTING: the poll goes to the desk, and what the desk stored is remembered here.
 *
 * One job at a time; what arrives while it is out waits in poller.held and goes with the next one,
 * as a group in one transaction. So the desk commits once for each poll when there is little to do,
 * and once for many when there is much. A group that fails is taken in poll by poll.
 *
 * When the disk is full no new fetch starts, and the oldest poll alone is tried every half minute
 * until the desk takes it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "polling.h"

/* --- on the desk thread --- */

static int take_group(struct poller *p, struct desk *desk, struct store *store)
{
	bool news = false;
	struct err e;
	int rc;

	for (size_t i = 0; i < p->n_group; i++)
		news |= p->group[i]->poll.outcome == DESK_NEW_BODY;
	rc = news ? store_begin(store, &e) : store_begin_relaxed(store, &e);
	for (size_t i = 0; i < p->n_group && rc == 0; i++) {
		struct poll_visit *v = p->group[i];

		rc = desk_ingest(desk, v->conf, &v->poll, &v->result, &e);
		v->rc = 0;
	}
	if (rc == 0)
		rc = store_commit(store, &e);
	if (rc != 0)
		store_rollback(store);
	return rc;
}

/* Once the store fails it fails for the others too; they are not tried. */
static void take_each(struct poller *p, struct desk *desk)
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
		v->rc = desk_ingest(desk, v->conf, &v->poll, &v->result, &v->error);
		if (v->rc == -ERR_TEMP || v->rc == -ERR_NOMEM || v->rc == -ERR_IO)
			bad = v;
	}
}

static void on_run(void *arg, struct desk *desk, struct store *store)
{
	struct poller *p = arg;

	if (p->n_group > 1 && take_group(p, desk, store) == 0)
		return;
	take_each(p, desk);
}

/* --- back on the loop thread --- */

static void set_text(char **field, struct str text)
{
	free(*field);
	*field = str_present(text) ? strndup(text.p, text.n) : NULL;
}

static void remember_validators(struct poll_feed *f, const struct poll_visit *v)
{
	set_text(&f->etag, v->poll.etag);
	set_text(&f->last_modified, v->poll.last_modified);
}

static void remember_body(struct poll_feed *f, const struct poll_visit *v)
{
	const struct feed_batch *b = v->poll.batch;

	f->ttl = b->feed.ttl_ms;
	f->skip_hours = b->feed.skip_hours;
	f->skip_days = b->feed.skip_days;
	if (!b->complete)
		return;
	remember_validators(f, v);
	f->body_hash = v->poll.body_hash;
	if (!v->conditional)
		f->full_at = clock_mono() + rng_jitter(f->poller->o.rng, POLL_FULL_EVERY, 10);
}

static void remember_move(struct poll_feed *f, struct str to)
{
	if (!str_present(to) || !f->moved_to || !str_is(to, f->moved_to)) {
		set_text(&f->moved_to, to);
		f->moved_seen = 0;
	}
	if (!f->moved_to || f->moved_seen >= POLL_MOVED_AFTER)
		return;
	if (++f->moved_seen == POLL_MOVED_AFTER)
		log_notice("feed-moved", LOG_S("feed", f->name), LOG_URL("to", f->moved_to),
			LOG_S("advice", "change its url; until then the new one is polled"));
}

static void count_failure(struct poll_feed *f, const struct poll_visit *v)
{
	if (f->failures++ == 0)
		f->poller->failing++;
	/* The new address does not work (any more): the configured one may lead elsewhere now. */
	if (v->from_moved && f->failures >= POLL_MOVED_AFTER)
		f->moved_seen = 0;
}

/* The desk has it: the feed's memory follows what is stored. */
static void remember(struct poll_feed *f, const struct poll_visit *v)
{
	if (f->generation != v->generation)
		return;
	if (v->poll.outcome == DESK_FAILED) {
		count_failure(f, v);
		return;
	}
	if (f->failures > 0)
		f->poller->failing--;
	f->failures = 0;
	if (v->poll.outcome == DESK_NEW_BODY)
		remember_body(f, v);
	else if (str_present(v->poll.etag) || str_present(v->poll.last_modified))
		remember_validators(f, v);
	remember_move(f, v->poll.moved_to);
}

static void tell(struct poll_feed *f, const struct poll_visit *v)
{
	poll_tell_overruns(v);
	if (v->result.unmatched > 0)
		log_warn("items-not-matched", LOG_S("feed", f->name),
			LOG_I("items", v->result.unmatched),
			LOG_S("state", "kept, but too large to be matched: they may lack alerts"));
	if (v->result.alerts > 0)
		log_info("alert-raised", LOG_S("feed", f->name), LOG_I("alerts", v->result.alerts),
			LOG_I("new", v->result.new_items));
	log_debug("polled", LOG_S("feed", f->name), LOG_I("items", v->result.items),
		LOG_I("new", v->result.new_items), LOG_I("next_s", v->wait / 1000));
	if (v->poll.outcome == DESK_FAILED)
		poll_tell_trouble(f, "poll-failed", v->poll.error, v->wait);
	else if (v->poll.outcome == DESK_NEW_BODY && !v->poll.batch->complete)
		poll_tell_trouble(f, "poll-incomplete",
			STR("the document breaks off before its end; its whole items were taken"),
			v->wait);
	else
		poll_tell_well(f);
}

static void count(struct poller *p, const struct poll_visit *v)
{
	struct metrics *m = p->o.metrics;

	m->polls_total++;
	m->polls_unchanged_total += v->poll.outcome == DESK_UNCHANGED;
	m->polls_failed_total += v->poll.outcome == DESK_FAILED;
	m->items_new_total += (int64_t)v->result.new_items;
	m->alerts_raised_total += (int64_t)v->result.alerts;
	m->last_poll = v->poll.fetched;
}

static void on_done(void *arg);

/*
 * What came is looked at by the newest watches, though its fetch began before they were read: it
 * is known from now on, and would never be told by them. And the desk makes and learns much anew
 * whenever it is given another configuration than the last time. A feed that was taken away, or has
 * another url, is known to the old one alone.
 */
static void take_newest(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;
	struct conf *old = v->conf, *newest = f->poller->conf;

	if (!f->cf || f->generation != v->generation || old == newest)
		return;
	v->conf = conf_ref(newest);
	v->cf = f->cf;
	conf_unref(old);
}

/* Hands the next group over, if the desk has none of ours. */
static void hand_over(struct poller *p)
{
	size_t max = p->disk_full ? 1 : POLL_GROUP_MAX;
	struct poll_visit *v;

	if (p->job_out || p->held_timer || STAILQ_EMPTY(&p->held))
		return;
	p->n_group = 0;
	while (p->n_group < max && (v = STAILQ_FIRST(&p->held)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->held, held_link);
		take_newest(v);
		p->group[p->n_group++] = v;
	}
	p->job_out = true;
	p->job = (struct job){.run = on_run, .done = on_done, .arg = p};
	jobs_post(p->o.jobs, &p->job);
}

static void on_held_timer(void *arg)
{
	struct poller *p = arg;

	p->held_timer = NULL;
	hand_over(p);
}

static void disk_is_full(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	const struct port_timer *port = &p->o.ports->timer;

	if (!p->disk_full)
		log_error("store-full", LOG_E(&v->error),
			LOG_S("advice", "nothing is lost; polling goes on when it can be written"));
	p->disk_full = true;
	STAILQ_INSERT_TAIL(&p->again, v, held_link);
	if (!p->held_timer)
		p->held_timer = port->start(port->ctx, POLL_DISK_RETRY, on_held_timer, p);
}

static void disk_is_well(struct poller *p)
{
	if (!p->disk_full)
		return;
	p->disk_full = false;
	log_notice("store-recovered", LOG_S("state", "polling goes on"));
}

/* Neither full nor broken: the desk cannot take this very poll. It must not come for ever. */
static void refused(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	log_error("ingest-failed", LOG_S("feed", f->name), LOG_E(&v->error));
	if (v->poll.outcome == DESK_FAILED) {
		count_failure(f, v);
		poll_rest(f, v->wait);
	} else {
		poll_fail(v, "the items could not be taken in: %s", v->error.text);
	}
}

static void taken(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;
	struct poller *p = f->poller;
	bool alerts = v->result.alerts > 0;

	count(p, v);
	remember(f, v);
	tell(f, v);
	disk_is_well(p);
	poll_rest(f, v->wait);
	if (alerts)
		p->o.alerts(p->o.arg);
}

static void settle(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	bool wait = v->rc == -ERR_TEMP || v->rc == -ERR_NOMEM;

	if (v->rc == 0) {
		taken(v);
	} else if (v->rc == -ERR_IO) {
		struct err e = v->error;

		poll_rest(v->feed, v->wait);
		p->o.fatal(p->o.arg, &e);
	} else if (!p->running || (wait && p->o.once)) {
		p->o.metrics->polls_total++;
		p->o.metrics->polls_failed_total++;
		poll_rest(v->feed, v->wait);
	} else if (wait) {
		disk_is_full(v);
	} else {
		refused(v);
	}
}

static void on_done(void *arg)
{
	struct poller *p = arg;

	for (size_t i = 0; i < p->n_group; i++)
		settle(p->group[i]);
	p->job_out = false;
	/* What must wait goes before what came meanwhile. */
	STAILQ_CONCAT(&p->again, &p->held);
	STAILQ_CONCAT(&p->held, &p->again);
	hand_over(p);
	poll_poke(p);
}

/* The permanent address that this good poll speaks for. */
static struct str moved_to(const struct poll_visit *v)
{
	if (v->poll.outcome == DESK_FAILED || (v->hops.n_permanent == 0 && !v->from_moved))
		return STR_NONE;
	return str_of(v->hops.urls[v->hops.n_permanent]);
}

static int64_t next_wait(const struct poll_visit *v)
{
	const struct poll_feed *f = v->feed;
	const struct feed_info *info = v->poll.batch ? &v->poll.batch->feed : NULL;
	bool failed = v->poll.outcome == DESK_FAILED;
	struct schedule_poll s = {
		.now = clock_wall(),
		.every = f->cf ? f->cf->every : v->cf->every,
		.force = f->cf ? f->cf->force : v->cf->force,
		.failed = failed,
		.failures = failed ? f->failures + 1 : 0,
		.gone = v->poll.gone,
		.retry_after = v->retry_after,
		.max_age = v->max_age,
		.ttl = info ? info->ttl_ms : f->ttl,
		.skip_hours = info ? info->skip_hours : f->skip_hours,
		.skip_days = info ? info->skip_days : f->skip_days,
	};

	return schedule_next_poll(&s, f->poller->o.rng);
}

void poll_ingest(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;

	poll_set_state(v->feed, POLL_INGESTING);
	v->wait = next_wait(v);
	v->poll.next_due = clock_wall() + v->wait;
	v->poll.moved_to = moved_to(v);
	v->result = (struct desk_result){0};
	STAILQ_INSERT_TAIL(&p->held, v, held_link);
	hand_over(p);
}

void poll_fail(struct poll_visit *v, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	struct str copy;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	copy = arena_str(v->arena, str_of(text));
	feed_batch_free(v->batch);
	v->batch = NULL;
	v->poll.batch = NULL;
	v->poll.outcome = DESK_FAILED;
	v->poll.error = str_present(copy) ? copy : STR("out of memory");
	poll_ingest(v);
}

void poll_ingest_stop(struct poller *p)
{
	struct poll_visit *v;

	if (p->held_timer)
		p->o.ports->timer.cancel(p->o.ports->timer.ctx, p->held_timer);
	p->held_timer = NULL;
	while ((v = STAILQ_FIRST(&p->held)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->held, held_link);
		poll_rest(v->feed, v->wait);
	}
}
