/* SPDX-License-Identifier: MIT */
#include "followup.h"

#include "base/utf8.h"
#include "change.h"
#include "feed/link.h"
#include "same_item.h"
#include "store/held.h"
#include "store/outbox.h"
#include "store/threads.h"

/*
 * Editions of an item that no text has: its notices. One of each kind is stored for a watch; the
 * next numbers are those for receivers that have the item as a correction of another one.
 */
#define EDITION_CORRECTED UINT64_C(0x636F7272656374)
#define EDITION_WITHDRAWN UINT64_C(0x77697468647261)

struct followup_replaced {
	int64_t id;    /* of a delivery */
	struct str by; /* id of the notice */
};

struct followup_run {
	struct ingest *t;
	const struct followup_news *news;
	struct followup_told *told;
	struct same_item same;
	struct alert first; /* of the current thread */
	struct alert notice;
	struct alert_earlier of;
	struct alert_change changes[ALERT_PARTS];
	struct store_plan *plans;
	size_t n_plans;
	struct followup_replaced *replaced; /* of all threads */
	size_t n_replaced, room_replaced;
	struct err *e;
};

const struct followup_told_watch *followup_told_find(
	const struct followup_told *told, struct str watch)
{
	for (size_t i = 0; told && i < told->n; i++)
		if (str_eq(told->v[i].watch, watch))
			return &told->v[i];
	return NULL;
}

static int followup_add_told(struct followup_run *r, struct str watch, struct str id, bool fresh)
{
	struct followup_told *told = r->told;
	struct followup_told_watch *v =
		arena_extend(r->t->desk->item_arena, told->v, told->n, &told->room, sizeof(*v));

	if (!v)
		return err_nomem(r->e);
	told->v = v;
	v[told->n++] = (struct followup_told_watch){watch, id, fresh};
	return 0;
}

/* --- receivers --- */

/* What becomes of the thread at one receiver. */
struct followup_receiver {
	struct str notify;
	bool got; /* it has a message with the alert, or will have it before the notice */
	bool waited;
	const struct store_thread_delivery *held; /* the first one, by itself or in a message */
};

static int followup_add_replaced(struct followup_run *r, int64_t id)
{
	struct followup_replaced *v = arena_extend(
		r->t->desk->item_arena, r->replaced, r->n_replaced, &r->room_replaced, sizeof(*v));

	if (!v)
		return err_nomem(r->e);
	r->replaced = v;
	v[r->n_replaced++] = (struct followup_replaced){id, r->notice.id};
	return 0;
}

/*
 * What is said of a watch that a message about the item names besides its own waits as that message
 * does.
 */
static int followup_look_at_delivery(
	struct followup_run *r, const struct store_thread_delivery *d, struct followup_receiver *to)
{
	bool carried = d->state == STORE_JOINED && d->in_message && !d->of_digest;
	enum store_delivery_state state = d->in_message ? d->message : d->state;

	if (state == STORE_DELIVERED || state == STORE_JOINED) {
		to->got = true;
		return 0;
	}
	if (!store_delivery_waits(state))
		return 0;
	if (flight_has(&r->t->desk->flight, d->in_message ? d->message_id : d->id)) {
		to->got = true;
		return 0;
	}
	if (d->in_message && !carried) {
		to->got |= state == STORE_PENDING;
		if (state == STORE_HELD && !to->held)
			to->held = d;
		return 0;
	}
	if (state == STORE_PENDING)
		to->waited = true;
	else if (!to->held)
		to->held = d;
	return followup_add_replaced(r, d->id);
}

/* What was held stays held, unless an earlier alert of the thread was sent. */
static void followup_plan_receiver(struct followup_run *r, const struct followup_receiver *to)
{
	struct store_plan *p = &r->plans[r->n_plans];

	if (!to->got && !to->waited && !to->held)
		return;
	*p = (struct store_plan){.notify = to->notify, .state = STORE_PENDING, .due_at = r->t->now};
	if (!to->got && !to->waited) {
		p->state = STORE_HELD;
		p->due_at = to->held->next_at;
		p->group = to->held->group;
		/* That group has one message, which quiet hours hold. */
		if (str_eq(p->group, STORE_AWAY_GROUP))
			p->group = str_of(alert_why_words[ALERT_WHY_QUIET]);
	}
	r->n_plans++;
}

static int followup_plan(struct followup_run *r, int64_t thread)
{
	struct arena *arena = r->t->desk->item_arena;
	struct store_thread_delivery *v;
	size_t n;
	int rc = store_thread_deliveries(r->t->desk->store, thread, arena, &v, &n, r->e);

	if (rc)
		return rc;
	r->n_plans = 0;
	r->plans = arena_array(arena, n, sizeof(*r->plans));
	if (!r->plans)
		return err_nomem(r->e);
	for (size_t i = 0; !rc && i < n;) {
		struct followup_receiver to = {.notify = v[i].notify};

		for (; !rc && i < n && str_eq(v[i].notify, to.notify); i++)
			rc = followup_look_at_delivery(r, &v[i], &to);
		followup_plan_receiver(r, &to);
	}
	return rc;
}

/* --- the notice --- */

static bool followup_is_correction(const struct followup_run *r)
{
	return r->news->kind == ALERT_CORRECTED;
}

/* A withdrawal has the headline that was sent; a correction the new one. */
static int followup_set_texts(struct followup_run *r)
{
	const struct conf_list *strip = &r->t->conf->daemon.strip_parameters;
	const struct feed_item *is = r->news->is;
	struct alert *a = &r->notice;
	int rc = 0;

	a->body = STR_NONE;
	a->hits = NULL;
	a->n_hits = 0;
	if (is)
		a->body = utf8_cut(
			str_present(is->content) ? is->content : is->summary, ALERT_BODY_MAX);
	if (!a->body.n)
		a->body = STR_NONE;
	if (!is || !followup_is_correction(r))
		return 0;
	if (str_present(is->title))
		a->title = is->title;
	if (str_present(is->link))
		a->link = feed_link_shown(r->t->desk->item_arena, is->link, strip->v, strip->n);
	if (str_present(is->link) && !a->link.p)
		return err_nomem(r->e);
	a->changes = r->changes;
	if (r->news->was)
		rc = desk_find_changes(
			r->news->was, is, r->t->desk->item_arena, r->changes, &a->n_changes);
	/* Of an item that is too large the notice goes without them. */
	if (rc)
		a->n_changes = 0;
	return rc == -ERR_NOMEM ? err_nomem(r->e) : 0;
}

static int followup_make_notice(struct followup_run *r)
{
	struct buf id;

	r->of = (struct alert_earlier){r->first.id, r->first.title, r->first.created};
	r->notice = r->first;
	r->notice.kind = r->news->kind;
	r->notice.created = r->t->now;
	r->notice.fetched = r->t->poll->fetched;
	r->notice.of = &r->of;
	r->notice.cause = r->news->cause;
	r->notice.changes = NULL;
	r->notice.n_changes = 0;
	buf_init(&id, 64);
	alert_put_about_id(r->first.id, r->news->kind, &id);
	r->notice.id = arena_str(r->t->desk->item_arena, buf_str(&id));
	buf_release(&id);
	return r->notice.id.p ? followup_set_texts(r) : err_nomem(r->e);
}

/* After all threads are planned: one may be carried by a delivery of another. */
static int followup_replace(struct followup_run *r)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < r->n_replaced; i++) {
		const char *answer = arena_printf(r->t->desk->item_arena, "replaced by its %s %.*s",
			followup_is_correction(r) ? "correction" : "withdrawal",
			STR_ARG(r->replaced[i].by));

		rc = answer ? store_delivery_replace(r->t->desk->store, r->replaced[i].id,
				      r->t->now, str_of(answer), r->e)
			    : err_nomem(r->e);
	}
	return rc;
}

static int followup_raise_one(struct followup_run *r, const struct store_thread *thread)
{
	struct store *store = r->t->desk->store;
	struct store_raise raise = {.alert = &r->notice,
		.item = r->news->item,
		.edition = followup_is_correction(r) ? EDITION_CORRECTED : EDITION_WITHDRAWN,
		.tie = thread->row};
	struct str earlier;
	int64_t row = 0, tie;
	int rc = store_alert_get(store, thread->row, r->t->desk->item_arena, &r->first, &tie, r->e);

	if (rc)
		return rc;
	raise.edition += r->first.kind == ALERT_CORRECTED;
	rc = store_thread_edition(store, thread->watch, raise.item, raise.edition,
		r->t->desk->item_arena, &earlier, r->e);
	if (rc || str_present(earlier))
		return rc ? rc : followup_add_told(r, thread->watch, earlier, false);
	rc = followup_make_notice(r);
	if (!rc)
		rc = followup_plan(r, thread->row);
	raise.plans = r->plans;
	raise.n_plans = r->n_plans;
	if (!rc)
		rc = store_alert_raise(store, &raise, &row, r->e);
	if (rc || !row)
		return rc;
	rc = same_item_note(r->t, &r->same, r->first.priority,
		&(struct same_item_plans){r->plans, r->n_plans}, row, r->e);
	r->t->result->corrected += followup_is_correction(r);
	r->t->result->withdrawn += !followup_is_correction(r);
	return rc ? rc : followup_add_told(r, thread->watch, r->notice.id, true);
}

int followup_raise(struct ingest *t, const struct followup_news *news, struct followup_told *told,
	struct err *e)
{
	struct followup_run r = {.t = t, .news = news, .told = told, .e = e};
	struct store_thread *threads;
	size_t n;
	int rc = store_threads(t->desk->store, news->item, t->desk->item_arena, &threads, &n, e);

	for (size_t i = 0; !rc && i < n; i++)
		rc = followup_raise_one(&r, &threads[i]);
	if (!rc)
		rc = followup_replace(&r);
	return rc ? rc : same_item_join(t, &r.same, e);
}

/* --- updates --- */

static bool followup_sends(const struct ingest_plans *plans, struct str notify)
{
	for (size_t k = 0; k < plans->n; k++)
		if (str_eq(plans->v[k].notify, notify))
			return plans->v[k].state == STORE_PENDING;
	return false;
}

int followup_replace_held(
	const struct ingest *t, int64_t thread, const struct ingest_plans *plans, struct err *e)
{
	struct store_thread_delivery *v;
	size_t n;
	int rc = store_thread_deliveries(t->desk->store, thread, t->desk->item_arena, &v, &n, e);

	for (size_t i = 0; !rc && i < n; i++)
		if (v[i].state == STORE_HELD && !v[i].carries &&
			followup_sends(plans, v[i].notify) &&
			!flight_has(&t->desk->flight, v[i].id))
			rc = store_delivery_replace(
				t->desk->store, v[i].id, t->now, STR("replaced by an update"), e);
	return rc;
}
