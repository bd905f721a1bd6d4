/* SPDX-License-Identifier: MIT */
#include "burst.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "fold.h"
#include "feed/link.h"
#include "store/archive.h"
#include "store/bursts.h"
#include "store/stories.h"
#include "story/burst.h"

#define BURST_AGAIN   (7 * CLOCK_DAY)
/* Items before, without which it is not known what is rare. */
#define BURST_ARCHIVE 200
/* A rare name is in no more than these, and one in so many of the others. */
#define BURST_RARE    3
#define BURST_PART    20000
#define BURST_FILL    ((size_t)5000) /* items that are read after a start */
#define BURST_WORDS   8
#define BURST_TITLE   ((size_t)200) /* bytes */

struct desk_burst {
	struct story_burst *names;
	bool filled;
};

void desk_burst_free(struct desk_burst *b)
{
	if (!b)
		return;
	story_burst_free(b->names);
	free(b);
}

static struct desk_burst *burst_get(struct desk *d)
{
	uint64_t seed;

	if (d->burst)
		return d->burst;
	d->burst = calloc(1, sizeof(*d->burst));
	if (d->burst && rng_system_bytes(&seed, sizeof(seed)) == 0)
		d->burst->names = story_burst_new(seed);
	if (d->burst && !d->burst->names) {
		free(d->burst);
		d->burst = NULL;
	}
	return d->burst;
}

static struct str burst_body(const struct feed_item *i)
{
	return i->content.n >= i->summary.n ? i->content : i->summary;
}

static int burst_take(struct desk_burst *b, const struct conf *c, struct story_burst_item *item,
	struct story_burst_found *found, size_t *n, struct err *e)
{
	int rc;

	item->within = c->burst.within;
	item->needed = c->burst.origins;
	rc = story_burst_take(b->names, item, found, n, e);
	return rc == -ERR_LIMIT ? 0 : rc;
}

/* --- after a start --- */

struct burst_filling {
	struct desk *desk;
	const struct conf *conf;
	struct err *e;
};

static int burst_fill_item(void *ctx, const struct store_item_row *row)
{
	struct burst_filling *x = ctx;
	struct story_burst_found found[STORY_BURST_FOUND_MAX];
	struct store_story story;
	struct story_burst_item item = {.id = row->id,
		.at = row->first_seen,
		.title = row->item.title,
		.body = burst_body(&row->item)};
	bool known;
	size_t n;
	int rc;

	if (row->arrival != STORE_ARRIVED)
		return 0;
	arena_clear(x->desk->item_arena);
	rc = store_story_get(x->desk->store, row->id, x->desk->item_arena, &story, &known, x->e);
	if (rc || !known)
		return rc;
	item.origin = story.origin;
	return burst_take(x->desk->burst, x->conf, &item, found, &n, x->e);
}

void desk_burst_fill(struct desk *d, const struct conf *c)
{
	struct err e = {.cls = ERR_NONE};
	struct burst_filling x = {.desk = d, .conf = c, .e = &e};
	const struct archive_period newest = {
		.since = clock_wall() - c->burst.within, .until = STAMP_NONE, .newest = BURST_FILL};

	if (!c->burst.origins || (d->burst && d->burst->filled) || !burst_get(d))
		return;
	d->burst->filled = true;
	archive_each(d->store, &newest, burst_fill_item, &x, &e);
}

/* --- a name --- */

struct burst_run {
	struct ingest *t;
	const struct feed_item *item;
	const struct store_item *state;
	struct str body;
	struct err *e;
};

/* Sets *rare by the items before the first that has the name now. */
static int burst_is_rare(
	const struct burst_run *r, const struct story_burst_found *found, bool *rare)
{
	struct text_words *w = &r->t->desk->words;
	int64_t most = BURST_RARE + found->first / BURST_PART, n = 0;
	struct str forms[BURST_WORDS];
	int rc;

	*rare = false;
	if (found->first <= BURST_ARCHIVE)
		return 0;
	rc = text_words_split(w, found->name, r->e);
	if (rc || w->count == 0 || w->count > BURST_WORDS)
		return rc;
	for (size_t i = 0; i < w->count; i++)
		forms[i] = text_words_form(w, i);
	rc = store_count_words(
		r->t->desk->store, forms, w->count, found->first, (size_t)most + 1, &n, r->e);
	*rare = n <= most;
	return rc;
}

/* Sets *fresh if the name may be reported. */
static int burst_is_fresh(
	const struct burst_run *r, const struct story_burst_found *found, bool *fresh)
{
	struct ingest *t = r->t;
	int64_t last;
	int rc = store_burst_find(t->desk->store, found->key, &last, r->e);

	*fresh = !rc && (last == STAMP_NONE || t->now - last >= BURST_AGAIN);
	if (rc || !*fresh)
		return rc;
	rc = burst_is_rare(r, found, fresh);
	if (!rc && !*fresh)
		story_burst_ignore(
			t->desk->burst->names, found->key, t->now + t->conf->burst.within);
	return rc;
}

/* --- its alert --- */

static bool burst_is_in(struct str part, struct str whole)
{
	return str_present(whole) && part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

static void burst_set_hit(
	const struct burst_run *r, const struct story_burst_found *found, struct watch_hit *hit)
{
	bool in_title = burst_is_in(found->name, r->item->title);

	*hit = (struct watch_hit){.field = in_title ? QUERY_TITLE : QUERY_BODY,
		.offset = (size_t)(found->name.p - (in_title ? r->item->title.p : r->body.p)),
		.length = found->name.n,
		.text = found->name,
		.term = found->name};
}

/* The same after a crash, when the item is read again. */
static void burst_put_id(
	const struct burst_run *r, const struct story_burst_found *found, struct buf *out)
{
	uint8_t key[16];

	memcpy(key, r->state->key, sizeof(key));
	for (size_t i = 0; i < sizeof(found->key); i++)
		key[i] ^= (uint8_t)(found->key >> (8 * i));
	alert_put_id(STR(CONF_BURST), str_of(r->t->cf->name), key, out);
}

static int burst_make_alert(const struct burst_run *r, const struct story_burst_found *found,
	struct watch_hit *hit, struct alert *out)
{
	const struct ingest *t = r->t;
	const struct conf_list *strip = &t->conf->daemon.strip_parameters;
	struct arena *arena = t->desk->item_arena;
	struct buf id;

	burst_set_hit(r, found, hit);
	buf_init(&id, 64);
	burst_put_id(r, found, &id);
	*out = (struct alert){
		.id = buf_failed(&id) ? STR_NONE : arena_str(arena, buf_str(&id)),
		.created = t->now,
		.watch = STR(CONF_BURST),
		.watch_title = str_of(arena_printf(arena, "Burst: %.*s, %zu sources",
			STR_ARG(utf8_cut(found->name, BURST_TITLE)), found->origins)),
		.priority = t->conf->burst.priority,
		.item_id = r->item->id,
		.title = r->item->title,
		.link = feed_link_shown(arena, r->item->link, strip->v, strip->n),
		.author = r->item->author.text,
		.body = str_present(r->body) ? utf8_cut(r->body, ALERT_BODY_MAX) : STR_NONE,
		.published = feed_item_plausible_date(r->item),
		.feed = str_of(t->cf->name),
		.feed_title = ingest_feed_title(t),
		.source = str_of(t->cf->source),
		.language = r->item->language,
		.hits = hit,
		.n_hits = 1,
		.fetched = t->poll->fetched,
	};
	buf_release(&id);
	return out->id.p && out->watch_title.p && !out->link.p == !r->item->link.p
		       ? 0
		       : err_nomem(r->e);
}

static int burst_raise(const struct burst_run *r, const struct story_burst_found *found)
{
	struct ingest *t = r->t;
	const struct conf_watch *w = &t->conf->burst_watch;
	struct ingest_plans plans;
	struct watch_hit hit;
	struct alert a;
	struct store_raise raise = {
		.alert = &a, .item = r->state->id, .edition = found->key | 1, .plans = plans.v};
	int64_t row = 0;
	int rc = burst_make_alert(r, found, &hit, &a);

	if (!rc)
		rc = fold_describe(t, w, a.id, &a.story, r->e);
	if (!rc)
		rc = ingest_plan_deliveries(t, w, &a, &plans, r->e);
	if (rc)
		return rc;
	raise.n_plans = plans.n;
	rc = store_alert_raise(t->desk->store, &raise, &row, r->e);
	if (!rc && row)
		rc = ingest_count_sent(t, w, &plans, row, r->e);
	t->result->alerts += row != 0;
	return rc;
}

/* Of several new names of one item the longest is reported: they tell one story. */
static int burst_report(
	const struct burst_run *r, const struct story_burst_found *found, bool *reported)
{
	struct ingest *t = r->t;
	struct store *store = t->desk->store;
	int64_t recent = 0;
	bool fresh;
	int rc = burst_is_fresh(r, found, &fresh);

	if (!rc && fresh && !*reported)
		rc = store_bursts_count(store, t->now - t->conf->burst.within, &recent, r->e);
	if (rc || !fresh || recent >= (int64_t)t->conf->burst.names)
		return rc;
	if (!*reported)
		rc = burst_raise(r, found);
	*reported = true;
	return rc ? rc : store_burst_put(store, found->key, t->now, t->now - BURST_AGAIN, r->e);
}

int desk_burst_look(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	struct err *e)
{
	struct story_burst_found found[STORY_BURST_FOUND_MAX];
	struct burst_run r = {t, item, state, burst_body(item), e};
	struct story_burst_item seen = {.id = state->id,
		.at = t->now,
		.title = item->title,
		.body = r.body,
		.origin = t->story.origin};
	bool reported = false;
	size_t n = 0;
	int rc;

	if (!t->conf->burst.origins || state->arrival != STORE_ARRIVED || !t->story.item)
		return 0;
	if (!burst_get(t->desk))
		return err_nomem(e);
	rc = burst_take(t->desk->burst, t->conf, &seen, found, &n, e);
	for (size_t i = 0; !rc && i < n; i++)
		rc = burst_report(&r, &found[i], &reported);
	return rc;
}
