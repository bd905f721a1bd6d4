/* SPDX-License-Identifier: MIT */
/*
 * Slots for attempts. Each receiver may have one of the slots in courier.first, in which it queues
 * if none is free; its further attempts need one of courier.further, which they have at once or not
 * at all. So receivers that hang with all their places taken keep no other from its first attempt.
 */
#include "base/clock.h"
#include "delivery_queue.h"

void slots_wait(struct delivery_queue *q)
{
	enum lane lane = lanes_of_peer(&q->peer);

	q->waiting = true;
	TAILQ_INSERT_TAIL(&q->courier->waiting[lane], q, wait_link);
}

void slots_stop_waiting(struct delivery_queue *q)
{
	enum lane lane = lanes_of_peer(&q->peer);

	if (q->waiting)
		TAILQ_REMOVE(&q->courier->waiting[lane], q, wait_link);
	q->waiting = false;
}

/* The outbox may have changed while a queue was waiting, so it is asked again. */
void slots_admit(struct courier *c)
{
	struct delivery_queue *q;
	int64_t now = clock_mono();

	if (!c->running)
		return;
	for (enum lane lane = LANE_QUICK; lane < LANES; lane++) {
		while ((q = TAILQ_FIRST(&c->waiting[lane])) && lanes_admit(&c->first, lane, now)) {
			slots_stop_waiting(q);
			lanes_enter(&c->first, &q->peer, now);
			c->on_admitted(q);
			if (!q->ask.asked)
				lanes_cancel(&c->first, &q->peer);
		}
	}
}

void slots_release(struct delivery_queue *q)
{
	if (!q->peer.running)
		return;
	lanes_cancel(&q->courier->first, &q->peer);
	slots_admit(q->courier);
}

static bool slots_has_first(const struct delivery_queue *q)
{
	const struct attempt *a;

	TAILQ_FOREACH (a, &q->attempts, link)
		if (a->first && a->peer.running)
			return true;
	return false;
}

static bool slots_take_first(struct delivery_queue *q, struct attempt *a, int64_t now)
{
	struct courier *c = q->courier;
	enum lane lane = lanes_of_peer(&q->peer);

	if (!q->peer.running &&
		(!TAILQ_EMPTY(&c->waiting[lane]) || !lanes_admit(&c->first, lane, now)))
		return false;
	lanes_cancel(&c->first, &q->peer); /* what is measured begins now */
	a->first = true;
	a->peer.doubt = q->peer.doubt;
	lanes_enter(&c->first, &a->peer, now);
	return true;
}

bool slots_take(struct delivery_queue *q, struct attempt *a)
{
	struct lanes *further = &q->courier->further;
	int64_t now = clock_mono();

	a->peer.owner = q;
	if (!slots_has_first(q) && slots_take_first(q, a, now))
		return true;
	if (q->n_attempts == 0 || !lanes_admit(further, lanes_of_peer(&q->peer), now))
		return false;
	a->peer.doubt = q->peer.doubt;
	lanes_enter(further, &a->peer, now);
	return true;
}

static struct lanes *slots_of(const struct attempt *a)
{
	struct courier *c = a->queue->courier;

	return a->first ? &c->first : &c->further;
}

void slots_leave(struct attempt *a)
{
	struct lane_peer *known = &a->queue->peer;

	a->peer.doubt = known->doubt;
	lanes_leave(slots_of(a), &a->peer, clock_mono());
	known->doubt = a->peer.doubt;
	slots_admit(a->queue->courier);
}

void slots_cancel(struct attempt *a)
{
	lanes_cancel(slots_of(a), &a->peer);
}
