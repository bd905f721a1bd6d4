/* SPDX-License-Identifier: MIT */
/* What alerts and digests of a poll have in common. */
#include "ingest.h"

#include "store/held.h"
#include "store/silences.h"

struct str ingest_feed_title(const struct ingest *t)
{
	if (t->cf->title)
		return str_of(t->cf->title);
	return str_present(t->poll->batch->feed.title) ? t->poll->batch->feed.title : t->feed.title;
}

static struct store_pace ingest_pace_of(const struct conf_rate *rate)
{
	return (struct store_pace){.n = rate->n, .within = rate->within};
}

/* Sets *free_at to when at-most allows one more. */
static int ingest_find_free(
	const struct ingest *t, const struct store_pace *p, int64_t *free_at, struct err *e)
{
	*free_at = STAMP_NONE;
	return p->n ? store_pace_free(t->desk->store, p, t->now, free_at, e) : 0;
}

static int ingest_look_at_receiver(const struct ingest *t, const struct conf_notify *n,
	struct route_receiver *out, struct err *e)
{
	struct store_pace pace = ingest_pace_of(&n->at_most);
	int rc;

	pace.notify = str_of(n->name);
	out->digest_at = STAMP_NONE;
	rc = ingest_find_free(t, &pace, &out->free_at, e);
	if (!rc && n->digest.every)
		rc = store_held_due(t->desk->store, pace.notify,
			str_of(alert_why_words[ALERT_WHY_DIGEST]), &out->digest_at, e);
	return rc;
}

static enum store_delivery_state ingest_state_of(enum route_state state)
{
	switch (state) {
	case ROUTE_PENDING: break;
	case ROUTE_HELD: return STORE_HELD;
	case ROUTE_SILENCED: return STORE_SILENCED;
	}
	return STORE_PENDING;
}

struct store_plan ingest_store_plan(const struct route_plan *p)
{
	return (struct store_plan){.notify = str_of(p->receiver->name),
		.state = ingest_state_of(p->state),
		.due_at = p->due_at,
		.group = p->group};
}

/* NULL: out of memory. */
static const char *ingest_describe_silence(const struct ingest *t, const struct store_silence *s)
{
	return arena_printf(
		t->desk->item_arena, "silenced by %.*s: %.*s", STR_ARG(s->author), STR_ARG(s->why));
}

int ingest_plan_deliveries(const struct ingest *t, const struct conf_watch *w,
	const struct alert *a, struct ingest_plans *out, struct err *e)
{
	struct route_receiver receivers[ROUTE_MAX];
	struct route_now now = {.wall = t->now, .receivers = receivers};
	struct route_plan plans[ROUTE_MAX];
	struct store_pace pace = ingest_pace_of(&w->at_most);
	struct store_silence silence;
	const char *answer = NULL;
	int rc;

	pace.watch = str_of(w->name);
	rc = store_silence_find(
		t->desk->store, pace.watch, t->now, t->desk->item_arena, &silence, e);
	now.silenced = !rc && silence.id;
	if (!rc)
		rc = ingest_find_free(t, &pace, &now.watch_free, e);
	for (size_t k = 0; !rc && k < w->notify.n; k++)
		rc = ingest_look_at_receiver(
			t, &t->conf->notifies[w->notify_index[k]], &receivers[k], e);
	if (rc)
		return rc;
	out->n = route_plan(t->conf, a, &now, plans);
	out->counts = w->at_most.n && now.watch_free <= t->now && !now.silenced;
	if (now.silenced && !(answer = ingest_describe_silence(t, &silence)))
		return err_nomem(e);
	out->all_held = out->n > 0;
	for (size_t k = 0; k < out->n; k++) {
		if (ingest_is_canary(t)) /* neither quiet hours nor a digest hold it */
			plans[k] = (struct route_plan){.receiver = plans[k].receiver,
				.state = ROUTE_PENDING,
				.due_at = t->now};
		out->v[k] = ingest_store_plan(&plans[k]);
		out->v[k].answer = str_of(answer);
		out->all_held &= plans[k].state == ROUTE_HELD;
	}
	out->escalates_at =
		now.silenced ? STAMP_NONE : route_escalate_first(w, plans, out->n, t->now);
	return 0;
}

int ingest_count_sent(const struct ingest *t, const struct conf_watch *w,
	const struct ingest_plans *plans, int64_t row, struct err *e)
{
	struct store_pace pace = ingest_pace_of(&w->at_most);
	int rc = 0;

	pace.watch = str_of(w->name);
	if (plans->counts)
		rc = store_pace_add(t->desk->store, &pace, row, t->now, e);
	for (size_t k = 0; !rc && k < plans->n; k++) {
		const struct conf_notify *n = conf_find_notify(t->conf, plans->v[k].notify);

		pace = ingest_pace_of(&n->at_most);
		pace.notify = str_of(n->name);
		if (pace.n && plans->v[k].state == STORE_PENDING)
			rc = store_pace_add(t->desk->store, &pace, row, t->now, e);
	}
	return rc;
}
