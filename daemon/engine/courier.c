/* SPDX-License-Identifier: MIT */
/* The delivery queues of all receivers: created, kept and removed as the configuration changes. */
#include "courier.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "delivery_queue.h"
#include "orphans.h"

#define COURIER_SLOTS	    ((size_t)512) /* attempts at once, and as many further ones */
#define COURIER_CACHE_BYTES ((size_t)8 * 1024 * 1024)

/* --- delivery queues --- */

static struct delivery_queue *courier_find_queue(const struct courier *c, struct str name)
{
	struct delivery_queue *q;

	HASH_FIND(hh, c->queues, name.p, name.n, q);
	return q;
}

/* An operator acted: a receiver in trouble is tried again at once. */
static void courier_reset_queue(struct delivery_queue *q)
{
	if (receiver_reset(&q->receiver))
		q->wait_to = clock_mono();
}

static void courier_apply_conf(struct courier *c)
{
	struct delivery_queue *q, *next;

	c->reload++;
	for (size_t i = 0; i < c->conf->n_notifies; i++) {
		const struct conf_notify *cn = &c->conf->notifies[i];

		q = courier_find_queue(c, str_of(cn->name));
		if (!q)
			q = queue_new(c, cn->name);
		if (!q) {
			parts_fail_nomem(&c->o); /* restart rather than run without a receiver */
			continue;
		}
		q->cn = cn;
		q->reload = c->reload;
		courier_reset_queue(q);
	}
	for (q = c->queues; q; q = next) {
		next = q->hh.next;
		if (q->reload == c->reload)
			continue;
		q->cn = NULL;
		if (!q->ask.asked && !q->ask.out && q->n_attempts == 0)
			queue_free(q);
	}
	orphans_check(&c->o, c->conf);
}

static void courier_on_queue_idle(struct courier *c)
{
	const struct delivery_queue *q;

	if (!c->finishing || !c->running)
		return;
	QUEUE_FOREACH (q, c) {
		if (!q->finished)
			return;
	}
	c->running = false;
	c->o.delivered(c->o.arg);
}

struct courier *courier_new(const struct engine_parts *o, struct conf *conf)
{
	struct courier *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->o = *o;
	c->conf = conf_ref(conf);
	c->on_queue_idle = courier_on_queue_idle;
	c->on_admitted = queue_poke;
	c->on_marking = queue_on_marking;
	c->o.marks->wake = courier_wake;
	c->o.marks->arg = c;
	c->cache = alert_cache_new(COURIER_CACHE_BYTES);
	STAILQ_INIT(&c->asking);
	STAILQ_INIT(&c->asked);
	STAILQ_INIT(&c->marking);
	lanes_init(&c->first, COURIER_SLOTS);
	lanes_init(&c->further, COURIER_SLOTS);
	for (int lane = 0; lane < LANES; lane++)
		TAILQ_INIT(&c->waiting[lane]);
	if (c->cache)
		return c;
	courier_free(c);
	return NULL;
}

void courier_start(struct courier *c)
{
	c->running = true;
	c->clock_offset = clock_wall() - clock_boot();
	courier_apply_conf(c);
	courier_poke(c);
}

void courier_reload(struct courier *c, struct conf *conf)
{
	struct conf *old = c->conf;

	if (!c->running || c->o.once)
		return;
	c->conf = conf_ref(conf);
	courier_apply_conf(c);
	conf_unref(old);
	courier_poke(c);
}

void courier_poke(struct courier *c)
{
	struct delivery_queue *q, *next;

	for (q = c->queues; q; q = next) {
		next = q->hh.next;
		queue_poke(q);
	}
}

bool courier_retry(struct courier *c, struct str notify)
{
	struct delivery_queue *q = courier_find_queue(c, notify);

	if (!q || !q->cn)
		return false;
	courier_reset_queue(q);
	queue_poke(q);
	return true;
}

size_t courier_sending(const struct courier *c, int64_t *ids, size_t max)
{
	const struct delivery_queue *q;
	const struct attempt *a;
	size_t n = 0;

	for (q = c->queues; q; q = q->hh.next)
		TAILQ_FOREACH (a, &q->attempts, link)
			if (n < max)
				ids[n++] = a->d.id;
	return n;
}

void courier_check_orphans(struct courier *c)
{
	if (c->running)
		orphans_check(&c->o, c->conf);
}

bool courier_idle(const struct courier *c)
{
	const struct delivery_queue *q;
	const struct attempt *a;

	if (c->job_out || !STAILQ_EMPTY(&c->asking))
		return false;
	QUEUE_FOREACH (q, c)
		TAILQ_FOREACH (a, &q->attempts, link)
			if (!a->peer.slow)
				return false;
	return true;
}

void courier_finish(struct courier *c)
{
	struct delivery_queue *q;

	c->finishing = true;
	QUEUE_FOREACH (q, c)
		q->finish_at = clock_wall();
	courier_poke(c);
	courier_on_queue_idle(c);
}

void courier_stop(struct courier *c)
{
	struct delivery_queue *q;

	c->running = false;
	STAILQ_INIT(&c->asking);
	QUEUE_FOREACH (q, c)
		queue_stop(q);
	port_timer_stop(&c->o.ports->timer, &c->disk_timer);
	port_timer_stop(&c->o.ports->timer, &c->post_timer);
	courier_post(c);
}

void courier_free(struct courier *c)
{
	if (!c)
		return;
	while (c->queues)
		queue_free(c->queues);
	port_timer_stop(&c->o.ports->timer, &c->disk_timer);
	port_timer_stop(&c->o.ports->timer, &c->post_timer);
	alert_cache_free(c->cache);
	conf_unref(c->conf);
	free(c);
}

void courier_set_gauges(const struct courier *c, struct metrics *out)
{
	const struct delivery_queue *q;
	const struct attempt *a;

	out->deliveries_sending = 0;
	QUEUE_FOREACH (q, c)
		TAILQ_FOREACH (a, &q->attempts, link)
			out->deliveries_sending +=
				a->state == ATTEMPT_READ || a->state == ATTEMPT_SENDING;
}
