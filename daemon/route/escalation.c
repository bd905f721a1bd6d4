/* SPDX-License-Identifier: MIT */
/* Unacknowledged alerts, and acknowledgements. */
#include "conf/schema.h"
#include "route/route.h"

int64_t route_escalate_first(
	const struct conf_watch *w, const struct route_plan *plans, size_t n, int64_t now)
{
	int64_t from = n ? INT64_MAX : now;

	if (!w->n_escalations)
		return STAMP_NONE;
	for (size_t i = 0; i < n; i++) {
		if (plans[i].state == ROUTE_SILENCED)
			return STAMP_NONE;
		if (plans[i].due_at < from)
			from = plans[i].due_at;
	}
	return from + w->escalations[0].after;
}

enum route_escalation route_escalate(
	const struct conf_watch *w, const struct route_waiting *v, int64_t now, int64_t *at)
{
	if (!w || v->step >= w->n_escalations || v->withdrawn)
		return ROUTE_ESCALATE_NEVER;
	*at = now;
	if (v->held_to != STAMP_NONE)
		*at = (v->held_to > now ? v->held_to : now) + w->escalations[v->step].after;
	if (v->silent_to != STAMP_NONE && v->silent_to > *at)
		*at = v->silent_to;
	return *at > now ? ROUTE_ESCALATE_LATER : ROUTE_ESCALATE;
}

int64_t route_escalate_next(const struct conf_watch *w, size_t step, int64_t due_at)
{
	if (step + 1 >= w->n_escalations)
		return STAMP_NONE;
	return due_at + w->escalations[step + 1].after - w->escalations[step].after;
}

static struct route_plan escalation_hold(
	const struct conf_notify *n, enum alert_why why, int64_t until)
{
	return (struct route_plan){.receiver = n,
		.state = ROUTE_HELD,
		.due_at = until,
		.why = why,
		.group = str_of(alert_why_words[why])};
}

struct route_plan route_plan_escalated(const struct conf_notify *n, int64_t now)
{
	if (n->type->people)
		return escalation_hold(n, ALERT_WHY_ESCALATED, now);
	return (struct route_plan){.receiver = n, .state = ROUTE_PENDING, .due_at = now};
}

struct route_plan route_plan_ack(const struct conf_notify *n, enum alert_priority priority,
	struct str group, int64_t held_to, int64_t now)
{
	int64_t quiet_end = route_quiet_end(&n->quiet, now);
	struct route_plan p = {.receiver = n, .state = ROUTE_PENDING, .due_at = now};

	if (quiet_end > now && priority > n->quiet_passes)
		p = escalation_hold(n, ALERT_WHY_QUIET, quiet_end);
	if (!str_present(group))
		return p;
	p.state = ROUTE_HELD;
	p.due_at = held_to;
	p.group = group;
	return p;
}
