/* SPDX-License-Identifier: MIT */
#include "release_job.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/acks.h"
#include "store/silences.h"

/* Also how soon a clock that was set, or what has expired, is noticed. */
#define RELEASE_LOOK_AGAIN CLOCK_MINUTE
#define RELEASE_RETRY	   (30 * CLOCK_SECOND)

static void release_job_post(struct release_job *r);

static void release_job_on_timer(void *arg)
{
	struct release_job *r = arg;

	r->timer = NULL;
	release_job_post(r);
}

static void release_job_wait(struct release_job *r, int64_t ms)
{
	const struct port_timer *port = &r->o.ports->timer;

	port_timer_stop(port, &r->timer);
	if (r->running && !r->o.once)
		r->timer = port->start(port->ctx, ms, release_job_on_timer, r);
}

static int release_job_end_silences(struct release_job *r, struct store *store, int64_t now)
{
	struct store_silence *v;
	int64_t next;
	size_t n;
	int rc;

	arena_clear(r->arena);
	rc = store_silences_over(store, now, r->arena, &v, &n, &next, &r->error);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		log_notice("silence-ended", LOG_I("silence", v[i].id), LOG_STR("watch", v[i].watch),
			LOG_STR("author", v[i].author), LOG_STR("why", v[i].why));
	if (next != STAMP_NONE && (r->done.next_at == STAMP_NONE || next < r->done.next_at))
		r->done.next_at = next;
	return 0;
}

static void release_job_run(void *arg, struct desk *desk, struct store *store)
{
	struct release_job *r = arg;
	int64_t now = r->now;

	r->done = (struct desk_released){.next_at = STAMP_NONE};
	r->rc = desk_escalate(desk, r->job_conf, now, &r->done, &r->error);
	if (!r->rc)
		r->rc = desk_announce_acks(desk, r->job_conf, now, &r->done, &r->error);
	if (!r->rc)
		r->rc = desk_release(desk, r->job_conf, now, &r->done, &r->error);
	if (!r->rc)
		r->rc = desk_fold_away(desk, r->job_conf, now, &r->done, &r->error);
	if (!r->rc)
		r->rc = desk_report(desk, r->job_conf, now, &r->done, &r->error);
	if (!r->rc)
		r->rc = release_job_end_silences(r, store, now);
	if (!r->rc)
		r->rc = store_asked_any(store, now, &r->asked, &r->error);
}

static void release_job_wait_for_next(struct release_job *r)
{
	int64_t wait = RELEASE_LOOK_AGAIN, now = clock_wall();

	if (r->done.next_at != STAMP_NONE && r->done.next_at - now < wait)
		wait = r->done.next_at - now;
	release_job_wait(r, wait > 0 ? wait : 0);
}

static void release_job_log(const struct release_job *r)
{
	const struct desk_released *done = &r->done;

	if (done->messages)
		log_info("released", LOG_I("messages", done->messages),
			LOG_I("alerts", done->alerts));
	if (done->escalated || done->escalations_ended)
		log_notice("escalated", LOG_I("alerts", done->escalated),
			LOG_I("ended", done->escalations_ended));
	if (done->folded || done->expired)
		log_notice("receiver-away", LOG_I("folded", done->folded),
			LOG_I("expired", done->expired));
}

static void release_job_done(void *arg)
{
	struct release_job *r = arg;
	bool again = r->again;

	conf_unref(r->job_conf);
	r->job_conf = NULL;
	r->again = false;
	if (!r->running)
		return;
	if (r->rc == -(int)ERR_IO) {
		struct err e = r->error;

		r->o.fatal(r->o.arg, &e);
		return;
	}
	if (r->rc) {
		log_debug("release-waits", LOG_E(&r->error));
		release_job_wait(r, RELEASE_RETRY);
		return;
	}
	release_job_log(r);
	r->o.asked(r->o.arg, r->asked);
	if (r->done.messages || r->done.folded || r->done.escalated || r->done.acknowledged)
		r->o.alerts(r->o.arg);
	if (again)
		release_job_post(r);
	else if (!r->job_conf)
		release_job_wait_for_next(r);
}

static void release_job_post(struct release_job *r)
{
	if (r->job_conf) {
		r->again = true;
		return;
	}
	port_timer_stop(&r->o.ports->timer, &r->timer);
	r->o.shift(r->o.arg);
	r->now = clock_wall();
	r->job_conf = conf_ref(r->conf);
	r->job = (struct job){.run = release_job_run, .done = release_job_done, .arg = r};
	jobs_post(r->o.jobs, &r->job);
}

static bool release_job_holds(const struct conf *c)
{
	for (size_t i = 0; i < c->n_notifies; i++) {
		const struct conf_notify *n = &c->notifies[i];

		if (n->quiet.given || n->digest.every || n->digest.daily.given || n->at_most.n)
			return true;
	}
	for (size_t i = 0; i < c->n_watches; i++)
		if (c->watches[i].at_most.n || c->watches[i].n_escalations)
			return true;
	return false;
}

void release_job_start(struct release_job *r)
{
	r->running = true;
	r->holds = release_job_holds(r->conf);
	release_job_post(r);
}

void release_job_reload(struct release_job *r, struct conf *conf)
{
	conf_unref(r->conf);
	r->conf = conf_ref(conf);
	r->holds = release_job_holds(conf);
	release_job_check(r);
}

void release_job_check(struct release_job *r)
{
	if (r->running)
		release_job_post(r);
}

void release_job_poke(struct release_job *r)
{
	if (r->running && r->holds)
		release_job_post(r);
}

void release_job_stop(struct release_job *r)
{
	r->running = false;
	port_timer_stop(&r->o.ports->timer, &r->timer);
}

void release_job_release(struct release_job *r)
{
	conf_unref(r->job_conf);
	conf_unref(r->conf);
	r->conf = r->job_conf = NULL;
	arena_free(r->arena);
	r->arena = NULL;
}
