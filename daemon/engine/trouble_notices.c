/* SPDX-License-Identifier: MIT */
#include "trouble_notices.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/troubles.h"

#define STORE_RETRY (30 * CLOCK_SECOND)
#define LOOK_PAUSE  CLOCK_SECOND
#define DESK_SLOW   CLOCK_MINUTE
#define STEP_TOLD   256 /* troubles that are remembered in one callback */

static void trouble_notices_on_timer(void *arg);
static void trouble_notices_on_stored(void *arg);

static void trouble_notices_set_timer(struct trouble_notices *n)
{
	const struct port_timer *port = &n->o.ports->timer;
	int64_t at = troubles_next(n->troubles), now = clock_mono();

	if (!n->loaded)
		return; /* the end of the first job sets the timer */
	if (at < n->looked_at + LOOK_PAUSE)
		at = n->looked_at + LOOK_PAUSE;
	port_timer_stop(port, &n->timer);
	if (n->running && at != INT64_MAX)
		n->timer = port->start(
			port->ctx, at > now ? at - now : 0, trouble_notices_on_timer, n);
}

static void trouble_notices_wake(void *arg)
{
	trouble_notices_set_timer(arg);
}

static void trouble_notices_log_one(const struct trouble_notice *t, const struct trouble *one)
{
	const struct trouble_row *row = &trouble_rows[t->kind];
	struct log_field fields[5];
	size_t n = 0;

	fields[n++] = LOG_S("kind", row->name);
	if (str_present(one->subject))
		fields[n++] = LOG_STR("subject", one->subject);
	if (str_present(one->detail) && !t->ended)
		fields[n++] = LOG_STR("detail", one->detail);
	if (!t->ended)
		fields[n++] = LOG_S("advice", row->advice);
	fields[n] = LOG_END_;
	log_write(LOG_LEVEL_NOTICE, t->ended ? "trouble-ended" : "trouble-began", fields);
}

static void trouble_notices_log(const struct trouble_notice *t)
{
	const struct trouble_row *row = &trouble_rows[t->kind];
	const char *event = t->ended ? "trouble-ended" : "trouble-began";

	for (size_t i = 0; i < t->n && i < TROUBLE_NAMED_MAX; i++)
		trouble_notices_log_one(t, &t->v[i]);
	if (t->n > TROUBLE_NAMED_MAX)
		log_notice(
			event, LOG_S("kind", row->name), LOG_I("more", t->n - TROUBLE_NAMED_MAX));
}

static bool trouble_notices_has_subject(
	void *arg, const struct trouble_row *row, struct str subject)
{
	const struct conf *conf = arg;

	switch (row->of) {
	case TROUBLE_OF_NONE:
	case TROUBLE_OF_OTHER: break;
	case TROUBLE_OF_FEED: return conf_find_feed(conf, subject) != NULL;
	case TROUBLE_OF_WATCH: return conf_find_watch(conf, subject) != NULL;
	case TROUBLE_OF_RECEIVER: return conf_find_notify(conf, subject) != NULL;
	}
	return true;
}

/* --- directly, while the store takes nothing --- */

static void trouble_notices_on_sent(void *arg, const struct test_message_result *r)
{
	struct trouble_copy *copy = arg;
	const struct trouble_notices *n = copy->of->owner;
	const struct err *e = r->error;

	copy->in_flight = false;
	copy->sent = r->verdict && r->verdict->kind == SINK_DELIVERED;
	if (!copy->sent && n->running)
		log_warn("trouble-not-sent", LOG_STR("notify", copy->receiver),
			LOG_STR("reason", r->verdict ? r->verdict->answer : str_of(e->text)));
	trouble_job_unref(copy->of);
}

static void trouble_notices_send_copy(struct trouble_notices *n, struct trouble_copy *copy)
{
	const struct test_message_sender by = {
		.ports = n->o.ports,
		.conf = n->conf,
		.hostname = n->o.hostname,
		.pid = n->o.pid,
		.alert = &copy->alert,
	};
	const struct conf_notify *cn = conf_find_notify(n->conf, copy->receiver);

	if (!cn || copy->sent || copy->in_flight)
		return;
	if (!test_message_start(&n->direct, &by, cn, trouble_notices_on_sent, copy))
		return;
	copy->in_flight = true;
	copy->of->refs++;
}

static void trouble_notices_send(struct trouble_notices *n, struct trouble_job *j)
{
	for (size_t i = 0; i < j->n_copies; i++)
		trouble_notices_send_copy(n, &j->copies[i]);
}

static void trouble_notices_on_slow(void *arg)
{
	struct trouble_notices *n = arg;
	struct trouble_job *j;

	n->slow = NULL;
	n->stuck = true;
	STAILQ_FOREACH (j, &n->jobs, next)
		trouble_notices_send(n, j);
}

/* --- what is stored --- */

static void trouble_notices_post(struct trouble_notices *n)
{
	const struct port_timer *port = &n->o.ports->timer;
	struct trouble_job *j = STAILQ_FIRST(&n->jobs);

	if (!j || n->job_out || n->retry)
		return;
	n->job_out = true;
	if (n->running)
		n->slow = port->start(port->ctx, DESK_SLOW, trouble_notices_on_slow, n);
	jobs_post(n->o.jobs, &j->job);
}

static void trouble_notices_add(struct trouble_notices *n, struct trouble_job *j)
{
	j->owner = n;
	j->job.done = trouble_notices_on_stored;
	STAILQ_INSERT_TAIL(&n->jobs, j, next);
	if (n->retry || n->stuck)
		trouble_notices_send(n, j);
	trouble_notices_post(n);
}

static void trouble_notices_end_job(struct trouble_notices *n)
{
	struct trouble_job *j = STAILQ_FIRST(&n->jobs);

	STAILQ_REMOVE_HEAD(&n->jobs, next);
	trouble_job_unref(j);
	n->job_out = false;
	n->loaded = true;
	trouble_notices_set_timer(n);
	if (n->running)
		trouble_notices_post(n);
}

/* What its block was removed for is over. */
static void trouble_notices_remember(struct trouble_notices *n, const struct store_trouble *t)
{
	enum trouble_kind kind = trouble_kind_of(t->kind);

	if (kind == TROUBLE_KINDS)
		return;
	trouble_remember(n->troubles, kind, t->subject, t->since, t->detail);
	if (!trouble_notices_has_subject(n->conf, &trouble_rows[kind], t->subject))
		trouble_end(n->troubles, kind, t->subject);
}

/* There may be one of each feed. */
static void trouble_notices_on_step(void *arg)
{
	struct trouble_notices *n = arg;
	const struct port_timer *port = &n->o.ports->timer;
	const struct trouble_job *j = STAILQ_FIRST(&n->jobs);
	size_t end = n->remembered + STEP_TOLD;

	n->step = NULL;
	for (; n->remembered < j->n_told && n->remembered < end; n->remembered++)
		trouble_notices_remember(n, &j->told[n->remembered]);
	if (n->remembered < j->n_told)
		n->step = port->start(port->ctx, 0, trouble_notices_on_step, n);
	else
		trouble_notices_end_job(n);
}

static void trouble_notices_on_retry(void *arg)
{
	struct trouble_notices *n = arg;

	n->retry = NULL;
	trouble_notices_post(n);
}

static void trouble_notices_on_stored(void *arg)
{
	struct trouble_job *j = arg;
	struct trouble_notices *n = j->owner;
	const struct port_timer *port = &n->o.ports->timer;

	port_timer_stop(port, &n->slow);
	n->stuck = false;
	if (err_passes(j->rc) && n->running) {
		n->job_out = false;
		trouble_notices_send(n, j);
		n->retry = port->start(port->ctx, STORE_RETRY, trouble_notices_on_retry, n);
		return;
	}
	if (j->rc) {
		log_warn("trouble-not-stored", LOG_E(&j->error));
	} else if (j->n == 0 && n->running) {
		trouble_notices_on_step(n);
		return;
	} else if (j->n_copies && n->running) {
		n->o.alerts(n->o.arg);
	}
	trouble_notices_end_job(n);
}

/* --- what is due --- */

static void trouble_notices_on_timer(void *arg)
{
	struct trouble_notices *n = arg;
	struct trouble_notice notice = {.now = clock_wall(), .hostname = n->o.hostname};
	struct trouble_job *j;
	struct trouble *v;

	n->timer = NULL;
	n->looked_at = clock_mono();
	notice.n = troubles_take(n->troubles, &notice.kind, &notice.ended, &v);
	notice.v = v;
	if (notice.n > 0) {
		trouble_notices_log(&notice);
		j = trouble_job_new_notice(&notice, n->conf);
		if (j)
			trouble_notices_add(n, j);
		else
			log_warn("trouble-not-stored", LOG_S("reason", "out of memory"));
	}
	free(v);
	trouble_notices_set_timer(n);
}

/* --- life --- */

struct troubles *trouble_notices_init(
	struct trouble_notices *n, const struct engine_parts *o, struct conf *conf)
{
	*n = (struct trouble_notices){.o = *o, .conf = conf_ref(conf)};
	STAILQ_INIT(&n->jobs);
	LIST_INIT(&n->direct);
	n->troubles = troubles_new(trouble_notices_wake, n);
	return n->troubles;
}

void trouble_notices_start(struct trouble_notices *n)
{
	struct trouble_job *j = trouble_job_new();

	n->running = !n->o.once;
	if (j)
		trouble_notices_add(n, j);
	else
		parts_fail_nomem(&n->o);
}

void trouble_notices_reload(struct trouble_notices *n, struct conf *conf)
{
	conf_unref(n->conf);
	n->conf = conf_ref(conf);
	/* Those of feeds end as the poller removes the feeds. */
	troubles_prune(n->troubles, TROUBLE_OF_WATCH, trouble_notices_has_subject, conf);
	troubles_prune(n->troubles, TROUBLE_OF_RECEIVER, trouble_notices_has_subject, conf);
}

void trouble_notices_stop(struct trouble_notices *n)
{
	n->running = false;
	port_timer_stop(&n->o.ports->timer, &n->timer);
	port_timer_stop(&n->o.ports->timer, &n->retry);
	port_timer_stop(&n->o.ports->timer, &n->slow);
	port_timer_stop(&n->o.ports->timer, &n->step);
	test_message_stop(&n->direct, "nightdesk is stopping");
}

void trouble_notices_release(struct trouble_notices *n)
{
	struct trouble_job *j;

	while ((j = STAILQ_FIRST(&n->jobs))) {
		STAILQ_REMOVE_HEAD(&n->jobs, next);
		trouble_job_unref(j);
	}
	troubles_free(n->troubles);
	conf_unref(n->conf);
	n->troubles = NULL;
	n->conf = NULL;
}
