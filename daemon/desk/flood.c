/* SPDX-License-Identifier: MIT */
#include "flood.h"

#include <stdlib.h>

#include "arrivals.h"
#include "base/digest.h"
#include "ingest.h"
#include "route/route.h"

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

int flood_note_alert(struct ingest *t, size_t watch, const struct feed_item *item, int64_t item_row,
	int64_t row, struct str id, struct err *e)
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
	v[f->n] = (struct flood_alert){watch, item, item_row, row, arena_str(arena, id)};
	return v[f->n++].id.p ? 0 : err_nomem(e);
}

/* --- the digest --- */

static struct str flood_headline(const struct feed_item *i, struct arena *arena)
{
	const struct alert a = {.title = i->title,
		.body = str_present(i->content) ? i->content : i->summary,
		.link = i->link};
	struct buf line;
	struct str out;

	buf_init(&line, 4 * ALERT_DIGEST_TITLE_MAX);
	alert_headline(&a, ALERT_DIGEST_TITLE_MAX, &line);
	out = buf_failed(&line) ? STR_NONE : arena_str(arena, buf_str(&line));
	buf_release(&line);
	return out;
}

/* The short form; a title that is absent afterwards means that memory ran out. */
static struct alert flood_short_form(const struct ingest *t, const struct flood_alert *a)
{
	const struct conf_watch *w = &t->conf->watches[a->watch];
	const struct feed_item *i = a->item;

	return (struct alert){
		.id = a->id,
		.watch = str_of(w->name),
		.watch_title = str_of(w->title),
		.priority = w->priority,
		.title = flood_headline(i, t->desk->feed_arena),
		.link = i->link.n <= ALERT_DIGEST_LINK_MAX ? i->link : STR_NONE,
		.published = feed_item_plausible_date(i),
		.feed = str_of(t->cf->name),
		.feed_title = ingest_feed_title(t),
		.fetched = STAMP_NONE,
	};
}

static int flood_fill_digest(const struct ingest *t, const struct flood_alert *v, size_t n,
	struct alert_digest *out, struct err *e)
{
	struct alert *shorts = arena_array(t->desk->feed_arena, ALERT_DIGEST_MAX, sizeof(*shorts));
	size_t bytes = 0;

	if (!shorts)
		return err_nomem(e);
	*out = (struct alert_digest){.why = ALERT_WHY_FLOOD, .alerts = shorts};
	while (out->n < n && out->n < ALERT_DIGEST_MAX) {
		struct alert *a = &shorts[out->n];

		*a = flood_short_form(t, &v[out->n]);
		if (!str_present(a->title))
			return err_nomem(e);
		bytes += alert_digest_bytes(a);
		if (bytes > ALERT_DIGEST_BYTES)
			break;
		out->n++;
	}
	out->left_out = n - out->n;
	return 0;
}

static int flood_raise_digest(struct ingest *t, const struct alert_digest *d,
	const struct flood_alert *first, size_t n, int64_t *row, struct err *e)
{
	struct store_plan plans[ROUTE_MAX];
	struct alert a = flood_short_form(t, first);
	struct store_raise r = {.alert = &a, .item = first->item_row, .plans = plans};
	struct buf id, title;
	int rc;

	buf_init(&id, 64);
	buf_init(&title, 64);
	alert_put_digest_id(first->id, &id);
	buf_printf(&title, "%zu more alert%s at once", n, str_plural((long long)n));
	a.kind = ALERT_DIGEST;
	a.id = buf_str(&id);
	a.title = buf_str(&title);
	a.link = STR_NONE;
	a.published = STAMP_NONE;
	a.created = t->now;
	a.source = str_of(t->cf->source);
	a.fetched = t->poll->fetched;
	a.digest = d;
	r.edition = digest_fast64(a.id, 0) | 1;
	r.n_plans = ingest_plan_deliveries(t, &a, plans);
	rc = buf_failed(&id) || buf_failed(&title) ? err_nomem(e)
						   : store_alert_raise(t->desk->store, &r, row, e);
	buf_release(&id);
	buf_release(&title);
	return rc;
}

/* Makes one digest of these alerts of one watch. */
static int flood_fold(struct ingest *t, const struct flood_alert *v, size_t n, struct err *e)
{
	struct alert_digest d;
	int64_t row = 0;
	int rc = flood_fill_digest(t, v, n, &d, e);

	if (!rc)
		rc = flood_raise_digest(t, &d, v, n, &row, e);
	for (size_t k = 0; !rc && row && k < n; k++)
		rc = store_alert_join_digest(t->desk->store, v[k].row, row, e);
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
