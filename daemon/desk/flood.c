/* SPDX-License-Identifier: MIT */
#include "flood.h"

#include <stdlib.h>

#include "arrivals.h"
#include "base/digest.h"
#include "gather.h"
#include "ingest.h"
#include "store/escalations.h"
#include "store/held.h"

/* Alerts of each watch that are sent in any case. */
#define FLOOD_FIRST ((size_t)5)
#define FLOOD_TIMES 3

/* --- what is too much --- */

/* Limits of 0 switch the guard off. */
static bool flood_is_more(const struct flood *f, size_t n, unsigned limit)
{
	return limit && n > limit && (double)n > FLOOD_TIMES * f->usual;
}

void flood_begin(struct ingest *t)
{
	struct flood *f = &t->flood;

	for (size_t k = 0; k < t->poll->batch->n_items; k++)
		f->new_items += t->states[k].seen == STORE_NEW && !ingest_is_resurfaced(t, k);
	f->usual = arrivals_usual(&t->feed.arrivals, t->now);
	f->of_items = !t->first && flood_is_more(f, f->new_items, t->conf->daemon.flood_items);
}

/*
 * A flood counts as a usual number. The scatter in it makes a feed that brings one with each poll
 * usual slowly, in many polls.
 */
void flood_learn(struct ingest *t)
{
	const struct flood *f = &t->flood;
	double n = t->first ? 0 : (double)f->new_items;

	if (f->of_items)
		n = f->usual > FLOOD_FIRST ? f->usual : FLOOD_FIRST;
	arrivals_count(&t->feed.arrivals, t->now, n);
}

int flood_note_alert(struct ingest *t, size_t watch, const struct feed_item *item, int64_t row,
	struct str id, struct err *e)
{
	struct arena *arena = t->desk->feed_arena;
	struct flood *f = &t->flood;
	struct flood_alert *v;

	if (t->first)
		return 0;
	v = arena_extend(arena, f->alerts, f->n, &f->room, sizeof(*v));
	if (!v)
		return err_nomem(e);
	f->alerts = v;
	v[f->n] = (struct flood_alert){watch, item, row, arena_str(arena, id)};
	return v[f->n++].id.p ? 0 : err_nomem(e);
}

/* --- the digest --- */

static int flood_add_alert(
	const struct ingest *t, const struct flood_alert *v, struct gather *d, struct err *e)
{
	const struct conf_watch *w = &t->conf->watches[v->watch];
	const struct feed_item *i = v->item;
	const struct alert a = {
		.id = v->id,
		.created = t->now,
		.watch = str_of(w->name),
		.watch_title = str_of(w->title),
		.priority = w->priority,
		.title = i->title,
		.body = str_present(i->content) ? i->content : i->summary,
		.link = i->link,
		.published = feed_item_plausible_date(i),
		.feed = str_of(t->cf->name),
		.feed_title = ingest_feed_title(t),
	};

	return gather_add(d, &a, e);
}

/* It has no item of its own, so that retention keeps it as long as any of its alerts. */
static int flood_raise_digest(struct ingest *t, const struct gather *d, int64_t *row, struct err *e)
{
	struct alert a;
	struct store_raise r = {.alert = &a};
	int rc = gather_finish(d, STR_NONE, NULL, t->now, &a, e);

	if (rc)
		return rc;
	a.source = str_of(t->cf->source);
	a.fetched = t->poll->fetched;
	r.edition = digest_fast64(a.id, 0) | 1;
	return store_alert_raise(t->desk->store, &r, row, e);
}

/* The digest is one message to each receiver that gets it. */
static int flood_count_sent(
	const struct ingest *t, const struct conf_watch *w, int64_t row, struct err *e)
{
	int rc = 0;

	for (size_t k = 0; !rc && k < w->notify.n; k++) {
		const struct conf_notify *n = &t->conf->notifies[w->notify_index[k]];
		const struct store_pace pace = {
			.notify = str_of(n->name), .n = n->at_most.n, .within = n->at_most.within};

		if (pace.n)
			rc = store_pace_add(t->desk->store, &pace, row, t->now, e);
	}
	return rc;
}

/*
 * Makes one digest of these alerts of one watch: of those that are sent now, and of those that only
 * a limit of the receiver holds.
 */
static int flood_fold(struct ingest *t, const struct flood_alert *v, size_t n, struct err *e)
{
	bool limited = t->conf->watches[v->watch].at_most.n != 0;
	struct str group = limited ? STR_NONE : str_of(alert_why_words[ALERT_WHY_LIMIT]);
	struct gather d;
	int64_t row = 0;
	int rc = gather_init(&d, ALERT_WHY_FLOOD, t->desk->feed_arena, e);

	for (size_t k = 0; !rc && k < n; k++)
		rc = flood_add_alert(t, &v[k], &d, e);
	if (!rc)
		rc = flood_raise_digest(t, &d, &row, e);
	for (size_t k = 0; !rc && row && k < n; k++)
		rc = store_alert_join_digest(t->desk->store, v[k].row, row, group, e);
	if (!rc && row)
		rc = store_digest_send(t->desk->store, &row, t->now, e);
	if (!rc && row)
		rc = store_escalation_join(t->desk->store, row, e);
	if (!rc && row)
		rc = flood_count_sent(t, &t->conf->watches[v->watch], row, e);
	if (row) {
		t->result->digests++;
		t->result->in_digest += n;
	}
	return rc;
}

/* --- after the batch --- */

static int flood_compare_alerts(const void *a, const void *b)
{
	const struct flood_alert *x = a, *y = b;

	if (x->watch != y->watch)
		return x->watch < y->watch ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

int flood_end(struct ingest *t, struct err *e)
{
	struct flood *f = &t->flood;
	int rc = 0;

	t->result->usual = f->usual;
	t->result->flood = f->of_items;
	if (f->n)
		qsort(f->alerts, f->n, sizeof(*f->alerts), flood_compare_alerts);
	for (size_t from = 0, to; !rc && from < f->n; from = to) {
		size_t watch = f->alerts[from].watch;

		for (to = from; to < f->n && f->alerts[to].watch == watch;)
			to++;
		/* Without receivers there is no message to save. */
		if (to - from <= FLOOD_FIRST || t->conf->watches[watch].notify.n == 0 ||
			(!f->of_items &&
				!flood_is_more(f, to - from, t->conf->daemon.flood_alerts)))
			continue;
		t->result->flood = true;
		rc = flood_fold(t, &f->alerts[from + FLOOD_FIRST], to - from - FLOOD_FIRST, e);
	}
	if (t->result->flood)
		t->feed.flood = (struct store_flood){
			t->now, (int64_t)f->new_items, (int64_t)t->result->in_digest};
	return rc;
}
