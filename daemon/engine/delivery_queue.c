/* SPDX-License-Identifier: MIT */
/* The state machine of a delivery queue: outbox queries on the desk thread, timers and retries. */
#include "delivery_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "orphans.h"

#define QUEUE_ARENA_MAX ((size_t)4 * 1024 * 1024)
#define CLOCK_STEP_MIN	(2 * CLOCK_SECOND)

static void queue_stop_timer(struct delivery_queue *q)
{
	port_timer_stop(&q->courier->o.ports->timer, &q->timer);
}

struct delivery_queue *queue_new(struct courier *c, const char *name)
{
	size_t n = strlen(name);
	struct delivery_queue *q = calloc(1, sizeof(*q) + n + 1);

	if (!q)
		return NULL;
	q->arena = arena_new(QUEUE_ARENA_MAX);
	if (!q->arena) {
		free(q);
		return NULL;
	}
	memcpy(q->name, name, n + 1);
	q->courier = c;
	lanes_init_peer(&q->peer);
	q->wait_to = clock_mono();
	HASH_ADD(hh, c->by_name, name[0], n, q);
	if (!table_has(q)) {
		arena_free(q->arena);
		free(q);
		return NULL;
	}
	LIST_INSERT_HEAD(&c->queues, q, link);
	return q;
}

/* --- slots for attempts --- */

static void queue_post(struct delivery_queue *q, enum queue_state s);

static void queue_wait_for_slot(struct delivery_queue *q)
{
	enum lane lane = lanes_of_peer(&q->peer);

	q->waiting = true;
	TAILQ_INSERT_TAIL(&q->courier->waiting[lane], q, wait_link);
}

static void queue_stop_waiting(struct delivery_queue *q)
{
	enum lane lane = lanes_of_peer(&q->peer);

	if (q->waiting)
		TAILQ_REMOVE(&q->courier->waiting[lane], q, wait_link);
	q->waiting = false;
}

/*
 * After a slot became free. The outbox may have changed while a queue was waiting, so it is asked
 * again; the queue keeps the slot for its attempt.
 */
static void queue_admit_waiting(struct courier *c)
{
	struct delivery_queue *q;
	int64_t now = clock_mono();

	for (enum lane lane = LANE_QUICK; lane < LANES; lane++) {
		while ((q = TAILQ_FIRST(&c->waiting[lane])) && lanes_admit(&c->lanes, lane, now)) {
			queue_stop_waiting(q);
			lanes_enter(&c->lanes, &q->peer, now);
			queue_post(q, QUEUE_ASKING);
		}
	}
}

/* Gives up the slot, if it has one, and starts an attempt of another receiver. */
static void queue_leave_slot(struct delivery_queue *q)
{
	if (!q->peer.running)
		return;
	lanes_cancel(&q->courier->lanes, &q->peer);
	if (q->courier->running)
		queue_admit_waiting(q->courier);
}

static bool queue_take_slot(struct delivery_queue *q)
{
	struct lanes *l = &q->courier->lanes;
	enum lane lane = lanes_of_peer(&q->peer);
	int64_t now = clock_mono();

	if (!q->peer.running &&
		(!TAILQ_EMPTY(&q->courier->waiting[lane]) || !lanes_admit(l, lane, now)))
		return false;
	lanes_cancel(l, &q->peer); /* what is measured begins now */
	lanes_enter(l, &q->peer, now);
	return true;
}

void queue_free(struct delivery_queue *q)
{
	queue_stop_waiting(q);
	queue_leave_slot(q);
	queue_stop_timer(q);
	attempt_cancel(q);
	LIST_REMOVE(q, link);
	HASH_DEL(q->courier->by_name, q);
	arena_free(q->arena);
	free(q);
}

static void queue_on_timer(void *arg)
{
	struct delivery_queue *q = arg;

	q->timer = NULL;
	queue_poke(q);
}

/* Becomes IDLE and starts the timer for the next query. */
static void queue_set_timer(struct delivery_queue *q, int64_t wait)
{
	const struct port_timer *port = &q->courier->o.ports->timer;

	q->state = QUEUE_IDLE;
	queue_stop_timer(q);
	if (q->courier->running)
		q->timer = port->start(port->ctx, wait > 0 ? wait : 0, queue_on_timer, q);
}

/* --- the wall clock --- */

struct clock_step {
	int64_t ms, now;
	struct job job;
};

static void clock_step_run(void *arg, struct desk *desk, struct store *store)
{
	const struct clock_step *s = arg;
	struct err e;

	(void)desk;
	if (store_outbox_shift(store, s->ms, s->now, &e) != 0)
		log_warn("clock-step-failed", LOG_E(&e),
			LOG_S("state", "deliveries may be early or late"));
}

/*
 * The outbox stores wall times. When the clock is set, a job shifts those of waiting deliveries by
 * the same amount; it runs before any later query, so that none waits for years or is sent early.
 * A suspend shifts nothing: its time counts.
 */
static void queue_check_clock(struct courier *c)
{
	int64_t offset = clock_wall() - clock_boot();
	int64_t ms = offset - c->clock_offset;
	struct clock_step *s;

	if (ms > -CLOCK_STEP_MIN && ms < CLOCK_STEP_MIN)
		return;
	s = calloc(1, sizeof(*s));
	if (!s)
		return; /* out of memory: the next check retries */
	c->clock_offset = offset;
	log_notice("clock-stepped", LOG_I("s", ms / 1000));
	s->ms = ms;
	s->now = clock_wall();
	s->job = (struct job){.run = clock_step_run, .done = free, .arg = s};
	jobs_post(c->o.jobs, &s->job);
}

/* --- on the desk thread --- */

static int queue_store_result(struct delivery_queue *q, struct store *store)
{
	const struct store_delivery *d = &q->marked;
	int64_t now = clock_wall();
	int rc = store_begin(store, &q->error);

	if (rc != 0)
		return rc;
	if (q->counted)
		rc = store_delivery_update(
			store, d->id, d->state, d->next_at, now, d->answer, &q->error);
	else
		rc = store_delivery_defer(store, d->id, d->next_at, d->answer, &q->error);
	if (rc == 0 && str_present(d->served))
		rc = store_delivery_served(store, d->id, d->served, &q->error);
	if (rc == 0)
		rc = store_commit(store, &q->error);
	if (rc != 0)
		store_rollback(store);
	return rc;
}

static void queue_run_job(void *arg, struct desk *desk, struct store *store)
{
	struct delivery_queue *q = arg;
	struct str name = str_of(q->name);

	(void)desk;
	q->n_due = 0;
	q->next_at = STAMP_NONE;
	q->rc = 0;
	if (q->state == QUEUE_MARKING) {
		q->rc = queue_store_result(q, store);
		if (q->rc != 0)
			return;
		q->marked.id = 0;
	}
	arena_clear(q->arena); /* frees the answer, which is stored by now */
	q->rc = store_outbox_due(
		store, name, q->due_by, 1, q->arena, &q->due, &q->n_due, &q->error);
	if (q->rc == 0 && q->n_due == 0)
		q->rc = store_outbox_next(store, name, &q->next_at, &q->error);
}

/* --- back on the loop thread --- */

static void queue_finish(struct delivery_queue *q)
{
	q->finished = true;
	q->state = QUEUE_IDLE;
	q->courier->on_queue_idle(q->courier);
}

static void queue_wait_for_due(struct delivery_queue *q)
{
	int64_t wait = QUEUE_LOOK_AGAIN;

	q->recovered = false;
	if (q->courier->finishing) {
		queue_finish(q);
		return;
	}
	if (q->next_at != STAMP_NONE && q->next_at - clock_wall() < wait)
		wait = q->next_at - clock_wall();
	if (q->next_at != STAMP_NONE && q->next_at - clock_wall() > QUEUE_WAIT_MAX) {
		q->recovered = true;
		wait = 0;
	}
	queue_set_timer(q, wait);
}

/* Waits before a retry. With once the queue ends instead; deliveries stay in the outbox. */
static void queue_wait(struct delivery_queue *q, int64_t wait)
{
	if (q->courier->o.once && wait > CLOCK_SECOND)
		queue_finish(q);
	else
		queue_set_timer(q, wait);
}

/* Once for all queues that wait for the same disk, and for each if the run ends without them. */
static void queue_log_wait(struct delivery_queue *q)
{
	struct courier *c = q->courier;
	int64_t now = clock_mono();

	if (c->o.once || c->wait_logged_at == 0 || now - c->wait_logged_at > CLOCK_HOUR)
		log_warn("outbox-waits", LOG_S("notify", q->name), LOG_E(&q->error),
			LOG_S("state", "nothing is lost: its deliveries are sent later"));
	c->wait_logged_at = now;
}

static void queue_handle_error(struct delivery_queue *q)
{
	struct courier *c = q->courier;

	if (q->rc == -ERR_IO) {
		struct err e = q->error;

		c->o.fatal(c->o.arg, &e);
	} else if (err_passes(q->rc)) {
		queue_log_wait(q);
		if (q->error.cls == ERR_NOMEM)
			trouble_begin(
				c->o.troubles, TROUBLE_EXHAUSTED, STR_NONE, str_of(q->error.text));
		else if (q->marked.id != 0)
			trouble_begin(
				c->o.troubles, TROUBLE_DISK_FULL, STR_NONE, str_of(q->error.text));
		queue_wait(q, QUEUE_DISK_RETRY);
	} else {
		log_error("outbox-failed", LOG_S("notify", q->name), LOG_E(&q->error));
		q->marked.id = 0;
		queue_wait(q, QUEUE_LOOK_AGAIN);
	}
}

/* The wall time of the next attempt is taken after the check, so that no step shifts it. */
static void queue_on_attempt_done(struct delivery_queue *q)
{
	lanes_leave(&q->courier->lanes, &q->peer, clock_mono());
	queue_admit_waiting(q->courier);
	queue_check_clock(q->courier);
	q->marked.next_at = clock_wall() + q->next_wait;
	queue_post(q, QUEUE_MARKING);
}

static void queue_on_job_done(void *arg)
{
	struct delivery_queue *q = arg;
	struct courier *c = q->courier;
	int64_t now = clock_mono();
	bool again = q->again;

	q->again = false;
	q->state = QUEUE_IDLE;
	if (!q->cn && q->marked.id == 0) {
		queue_free(q);
		if (c->running) /* the last check counted the delivery that was in flight */
			orphans_check(&c->o, c->conf);
		c->on_queue_idle(c);
		return;
	}
	if (!c->running)
		return;
	if (q->rc != 0)
		queue_handle_error(q);
	else if (q->n_due > 0 && q->wait_to > now)
		queue_wait(q, q->wait_to - now);
	else if (q->n_due > 0 && queue_take_slot(q))
		attempt_start(q, queue_on_attempt_done);
	else if (q->n_due > 0)
		queue_wait_for_slot(q);
	else if (again)
		queue_poke(q);
	else
		queue_wait_for_due(q);
	if (q->state != QUEUE_SENDING)
		queue_leave_slot(q);
}

static void queue_post(struct delivery_queue *q, enum queue_state s)
{
	struct courier *c = q->courier;

	queue_check_clock(c);
	q->state = s;
	q->due_by = q->recovered ? INT64_MAX : c->finishing ? q->finish_at : clock_wall();
	q->job = (struct job){.run = queue_run_job, .done = queue_on_job_done, .arg = q};
	jobs_post(c->o.jobs, &q->job);
}

void queue_poke(struct delivery_queue *q)
{
	int64_t now = clock_mono();

	if (q->state != QUEUE_IDLE) {
		q->again = true;
		return;
	}
	if (!q->courier->running || q->finished || q->waiting)
		return;
	queue_stop_timer(q);
	if (q->marked.id != 0)
		queue_post(q, QUEUE_MARKING); /* retry: storing the result failed */
	else if (q->wait_to > now)
		queue_wait(q, q->wait_to - now);
	else
		queue_post(q, QUEUE_ASKING);
}

void queue_stop(struct delivery_queue *q)
{
	queue_stop_timer(q);
	queue_stop_waiting(q);
	queue_leave_slot(q);
	if (q->state == QUEUE_SENDING) {
		attempt_cancel(q);
		q->state = QUEUE_IDLE;
		q->marked.id = 0;
	}
}
