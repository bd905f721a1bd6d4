/* SPDX-License-Identifier: MIT */
#include "sources_due.h"

#include "promotion.h"
#include "sources.h"
#include "store/waits.h"

/* Of one story with one report; what is left is due with the next. */
#define DUE_MAX ((size_t)1000)

/* The poll and the feed of an earlier item, in place of those at work. */
struct due_view {
	struct ingest t;
	struct desk_poll poll;
	struct feed_batch batch; /* of the feed: empty */
};

static int due_make_view(const struct ingest *t, const struct store_item_row *row,
	const struct conf_feed *cf, struct due_view *out, struct err *e)
{
	int rc;

	*out = (struct due_view){.poll = *t->poll};
	rc = sources_look_at(t, row->id, &out->t, e);
	out->poll.batch = &out->batch;
	out->t.poll = &out->poll;
	out->t.cf = cf;
	return rc ? rc
		  : store_feed_get(t->desk->store, row->feed, t->desk->item_arena, &out->t.feed, e);
}

/* The waits that no alert ended: their watch is gone, or does not match any more. */
static int due_end_others(
	struct ingest *t, const struct ingest_kept *kept, int64_t story, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < kept->n; i++)
		if (str_present(kept->watches[i]))
			rc = store_wait_end(t->desk->store, story, kept->watches[i], e);
	return rc;
}

static int due_match(struct ingest *t, const struct ingest_kept *kept, struct err *e)
{
	const struct conf_feed *cf = conf_find_feed(t->conf, kept->row->feed);
	struct due_view view;
	int rc;

	if (!cf)
		return 0;
	rc = due_make_view(t, kept->row, cf, &view, e);
	if (rc)
		return rc;
	watch_scratch_fill(t->desk->scratch, INGEST_POOL_ITEMS);
	return ingest_match_kept(&view.t, kept, e);
}

/* Those of one item. */
static int due_raise_item(struct ingest *t, const struct store_wait *v, size_t n, struct err *e)
{
	struct store_item state = {.id = v->item, .link_shared = v->link_shared};
	struct store_item_row row;
	struct ingest_kept kept = {.row = &row, .state = &state, .n = n};
	bool found;
	int rc;

	arena_clear(t->desk->item_arena);
	memcpy(state.key, v->key, sizeof(state.key));
	kept.watches = arena_array(t->desk->item_arena, n, sizeof(*kept.watches));
	if (!kept.watches)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		kept.watches[i] = v[i].watch;
	rc = store_item_get(t->desk->store, v->item, t->desk->item_arena, &row, &found, e);
	if (!rc && found)
		rc = due_match(t, &kept, e);
	if (rc && rc != -ERR_LIMIT)
		return rc;
	return due_end_others(t, &kept, v->story, e);
}

static int due_raise(struct ingest *t, struct err *e)
{
	struct store_wait *v;
	size_t n, same;
	int rc = store_waits_due(t->desk->store, t->sources.story, t->sources.have, DUE_MAX,
		t->desk->feed_arena, &v, &n, e);

	for (size_t i = 0; !rc && i < n; i += same) {
		same = 1;
		while (i + same < n && v[i + same].item == v[i].item)
			same++;
		rc = due_raise_item(t, &v[i], same, e);
	}
	return rc;
}

static int due_promote(struct ingest *t, struct err *e)
{
	struct store_raise_step *v;
	struct promotion p = {.t = t, .e = e};
	size_t n;
	int rc = store_raise_steps_take(t->desk->store, t->sources.story, t->sources.have, DUE_MAX,
		t->desk->feed_arena, &v, &n, e);

	arena_clear(t->desk->item_arena);
	for (size_t i = 0; !rc && i < n; i++)
		rc = promotion_raise(&p, &v[i]);
	return rc ? rc : promotion_end(&p);
}

int sources_due_look(struct ingest *t, struct err *e)
{
	int rc;

	if (t->story.story == t->story.item || !watch_set_counts_sources(t->conf->set))
		return 0;
	sources_know_story(t);
	rc = store_waits_touch(t->desk->store, t->sources.story, t->now, e);
	if (!rc)
		rc = due_raise(t, e);
	return rc ? rc : due_promote(t, e);
}
