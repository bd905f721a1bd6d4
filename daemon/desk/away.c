/* SPDX-License-Identifier: MIT */
/*
 * What waits longer than `expire` for a receiver in trouble becomes one message, which waits on and
 * grows: each time a new one replaces it, of all its alerts and of those that have expired since.
 * It has a new id, since an attempt of the earlier one may have arrived.
 */
#include "desk/desk.h"

#include "base/clock.h"
#include "gather.h"
#include "ingest.h"
#include "store/held.h"

#define AWAY_GROWS (10 * CLOCK_MINUTE) /* at most so often */

struct away {
	struct desk *desk;
	const struct conf_notify *notify;
	int64_t since; /* the receiver takes nothing; later than now: the clock was set */
	int64_t now;
	struct gather digest;
	struct desk_released *out;
	struct err *e;
};

static int away_on_alert(void *ctx, const struct alert *a)
{
	struct away *w = ctx;

	return gather_add(&w->digest, a, w->e);
}

/* Makes one message of what is held in the group. */
static int away_raise(struct away *w)
{
	const struct store_plan plan = {.notify = str_of(w->notify->name),
		.state = STORE_PENDING,
		.due_at = w->now,
		.group = STORE_AWAY_GROUP};
	const struct store_held_choice held = {plan.notify, STORE_AWAY_GROUP, INT64_MAX};
	struct store *store = w->desk->store;
	struct alert a;
	struct store_raise raise = {.alert = &a, .plans = &plan, .n_plans = 1};
	int64_t row = 0;
	int rc = gather_init(&w->digest, ALERT_WHY_AWAY, w->desk->item_arena, w->e);

	if (!rc)
		rc = store_held_each(store, &held, away_on_alert, w, w->e);
	if (!rc)
		rc = gather_finish(&w->digest, plan.notify, w->notify->hours, w->now, &a, w->e);
	if (!rc)
		rc = store_alert_raise(store, &raise, &row, w->e);
	if (!rc && !row) /* restored from a backup, and delivered since */
		return store_held_send(store, &held, w->now, w->e);
	return rc ? rc : store_held_fold(store, &held, row, w->now, w->e);
}

/* In a transaction. *worth: something is to be kept. */
static int away_fold(struct away *w, const struct store_away *old, bool *worth)
{
	struct str notify = str_of(w->notify->name);
	int64_t before = w->now - w->notify->expire.after;
	struct store *store = w->desk->store;
	size_t n;
	int rc;

	*worth = true;
	if (w->notify->expire.drop) {
		rc = store_away_expire(store, notify, before, w->now, &n, w->e);
		w->out->expired += n;
		return rc;
	}
	rc = store_away_hold(store, notify, before, &n, w->e);
	/* One alert alone waits on as itself. */
	*worth = n > 1 || (n == 1 && old->row);
	if (rc || !*worth)
		return rc;
	w->out->folded += n;
	if (old->row)
		rc = store_away_reopen(store, notify, old->row, w->e);
	return rc ? rc : away_raise(w);
}

static int away_look_at(struct away *w)
{
	struct store *store = w->desk->store;
	struct store_away old;
	bool worth = false;
	int rc;

	if (w->since <= w->now && w->now - w->since < w->notify->expire.after)
		return 0;
	rc = store_away_find(store, str_of(w->notify->name), &old, w->e);
	if (rc || (old.row && old.created <= w->now && w->now - old.created < AWAY_GROWS))
		return rc;
	/* The new one may have its delivery id: the answer would be taken for that of the new one.
	 */
	if (old.row && flight_has(&w->desk->flight, old.id))
		return 0;
	arena_clear(w->desk->item_arena);
	rc = store_begin(store, w->e);
	if (!rc)
		rc = away_fold(w, &old, &worth);
	if (rc || worth)
		return store_in_transaction(store) ? store_end(store, rc, w->e) : rc;
	store_rollback(store);
	return 0;
}

int desk_fold_away(
	struct desk *d, const struct conf *c, int64_t now, struct desk_released *out, struct err *e)
{
	struct away w = {.desk = d, .now = now, .out = out, .e = e};
	struct store_away_receiver *receivers;
	size_t n;
	int rc;

	arena_clear(d->feed_arena);
	rc = store_away_receivers(d->store, d->feed_arena, &receivers, &n, e);
	for (size_t i = 0; !rc && i < n; i++) {
		w.notify = conf_find_notify(c, receivers[i].name);
		w.since = receivers[i].since;
		if (w.notify)
			rc = away_look_at(&w);
	}
	return rc;
}
