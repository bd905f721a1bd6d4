/* SPDX-License-Identifier: MIT */
#include "promotion.h"

#include "fold.h"
#include "sources.h"
#include "store/escalations.h"
#include "store/outbox.h"
#include "store/threads.h"

/* Editions of an item that no text has. */
#define EDITION_RAISED UINT64_C(0x726169736564)

/* One alert at its receivers. */
struct promotion_run {
	struct promotion *p;
	const struct conf_watch *watch;
	const struct store_raise_step *step;
	struct alert first, notice;
	struct str was, is;
	struct alert_change change;
	struct store_thread_delivery *deliveries; /* of all alerts of the thread, by receiver */
	size_t n_deliveries;
	struct ingest_plans plans;
};

static enum store_delivery_state promotion_state(const struct store_thread_delivery *d)
{
	return d->in_message ? d->message : d->state;
}

static bool promotion_flies(const struct promotion_run *r, const struct store_thread_delivery *d)
{
	return flight_has(&r->p->t->desk->flight, d->in_message ? d->message_id : d->id);
}

/* It waits by itself, so that the notice can take its place. */
static bool promotion_replaces(const struct promotion_run *r, const struct store_thread_delivery *d)
{
	return store_delivery_waits(promotion_state(d)) && !d->in_message && !d->carries &&
	       !promotion_flies(r, d);
}

/* The receiver has the alert, or will get it. */
static bool promotion_reaches(const struct promotion_run *r, struct str notify)
{
	for (size_t i = 0; i < r->n_deliveries; i++) {
		enum store_delivery_state state = promotion_state(&r->deliveries[i]);

		if (str_eq(r->deliveries[i].notify, notify) &&
			(state == STORE_DELIVERED || state == STORE_JOINED ||
				store_delivery_waits(state)))
			return true;
	}
	return false;
}

static int promotion_plan(struct promotion_run *r)
{
	struct ingest *t = r->p->t;
	struct ingest_plans *plans = &r->plans;
	size_t n = 0;
	int rc = ingest_plan_deliveries(t, r->watch, &r->notice, plans, r->p->e);

	for (size_t k = 0; !rc && k < plans->n; k++)
		if (promotion_reaches(r, plans->v[k].notify))
			plans->v[n++] = plans->v[k];
	plans->n = n;
	return rc;
}

/* Where the notice goes, it is sent in place of what waits. */
static int promotion_replace(struct promotion_run *r)
{
	struct ingest *t = r->p->t;
	int rc = 0;

	for (size_t k = 0; !rc && k < r->plans.n; k++)
		for (size_t i = 0; !rc && i < r->n_deliveries; i++)
			if (str_eq(r->deliveries[i].notify, r->plans.v[k].notify) &&
				promotion_replaces(r, &r->deliveries[i]))
				rc = store_delivery_replace(t->desk->store, r->deliveries[i].id,
					t->now, STR("replaced by a higher priority"), r->p->e);
	return rc;
}

/* Who reports it now. */
static int promotion_describe(struct promotion_run *r)
{
	struct ingest view;
	int rc = sources_look_at(r->p->t, r->step->item, &view, r->p->e);

	return rc ? rc : fold_describe(&view, r->watch, r->first.id, &r->notice.story, r->p->e);
}

static int promotion_make_notice(struct promotion_run *r)
{
	struct ingest *t = r->p->t;
	struct buf id;

	r->was = str_of(alert_priority_words[r->first.priority]);
	r->is = str_of(alert_priority_words[r->step->priority]);
	r->change = (struct alert_change){ALERT_PRIORITY, &r->was, &r->is, 1, 1};
	r->notice = r->first;
	r->notice.kind = ALERT_UPDATED;
	r->notice.created = t->now;
	r->notice.fetched = t->poll->fetched;
	r->notice.priority = r->step->priority;
	r->notice.changes = &r->change;
	r->notice.n_changes = 1;
	buf_init(&id, 64);
	alert_put_raised_id(r->first.id, r->step->priority, &id);
	r->notice.id = arena_str(t->desk->item_arena, buf_str(&id));
	buf_release(&id);
	return r->notice.id.p ? promotion_describe(r) : err_nomem(r->p->e);
}

static int promotion_store(struct promotion_run *r, int64_t thread)
{
	struct ingest *t = r->p->t;
	struct store_raise raise = {.alert = &r->notice,
		.item = r->step->item,
		.edition = EDITION_RAISED + r->step->priority,
		.plans = r->plans.v,
		.n_plans = r->plans.n,
		.tie = thread};
	int64_t row = 0;
	int rc = store_alert_raise(t->desk->store, &raise, &row, r->p->e);

	if (rc || !row)
		return rc;
	rc = promotion_replace(r);
	if (!rc)
		rc = store_alert_set_priority(
			t->desk->store, r->step->alert, r->step->priority, r->p->e);
	if (!rc)
		rc = ingest_count_sent(t, r->watch, &r->plans, row, r->p->e);
	if (!rc)
		rc = same_item_note(t, &r->p->same, r->notice.priority,
			&(struct same_item_plans){r->plans.v, r->plans.n}, row, r->p->e);
	t->result->alerts++;
	return rc;
}

int promotion_raise(struct promotion *p, const struct store_raise_step *step)
{
	struct promotion_run *r = arena_zalloc(p->t->desk->item_arena, sizeof(*r));
	struct store *store = p->t->desk->store;
	struct arena *arena = p->t->desk->item_arena;
	struct store_escalation state = {.alert = step->alert};
	int64_t tie;
	int rc;

	if (!r)
		return err_nomem(p->e);
	*r = (struct promotion_run){.p = p, .step = step};
	rc = store_alert_get(store, step->alert, arena, &r->first, &tie, p->e);
	if (!rc)
		rc = store_escalation_look(store, &state, p->e);
	r->watch = rc ? NULL : conf_find_watch(p->t->conf, r->first.watch);
	if (rc || !r->watch || state.withdrawn || r->first.priority <= step->priority)
		return rc;
	rc = store_thread_deliveries(
		store, tie ? tie : step->alert, arena, &r->deliveries, &r->n_deliveries, p->e);
	if (!rc)
		rc = promotion_make_notice(r);
	if (!rc)
		rc = promotion_plan(r);
	return rc ? rc : promotion_store(r, tie ? tie : step->alert);
}

int promotion_end(struct promotion *p)
{
	return same_item_join(p->t, &p->same, p->e);
}
