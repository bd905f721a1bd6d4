/* SPDX-License-Identifier: MIT */
/*
 * Notices of acknowledgements, for the receivers that have the alert. The list stays open for some
 * minutes, since an attempt to send the alert may be under way while it is acknowledged.
 */
#include "desk/desk.h"

#include "base/clock.h"
#include "ingest.h"
#include "store/acks.h"
#include "store/outbox.h"

/* Longer than an attempt to send takes. */
#define ACKS_SETTLE (10 * CLOCK_MINUTE)

struct acks {
	struct desk *desk;
	const struct conf *conf;
	int64_t now;
	struct desk_released *out;
	struct err *e;
};

/* Fills *out, with strings in item_arena. */
static int acks_make_notice(
	struct acks *x, const struct store_ack_open *k, struct alert *out, struct alert_earlier *of)
{
	struct arena *arena = x->desk->item_arena;
	struct buf id;
	int64_t tie;
	int rc = store_alert_get(x->desk->store, k->alert, arena, out, &tie, x->e);

	if (rc)
		return rc;
	*of = (struct alert_earlier){out->id, out->title, out->created};
	out->kind = ALERT_ACKNOWLEDGED;
	out->created = k->at;
	out->of = of;
	out->by = k->by;
	out->digest = NULL;
	out->n_changes = 0;
	buf_init(&id, 64);
	alert_put_ack_id(of->id, &id);
	out->id = arena_str(arena, buf_str(&id));
	if (buf_failed(&id) || !out->id.p)
		rc = err_nomem(x->e);
	buf_release(&id);
	return rc;
}

static int acks_deliver(
	struct acks *x, const struct store_addition *add, const struct store_ack_receiver *r)
{
	const struct conf_notify *n = conf_find_notify(x->conf, r->notify);
	struct route_plan p;
	struct store_plan plan;

	/* What waits for it waits for a configuration that has it again. */
	if (!n)
		return 0;
	p = route_plan_ack(n, add->priority, r->group, r->held_to, x->now);
	plan = ingest_store_plan(&p);
	return store_delivery_add(x->desk->store, add, &plan, x->e);
}

static int acks_announce(struct acks *x, const struct store_ack_open *k,
	const struct store_ack_receiver *v, size_t n)
{
	struct store_addition add = {.alert = k->notice, .now = x->now, .tie = k->alert};
	struct alert_earlier of;
	struct alert a;
	const struct store_raise raise = {.alert = &a, .tie = k->alert};
	int rc = acks_make_notice(x, k, &a, &of);

	if (!rc && !k->notice)
		rc = store_alert_raise(x->desk->store, &raise, &add.alert, x->e);
	if (rc || !add.alert)
		return rc;
	add.id = a.id;
	add.priority = a.priority;
	for (size_t i = 0; !rc && i < n; i++)
		rc = acks_deliver(x, &add, &v[i]);
	x->out->acknowledged += n;
	return rc;
}

static int acks_look_at(struct acks *x, const struct store_ack_open *k)
{
	struct store_ack_receiver *v;
	int64_t settled = k->at + ACKS_SETTLE;
	size_t n;
	int rc;

	arena_clear(x->desk->item_arena);
	rc = store_ack_receivers(x->desk->store, k, x->desk->item_arena, &v, &n, x->e);
	if (rc || (!n && x->now < settled))
		return rc;
	if (!store_in_transaction(x->desk->store))
		rc = store_begin(x->desk->store, x->e);
	if (!rc && n)
		rc = acks_announce(x, k, v, n);
	if (!rc && x->now >= settled)
		rc = store_ack_close(x->desk->store, k->alert, x->e);
	return rc;
}

int desk_announce_acks(
	struct desk *d, const struct conf *c, int64_t now, struct desk_released *out, struct err *e)
{
	struct acks x = {.desk = d, .conf = c, .now = now, .out = out, .e = e};
	struct store_ack_open *v;
	size_t n;
	int rc;

	arena_clear(d->feed_arena);
	rc = store_acks_open(d->store, d->feed_arena, &v, &n, e);
	for (size_t i = 0; !rc && i < n; i++)
		rc = acks_look_at(&x, &v[i]);
	return store_in_transaction(d->store) ? store_end(d->store, rc, e) : rc;
}
