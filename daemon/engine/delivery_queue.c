/* SPDX-License-Identifier: MIT */
/* ASKING and MARKING: the lane's questions to the outbox, and when to ask again. */
#include "delivery_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define LANE_ARENA_MAX ((size_t)4 * 1024 * 1024)

static int64_t at_most(int64_t v, int64_t max)
{
	return v < max ? v : max;
}

static void stop_timer(struct lane *l)
{
	const struct port_timer *port = &l->courier->o.ports->timer;

	if (l->timer)
		port->cancel(port->ctx, l->timer);
	l->timer = NULL;
}

struct lane *lane_new(struct courier *c, const struct conf_notify *cn)
{
	size_t n = strlen(cn->name);
	struct lane *l = calloc(1, sizeof(*l) + n + 1);

	if (!l)
		return NULL;
	l->arena = arena_new(LANE_ARENA_MAX);
	if (!l->arena) {
		free(l);
		return NULL;
	}
	memcpy(l->name, cn->name, n + 1);
	l->courier = c;
	l->cn = cn;
	l->wait_to = clock_mono();
	LIST_INSERT_HEAD(&c->lanes, l, link);
	return l;
}

void lane_free(struct lane *l)
{
	stop_timer(l);
	lane_send_cancel(l);
	LIST_REMOVE(l, link);
	arena_free(l->arena);
	free(l);
}

static void on_timer(void *arg)
{
	struct lane *l = arg;

	l->timer = NULL;
	lane_poke(l);
}

/* IDLE: looks again after that */
static void look_again(struct lane *l, int64_t wait)
{
	const struct port_timer *port = &l->courier->o.ports->timer;

	l->state = LANE_IDLE;
	stop_timer(l);
	if (l->courier->running)
		l->timer = port->start(port->ctx, wait > 0 ? wait : 0, on_timer, l);
}

/* --- on the desk thread --- */

static int mark(struct lane *l, struct store *store)
{
	const struct store_delivery *d = &l->marked;
	int64_t now = clock_wall();
	int rc = store_begin(store, &l->error);

	if (rc != 0)
		return rc;
	if (l->counted)
		rc = store_delivery_update(
			store, d->id, d->state, d->next_at, now, d->answer, &l->error);
	else
		rc = store_delivery_defer(store, d->id, d->next_at, d->answer, &l->error);
	if (rc == 0 && str_present(d->served))
		rc = store_delivery_served(store, d->id, d->served, &l->error);
	if (rc == 0)
		rc = store_commit(store, &l->error);
	if (rc != 0)
		store_rollback(store);
	return rc;
}

static void on_run(void *arg, struct desk *desk, struct store *store)
{
	struct lane *l = arg;
	struct str name = str_of(l->name);

	(void)desk;
	l->n_due = 0;
	l->next_at = STAMP_NONE;
	l->rc = 0;
	if (l->state == LANE_MARKING) {
		l->rc = mark(l, store);
		if (l->rc != 0)
			return;
		l->marked.id = 0;
	}
	arena_clear(l->arena); /* the answer that was marked lived in it */
	l->rc = store_outbox_due(
		store, name, l->due_by, 1, l->arena, &l->due, &l->n_due, &l->error);
	if (l->rc == 0 && l->n_due == 0)
		l->rc = store_outbox_next(store, name, &l->next_at, &l->error);
}

/* --- back on the loop thread --- */

static void nothing_due(struct lane *l)
{
	int64_t wait = LANE_LOOK_AGAIN;

	l->recovered = false;
	if (l->courier->finishing) {
		l->finished = true;
		l->state = LANE_IDLE;
		courier_lane_rests(l->courier);
		return;
	}
	if (l->next_at != STAMP_NONE && l->next_at - clock_wall() > LANE_WAIT_MAX) {
		l->recovered = true;
		wait = 0;
	} else if (l->next_at != STAMP_NONE) {
		wait = at_most(wait, l->next_at - clock_wall());
	}
	look_again(l, wait);
}

/* With once nobody waits: what cannot go now stays in the outbox for the next run. */
static void must_wait(struct lane *l, int64_t wait)
{
	if (l->courier->o.once && wait > CLOCK_SECOND) {
		l->finished = true;
		l->state = LANE_IDLE;
		courier_lane_rests(l->courier);
		return;
	}
	look_again(l, wait);
}

static void failed(struct lane *l)
{
	struct courier *c = l->courier;

	if (l->rc == -ERR_IO) {
		struct err e = l->error;

		c->o.fatal(c->o.arg, &e);
	} else if (l->rc == -ERR_TEMP || l->rc == -ERR_NOMEM) {
		log_debug("outbox-waits", LOG_S("notify", l->name), LOG_E(&l->error));
		must_wait(l, LANE_DISK_RETRY);
	} else {
		log_error("outbox-failed", LOG_S("notify", l->name), LOG_E(&l->error));
		l->marked.id = 0;
		must_wait(l, LANE_LOOK_AGAIN);
	}
}

static void on_done(void *arg)
{
	struct lane *l = arg;
	struct courier *c = l->courier;
	int64_t now = clock_mono();
	bool again = l->again;

	l->again = false;
	l->state = LANE_IDLE;
	if (!l->cn && l->marked.id == 0) {
		lane_free(l);
		courier_lane_rests(c);
		return;
	}
	if (!c->running)
		return;
	if (l->rc != 0)
		failed(l);
	else if (l->n_due > 0 && l->wait_to > now)
		must_wait(l, l->wait_to - now);
	else if (l->n_due > 0)
		lane_send(l);
	else if (again)
		lane_poke(l);
	else
		nothing_due(l);
}

void lane_post(struct lane *l, enum lane_state s)
{
	struct courier *c = l->courier;

	courier_look_at_clock(c);
	l->state = s;
	l->due_by = l->recovered ? INT64_MAX : c->finishing ? l->finish_at : clock_wall();
	l->job = (struct job){.run = on_run, .done = on_done, .arg = l};
	jobs_post(c->o.jobs, &l->job);
}

void lane_poke(struct lane *l)
{
	int64_t now = clock_mono();

	if (l->state != LANE_IDLE) {
		l->again = true;
		return;
	}
	if (!l->courier->running || l->finished)
		return;
	stop_timer(l);
	if (l->marked.id != 0)
		lane_post(l, LANE_MARKING); /* the disk did not take it the last time */
	else if (l->wait_to > now)
		must_wait(l, l->wait_to - now);
	else
		lane_post(l, LANE_ASKING);
}

void lane_stop(struct lane *l)
{
	stop_timer(l);
	if (l->state == LANE_SENDING) {
		lane_send_cancel(l);
		l->state = LANE_IDLE;
		l->marked.id = 0;
	}
}
