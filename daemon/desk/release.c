/* SPDX-License-Identifier: MIT */
/*
 * Held deliveries that are due: one alert alone is sent as itself, several become one digest. All
 * groups of a receiver that are due together are one message.
 */
#include "desk/desk.h"

#include "base/clock.h"
#include "gather.h"
#include "ingest.h"
#include "store/held.h"
#include "store/silences.h"

struct release {
	struct desk *desk;
	const struct conf *conf;
	const struct conf_notify *notify;
	int64_t now;
	struct store_held_choice due; /* of the receiver */
	enum alert_why why;	      /* of the message */
	struct gather digest;
	int64_t row; /* of the message */
	struct desk_released *out;
	struct err *e;
};

/* ALERT_WHYS: a group of another version. */
static enum alert_why release_why_of(struct str group)
{
	enum alert_why why = ALERT_WHY_FLOOD;

	while (why < ALERT_WHYS && !str_is(group, alert_why_words[why]))
		why++;
	return why;
}

/* --- the message --- */

static int release_on_alert(void *ctx, const struct alert *a)
{
	struct release *r = ctx;

	return gather_add(&r->digest, a, r->e);
}

static int release_raise_digest(struct release *r)
{
	const struct store_plan plan = {
		.notify = str_of(r->notify->name), .state = STORE_PENDING, .due_at = r->now};
	struct store *store = r->desk->store;
	struct alert a;
	struct store_raise raise = {.alert = &a, .plans = &plan, .n_plans = 1};
	int rc = gather_finish(&r->digest, plan.notify, r->notify->hours, r->now, &a, r->e);

	if (!rc)
		rc = store_alert_raise(store, &raise, &r->row, r->e);
	if (!rc && r->row)
		return store_held_join(store, &r->due, r->row, r->e);
	/* A digest of that id was restored from a backup: these were not in it. */
	return rc ? rc : store_held_send(store, &r->due, r->now, r->e);
}

static int release_digest(struct release *r)
{
	int rc;

	arena_clear(r->desk->item_arena);
	rc = gather_init(&r->digest, r->why, r->desk->item_arena, r->e);
	if (!rc)
		rc = store_held_each(r->desk->store, &r->due, release_on_alert, r, r->e);
	if (!rc)
		rc = release_raise_digest(r);
	r->out->alerts += r->digest.n;
	return rc;
}

static void release_note_next(struct release *r, int64_t at)
{
	if (r->out->next_at == STAMP_NONE || at < r->out->next_at)
		r->out->next_at = at;
}

/* Sends what is due, in a transaction, unless the limit of the receiver does not allow it yet. */
static int release_due(struct release *r)
{
	const struct store_pace pace = {.notify = r->due.notify,
		.n = r->notify->at_most.n,
		.within = r->notify->at_most.within};
	struct store *store = r->desk->store;
	int64_t free_at = STAMP_NONE;
	struct store_held_sum sum;
	int rc = store_held_sum(store, &r->due, &sum, r->e);

	if (rc || !sum.n)
		return rc;
	if (pace.n && sum.rank != ALERT_FLASH)
		rc = store_pace_free(store, &pace, r->now, &free_at, r->e);
	if (!rc && free_at > r->now) {
		release_note_next(r, free_at);
		return store_held_put_off(store, &r->due, free_at, r->e);
	}
	r->row = sum.alert;
	r->out->messages++;
	r->out->alerts += sum.n == 1;
	if (!rc)
		rc = sum.n > 1 ? release_digest(r) : store_held_send(store, &r->due, r->now, r->e);
	return rc || !pace.n || !r->row ? rc : store_pace_add(store, &pace, r->row, r->now, r->e);
}

/* --- what is due --- */

static struct store_hours release_hours_of(const struct release *r, const struct conf_notify *n)
{
	return (struct store_hours){.notify = str_of(n->name),
		.passes = n->quiet_passes,
		.until = route_quiet_end(&n->quiet, r->now)};
}

/* What waits for a receiver, because it failed, does not arrive in its quiet hours. */
static int release_keep_hours(struct release *r)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < r->conf->n_notifies; i++) {
		const struct conf_notify *n = &r->conf->notifies[i];
		const struct store_hours h = release_hours_of(r, n);
		size_t passed = 0;

		if (h.until > r->now)
			rc = store_hours_apply(r->desk->store, &h, r->now, &passed, r->e);
		else if (n->quiet.given)
			release_note_next(
				r, route_next_daily(n->quiet.zone, n->quiet.from, r->now));
		r->out->messages += passed;
		r->out->alerts += passed;
	}
	return rc;
}

/* Sets *due if the group is; else notes when it will be. */
static int release_check_group(struct release *r, const struct store_held *g, bool *due)
{
	enum alert_why why = release_why_of(g->group);
	int64_t at = route_release_at(r->conf, r->notify, why, g->due_at, r->now);

	if (at > r->now) {
		release_note_next(r, at);
	} else {
		*due = true;
		if (why != ALERT_WHYS && why > r->why)
			r->why = why;
		at = g->due_at < r->now ? g->due_at : r->now;
	}
	return at == g->due_at ? 0 : store_held_move(r->desk->store, g, at, r->e);
}

/* The groups of one receiver. */
static int release_receiver(struct release *r, const struct store_held *v, size_t n)
{
	struct store *store = r->desk->store;
	struct store_hours hours;
	bool due = false;
	int rc = 0;

	r->notify = conf_find_notify(r->conf, v->notify);
	r->due = (struct store_held_choice){.notify = v->notify, .due_by = r->now};
	r->why = ALERT_WHY_DIGEST;
	for (size_t i = 0; !rc && r->notify && i < n; i++)
		rc = release_check_group(r, &v[i], &due);
	if (!rc && due && !store_in_transaction(store))
		rc = store_begin(store, r->e);
	if (rc || !due)
		return rc;
	hours = release_hours_of(r, r->notify);
	if (hours.until > r->now) {
		release_note_next(r, hours.until);
		rc = store_hours_put_off(store, &hours, r->now, r->e);
	}
	if (!rc)
		rc = store_silence_put_off(store, v->notify, r->now, r->e);
	return rc ? rc : release_due(r);
}

/* Silences may have been added or ended since. */
static int release_read_groups(struct release *r, struct store_held **v, size_t *n)
{
	struct desk *d = r->desk;
	bool moved = false;
	int rc;

	arena_clear(d->feed_arena);
	rc = store_held_groups(d->store, d->feed_arena, v, n, r->e);
	for (size_t i = 0; !rc && i < *n; i++)
		if (str_eq((*v)[i].group, STORE_SILENCE_GROUP)) {
			rc = store_silence_move(d->store, (*v)[i].notify, r->now, r->e);
			moved = true;
		}
	return rc || !moved ? rc : store_held_groups(d->store, d->feed_arena, v, n, r->e);
}

int desk_release(
	struct desk *d, const struct conf *c, int64_t now, struct desk_released *out, struct err *e)
{
	struct release r = {.desk = d, .conf = c, .now = now, .out = out, .e = e};
	struct store_held *v;
	size_t n;
	int rc;

	rc = release_keep_hours(&r);
	if (!rc)
		rc = release_read_groups(&r, &v, &n);
	for (size_t from = 0, to; !rc && from < n; from = to) {
		for (to = from; to < n && str_eq(v[to].notify, v[from].notify);)
			to++;
		rc = release_receiver(&r, &v[from], to - from);
	}
	return store_in_transaction(d->store) ? store_end(d->store, rc, e) : rc;
}
