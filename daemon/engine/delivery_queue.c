/* SPDX-License-Identifier: MIT */
/* When a delivery queue asks the desk, and which attempts it begins. */
#include "delivery_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "orphans.h"

static void queue_on_answer(struct delivery_queue *q);

struct delivery_queue *queue_new(struct courier *c, const char *name)
{
	size_t n = strlen(name);
	struct delivery_queue *q = calloc(1, sizeof(*q) + n + 1);

	if (!q)
		return NULL;
	memcpy(q->name, name, n + 1);
	q->courier = c;
	q->width = 1;
	q->ask.queue = q;
	q->ask.answered = queue_on_answer;
	q->ask.name = str_slice(q->name, n);
	TAILQ_INIT(&q->attempts);
	TAILQ_INIT(&q->ask.found);
	lanes_init_peer(&q->peer);
	q->slowness = q->peer.doubt;
	q->wait_to = clock_mono();
	HASH_ADD(hh, c->queues, name[0], n, q);
	if (!table_has(q)) {
		free(q);
		return NULL;
	}
	return q;
}

static void queue_free_list(struct attempt_list *list)
{
	struct attempt *a;

	while ((a = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, a, link);
		attempt_free(a);
	}
}

/* Takes it out of its place, without storing anything. */
static void queue_drop_attempt(struct delivery_queue *q, struct attempt *a)
{
	TAILQ_REMOVE(&q->attempts, a, link);
	q->n_attempts--;
	q->n_marking -= a->state == ATTEMPT_MARKING;
	slots_cancel(a);
	attempt_free(a);
}

static void queue_cancel_secrets(struct delivery_queue *q)
{
	const struct port_secret *port = &q->courier->o.ports->secret;

	if (q->secret_op)
		port->cancel(port->ctx, q->secret_op);
	q->secret_op = NULL;
	conf_unref(q->group_conf);
	q->group_conf = NULL;
}

void queue_free(struct delivery_queue *q)
{
	struct attempt *a;

	slots_stop_waiting(q);
	queue_cancel_secrets(q);
	while ((a = TAILQ_FIRST(&q->attempts)))
		queue_drop_attempt(q, a);
	queue_free_list(&q->ask.found);
	slots_release(q);
	port_timer_stop(&q->courier->o.ports->timer, &q->timer);
	HASH_DEL(q->courier->queues, q);
	free(q);
}

bool queue_free_unused(struct delivery_queue *q)
{
	struct courier *c = q->courier;

	if (q->cn || q->ask.asked || q->ask.out || q->n_attempts)
		return false;
	queue_free(q);
	if (c->running) /* the last check counted the deliveries that were in flight */
		orphans_check(&c->o, c->conf);
	c->on_queue_idle(c);
	return true;
}

/* --- waiting --- */

static void queue_on_timer(void *arg)
{
	struct delivery_queue *q = arg;

	q->timer = NULL;
	queue_poke(q);
}

static void queue_set_timer(struct delivery_queue *q, int64_t wait)
{
	const struct port_timer *port = &q->courier->o.ports->timer;

	port_timer_stop(port, &q->timer);
	if (q->courier->running)
		q->timer = port->start(port->ctx, wait > 0 ? wait : 0, queue_on_timer, q);
}

static void queue_finish(struct delivery_queue *q)
{
	q->finished = true;
	q->courier->on_queue_idle(q->courier);
}

/* Waits before a retry. With once the queue ends instead; deliveries stay in the outbox. */
static void queue_wait(struct delivery_queue *q, int64_t wait)
{
	if (!q->courier->o.once || wait <= CLOCK_SECOND)
		queue_set_timer(q, wait);
	else if (q->n_attempts == 0)
		queue_finish(q);
}

static void queue_wait_for_due(struct delivery_queue *q)
{
	int64_t wait = QUEUE_LOOK_AGAIN, next = q->ask.next_at;

	if (q->n_attempts)
		return; /* what becomes of them may change it */
	q->any_time = false;
	if (q->courier->finishing) {
		queue_finish(q);
		return;
	}
	if (next != STAMP_NONE && next - clock_wall() < wait)
		wait = next - clock_wall();
	if (next != STAMP_NONE && next - clock_wall() > QUEUE_WAIT_MAX) {
		q->any_time = true;
		wait = 0;
	}
	queue_set_timer(q, wait);
}

/* --- asking --- */

static size_t queue_places(const struct delivery_queue *q)
{
	size_t window = sink_window(q->cn), places = q->width, taken;

	if (q->receiver.down || q->receiver.gone)
		places = 1;
	if (places > window)
		places = window;
	if (places > QUEUE_WINDOW_MAX)
		places = QUEUE_WINDOW_MAX;
	taken = q->n_attempts - q->n_marking;
	return places > taken ? places - taken : 0;
}

static void queue_fill_ask(struct delivery_queue *q, size_t places)
{
	const struct courier *c = q->courier;
	struct queue_ask *ask = &q->ask;
	const struct attempt *a;

	ask->places = places;
	ask->alone = !q->cn->type->people;
	ask->json = sink_type_of(q->cn)->sends_json;
	ask->avoid = *receiver_avoids(&q->receiver);
	ask->repeats = sink_type_of(q->cn)->repeat_ms > 0;
	ask->n_taken = 0;
	TAILQ_FOREACH (a, &q->attempts, link)
		if (a->state != ATTEMPT_MARKING)
			ask->taken[ask->n_taken++] = a->d.id;
	ask->due_by = q->any_time ? INT64_MAX : c->finishing ? q->finish_at : clock_wall();
}

/* Asks if there is a free place. */
static void queue_go_on(struct delivery_queue *q)
{
	int64_t now = clock_mono();
	size_t places;

	if (!q->courier->running || q->finished || q->waiting || q->ask.asked || q->ask.out ||
		!q->cn || q->secret_op)
		return;
	places = queue_places(q);
	if (places == 0 || q->empty)
		return;
	port_timer_stop(&q->courier->o.ports->timer, &q->timer);
	if (q->wait_to > now) {
		queue_wait(q, q->wait_to - now);
		return;
	}
	queue_fill_ask(q, places);
	courier_ask(q);
}

void queue_poke(struct delivery_queue *q)
{
	q->empty = false;
	q->again = q->ask.asked || q->ask.out;
	queue_go_on(q);
}

/* --- ending --- */

/* Its place is free. */
static void queue_on_stored(struct delivery_queue *q, struct attempt *a, bool stored)
{
	if (a->mark.state == STORE_PENDING || q->tied)
		q->empty = false;
	queue_drop_attempt(q, a);
	if (queue_free_unused(q))
		return;
	if (!stored)
		queue_wait(q, QUEUE_LOOK_AGAIN);
	else if (q->empty && q->n_attempts == 0)
		queue_wait_for_due(q);
	else
		queue_go_on(q);
}

static void queue_on_marked(struct mark *m, int rc, const struct err *e)
{
	struct attempt *a = m->arg;
	struct delivery_queue *q = a->queue;
	struct courier *c = q->courier;

	if (rc == 0 && str_present(m->notify))
		q->slowness = m->slowness;
	if (rc == -ERR_IO)
		c->o.fatal(c->o.arg, e);
	else if (rc && !err_passes(rc))
		log_error("outbox-failed", LOG_S("notify", q->name), LOG_E(e));
	queue_on_stored(q, a, rc == 0);
}

static void queue_on_ended(struct attempt *a)
{
	struct delivery_queue *q = a->queue;
	struct courier *c = q->courier;

	slots_leave(a);
	courier_check_clock(c);
	a->mark.id = a->d.id;
	if (q->peer.doubt != q->slowness) {
		a->mark.notify = q->ask.name;
		a->mark.slowness = q->peer.doubt;
	}
	a->mark.now = clock_wall();
	a->mark.next_at = a->mark.now + a->next_wait;
	a->mark.done = queue_on_marked;
	a->mark.arg = a;
	marks_add(c->o.marks, &a->mark);
	courier_post_soon(c);
}

void queue_on_marking(const struct mark_list *list, bool under_way)
{
	const struct mark *m;

	STAILQ_FOREACH (m, list, link) {
		struct attempt *a = m->arg;

		a->state = under_way ? ATTEMPT_MARKING : ATTEMPT_ENDED;
		if (under_way)
			a->queue->n_marking++;
		else
			a->queue->n_marking--;
	}
	STAILQ_FOREACH (m, list, link) {
		const struct attempt *a = m->arg;

		if (under_way)
			queue_go_on(a->queue);
	}
}

/* --- beginning --- */

static void queue_start_group(
	struct delivery_queue *q, const struct sink_secrets *secrets, const struct err *e)
{
	struct conf *conf = q->group_conf;
	struct attempt *a;

	q->group_conf = NULL;
	TAILQ_FOREACH (a, &q->attempts, link) {
		if (a->state != ATTEMPT_READ)
			continue;
		if (e)
			attempt_start_failed(a, conf, e);
		else
			attempt_start(a, conf, secrets);
	}
	conf_unref(conf);
}

static void queue_on_secrets(void *arg, const struct secrets *s, const struct err *e)
{
	struct delivery_queue *q = arg;

	q->secret_op = NULL;
	queue_start_group(q, s ? &s->shown : NULL, e);
	queue_go_on(q); /* there may be new deliveries since */
}

static void queue_read_secrets(struct delivery_queue *q)
{
	static const struct sink_secrets none;
	const struct port_secret *port = &q->courier->o.ports->secret;
	const char *names[SECRETS_MAX];
	size_t n = conf_notify_credentials(q->cn, names, SECRETS_MAX);
	struct err e;

	q->group_conf = conf_ref(q->courier->conf);
	if (n == 0) {
		queue_start_group(q, &none, NULL);
		return;
	}
	q->secret_op = port->start(port->ctx, q->group_conf, names, n, queue_on_secrets, q);
	if (q->secret_op)
		return;
	(void)err_nomem(&e);
	queue_start_group(q, NULL, &e);
}

/* Takes slots for what was found; what gets none is read again when an attempt has ended. */
static void queue_begin(struct delivery_queue *q)
{
	struct attempt *a;
	size_t n = 0;

	while ((a = TAILQ_FIRST(&q->ask.found)) && slots_take(q, a)) {
		TAILQ_REMOVE(&q->ask.found, a, link);
		TAILQ_INSERT_TAIL(&q->attempts, a, link);
		a->ended = queue_on_ended;
		a->probe = q->receiver.down || q->receiver.gone;
		q->n_attempts++;
		n++;
	}
	if (a)
		q->empty = q->tied = true;
	queue_free_list(&q->ask.found);
	if (n)
		queue_read_secrets(q);
	else if (q->n_attempts == 0)
		slots_wait(q);
}

/* Once for all queues that wait for the same disk, and for each if the run ends without them. */
static void queue_log_wait(struct delivery_queue *q, const struct err *e)
{
	struct courier *c = q->courier;
	int64_t now = clock_mono();

	if (c->o.once || c->wait_logged_at == 0 || now - c->wait_logged_at > CLOCK_HOUR)
		log_warn("outbox-waits", LOG_S("notify", q->name), LOG_E(e),
			LOG_S("state", "nothing is lost: its deliveries are sent later"));
	c->wait_logged_at = now;
}

static void queue_handle_error(struct delivery_queue *q)
{
	const struct queue_ask *ask = &q->ask;
	struct err e = ask->error;

	if (ask->rc == -ERR_IO) {
		q->courier->o.fatal(q->courier->o.arg, &e);
	} else if (err_passes(ask->rc)) {
		queue_log_wait(q, &e);
		if (e.cls == ERR_NOMEM)
			trouble_begin(q->courier->o.troubles, TROUBLE_EXHAUSTED, STR_NONE,
				str_of(e.text));
		queue_wait(q, QUEUE_DISK_RETRY);
	} else {
		log_error("outbox-failed", LOG_S("notify", q->name), LOG_E(&e));
		queue_wait(q, QUEUE_LOOK_AGAIN);
	}
}

/* With the first answer. */
static void queue_restore_slowness(struct delivery_queue *q)
{
	struct queue_ask *ask = &q->ask;

	if (ask->knows_slowness || ask->rc != 0)
		return;
	ask->knows_slowness = true;
	q->slowness = ask->slowness;
	lanes_restore_peer(&q->peer, ask->slowness);
}

static void queue_on_answer(struct delivery_queue *q)
{
	struct queue_ask *ask = &q->ask;
	bool again = q->again || ask->split;

	q->again = false;
	queue_restore_slowness(q);
	if (queue_free_unused(q))
		return;
	if (!q->courier->running || !q->cn) {
		queue_free_list(&ask->found);
		slots_release(q);
		return;
	}
	q->tied = ask->tied;
	q->empty = ask->rc == 0 && ask->n_found < ask->places && !again;
	if (ask->rc != 0)
		queue_handle_error(q);
	else if (ask->n_found > 0)
		queue_begin(q);
	else if (!again)
		queue_wait_for_due(q);
	slots_release(q);
	if (ask->rc == 0)
		queue_go_on(q);
}

void queue_stop(struct delivery_queue *q)
{
	struct attempt *a, *next;

	port_timer_stop(&q->courier->o.ports->timer, &q->timer);
	slots_stop_waiting(q);
	q->ask.asked = false;
	queue_cancel_secrets(q);
	for (a = TAILQ_FIRST(&q->attempts); a; a = next) {
		next = TAILQ_NEXT(a, link);
		if (a->state == ATTEMPT_READ || a->state == ATTEMPT_SENDING)
			queue_drop_attempt(q, a);
	}
	slots_release(q);
}
