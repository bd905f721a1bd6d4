/* SPDX-License-Identifier: MIT */
#include "desk/backtest_summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/utf8.h"

#define SAMPLE_MAX ((size_t)4 * 1024 * 1024)
/* Limits of what a sample keeps; less than that is ever shown. */
#define TEXT_MAX   ((size_t)256 * 1024)
#define HITS_MAX   ((size_t)256)
#define TERM_MAX   ((size_t)1024)

struct summary_entry {
	struct backtest_watch watch;
	char *name;
	UT_hash_handle hh;
};

struct backtest_summary {
	struct summary_entry *entries;
	struct table feed_index; /* feeds by name */
	char **feeds;		 /* names */
	size_t n_feeds, room;
};

struct backtest_summary *backtest_summary_new(void)
{
	return calloc(1, sizeof(struct backtest_summary));
}

static void summary_free_entry(struct summary_entry *e)
{
	free(e->watch.days.v);
	free(e->watch.feeds.v);
	for (size_t k = 0; k < e->watch.n_samples; k++)
		arena_free(e->watch.samples[k].arena);
	free(e->watch.samples);
	free(e->name);
	free(e);
}

void backtest_summary_free(struct backtest_summary *t)
{
	struct summary_entry *e, *next;

	if (!t)
		return;
	HASH_ITER (hh, t->entries, e, next) {
		HASH_DEL(t->entries, e);
		summary_free_entry(e);
	}
	for (size_t i = 0; i < t->n_feeds; i++)
		free(t->feeds[i]);
	free(t->feeds);
	table_release(&t->feed_index);
	free(t);
}

static struct summary_entry *summary_entry_of(struct backtest_summary *t, const char *watch)
{
	struct summary_entry *e;

	HASH_FIND_STR(t->entries, watch, e);
	if (e)
		return e;
	e = calloc(1, sizeof(*e));
	if (!e || !(e->name = strdup(watch))) {
		free(e);
		return NULL;
	}
	e->watch.name = e->name;
	HASH_ADD_KEYPTR(hh, t->entries, e->name, strlen(e->name), e);
	if (table_has(e))
		return e;
	summary_free_entry(e);
	return NULL;
}

static struct str summary_feed_name(const void *ctx, size_t i)
{
	const struct backtest_summary *t = ctx;

	return str_of(t->feeds[i]);
}

/* Returns the number of the feed, a new one if needed; TABLE_NONE: out of memory. */
static size_t summary_feed_of(struct backtest_summary *t, struct str name)
{
	size_t i = table_find_name(&t->feed_index, name, summary_feed_name, t);
	char *copy;

	if (i != TABLE_NONE || !array_room(&t->feeds, t->n_feeds, &t->room, 1, sizeof(*t->feeds)))
		return i;
	copy = strndup(name.p, name.n);
	if (!copy || !table_add_name(&t->feed_index, name, t->n_feeds)) {
		free(copy);
		return TABLE_NONE;
	}
	t->feeds[t->n_feeds] = copy;
	return t->n_feeds++;
}

static bool summary_count(struct backtest_counts *c, uint32_t of)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->v[middle].of < of)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == c->n || c->v[low].of != of) {
		if (!array_room(&c->v, c->n, &c->room, 1, sizeof(*c->v)))
			return false;
		memmove(&c->v[low + 1], &c->v[low], (c->n - low) * sizeof(*c->v));
		c->v[low] = (struct backtest_count){.of = of};
		c->n++;
	}
	c->v[low].n++;
	return true;
}

static struct str summary_copy(struct arena *arena, struct str s)
{
	return str_present(s) ? arena_str(arena, utf8_cut(s, TEXT_MAX)) : s;
}

/* Drops hits in other fields, and past the end of a truncated text. */
static bool summary_copy_sample(struct backtest_sample *s, const struct backtest_alert *a)
{
	const struct feed_item *i = &a->row->item;

	s->row = (struct store_item_row){.id = a->row->id,
		.first_seen = a->row->first_seen,
		.feed = summary_copy(s->arena, a->row->feed),
		.item = {.id = summary_copy(s->arena, i->id),
			.title = summary_copy(s->arena, i->title),
			.link = summary_copy(s->arena, i->link),
			.author.text = summary_copy(s->arena, i->author.text),
			.language = summary_copy(s->arena, i->language),
			.published = i->published,
			.updated = i->updated}};
	s->view = (struct watch_view){
		.title = s->row.item.title, .body = summary_copy(s->arena, a->view->body)};
	s->hits = arena_array(
		s->arena, a->n_hits < HITS_MAX ? a->n_hits + 1 : HITS_MAX, sizeof(*s->hits));
	s->n_hits = 0;
	for (size_t k = 0; s->hits && k < a->n_hits && s->n_hits < HITS_MAX; k++) {
		struct watch_hit h = a->hits[k];
		struct str text = h.field == QUERY_BODY ? s->view.body : s->view.title;

		if (h.field > QUERY_BODY || h.offset > text.n || h.length > text.n - h.offset)
			continue;
		h.text = str_slice(text.p + h.offset, h.length);
		h.term = arena_str(s->arena, utf8_cut(h.term, TERM_MAX));
		s->hits[s->n_hits++] = h;
	}
	return s->hits && !arena_overflowed(s->arena);
}

static bool summary_add_sample(struct summary_entry *e, const struct backtest_alert *a, size_t most)
{
	struct backtest_watch *w = &e->watch;
	struct backtest_sample *s;

	if (!most)
		return true;
	if (!w->samples && !(w->samples = calloc(most, sizeof(*w->samples))))
		return false;
	s = &w->samples[w->taken % most];
	arena_free(s->arena);
	*s = (struct backtest_sample){.arena = arena_new(SAMPLE_MAX)};
	if (w->n_samples < most)
		w->n_samples++;
	w->taken++;
	return s->arena && summary_copy_sample(s, a);
}

/* Days since 1970. */
static uint32_t summary_day(int64_t ms)
{
	return ms > 0 ? (uint32_t)(ms / CLOCK_DAY) : 0;
}

int backtest_summary_add(struct backtest_summary *t, const struct backtest_alert *a, size_t samples)
{
	struct summary_entry *e = summary_entry_of(t, a->watch->name);
	size_t feed = summary_feed_of(t, a->row->feed);

	if (!e || feed == TABLE_NONE)
		return -(int)ERR_NOMEM;
	e->watch.kept += a->change == BACKTEST_BOTH;
	e->watch.gained += a->change == BACKTEST_GAINED;
	e->watch.lost += a->change == BACKTEST_LOST;
	e->watch.folded += a->change == BACKTEST_FOLDED;
	if (a->change == BACKTEST_LOST || a->change == BACKTEST_FOLDED)
		return 0;
	e->watch.alerts++;
	if (!summary_count(&e->watch.days, summary_day(a->row->first_seen)) ||
		!summary_count(&e->watch.feeds, (uint32_t)feed) ||
		!summary_add_sample(e, a, samples))
		return -(int)ERR_NOMEM;
	return 0;
}

int backtest_summary_add_overrun(struct backtest_summary *t, const char *watch)
{
	struct summary_entry *e = summary_entry_of(t, watch);

	if (!e)
		return -(int)ERR_NOMEM;
	e->watch.overruns++;
	return 0;
}

const struct backtest_watch *backtest_summary_find(
	const struct backtest_summary *t, const char *watch)
{
	struct summary_entry *e;

	HASH_FIND_STR(t->entries, watch, e);
	return e ? &e->watch : NULL;
}

const struct backtest_sample *backtest_sample(const struct backtest_watch *w, size_t k)
{
	return &w->samples[(w->taken - 1 - k) % w->n_samples];
}

/* --- reading --- */

/* A day, cut to the length of its period's name. */
static const char *summary_date(
	uint32_t day, enum backtest_period period, char text[STAMP_TEXT_MAX])
{
	clock_rfc3339((int64_t)day * CLOCK_DAY, false, text);
	text[period] = '\0';
	return text;
}

void backtest_each_period(const struct backtest_watch *w, enum backtest_period period,
	backtest_count_fn *fn, void *ctx)
{
	const struct backtest_counts *days = &w->days;
	char text[STAMP_TEXT_MAX], next[STAMP_TEXT_MAX];
	uint64_t n = 0;

	for (size_t i = 0; i < days->n; i++) {
		summary_date(days->v[i].of, period, text);
		n += days->v[i].n;
		if (i + 1 < days->n &&
			strcmp(text, summary_date(days->v[i + 1].of, period, next)) == 0)
			continue;
		fn(ctx, text, n);
		n = 0;
	}
}

void backtest_busiest_day(const struct backtest_watch *w, backtest_count_fn *fn, void *ctx)
{
	struct backtest_count most = {0, 0};
	char text[STAMP_TEXT_MAX];

	for (size_t i = 0; i < w->days.n; i++)
		if (w->days.v[i].n > most.n)
			most = w->days.v[i];
	if (most.n)
		fn(ctx, summary_date(most.of, BACKTEST_DAY, text), most.n);
}

struct summary_named_count {
	const char *name;
	uint32_t n;
};

static int summary_compare(const void *a, const void *b)
{
	const struct summary_named_count *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

void backtest_each_feed(const struct backtest_summary *t, const struct backtest_watch *w,
	size_t max, backtest_count_fn *fn, void *ctx, uint64_t *others)
{
	struct summary_named_count *sorted = calloc(w->feeds.n + 1, sizeof(*sorted));

	*others = 0;
	for (size_t i = 0; sorted && i < w->feeds.n; i++)
		sorted[i] =
			(struct summary_named_count){t->feeds[w->feeds.v[i].of], w->feeds.v[i].n};
	if (sorted)
		qsort(sorted, w->feeds.n, sizeof(*sorted), summary_compare);
	for (size_t i = 0; sorted && i < w->feeds.n; i++) {
		if (!max || i < max)
			fn(ctx, sorted[i].name, sorted[i].n);
		else
			*others += sorted[i].n;
	}
	free(sorted);
}
