/* SPDX-License-Identifier: MIT */
/*
 * Sends unacknowledged alerts to the receivers of the next step of their watch, in the present
 * configuration. The due time of the step is stored together with the alert.
 */
#include "desk/desk.h"

#include "ingest.h"
#include "store/escalations.h"
#include "store/silences.h"

#define ESCALATIONS_AT_ONCE 200

struct escalate {
	struct desk *desk;
	const struct conf *conf;
	int64_t now;
	struct desk_released *out;
	struct err *e;
};

static int escalate_deliver(
	struct escalate *x, const struct conf_watch *w, const struct store_escalation *v)
{
	const struct conf_escalation *step = &w->escalations[v->step];
	struct store_addition add = {.alert = v->alert, .now = x->now, .escalated = step->after};
	struct store *store = x->desk->store;
	struct alert a;
	int rc = store_alert_get(store, v->alert, x->desk->item_arena, &a, &add.tie, x->e);

	add.id = a.id;
	add.priority = a.priority;
	for (size_t i = 0; !rc && i < step->to.n; i++) {
		const struct conf_notify *n = &x->conf->notifies[step->to_index[i]];
		const struct route_plan p = route_plan_escalated(n, x->now);
		const struct store_plan plan = ingest_store_plan(&p);

		rc = store_escalation_deliver(store, &add, &plan, x->e);
	}
	x->out->escalated++;
	return rc;
}

static int escalate_step(struct escalate *x, const struct conf_watch *w, struct store_escalation *v)
{
	struct store *store = x->desk->store;
	int rc = escalate_deliver(x, w, v);

	if (rc)
		return rc;
	v->due_at = route_escalate_next(w, v->step, v->due_at);
	v->step++;
	return v->due_at == STAMP_NONE ? store_escalation_end(store, v->alert, x->e)
				       : store_escalation_move(store, v, x->e);
}

static int escalate_one(struct escalate *x, struct store_escalation *v)
{
	const struct conf_watch *w = conf_find_watch(x->conf, v->watch);
	struct store *store = x->desk->store;
	struct store_silence silence;
	struct route_waiting waiting = {.step = v->step};
	int rc;

	arena_clear(x->desk->item_arena);
	rc = store_escalation_look(store, v, x->e);
	if (!rc)
		rc = store_silence_find(
			store, v->watch, x->now, x->desk->item_arena, &silence, x->e);
	if (rc)
		return rc;
	waiting.withdrawn = v->withdrawn;
	/* What failed may be held later, by quiet hours: that does not delay the step. */
	waiting.held_to = v->held ? v->held_to : STAMP_NONE;
	waiting.silent_to = silence.id ? silence.until : STAMP_NONE;
	switch (route_escalate(w, &waiting, x->now, &v->due_at)) {
	case ROUTE_ESCALATE: return escalate_step(x, w, v);
	case ROUTE_ESCALATE_LATER: return store_escalation_move(store, v, x->e);
	case ROUTE_ESCALATE_NEVER: break;
	}
	x->out->escalations_ended++;
	return store_escalation_end(store, v->alert, x->e);
}

int desk_escalate(
	struct desk *d, const struct conf *c, int64_t now, struct desk_released *out, struct err *e)
{
	struct escalate x = {.desk = d, .conf = c, .now = now, .out = out, .e = e};
	struct store_escalation *v;
	int64_t next = STAMP_NONE;
	size_t n;
	int rc;

	arena_clear(d->feed_arena);
	rc = store_escalations(d->store, now, ESCALATIONS_AT_ONCE, d->feed_arena, &v, &n, e);
	if (!rc && n) {
		rc = store_begin(d->store, e);
		for (size_t i = 0; !rc && i < n; i++)
			rc = escalate_one(&x, &v[i]);
		if (!rc && n > 1)
			rc = store_escalation_join_items(d->store, e);
		rc = store_end(d->store, rc, e);
	}
	if (!rc)
		rc = store_escalation_next(d->store, &next, e);
	if (next != STAMP_NONE && (out->next_at == STAMP_NONE || next < out->next_at))
		out->next_at = next;
	return rc;
}
