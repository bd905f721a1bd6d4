/* SPDX-License-Identifier: MIT */
/*
 * Matches each stored item with one configuration, or with two and compares them watch by watch.
 * Duplicate stories are found with a set of (watch, story) pairs in memory; whether a link is
 * shared is looked up in the database only if the result depends on it, and so is the story of an
 * item: a match that needs sources alerts if its story has got them by now.
 */
#include "desk/backtest.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/digest.h"
#include "base/table.h"
#include "desk/desk.h"
#include "feed/link.h"
#include "query/query.h"
#include "store/archive.h"
#include "store/stories.h"
#include "store/waits.h"
#include "story/match.h"
#include "story/key.h"

#define ITEM_ARENA_MAX ((size_t)256 * 1024 * 1024)
#define TERMS_ARENA    ((size_t)1024 * 1024)
/* Prefilter terms: FTS5 needs about 50 KB for each word of a query. */
#define NEEDS_MAX      ((size_t)1000)
/* A look-up by id costs as much as a sequential read of that many items. */
#define NARROW_PART    4
#define SEEN_SEED      UINT64_C(0x746F6C64)
#define SEEN_SOURCES   UINT64_C(0x736F7572636573) /* seed of the numbers of stories */

/* Set of (watch, story) pairs that alerted, with the item of the alert. */
struct seen_set {
	struct table index; /* hash of watch and story to index in items */
	int64_t *items;
	size_t n, room;
};

struct side_match {
	size_t watch;
	bool folded;
	struct watch_hit *hits;
	size_t n_hits;
};

/* One configuration. */
struct backtest_side {
	const struct conf *conf;
	struct watch_scratch *scratch;
	struct seen_set seen_stories, seen_texts;
	size_t *peer;	  /* for each watch: its index in the other configuration, or NONE */
	uint64_t *seen;	  /* for each watch: the last item that it alerted for */
	uint64_t *folded; /* the same, that it folded */
	struct side_match *matches; /* of the current item */
	size_t n, room;
	struct watch_view view;
};

#define NONE SIZE_MAX

struct backtest_run {
	struct store *store;
	struct arena *arena;	   /* for one item */
	struct backtest_side a, b; /* b.conf NULL: nothing to compare with */
	const struct backtest *asked;
	backtest_fn *fn;
	void *ctx;
	struct backtest_result *result;
	const struct store_item_row *row;
	struct err *e;
	/* of the current side */
	struct backtest_side *side;
	uint64_t story;
	uint64_t link_key;
	int64_t known;		  /* row of the item whose story this is; 0: none */
	uint64_t told_by;	  /* a hash of the number of the story */
	uint32_t sources;	  /* that it has by now */
	struct store_story found; /* of the item; item 0: not read yet */
	int rc;
};

/* --- one alert for each story --- */

/*
 * Returns the entry of that pair, inserting 0 if there is none; valid until the next call. NULL:
 * out of memory. Pairs with equal hashes are the same, as are stories with equal keys. Publishers
 * choose the input of story keys, so they are hashed again.
 */
static int64_t *seen_set_item(struct seen_set *s, size_t watch, uint64_t story)
{
	const uint64_t pair[2] = {watch, story};
	uint64_t hash = digest_fast64(str_slice((const char *)pair, sizeof(pair)), SEEN_SEED);
	size_t at = s->n ? table_start(&s->index, hash) : 0;
	uint32_t i = s->n ? table_next(&s->index, hash, &at) : TABLE_NONE;

	if (i == TABLE_NONE) {
		i = (uint32_t)s->n;
		if (!array_room(&s->items, s->n, &s->room, 1, sizeof(*s->items)) ||
			!table_add(&s->index, hash, i))
			return NULL;
		s->items[s->n++] = 0;
	}
	return &s->items[i];
}

/*
 * Sets *repeat if the watch has alerted for this story. An item that shares its link with others of
 * its feed has no story: it is never a repeat, nor is another item a repeat of it.
 */
static int backtest_is_repeat(struct backtest_run *r, size_t watch, bool *repeat)
{
	int64_t *item;
	bool shared;
	int rc;

	*repeat = false;
	if (!r->story)
		return 0;
	item = seen_set_item(&r->side->seen_stories, watch, r->story);
	if (!item)
		return err_nomem(r->e);
	if (!*item) {
		*item = r->row->id;
		return 0;
	}
	rc = archive_link_shared(r->store, *item, r->link_key, &shared, r->e);
	if (rc)
		return rc;
	if (shared) {
		*item = r->row->id;
		return 0;
	}
	rc = archive_link_shared(r->store, r->row->id, r->link_key, &shared, r->e);
	*repeat = !shared;
	return rc;
}

/* What the item was among others when it arrived; read once for both configurations. */
static int backtest_find_story(struct backtest_run *r)
{
	bool found;

	return r->found.item
		       ? 0
		       : store_story_get(r->store, r->row->id, r->arena, &r->found, &found, r->e);
}

/* Looks up the story of the item, once for both configurations. */
static int backtest_find_sources(struct backtest_run *r)
{
	struct str *origins;
	size_t n = 0;
	int rc;

	if (r->known == r->row->id)
		return 0;
	rc = backtest_find_story(r);
	if (!rc)
		rc = store_story_origins(
			r->store, r->found.story, QUERY_SOURCES_MAX, r->arena, &origins, &n, r->e);
	r->known = r->row->id;
	r->told_by = digest_fast64(
		str_slice((const char *)&r->found.story, sizeof(r->found.story)), SEEN_SOURCES);
	r->sources = n > 1 ? (uint32_t)n : 1;
	return rc;
}

/* Sets *alerts if the story has the sources that the match needs, and the watch has not alerted for
 * it. */
static int backtest_has_sources(struct backtest_run *r, const struct watch_match *m, bool *alerts)
{
	int64_t *item;
	int rc;

	*alerts = true;
	if (!m->sources)
		return 0;
	rc = backtest_find_sources(r);
	if (rc)
		return rc;
	*alerts = m->sources <= r->sources;
	if (!*alerts)
		return 0;
	item = seen_set_item(&r->side->seen_stories, m->watch, r->told_by);
	if (!item)
		return err_nomem(r->e);
	*alerts = *item == 0;
	if (*alerts)
		*item = r->row->id;
	return 0;
}

/* --- one alert for each text --- */

/* Sets *folded if the watch has alerted for an item with the same text, of which this is a copy. */
static int backtest_is_folded(struct backtest_run *r, size_t watch, bool *folded)
{
	int64_t *item;
	int rc = backtest_find_story(r);

	*folded = false;
	if (rc)
		return rc;
	item = seen_set_item(&r->side->seen_texts, watch, (uint64_t)r->found.text);
	if (!item)
		return err_nomem(r->e);
	*folded = *item && r->found.relation == STORY_COPY &&
		  !r->side->conf->watches[watch].duplicates_alert;
	if (!*item)
		*item = r->row->id;
	return 0;
}

/* --- an item through one configuration --- */

static int backtest_add_match(struct backtest_run *r, const struct watch_match *m, bool folded)
{
	struct backtest_side *s = r->side;
	struct side_match *t;

	if (!array_room(&s->matches, s->n, &s->room, 1, sizeof(*s->matches)))
		return err_nomem(r->e);
	t = &s->matches[s->n];
	*t = (struct side_match){.watch = m->watch, .folded = folded, .n_hits = m->n_hits};
	t->hits = arena_array(r->arena, m->n_hits, sizeof(*t->hits));
	if (!t->hits && m->n_hits)
		return err_nomem(r->e);
	if (m->n_hits)
		memcpy(t->hits, m->hits, m->n_hits * sizeof(*t->hits));
	(folded ? s->folded : s->seen)[m->watch] = (uint64_t)r->row->id;
	s->n++;
	return 0;
}

static void backtest_on_match(void *ctx, const struct watch_match *m)
{
	struct backtest_run *r = ctx;
	bool repeat = false, folded, alerts;

	if (r->rc)
		return;
	r->rc = backtest_has_sources(r, m, &alerts);
	if (!r->rc && alerts)
		r->rc = backtest_is_repeat(r, m->watch, &repeat);
	if (r->rc || !alerts || repeat)
		return;
	r->rc = backtest_is_folded(r, m->watch, &folded);
	if (!r->rc)
		r->rc = backtest_add_match(r, m, folded);
}

static void backtest_report_overruns(struct backtest_run *r, const struct backtest_side *s)
{
	const size_t *over;
	size_t n = watch_scratch_overruns(s->scratch, &over);

	r->result->overruns += n;
	for (size_t i = 0; r->asked->overran && i < n; i++)
		r->asked->overran(r->ctx, &s->conf->watches[over[i]]);
}

static int backtest_match_side(struct backtest_run *r, struct backtest_side *s)
{
	const struct store_item_row *row = r->row;
	const struct conf_feed *feed = conf_find_feed(s->conf, row->feed);
	const struct conf_list *strip = &s->conf->daemon.strip_parameters;
	struct feed_item item = row->item;
	int rc;

	s->n = 0;
	if (!feed) {
		r->result->unknown_feeds += s == &r->a;
		return 0;
	}
	rc = desk_view(
		feed, &row->item, STR_NONE, row->first_seen, row->first_seen, r->arena, &s->view);
	if (rc)
		return err_set(r->e, (enum err_class) - rc, "an item is too large to be looked at");
	s->view.waiting = true;
	item.link_key = feed_link_key(item.link, strip->v, strip->n);
	r->link_key = item.link_key;
	r->story = story_key(str_of(feed->source), &item);
	r->side = s;
	r->rc = 0;
	watch_scratch_rebuild(s->scratch);
	rc = watch_set_match(s->conf->set, s->scratch, &s->view, backtest_on_match, r, r->e);
	backtest_report_overruns(r, s);
	return r->rc ? r->rc : rc;
}

/* --- reporting --- */

static int backtest_report(struct backtest_run *r, const struct backtest_side *s, size_t k,
	enum backtest_change change, bool folded)
{
	const struct side_match *t = &s->matches[k];
	const struct backtest_alert a = {
		.change = change,
		.folded = folded,
		.watch = &s->conf->watches[t->watch],
		.row = r->row,
		.view = &s->view,
		.hits = t->hits,
		.n_hits = t->n_hits,
	};

	return r->fn(r->ctx, &a);
}

/* Whether the watch of the same name alerts for this item on the other side, or folds it. */
static bool side_has_too(const struct backtest_run *r, const struct backtest_side *s, size_t k,
	const uint64_t *others)
{
	size_t peer = s->peer[s->matches[k].watch];

	return peer != NONE && others[peer] == (uint64_t)r->row->id;
}

static int backtest_report_first(struct backtest_run *r, size_t k)
{
	const struct backtest_side *a = &r->a, *b = &r->b;

	if (a->matches[k].folded)
		return backtest_report(r, a, k, BACKTEST_FOLDED, true);
	if (!b->conf || side_has_too(r, a, k, b->seen))
		return backtest_report(r, a, k, BACKTEST_BOTH, false);
	return backtest_report(r, a, k, BACKTEST_LOST, side_has_too(r, a, k, b->folded));
}

static int backtest_report_second(struct backtest_run *r, size_t k)
{
	const struct backtest_side *a = &r->a, *b = &r->b;

	if (b->matches[k].folded || side_has_too(r, b, k, a->seen))
		return 0;
	return backtest_report(r, b, k, BACKTEST_GAINED, side_has_too(r, b, k, a->folded));
}

static int backtest_pass_item(void *ctx, const struct store_item_row *row)
{
	struct backtest_run *r = ctx;
	int rc;

	arena_clear(r->arena);
	r->row = row;
	r->found.item = 0;
	r->result->examined++;
	rc = backtest_match_side(r, &r->a);
	if (!rc && r->b.conf)
		rc = backtest_match_side(r, &r->b);
	for (size_t k = 0; !rc && k < r->a.n; k++)
		rc = backtest_report_first(r, k);
	for (size_t k = 0; !rc && k < r->b.n; k++)
		rc = backtest_report_second(r, k);
	return rc;
}

/* --- prefilter --- */

struct backtest_prefilter {
	struct arena *arena;
	struct watch_prefilter needs[NEEDS_MAX];
	size_t n;
};

static bool prefilter_add(void *ctx, const struct watch_prefilter *need)
{
	struct backtest_prefilter *w = ctx;
	struct watch_prefilter copy = *need;

	if (w->n == NEEDS_MAX)
		return false;
	if (str_present(need->form))
		copy.form = arena_str(w->arena, need->form);
	w->needs[w->n++] = copy;
	return !arena_overflowed(w->arena);
}

/* Returns false if some watch has no prefilter, or memory runs out. */
static bool side_narrow(const struct backtest_side *s, struct backtest_prefilter *w)
{
	for (size_t k = 0; s->conf && k < s->conf->n_watches; k++)
		if (!watch_set_prefilter(s->conf->set, k, prefilter_add, w))
			return false;
	return true;
}

/* Builds the disjunction of the prefilters of all watches. */
static bool backtest_narrow(const struct backtest_run *r, struct backtest_prefilter *w)
{
	size_t n = r->a.conf->n_watches + (r->b.conf ? r->b.conf->n_watches : 0);

	if (n > 1)
		w->needs[w->n++] = (struct watch_prefilter){.op = WATCH_PREFILTER_ANY, .n = n};
	return side_narrow(&r->a, w) && side_narrow(&r->b, w) && w->n > 0;
}

static void backtest_on_progress(void *ctx, uint64_t done, uint64_t of)
{
	const struct backtest_run *r = ctx;

	r->asked->progress(r->ctx, done, of);
}

static int backtest_walk(struct backtest_run *r, struct backtest_prefilter *w, struct err *e)
{
	const struct backtest *b = r->asked;
	struct archive_period p = {.since = b->since,
		.until = b->until,
		.progress = b->progress ? backtest_on_progress : NULL};
	struct archive_extent extent;
	int rc = archive_measure(r->store, &p, &extent, e);

	if (rc)
		return rc;
	r->result->items = (uint64_t)extent.items;
	r->result->first = extent.first;
	r->result->last = extent.last;
	if (!b->all_items && backtest_narrow(r, w)) {
		p.needs = w->needs;
		p.n_needs = w->n;
		p.narrow_max = (size_t)extent.items / NARROW_PART;
	}
	rc = archive_each(r->store, &p, backtest_pass_item, r, e);
	r->result->narrowed = p.n_needs && r->result->examined < r->result->items;
	return rc;
}

/* --- the two sides --- */

static size_t backtest_watch_index(const struct conf *c, struct str name)
{
	const struct conf_watch *w = c ? conf_find_watch(c, name) : NULL;

	return w && w != &c->burst_watch ? (size_t)(w - c->watches) : NONE;
}

static int side_init(
	struct backtest_side *s, const struct conf *conf, const struct conf *other, struct err *e)
{
	*s = (struct backtest_side){.conf = conf};
	if (!conf)
		return 0;
	s->scratch = watch_scratch_new(conf->set);
	s->seen = calloc(conf->n_watches + 1, sizeof(*s->seen));
	s->folded = calloc(conf->n_watches + 1, sizeof(*s->folded));
	s->peer = calloc(conf->n_watches + 1, sizeof(*s->peer));
	if (!s->scratch || !s->seen || !s->folded || !s->peer)
		return err_nomem(e);
	for (size_t k = 0; k < conf->n_watches; k++)
		s->peer[k] = backtest_watch_index(other, str_of(conf->watches[k].name));
	return 0;
}

static void side_release(struct backtest_side *s)
{
	table_release(&s->seen_stories.index);
	free(s->seen_stories.items);
	table_release(&s->seen_texts.index);
	free(s->seen_texts.items);
	free(s->folded);
	watch_scratch_free(s->scratch);
	free(s->seen);
	free(s->peer);
	free(s->matches);
}

int desk_backtest(struct store *s, const struct backtest *b, backtest_fn *fn, void *ctx,
	struct backtest_result *out, struct err *e)
{
	struct backtest_run r = {
		.store = s, .asked = b, .fn = fn, .ctx = ctx, .result = out, .e = e};
	struct backtest_prefilter *w = calloc(1, sizeof(*w));
	int rc;

	*out = (struct backtest_result){0};
	r.arena = arena_new(ITEM_ARENA_MAX);
	if (w)
		w->arena = arena_new(TERMS_ARENA);
	rc = side_init(&r.a, b->conf, b->against, e);
	if (!rc)
		rc = side_init(&r.b, b->against, b->conf, e);
	if (!rc && (!w || !w->arena || !r.arena))
		rc = err_nomem(e);
	if (!rc)
		rc = backtest_walk(&r, w, e);
	side_release(&r.a);
	side_release(&r.b);
	arena_free(r.arena);
	if (w)
		arena_free(w->arena);
	free(w);
	return rc;
}
