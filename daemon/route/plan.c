/* SPDX-License-Identifier: MIT */
#include "route/route.h"

#include "base/clock.h"

/* Of several reasons the one that holds it longest counts. */
static void plan_hold(struct route_plan *p, enum alert_why why, int64_t until)
{
	if (until <= p->due_at)
		return;
	p->state = ROUTE_HELD;
	p->why = why;
	p->group = str_of(alert_why_words[why]);
	p->due_at = until;
}

/* When a digest that begins now would be due. */
static int64_t plan_digest_due(const struct conf_notify *n, int64_t now)
{
	if (n->digest.daily.given)
		return route_next_daily(n->hours, n->digest.daily.minute, now);
	return n->digest.every ? now + n->digest.every : now;
}

static void plan_digest(struct route_plan *p, const struct route_receiver *r, int64_t now)
{
	const struct conf_notify *n = p->receiver;
	int64_t due = plan_digest_due(n, now);

	if (r && r->digest_at > now && r->digest_at < due)
		due = r->digest_at;
	/* What a limit of the watch keeps from a daily one waits for the time of a later one. */
	if (due < p->due_at && n->digest.daily.given)
		plan_hold(p, ALERT_WHY_LIMIT, plan_digest_due(n, p->due_at - 1));
	else
		plan_hold(p, ALERT_WHY_DIGEST, due);
}

/* The quiet hours of the receiver come last: they also hold what is due in them. */
static void plan_receiver(struct route_plan *p, const struct alert *a, const struct route_now *now,
	const struct route_receiver *r)
{
	const struct conf_notify *n = p->receiver;

	plan_hold(p, ALERT_WHY_LIMIT, now->watch_free);
	if (a->priority != ALERT_FLASH) {
		plan_digest(p, r, now->wall);
		if (r)
			plan_hold(p, ALERT_WHY_LIMIT, r->free_at);
	}
	if (a->priority > n->quiet_passes)
		plan_hold(p, ALERT_WHY_QUIET, route_quiet_end(&n->quiet, p->due_at));
}

size_t route_plan(const struct conf *c, const struct alert *a, const struct route_now *now,
	struct route_plan out[ROUTE_MAX])
{
	const struct conf_watch *w = conf_find_watch(c, a->watch);
	size_t n = w ? w->notify.n : 0;

	for (size_t i = 0; i < n; i++) {
		out[i] = (struct route_plan){
			.receiver = &c->notifies[w->notify_index[i]],
			.state = now->silenced ? ROUTE_SILENCED : ROUTE_PENDING,
			.due_at = now->wall,
		};
		if (!now->silenced)
			plan_receiver(&out[i], a, now, now->receivers ? &now->receivers[i] : NULL);
	}
	return n;
}

/* A daily one stays at its time of the day when the clock is set. */
static int64_t plan_digest_release(const struct conf_notify *n, int64_t due_at, int64_t now)
{
	int64_t most = plan_digest_due(n, now);

	if (n->digest.daily.given)
		return due_at > now ? most : due_at;
	return due_at < most ? due_at : most;
}

/* Quiet hours that hold at `now`, because the clock or the key was changed, extend the hold. */
static int64_t plan_quiet_release(const struct conf_hours *quiet, int64_t due_at, int64_t now)
{
	int64_t most;

	if (due_at <= now || !quiet->given)
		return route_quiet_end(quiet, now);
	most = route_next_daily(quiet->zone, quiet->to, now);
	return due_at < most ? due_at : most;
}

/* How long a limit may hold something for the receiver; 0: none does. */
static int64_t plan_longest_limit(const struct conf *c, const struct conf_notify *n)
{
	int64_t longest = n->at_most.within;

	for (size_t i = 0; i < c->n_watches; i++) {
		const struct conf_watch *w = &c->watches[i];

		for (size_t k = 0; w->at_most.within > longest && k < w->notify.n; k++)
			if (&c->notifies[w->notify_index[k]] == n)
				longest = w->at_most.within;
	}
	return longest && n->digest.daily.given ? longest + CLOCK_DAY : longest;
}

int64_t route_release_at(const struct conf *c, const struct conf_notify *n, enum alert_why why,
	int64_t due_at, int64_t now)
{
	int64_t most;

	switch (why) {
	case ALERT_WHY_AWAY: /* it was pending when they began */
	case ALERT_WHY_QUIET: return plan_quiet_release(&n->quiet, due_at, now);
	case ALERT_WHY_DIGEST: return plan_digest_release(n, due_at, now);
	case ALERT_WHY_LIMIT:
		most = now + plan_longest_limit(c, n);
		return due_at < most ? due_at : most;
	case ALERT_WHY_FLOOD:
	case ALERT_WHY_ESCALATED:
	case ALERT_WHYS: break;
	}
	return due_at;
}
