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

struct release {
	struct desk *desk;
	const struct conf_notify *notify;
	int64_t now;
	struct store_held_choice choice; /* the groups that are due */
	size_t n_groups;
	enum alert_why why; /* of the message */
	struct gather digest;
	int64_t row; /* of the last alert */
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

static int release_on_alert(void *ctx, const struct alert *a, int64_t row, size_t parts)
{
	struct release *r = ctx;

	r->row = row;
	return gather_add(&r->digest, a, parts, r->e);
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
		return store_held_join(store, &r->choice, r->row, r->e);
	/* A digest of that id was restored from a backup: these were not in it. */
	return rc ? rc : store_held_send(store, &r->choice, r->now, r->e);
}

static int release_message(struct release *r)
{
	struct store *store = r->desk->store;
	const struct store_pace pace = {.notify = r->choice.notify,
		.n = r->notify->at_most.n,
		.within = r->notify->at_most.within};
	int rc;

	arena_clear(r->desk->item_arena);
	rc = gather_init(&r->digest, r->why, r->desk->item_arena, r->e);
	if (!rc)
		rc = store_held_each(store, &r->choice, release_on_alert, r, r->e);
	if (!rc)
		rc = r->digest.n > 1 ? release_raise_digest(r)
				     : store_held_send(store, &r->choice, r->now, r->e);
	if (!rc && pace.n && r->row)
		rc = store_pace_add(store, &pace, r->row, r->now, r->e);
	r->out->messages++;
	r->out->alerts += r->digest.n;
	return rc;
}

/* Adds a group of the receiver if it is due; else notes when it will be. */
static int release_check_group(struct release *r, const struct store_held *g)
{
	enum alert_why why = release_why_of(g->group);
	int64_t at = route_release_at(r->notify, why, g->due_at, r->now);

	if (at <= r->now && r->n_groups < STORE_HELD_GROUPS_MAX) {
		r->choice.groups[r->n_groups++] = g->group;
		if (why != ALERT_WHYS && why > r->why)
			r->why = why;
		return 0;
	}
	if (r->out->next_at == STAMP_NONE || at < r->out->next_at)
		r->out->next_at = at;
	return at == g->due_at ? 0 : store_held_move(r->desk->store, g, at, r->e);
}

static int release_all(struct desk *d, const struct conf *c, const struct store_held *v, size_t n,
	struct release *r)
{
	int rc = 0;

	for (size_t i = 0, end; !rc && i < n; i = end) {
		r->notify = conf_find_notify(c, v[i].notify);
		r->choice = (struct store_held_choice){.notify = v[i].notify};
		r->n_groups = 0;
		r->why = ALERT_WHY_DIGEST;
		for (end = i; end < n && str_eq(v[end].notify, v[i].notify); end++)
			if (!rc && r->notify)
				rc = release_check_group(r, &v[end]);
		if (!rc && r->n_groups && !store_in_transaction(d->store))
			rc = store_begin(d->store, r->e);
		if (!rc && r->n_groups)
			rc = release_message(r);
	}
	return rc;
}

int desk_release(
	struct desk *d, const struct conf *c, int64_t now, struct desk_released *out, struct err *e)
{
	struct release r = {.desk = d, .now = now, .out = out, .e = e};
	struct store_held *v;
	size_t n;
	int rc;

	*out = (struct desk_released){.next_at = STAMP_NONE};
	arena_clear(d->feed_arena);
	rc = store_held_groups(d->store, d->feed_arena, &v, &n, e);
	if (!rc)
		rc = release_all(d, c, v, n, &r);
	return store_in_transaction(d->store) ? store_end(d->store, rc, e) : rc;
}
