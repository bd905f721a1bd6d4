/* SPDX-License-Identifier: MIT */
#include "trouble_notices.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "trouble_job.h"

#define STORE_RETRY (30 * CLOCK_SECOND)

static void trouble_notices_on_timer(void *arg);
static void trouble_notices_on_stored(void *arg);

static void trouble_notices_set_timer(struct trouble_notices *n)
{
	const struct port_timer *port = &n->o.ports->timer;
	int64_t at = troubles_next(n->troubles), now = clock_mono();

	if (n->job)
		return; /* its end sets the timer */
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

/* --- what is stored --- */

static void trouble_notices_post(struct trouble_notices *n, struct trouble_job *j)
{
	n->job = j;
	n->job_out = true;
	j->owner = n;
	j->job.done = trouble_notices_on_stored;
	jobs_post(n->o.jobs, &j->job);
}

static void trouble_notices_remember(struct trouble_notices *n, const struct trouble_job *j)
{
	for (size_t i = 0; i < j->n_told; i++) {
		const struct store_trouble *t = &j->told[i];
		enum trouble_kind kind = trouble_kind_of(t->kind);

		if (kind != TROUBLE_KINDS)
			trouble_remember(n->troubles, kind, t->subject, t->since, t->detail);
	}
	troubles_prune(n->troubles, trouble_notices_has_subject, n->conf);
}

/* A disk that is full holds the notice; what it could not read is told again. */
static void trouble_notices_on_stored(void *arg)
{
	struct trouble_job *j = arg;
	struct trouble_notices *n = j->owner;

	n->job_out = false;
	if (j->rc == -(int)ERR_TEMP && n->running) {
		n->timer = n->o.ports->timer.start(
			n->o.ports->timer.ctx, STORE_RETRY, trouble_notices_on_timer, n);
		return;
	}
	if (j->rc)
		log_warn("trouble-not-stored", LOG_E(&j->error));
	else if (j->n == 0)
		trouble_notices_remember(n, j);
	else if (j->n_copies && n->running)
		n->o.alerts(n->o.arg);
	n->job = NULL;
	trouble_job_free(j);
	trouble_notices_set_timer(n);
}

/* --- what is due --- */

/* Returns whether a notice was due. */
static bool trouble_notices_take(struct trouble_notices *n)
{
	struct trouble_notice notice = {.now = clock_wall(), .hostname = n->o.hostname};
	struct trouble_job *j = NULL;
	struct trouble *v;

	notice.n = troubles_take(n->troubles, &notice.kind, &notice.ended, &v);
	notice.v = v;
	if (notice.n > 0) {
		trouble_notices_log(&notice);
		j = trouble_job_new_notice(&notice, n->conf);
		if (j)
			trouble_notices_post(n, j);
		else
			log_warn("trouble-not-stored", LOG_S("reason", "out of memory"));
	}
	free(v);
	return j != NULL;
}

static void trouble_notices_on_timer(void *arg)
{
	struct trouble_notices *n = arg;

	n->timer = NULL;
	if (n->job)
		trouble_notices_post(n, n->job);
	else if (!trouble_notices_take(n))
		trouble_notices_set_timer(n);
}

/* --- life --- */

struct troubles *trouble_notices_init(
	struct trouble_notices *n, const struct engine_parts *o, struct conf *conf)
{
	*n = (struct trouble_notices){.o = *o, .conf = conf_ref(conf)};
	n->troubles = troubles_new(trouble_notices_wake, n);
	return n->troubles;
}

void trouble_notices_start(struct trouble_notices *n)
{
	struct trouble_job *j = trouble_job_new();

	n->running = !n->o.once;
	if (j)
		trouble_notices_post(n, j);
	else
		parts_fail_nomem(&n->o);
}

void trouble_notices_reload(struct trouble_notices *n, struct conf *conf)
{
	conf_unref(n->conf);
	n->conf = conf_ref(conf);
	troubles_prune(n->troubles, trouble_notices_has_subject, conf);
}

void trouble_notices_stop(struct trouble_notices *n)
{
	n->running = false;
	port_timer_stop(&n->o.ports->timer, &n->timer);
}

void trouble_notices_release(struct trouble_notices *n)
{
	trouble_job_free(n->job);
	troubles_free(n->troubles);
	conf_unref(n->conf);
	n->job = NULL;
	n->troubles = NULL;
	n->conf = NULL;
}
