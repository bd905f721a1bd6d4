/* SPDX-License-Identifier: MIT */
#include "route/route.h"

#include "base/clock.h"

static void plan_hold(struct route_plan *p, enum alert_why why, int64_t until)
{
	p->state = ROUTE_HELD;
	p->why = why;
	p->group = str_of(alert_why_words[why]);
	p->due_at = until;
}

static int64_t plan_digest_due(const struct conf_notify *n, int64_t now)
{
	if (n->digest.daily.given)
		return route_next_daily(n->hours, n->digest.daily.minute, now);
	return n->digest.every ? now + n->digest.every : now;
}

/* The quiet hours of the receiver come last: they also hold what is due in them. */
static void plan_receiver(struct route_plan *p, const struct alert *a, const struct route_now *now,
	const struct route_receiver *r)
{
	const struct conf_notify *n = p->receiver;
	int64_t digest_due = plan_digest_due(n, now->wall), quiet_end;

	if (now->watch_free > now->wall)
		plan_hold(p, ALERT_WHY_LIMIT, now->watch_free);
	if (a->priority != ALERT_FLASH && digest_due > now->wall) {
		if (r && r->digest_at > now->wall && r->digest_at < digest_due)
			digest_due = r->digest_at;
		plan_hold(p, ALERT_WHY_DIGEST, digest_due);
	} else if (a->priority != ALERT_FLASH && r && r->free_at > p->due_at) {
		plan_hold(p, ALERT_WHY_LIMIT, r->free_at);
	}
	quiet_end = route_quiet_end(&n->quiet, p->due_at);
	if (quiet_end > p->due_at && a->priority > n->quiet_passes)
		plan_hold(p, ALERT_WHY_QUIET, quiet_end);
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

/* Quiet hours that hold at `now`, because the clock or the key was changed, extend the hold. */
static int64_t plan_quiet_release(const struct conf_hours *quiet, int64_t due_at, int64_t now)
{
	int64_t most;

	if (due_at <= now || !quiet->given)
		return route_quiet_end(quiet, now);
	most = route_next_daily(quiet->zone, quiet->to, now);
	return due_at < most ? due_at : most;
}

int64_t route_release_at(
	const struct conf_notify *n, enum alert_why why, int64_t due_at, int64_t now)
{
	int64_t most;

	switch (why) {
	case ALERT_WHY_QUIET: return plan_quiet_release(&n->quiet, due_at, now);
	case ALERT_WHY_DIGEST: most = plan_digest_due(n, now); return due_at < most ? due_at : most;
	case ALERT_WHY_LIMIT:
	case ALERT_WHY_FLOOD:
	case ALERT_WHY_AWAY:
	case ALERT_WHYS: break;
	}
	return due_at;
}
