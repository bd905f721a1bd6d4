/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include "store/outbox.h"
#include "store/threads.h"
#include "story/match.h"

/* Of more facts, it is another item of a template. */
#define FOLD_FACTS_MAX 2

/* --- who has the text --- */

/* The receivers that got one of the alerts, or will get it. */
struct fold_receivers {
	struct str *v; /* in item_arena */
	size_t n, room;
};

static bool fold_has(const struct fold_receivers *r, struct str notify)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->v[i], notify))
			return true;
	return false;
}

static bool fold_arrives(const struct store_thread_delivery *d)
{
	switch (d->in_message ? d->message : d->state) {
	case STORE_PENDING:
	case STORE_HELD:
	case STORE_DELIVERED:
	case STORE_JOINED: return true; /* into a digest that retention has deleted */
	case STORE_DEAD:
	case STORE_FOLDED:
	case STORE_SILENCED:
	case STORE_EXPIRED:
	case STORE_ORPHANED:
	case STORE_STOPPED: break;
	}
	return false;
}

static int fold_read_receivers(
	const struct ingest *t, int64_t row, struct fold_receivers *r, struct err *e)
{
	struct arena *arena = t->desk->item_arena;
	struct store_thread_delivery *v;
	size_t n;
	int rc = store_thread_deliveries(t->desk->store, row, arena, &v, &n, e);

	for (size_t i = 0; !rc && i < n; i++) {
		struct str *grown;

		if (!fold_arrives(&v[i]) || fold_has(r, v[i].notify))
			continue;
		grown = arena_extend(arena, r->v, r->n, &r->room, sizeof(*r->v));
		if (!grown)
			return err_nomem(e);
		r->v = grown;
		r->v[r->n++] = v[i].notify;
	}
	return rc;
}

/* --- what becomes of the item --- */

static enum fold_kind fold_kind_of(const struct ingest *t, const struct conf_watch *w)
{
	const struct store_story *v = &t->story;

	/* Who withdraws or corrects a text prints it, and means the opposite. */
	if (!v->item || t->says != CORRECTION_NONE)
		return FOLD_NONE;
	if (v->relation == STORY_COPY)
		return w->duplicates_alert ? FOLD_NONE : FOLD_COPY;
	if (v->relation == STORY_VARIANT && v->n_changes > 0 && v->n_changes <= FOLD_FACTS_MAX)
		return FOLD_CORRECTION;
	return FOLD_NONE;
}

/* A receiver may want to get each copy. */
static bool fold_takes(const struct ingest *t, enum fold_kind kind, const struct store_plan *p)
{
	const struct conf_notify *n = conf_find_notify(t->conf, p->notify);

	return kind == FOLD_CORRECTION || !n || !n->duplicates_alert;
}

static void fold_split(const struct ingest *t, const struct fold_receivers *r,
	struct ingest_plans *plans, struct fold *out)
{
	size_t kept = 0;

	out->theirs = (struct ingest_plans){.escalates_at = STAMP_NONE, .counts = plans->counts};
	for (size_t k = 0; k < plans->n; k++) {
		out->silenced |= plans->v[k].state == STORE_SILENCED;
		if (fold_has(r, plans->v[k].notify) && fold_takes(t, out->kind, &plans->v[k]))
			out->theirs.v[out->theirs.n++] = plans->v[k];
		else
			plans->v[kept++] = plans->v[k];
	}
	plans->n = kept;
	/* The alert that some have escalates already. */
	if (out->theirs.n)
		plans->escalates_at = STAMP_NONE;
}

static int fold_read_first(const struct ingest *t, struct fold *out, struct err *e)
{
	struct alert first;
	int64_t tie;
	int rc;

	out->row = out->alerts[0].row;
	rc = store_alert_get(t->desk->store, out->row, t->desk->item_arena, &first, &tie, e);
	if (!rc)
		out->of = (struct alert_earlier){first.id, first.title, first.created};
	return rc;
}

/* Is it more urgent than what they have? */
static bool fold_is_raised(const struct alert *a, const struct fold *f)
{
	for (size_t i = 0; i < f->n_alerts; i++)
		if (f->alerts[i].priority <= a->priority)
			return false;
	return true;
}

int fold_look(const struct ingest *t, const struct alert *a, struct ingest_plans *plans,
	struct fold *out, struct err *e)
{
	const struct conf_watch *w = conf_find_watch(t->conf, a->watch);
	struct fold_receivers r = {.n = 0};
	int rc;

	*out = (struct fold){.kind = w ? fold_kind_of(t, w) : FOLD_NONE};
	if (out->kind == FOLD_NONE)
		return 0;
	rc = store_story_alerts(
		t->desk->store, t->story.of_text, a->watch, out->alerts, &out->n_alerts, e);
	if (rc || !out->n_alerts || (out->kind == FOLD_COPY && fold_is_raised(a, out))) {
		out->kind = FOLD_NONE;
		return rc;
	}
	for (size_t i = 0; !rc && i < out->n_alerts; i++)
		rc = fold_read_receivers(t, out->alerts[i].row, &r, e);
	if (!rc)
		rc = fold_read_first(t, out, e);
	if (rc)
		return rc;
	fold_split(t, &r, plans, out);
	/* An alert without receivers is recorded only. */
	if (!out->theirs.n && (plans->n || out->kind == FOLD_CORRECTION))
		out->kind = FOLD_NONE;
	return 0;
}
