/* SPDX-License-Identifier: MIT */
#include "desk/backtest_summary.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/utf8.h"

#define SAMPLE_MAX ((size_t)4 * 1024 * 1024)
/* Limits of what a sample keeps; less than that is ever shown. */
#define TEXT_MAX   ((size_t)256 * 1024)
#define HITtMAX	   ((size_t)256)
#define TERM_MAX   ((size_t)1024)

struct summary_feed {
	char *name;
	uint32_t number;
	UT_hash_handle hh;
};

struct summary_entry {
	struct backtest_watch watch;
	char *name;
	UT_hash_handle hh;
};

struct backtest_summary {
	struct summary_entry *entries;
	struct summary_feed *feeds; /* by name */
	const char **names;	    /* of feeds, by number */
	size_t room;
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
	struct summary_feed *f, *next_feed;
	struct summary_entry *e, *next;

	if (!t)
		return;
	HASH_ITER (hh, t->entries, e, next) {
		HASH_DEL(t->entries, e);
		summary_free_entry(e);
	}
	HASH_ITER (hh, t->feeds, f, next_feed) {
		HASH_DEL(t->feeds, f);
		free(f->name);
		free(f);
	}
	free(t->names);
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
	return e;
}

/* NULL: out of memory. */
static struct summary_feed *summary_feed_of(struct backtest_summary *t, struct str name)
{
	struct summary_feed *f;
	size_t n = HASH_COUNT(t->feeds);

	HASH_FIND(hh, t->feeds, name.p, name.n, f);
	if (f)
		return f;
	if (!array_room(&t->names, n, &t->room, 1, sizeof(*t->names)))
		return NULL;
	f = calloc(1, sizeof(*f));
	if (!f || !(f->name = strndup(name.p, name.n))) {
		free(f);
		return NULL;
	}
	f->number = (uint32_t)n;
	t->names[n] = f->name;
	HASH_ADD_KEYPTR(hh, t->feeds, f->name, strlen(f->name), f);
	return f;
}

/* Items come in order of time, so the day is nearly always the last entry. */
static bool summary_count(struct backtest_counts *c, uint32_t of)
{
	size_t low = 0, high = c->n;

	if (c->n && c->v[c->n - 1].of == of) {
		c->v[c->n - 1].n++;
		return true;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->v[middle].of < of)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < c->n && c->v[low].of == of) {
		c->v[low].n++;
		return true;
	}
	if (!array_room(&c->v, c->n, &c->room, 1, sizeof(*c->v)))
		return false;
	memmove(&c->v[low + 1], &c->v[low], (c->n - low) * sizeof(*c->v));
	c->v[low] = (struct backtest_count){of, 1};
	c->n++;
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
			.published = i->published}};
	s->view = (struct watch_view){
		.title = s->row.item.title, .body = summary_copy(s->arena, a->view->body)};
	s->hits = arena_array(
		s->arena, a->n_hits < HITtMAX ? a->n_hits + 1 : HITtMAX, sizeof(*s->hits));
	s->n_hits = 0;
	for (size_t k = 0; s->hits && k < a->n_hits && s->n_hits < HITtMAX; k++) {
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
	struct summary_feed *f = summary_feed_of(t, a->row->feed);

	if (!e || !f)
		return -(int)ERR_NOMEM;
	e->watch.kept += a->change == BACKTEST_BOTH;
	e->watch.gained += a->change == BACKTEST_GAINED;
	e->watch.lost += a->change == BACKTEST_LOST;
	if (a->change == BACKTEST_LOST)
		return 0;
	e->watch.alerts++;
	if (!summary_count(&e->watch.days, summary_day(a->row->first_seen)) ||
		!summary_count(&e->watch.feeds, f->number) || !summary_add_sample(e, a, samples))
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

/* The first n bytes of the date: 10 for a day, 7 for a month. */
static const char *text_of_day(uint32_t day, size_t n, char text[STAMP_TEXT_MAX])
{
	clock_rfc3339((int64_t)day * CLOCK_DAY, false, text);
	text[n] = '\0';
	return text;
}

void backtest_each_day(const struct backtest_watch *w, backtest_count_fn *fn, void *ctx)
{
	char text[STAMP_TEXT_MAX];

	for (size_t i = 0; i < w->days.n; i++)
		fn(ctx, text_of_day(w->days.v[i].of, 10, text), w->days.v[i].n);
}

void backtest_each_month(const struct backtest_watch *w, backtest_count_fn *fn, void *ctx)
{
	char text[STAMP_TEXT_MAX], next[STAMP_TEXT_MAX];
	uint64_t n = 0;

	for (size_t i = 0; i < w->days.n; i++) {
		text_of_day(w->days.v[i].of, 7, text);
		n += w->days.v[i].n;
		if (i + 1 < w->days.n &&
			strcmp(text, text_of_day(w->days.v[i + 1].of, 7, next)) == 0)
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
		fn(ctx, text_of_day(most.of, 10, text), most.n);
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
			(struct summary_named_count){t->names[w->feeds.v[i].of], w->feeds.v[i].n};
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
