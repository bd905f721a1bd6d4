/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <stdlib.h>

#include "alert/alert.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "story/window.h"

#define STORY_DAYS	(4 * CLOCK_DAY)	   /* what the window holds at most */
#define STORY_MEMORY	((size_t)32 << 20) /* until the configuration is known */
#define STORY_ARENA_MAX ((size_t)32 << 20)
#define STORY_NAME_MAX	((size_t)200)
#define STORY_PIECE	((size_t)64) /* rows that are read at once */

struct desk_story {
	struct store *store;
	struct story_window *window;
	size_t memory;	     /* of the window, bytes */
	struct arena *arena; /* of one stored item */
	bool complete;	     /* the window has all stored items */
	int64_t next;	     /* else: those before this row; 0: none yet */
};

/* --- its life --- */

static void desk_story_on_end(void *ctx, bool committed)
{
	struct desk_story *s = ctx;

	if (committed)
		story_window_commit(s->window);
	else
		story_window_rollback(s->window);
}

/* With a seed that no feed knows. NULL: out of memory. */
static struct story_window *story_new_window(size_t memory)
{
	uint64_t seed;

	return rng_system_bytes(&seed, sizeof(seed)) == 0 ? story_window_new(memory, seed) : NULL;
}

struct desk_story *desk_story_new(struct store *store)
{
	struct desk_story *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->store = store;
	s->arena = arena_new(STORY_ARENA_MAX);
	s->memory = STORY_MEMORY;
	s->window = story_new_window(s->memory);
	if (!s->arena || !s->window) {
		desk_story_free(s);
		return NULL;
	}
	store_on_end(store, desk_story_on_end, s);
	return s;
}

void desk_story_free(struct desk_story *s)
{
	if (!s)
		return;
	store_on_end(s->store, NULL, NULL);
	story_window_free(s->window);
	arena_free(s->arena);
	free(s);
}

/* --- one item --- */

/* Of an item that was stored before its story was, the source is that of its feed. */
struct story_reader {
	struct desk_story *s;
	struct arena *arena; /* cleared for each item */
	const struct conf *conf;
};

static struct str story_source(const struct conf *c, struct str feed)
{
	const struct conf_feed *cf = conf_find_feed(c, feed);

	return cf && cf->source ? str_of(cf->source) : feed;
}

/* What is compared: the longer one of content and summary, of which one is often a teaser. */
static struct str story_body(const struct feed_item *i)
{
	return i->content.n >= i->summary.n ? i->content : i->summary;
}

static int story_fill_item(const struct story_reader *r, const struct store_item_row *row,
	struct story_item *out, struct err *e)
{
	struct store_story v;
	bool found;
	int rc = store_story_get(r->s->store, row->id, r->arena, &v, &found, e);

	if (rc)
		return rc;
	*out = (struct story_item){.id = row->id,
		.at = row->first_seen,
		.source = found ? v.source : story_source(r->conf, row->feed),
		.title = row->item.title,
		.body = story_body(&row->item),
		.origin = v.origin,
		.story = found ? v.story : 0};
	return 0;
}

static int story_read(void *ctx, int64_t id, struct story_item *out, struct err *e)
{
	struct story_reader *r = ctx;
	struct store_item_row row;
	bool found;
	int rc;

	arena_clear(r->arena);
	rc = store_item_get(r->s->store, id, r->arena, &row, &found, e);
	if (rc == -ERR_LIMIT)
		return 0;
	if (!rc && found)
		rc = story_fill_item(r, &row, out, e);
	return rc ? rc : found;
}

/* The same for the window, with what receivers of its alerts have if it was edited since. */
static int story_read_sent(void *ctx, int64_t id, struct story_item *out, struct err *e)
{
	struct story_reader *r = ctx;
	struct feed_item sent = {.id = STR_NONE};
	bool found;
	int rc = story_read(ctx, id, out, e);

	if (rc <= 0)
		return rc;
	rc = store_item_alerted_text(r->s->store, id, r->arena, &sent, &found, e);
	if (rc)
		return rc;
	if (found) {
		out->sent_title = sent.title;
		out->sent_body = story_body(&sent);
	}
	return 1;
}

/* What people call an item: "Outlet: Its headline". */
static int story_name(struct ingest *t, int64_t id, struct str *out, struct err *e)
{
	struct desk_story *s = t->desk->story;
	struct story_reader r = {s, s->arena, t->conf};
	struct story_item item;
	struct alert a;
	struct buf name;
	int rc = story_read(&r, id, &item, e);

	*out = STR_NONE;
	if (rc <= 0)
		return rc;
	a = (struct alert){.title = item.title, .body = item.body};
	buf_init(&name, 2 * STORY_NAME_MAX);
	buf_adds(&name, utf8_cut(item.source, STORY_NAME_MAX / 2));
	buf_addz(&name, ": ");
	alert_headline(&a, STORY_NAME_MAX, &name);
	if (!buf_failed(&name))
		*out = arena_str(t->desk->item_arena, buf_str(&name));
	buf_release(&name);
	return out->p ? 0 : err_nomem(e);
}

static unsigned story_percent(double share)
{
	return (unsigned)(share * 100 + .5);
}

/* Strings are copied, since the window gives them until its next call. */
static int story_keep(struct ingest *t, const struct story_verdict *v, struct err *e)
{
	struct arena *arena = t->desk->item_arena;
	struct store_story *out = &t->story;
	bool lost = false;

	out->story = v->story;
	out->origin = str_present(v->origin) ? arena_str(arena, v->origin) : out->source;
	out->agency = str_present(v->agency) ? arena_str(arena, v->agency) : STR_NONE;
	out->relation = v->match.relation;
	out->of = v->match.relation == STORY_NEW ? 0 : v->match.of;
	out->share = story_percent(v->match.share);
	out->run = (unsigned)v->match.run;
	out->likeness = story_percent(v->likeness);
	out->by_headline = v->match.by_headline;
	for (size_t i = 0; i < v->match.n_differences && out->of; i++) {
		struct store_story_change *c = &out->changes[out->n_changes++];

		c->old = arena_str(arena, v->match.difference[i].old);
		c->fresh = arena_str(arena, v->match.difference[i].fresh);
		lost = lost || !c->old.p || !c->fresh.p;
	}
	return lost || !out->origin.p || (str_present(v->agency) && !out->agency.p) ? err_nomem(e)
										    : 0;
}

/* The item that is compared: that with its text, or the first one of its story. */
static int story_look_at_other(struct ingest *t, struct err *e)
{
	struct store_story *out = &t->story, other;
	int64_t id = out->of ? out->of : out->story;
	bool found;
	int rc;

	out->text = out->item;
	if (id == out->item)
		return 0;
	rc = story_name(t, id, &out->of_name, e);
	if (rc || !out->of)
		return rc;
	arena_clear(t->desk->story->arena);
	rc = store_story_get(t->desk->store, id, t->desk->story->arena, &other, &found, e);
	out->of_text = other.text;
	if (out->relation == STORY_COPY)
		out->text = other.text;
	return rc;
}

int desk_story_place(struct ingest *t, const struct feed_item *item, const struct store_item *state,
	struct err *e)
{
	struct desk_story *s = t->desk->story;
	struct story_reader r = {s, s->arena, t->conf};
	struct story_item fresh = {
		.id = state->id, .at = t->now, .title = item->title, .body = story_body(item)};
	struct story_verdict v;
	int rc;

	if (ingest_is_canary(t))
		return 0;
	fresh.source = story_source(t->conf, str_of(t->cf->name));
	t->story = (struct store_story){.item = state->id, .source = fresh.source};
	rc = story_window_take(s->window, &fresh, story_read_sent, &r, &v, e);
	/* It is added in its place, after those before it. */
	if (!s->complete)
		story_window_rollback(s->window);
	if (rc == -ERR_LIMIT) {
		v = (struct story_verdict){.origin = fresh.source, .story = state->id};
		rc = 0;
	}
	if (!rc)
		rc = story_keep(t, &v, e);
	if (!rc)
		rc = story_look_at_other(t, e);
	return rc ? rc : store_story_put(t->desk->store, &t->story, e);
}

/* --- the stored items --- */

static int story_restore(struct desk_story *s, const struct conf *c, int64_t id, struct err *e)
{
	struct story_reader r = {s, s->arena, c};
	struct story_item item;
	int rc = story_read(&r, id, &item, e);

	if (rc <= 0)
		return rc;
	rc = story_window_restore(s->window, &item, e);
	return rc == -ERR_LIMIT ? 0 : rc;
}

/* Until end_us, but at least one. */
static int story_fill(struct desk_story *s, const struct conf *c, int64_t end_us, struct err *e)
{
	int64_t ids[STORY_PIECE];
	size_t n;
	int rc = 0;

	if (!s->next)
		rc = store_story_first(s->store, clock_wall() - STORY_DAYS, &s->next, e);
	do {
		n = 0;
		if (!rc)
			rc = store_story_items(s->store, s->next, ids, STORY_PIECE, &n, e);
		for (size_t i = 0; !rc && i < n; i++) {
			rc = story_restore(s, c, ids[i], e);
			s->next = ids[i] + 1;
			if (!rc && clock_mono_us() >= end_us)
				return 0;
		}
	} while (!rc && n > 0);
	s->complete = rc == 0;
	return rc;
}

/* An empty window of another size, to be filled; the old one if memory is out. */
static void story_resize(struct desk_story *s, size_t memory)
{
	struct story_window *window = story_new_window(memory);

	if (!window)
		return;
	story_window_free(s->window);
	s->window = window;
	s->memory = memory;
	s->complete = false;
	s->next = 0;
}

bool desk_story_fill(struct desk *d, const struct conf *c, int64_t ms, struct err *e)
{
	struct desk_story *s = d->story;
	int rc;

	if (s->memory != c->story.memory && !store_in_transaction(s->store))
		story_resize(s, c->story.memory);
	if (s->complete)
		return false;
	rc = store_begin_read(d->store, e);
	if (!rc)
		rc = store_end(d->store, story_fill(s, c, clock_mono_us() + ms * 1000, e), e);
	return rc == 0 && !s->complete;
}
