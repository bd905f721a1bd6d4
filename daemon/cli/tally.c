/* SPDX-License-Identifier: MIT */
#include "cli/tally.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/utf8.h"

#define SAMPLE_MAX ((size_t)4 * 1024 * 1024)
/* Of one text, and of hits: what is shown of them is far less. */
#define TEXT_MAX   ((size_t)256 * 1024)
#define HITS_MAX   ((size_t)256)
#define TERM_MAX   ((size_t)1024)

struct tally_count {
	char *name;
	uint64_t n;
	UT_hash_handle hh;
};

struct entry {
	struct tally_watch watch;
	char *name;
	UT_hash_handle hh;
};

struct tally {
	struct entry *entries;
};

struct tally *tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

static void free_counts(struct tally_count *counts)
{
	struct tally_count *c, *next;

	HASH_ITER (hh, counts, c, next) {
		HASH_DEL(counts, c);
		free(c->name);
		free(c);
	}
}

void tally_free(struct tally *t)
{
	struct entry *e, *next;

	if (!t)
		return;
	HASH_ITER (hh, t->entries, e, next) {
		HASH_DEL(t->entries, e);
		free_counts(e->watch.days);
		free_counts(e->watch.feeds);
		for (size_t k = 0; k < e->watch.n_samples; k++)
			arena_free(e->watch.samples[k].arena);
		free(e->watch.samples);
		free(e->name);
		free(e);
	}
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

static bool count(struct tally_count **counts, struct str name)
{
	struct tally_count *c;

	HASH_FIND(hh, *counts, name.p, name.n, c);
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c || !(c->name = strndup(name.p, name.n))) {
			free(c);
			return false;
		}
		HASH_ADD_KEYPTR(hh, *counts, c->name, strlen(c->name), c);
	}
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
	s->hits = arena_array(s->arena, HITS_MAX, sizeof(*s->hits));
	s->n_hits = 0;
	for (size_t k = 0; s->hits && k < a->n_hits && s->n_hits < HITS_MAX; k++) {
		struct watch_hit h = a->hits[k];
		struct str text = h.field == WATCH_BODY ? s->view.body : s->view.title;

		if (h.field > WATCH_BODY || h.offset > text.n || h.length > text.n - h.offset)
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

int tally_add(struct tally *t, const struct backtest_alert *a, size_t samples)
{
	struct entry *e = entry_of(t, a->watch->name);
	char stamp[STAMP_TEXT_MAX];

	if (!e)
		return -(int)ERR_NOMEM;
	e->watch.kept += a->change == BACKTEST_TOLD;
	e->watch.gained += a->change == BACKTEST_GAINED;
	e->watch.lost += a->change == BACKTEST_LOST;
	if (a->change == BACKTEST_LOST)
		return 0;
	e->watch.alerts++;
	clock_rfc3339(a->row->first_seen, false, stamp);
	if (!count(&e->watch.days, str_slice(stamp, strcspn(stamp, "T"))) ||
		!count(&e->watch.feeds, a->row->feed) || !take_sample(e, a, samples))
		return -(int)ERR_NOMEM;
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

static int by_name(const void *a, const void *b)
{
	return strcmp(
		(*(struct tally_count *const *)a)->name, (*(struct tally_count *const *)b)->name);
}

static int by_count(const void *a, const void *b)
{
	const struct tally_count *x = *(struct tally_count *const *)a,
				 *y = *(struct tally_count *const *)b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

static void each(struct tally_count *counts, int (*order)(const void *, const void *),
	tally_count_fn *fn, void *ctx)
{
	size_t n = 0, room = HASH_COUNT(counts);
	struct tally_count **sorted = calloc(room + 1, sizeof(struct tally_count *)), *c, *next;

	if (!sorted)
		return;
	HASH_ITER (hh, counts, c, next)
		sorted[n++] = c;
	qsort(sorted, n, sizeof(struct tally_count *), order);
	for (size_t i = 0; i < n; i++)
		fn(ctx, sorted[i]->name, sorted[i]->n);
	free(sorted);
}

void tally_each_day(const struct tally_watch *w, tally_count_fn *fn, void *ctx)
{
	each(w->days, by_name, fn, ctx);
}

void tally_each_feed(const struct tally_watch *w, tally_count_fn *fn, void *ctx)
{
	each(w->feeds, by_count, fn, ctx);
}
