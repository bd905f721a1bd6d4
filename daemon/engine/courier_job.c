/* SPDX-License-Identifier: MIT */
/*
 * The courier's desk job: stores the results of all queues in one transaction, then reads what is
 * due for the queues that ask. One at a time: what comes during a job is for the next, so that
 * commits become fewer with load, and none waits while there is little.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "desk/desk.h"
#include "delivery_queue.h"
#include "store/outbox.h"

#define COURIER_GROUP 16 /* results that are enough for a commit */
#define CLOCK_MS_US   1000

/* --- on the desk thread --- */

static int courier_store_marks(struct courier *c, struct desk *desk, struct store *store)
{
	int rc;

	if (STAILQ_EMPTY(&c->marking))
		return 0;
	rc = store_begin(store, &c->mark_error);
	if (rc == 0)
		rc = marks_store(&c->marking, desk, store, &c->mark_error);
	return store_end(store, rc, &c->mark_error);
}

static bool courier_has_id(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Removes those that have an attempt; moves those to be avoided to the end. */
static size_t courier_choose(const struct queue_ask *ask, int64_t *ids, size_t n)
{
	int64_t avoided[RECEIVER_RING];
	size_t chosen = 0, n_avoided = 0;

	for (size_t i = 0; i < n; i++)
		if (courier_has_id(ask->avoid.id, ask->avoid.n, ids[i]))
			avoided[n_avoided++] = ids[i];
		else if (!courier_has_id(ask->taken, ask->n_taken, ids[i]))
			ids[chosen++] = ids[i];
	for (size_t i = 0; i < n_avoided; i++)
		if (!courier_has_id(ask->taken, ask->n_taken, avoided[i]))
			ids[chosen++] = avoided[i];
	return chosen;
}

static int courier_read_one(
	struct courier *c, struct store *store, struct queue_ask *ask, int64_t id, bool repeat)
{
	struct attempt *a = attempt_new();
	struct store_outgoing out = {.alert = 0};
	bool split;
	int rc;

	if (!a)
		return err_nomem(&ask->error);
	rc = store_delivery_get(store, id, a->arena, &out, &ask->error);
	if (rc == 0)
		rc = alert_cache_get(
			c->cache, store, out.alert, out.d.alert_id, &a->copy, &ask->error);
	/* One that escalates says more than that of the others. */
	if (rc == 0 && ask->json && !out.d.escalated)
		rc = alert_cache_document(c->cache, a->copy, &a->document, &ask->error);
	if (rc == 0 && a->copy->tie)
		rc = store_delivery_receipt(
			store, ask->name, a->copy->tie, a->arena, &a->receipt, &ask->error);
	split = rc == 0 && ask->alone && out.also.n_also > 0 &&
		a->copy->alert.kind != ALERT_ACKNOWLEDGED;
	if (rc || split) {
		ask->split = split ? out.alert : ask->split;
		attempt_free(a);
		return rc;
	}
	a->d = out.d;
	a->alert = a->copy->alert;
	a->alert.also = out.also.also;
	a->alert.n_also = out.also.n_also;
	a->alert.escalated = out.d.escalated;
	a->asks = out.asks;
	a->queue = ask->queue;
	a->repeat = repeat;
	TAILQ_INSERT_TAIL(&ask->found, a, link);
	ask->n_found++;
	return 0;
}

/* Reads what is to be sent again, if there are places left, and when the next one is. */
static int courier_answer_repeats(struct courier *c, struct store *store, struct queue_ask *ask)
{
	int64_t ids[2 * QUEUE_WINDOW_MAX], next = STAMP_NONE;
	size_t n = 0;
	int rc = store_repeat_ids(
		store, ask->name, ask->due_by, ids, ask->places + ask->n_taken, &n, &ask->error);

	for (size_t i = 0; i < n && rc == 0 && ask->n_found < ask->places; i++)
		if (!courier_has_id(ask->taken, ask->n_taken, ids[i]))
			rc = courier_read_one(c, store, ask, ids[i], true);
	if (rc == 0)
		rc = store_repeat_next(store, ask->name, ask->due_by, &next, &ask->error);
	if (next != STAMP_NONE && (ask->next_at == STAMP_NONE || next < ask->next_at))
		ask->next_at = next;
	return rc;
}

static int courier_answer(struct courier *c, struct store *store, struct queue_ask *ask)
{
	int64_t ids[2 * QUEUE_WINDOW_MAX + RECEIVER_RING];
	size_t n = 0;
	int rc = ask->knows_slowness
			 ? 0
			 : store_receiver_get(store, ask->name, &ask->slowness, &ask->error);

	if (rc == 0)
		rc = store_outbox_ids(store, ask->name, ask->due_by, ids,
			ask->places + ask->n_taken + ask->avoid.n, &n, &ask->error);

	n = courier_choose(ask, ids, n);
	for (size_t i = 0; i < n && rc == 0 && ask->n_found < ask->places && !ask->split; i++)
		rc = courier_read_one(c, store, ask, ids[i], false);
	if (rc == 0 && ask->n_found < ask->places)
		rc = store_outbox_has_tied(store, ask->name, ask->due_by, &ask->tied, &ask->error);
	if (rc == 0 && ask->n_found < ask->places)
		rc = store_outbox_next(store, ask->name, ask->due_by, &ask->next_at, &ask->error);
	if (rc == 0 && ask->n_found < ask->places && ask->repeats)
		rc = courier_answer_repeats(c, store, ask);
	/* What was read is sent; the rest is as due as before. */
	return ask->n_found > 0 ? 0 : rc;
}

/* The receiver was of a type for people when those alerts came, or they came from one that is. */
static void courier_split(struct store *store, struct queue_ask *ask)
{
	int rc = store_begin(store, &ask->error);

	if (rc == 0)
		rc = store_delivery_split(store, ask->split, ask->name, &ask->error);
	rc = store_end(store, rc, &ask->error);
	if (rc && ask->n_found == 0)
		ask->rc = rc;
}

/* What has an attempt now, or gets one. */
static void courier_note_flight(const struct queue_ask *ask, struct desk *desk)
{
	int64_t ids[2 * QUEUE_WINDOW_MAX];
	const struct attempt *a;
	size_t n = ask->n_taken;

	memcpy(ids, ask->taken, n * sizeof(*ids));
	TAILQ_FOREACH (a, &ask->found, link)
		ids[n++] = a->d.id;
	desk_set_in_flight(desk, ask->name, ids, n);
}

static void courier_job_run(void *arg, struct desk *desk, struct store *store)
{
	struct courier *c = arg;
	struct queue_ask *ask;
	struct err e;
	int rc;

	c->mark_rc = courier_store_marks(c, desk, store);
	if (STAILQ_EMPTY(&c->asked))
		return;
	/* One snapshot for all of them, which saves locks. */
	rc = c->mark_rc ? c->mark_rc : store_begin(store, &e);
	STAILQ_FOREACH (ask, &c->asked, link) {
		ask->rc = rc;
		ask->error = c->mark_rc ? c->mark_error : e;
		if (rc == 0)
			ask->rc = courier_answer(c, store, ask);
		courier_note_flight(ask, desk);
	}
	if (c->mark_rc == 0)
		store_rollback(store);
	STAILQ_FOREACH (ask, &c->asked, link)
		if (ask->split && ask->rc == 0)
			courier_split(store, ask);
}

/* --- back on the loop thread --- */

static void courier_on_disk_timer(void *arg)
{
	struct courier *c = arg;

	c->disk_timer = NULL;
	courier_post(c);
}

static void courier_retry_marks(struct courier *c, const struct err *e)
{
	const struct port_timer *port = &c->o.ports->timer;

	trouble_begin(c->o.troubles, e->cls == ERR_NOMEM ? TROUBLE_EXHAUSTED : TROUBLE_DISK_FULL,
		STR_NONE, str_of(e->text));
	if (!c->disk_timer && c->running)
		c->disk_timer = port->start(port->ctx, QUEUE_DISK_RETRY, courier_on_disk_timer, c);
}

static void courier_job_done(void *arg)
{
	struct courier *c = arg;
	struct queue_ask_list asked = STAILQ_HEAD_INITIALIZER(asked);
	struct mark_list marking = STAILQ_HEAD_INITIALIZER(marking);
	struct queue_ask *ask;

	STAILQ_CONCAT(&asked, &c->asked);
	STAILQ_CONCAT(&marking, &c->marking);
	if (err_passes(c->mark_rc) && c->running && !STAILQ_EMPTY(&marking)) {
		courier_retry_marks(c, &c->mark_error);
		c->on_marking(&marking, false);
		marks_return(c->o.marks, &marking);
	} else {
		marks_end(&marking, c->mark_rc, &c->mark_error);
	}
	while ((ask = STAILQ_FIRST(&asked))) {
		STAILQ_REMOVE_HEAD(&asked, link);
		ask->out = false;
		ask->answered(ask->queue);
	}
	c->job_out = false;
	c->job_us += (clock_mono_us() - c->posted_us - c->job_us) / 4;
	if (c->running)
		courier_post_soon(c);
	else
		courier_post(c);
}

/* --- posting --- */

static void courier_prepare_asks(struct courier *c)
{
	struct queue_ask *ask;

	STAILQ_CONCAT(&c->asked, &c->asking);
	STAILQ_FOREACH (ask, &c->asked, link) {
		ask->asked = false;
		ask->out = true;
		ask->n_found = 0;
		ask->tied = false;
		ask->split = 0;
		ask->next_at = STAMP_NONE;
	}
}

void courier_post(struct courier *c)
{
	bool marks = c->o.marks->n > 0 && !c->disk_timer;

	if (c->job_out || (!marks && STAILQ_EMPTY(&c->asking)))
		return;
	port_timer_stop(&c->o.ports->timer, &c->post_timer);
	courier_check_clock(c);
	c->job_out = true;
	if (marks) {
		marks_take(c->o.marks, &c->marking);
		c->on_marking(&c->marking, true);
	}
	courier_prepare_asks(c);
	c->mark_rc = 0;
	c->posted_us = clock_mono_us();
	c->job = (struct job){.run = courier_job_run, .done = courier_job_done, .arg = c};
	jobs_post(c->o.jobs, &c->job);
}

/* An answer is expected in much less time than a job takes. */
static bool courier_expects_answer(const struct courier *c, int64_t now_us)
{
	const struct delivery_queue *q;
	const struct attempt *a;

	QUEUE_FOREACH (q, c) {
		if (q->answer_us * 2 >= c->job_us)
			continue;
		TAILQ_FOREACH (a, &q->attempts, link)
			if (a->state == ATTEMPT_SENDING &&
				now_us - a->sent_us < q->answer_us * 4 + 100)
				return true;
	}
	return false;
}

/*
 * A commit that waits for the disk costs more than to wait for the last answers of a window, so
 * that all its results are in one. Never longer than half of a job, and not at all if nothing is
 * expected.
 */
static int64_t courier_post_delay(const struct courier *c)
{
	if (!STAILQ_EMPTY(&c->asking) || c->o.marks->n >= COURIER_GROUP ||
		!courier_expects_answer(c, clock_mono_us()))
		return 0;
	return c->job_us / 2 / CLOCK_MS_US + 1;
}

static void courier_on_post_timer(void *arg)
{
	struct courier *c = arg;

	c->post_timer = NULL;
	courier_post(c);
}

void courier_post_soon(struct courier *c)
{
	const struct port_timer *port = &c->o.ports->timer;
	int64_t delay;

	if (c->job_out || !c->running || (c->post_timer && !c->post_waits) ||
		(c->o.marks->n == 0 && STAILQ_EMPTY(&c->asking)))
		return;
	delay = courier_post_delay(c);
	if (c->post_timer && delay > 0)
		return;
	port_timer_stop(port, &c->post_timer);
	c->post_waits = delay > 0;
	c->post_timer = port->start(port->ctx, delay, courier_on_post_timer, c);
}

void courier_wake(void *courier)
{
	struct courier *c = courier;

	if (c->running)
		courier_post_soon(c);
	else
		courier_post(c);
}

void courier_ask(struct delivery_queue *q)
{
	struct courier *c = q->courier;

	q->ask.asked = true;
	STAILQ_INSERT_TAIL(&c->asking, &q->ask, link);
	courier_post_soon(c);
}
