/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/utf8.h"

#define SAMPLE_MAX ((size_t)4 * 1024 * 1024)
/* Of one text, and of hits: what is shown of them is far less. */
#define TEXT_MAX   ((size_t)256 * 1024)
#define HITS_MAX   ((size_t)256)
#define TERM_MAX   ((size_t)1024)

struct feed_name {
	char *name;
	uint32_t number;
	UT_hash_handle hh;
};

struct entry {
	struct tally_watch watch;
	char *name;
	UT_hash_handle hh;
};

struct tally {
	struct entry *entries;
	struct feed_name *feeds; /* by name */
	const char **names;	 /* of feeds, by number */
	size_t room;
};

struct tally *tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

static void free_entry(struct entry *e)
{
	free(e->watch.days.v);
	free(e->watch.feeds.v);
	for (size_t k = 0; k < e->watch.n_samples; k++)
		arena_free(e->watch.samples[k].arena);
	free(e->watch.samples);
	free(e->name);
	free(e);
}

void tally_free(struct tally *t)
{
	struct feed_name *f, *next_feed;
	struct entry *e, *next;

	if (!t)
		return;
	HASH_ITER (hh, t->entries, e, next) {
		HASH_DEL(t->entries, e);
		free_entry(e);
	}
	HASH_ITER (hh, t->feeds, f, next_feed) {
		HASH_DEL(t->feeds, f);
		free(f->name);
		free(f);
	}
	free(t->names);
	free(t);
}

static struct entry *entry_of(struct tally *t, const char *watch)
{
	struct entry *e;

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
static struct feed_name *feed_of(struct tally *t, struct str name)
{
	struct feed_name *f;
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

/* Items come by time, so that a day is nearly always the last one. */
static bool count(struct tally_counts *c, uint32_t of)
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
	c->v[low] = (struct tally_count){of, 1};
	c->n++;
	return true;
}

static struct str copy(struct arena *arena, struct str s)
{
	return str_present(s) ? arena_str(arena, utf8_cut(s, TEXT_MAX)) : s;
}

/* Hits of other fields, and past the end of a text that was cut, fall away. */
static bool copy_sample(struct tally_sample *s, const struct backtest_alert *a)
{
	const struct feed_item *i = &a->row->item;

	s->row = (struct store_item_row){.id = a->row->id,
		.first_seen = a->row->first_seen,
		.feed = copy(s->arena, a->row->feed),
		.item = {.id = copy(s->arena, i->id),
			.title = copy(s->arena, i->title),
			.link = copy(s->arena, i->link),
			.author.text = copy(s->arena, i->author.text),
			.language = copy(s->arena, i->language),
			.published = i->published}};
	s->view = (struct watch_view){
		.title = s->row.item.title, .body = copy(s->arena, a->view->body)};
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

static bool take_sample(struct entry *e, const struct backtest_alert *a, size_t most)
{
	struct tally_watch *w = &e->watch;
	struct tally_sample *s;

	if (!most)
		return true;
	if (!w->samples && !(w->samples = calloc(most, sizeof(*w->samples))))
		return false;
	s = &w->samples[w->taken % most];
	arena_free(s->arena);
	*s = (struct tally_sample){.arena = arena_new(SAMPLE_MAX)};
	if (w->n_samples < most)
		w->n_samples++;
	w->taken++;
	return s->arena && copy_sample(s, a);
}

/* Since 1970. */
static uint32_t day_of(int64_t ms)
{
	return ms > 0 ? (uint32_t)(ms / CLOCK_DAY) : 0;
}

int tally_add(struct tally *t, const struct backtest_alert *a, size_t samples)
{
	struct entry *e = entry_of(t, a->watch->name);
	struct feed_name *f = feed_of(t, a->row->feed);

	if (!e || !f)
		return -(int)ERR_NOMEM;
	e->watch.kept += a->change == BACKTEST_TOLD;
	e->watch.gained += a->change == BACKTEST_GAINED;
	e->watch.lost += a->change == BACKTEST_LOST;
	if (a->change == BACKTEST_LOST)
		return 0;
	e->watch.alerts++;
	if (!count(&e->watch.days, day_of(a->row->first_seen)) ||
		!count(&e->watch.feeds, f->number) || !take_sample(e, a, samples))
		return -(int)ERR_NOMEM;
	return 0;
}

int tally_overrun(struct tally *t, const char *watch)
{
	struct entry *e = entry_of(t, watch);

	if (!e)
		return -(int)ERR_NOMEM;
	e->watch.overruns++;
	return 0;
}

const struct tally_watch *tally_find(const struct tally *t, const char *watch)
{
	struct entry *e;

	HASH_FIND_STR(t->entries, watch, e);
	return e ? &e->watch : NULL;
}

struct tally_sample *tally_sample(const struct tally_watch *w, size_t k)
{
	return &w->samples[(w->taken - 1 - k) % w->n_samples];
}

/* --- telling --- */

/* The first n characters of the day's stamp: 10, a day; 7, a month. */
static const char *text_of_day(uint32_t day, size_t n, char text[STAMP_TEXT_MAX])
{
	clock_rfc3339((int64_t)day * CLOCK_DAY, false, text);
	text[n] = '\0';
	return text;
}

void tally_each_day(const struct tally_watch *w, tally_count_fn *fn, void *ctx)
{
	char text[STAMP_TEXT_MAX];

	for (size_t i = 0; i < w->days.n; i++)
		fn(ctx, text_of_day(w->days.v[i].of, 10, text), w->days.v[i].n);
}

void tally_each_month(const struct tally_watch *w, tally_count_fn *fn, void *ctx)
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

void tally_busiest_day(const struct tally_watch *w, tally_count_fn *fn, void *ctx)
{
	struct tally_count most = {0, 0};
	char text[STAMP_TEXT_MAX];

	for (size_t i = 0; i < w->days.n; i++)
		if (w->days.v[i].n > most.n)
			most = w->days.v[i];
	if (most.n)
		fn(ctx, text_of_day(most.of, 10, text), most.n);
}

struct named_count {
	const char *name;
	uint32_t n;
};

static int by_count(const void *a, const void *b)
{
	const struct named_count *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

void tally_each_feed(const struct tally *t, const struct tally_watch *w, size_t max,
	tally_count_fn *fn, void *ctx, uint64_t *others)
{
	struct named_count *sorted = calloc(w->feeds.n + 1, sizeof(*sorted));

	*others = 0;
	for (size_t i = 0; sorted && i < w->feeds.n; i++)
		sorted[i] = (struct named_count){t->names[w->feeds.v[i].of], w->feeds.v[i].n};
	if (sorted)
		qsort(sorted, w->feeds.n, sizeof(*sorted), by_count);
	for (size_t i = 0; sorted && i < w->feeds.n; i++) {
		if (!max || i < max)
			fn(ctx, sorted[i].name, sorted[i].n);
		else
			*others += sorted[i].n;
	}
	free(sorted);
}
