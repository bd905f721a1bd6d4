/* SPDX-License-Identifier: MIT */
#include "sources.h"

#include "query/query.h"
#include "store/waits.h"

#define SOURCES_KEPT   (3 * CLOCK_DAY) /* since the last report; as long as a story goes on */
#define SOURCES_MOST   ((size_t)20000) /* that are kept */
#define SOURCES_FORGET 64	       /* after so many that are kept, old ones are forgotten */

int sources_begin_story(struct ingest *t, struct err *e)
{
	if (!t->story.item || t->story.story != t->story.item ||
		!watch_set_counts_sources(t->conf->set))
		return 0;
	return store_waits_forget_story(t->desk->store, t->story.story, e);
}

void sources_know_story(struct ingest *t)
{
	t->sources = (struct ingest_sources){
		.item = t->story.item,
		.story = t->story.story,
		.have = t->story.origins > 1 ? (uint32_t)t->story.origins : 1,
	};
}

int sources_look_at(const struct ingest *t, int64_t item, struct ingest *out, struct err *e)
{
	bool found;
	int rc;

	*out = *t;
	out->sources.item = item;
	rc = store_story_get(t->desk->store, item, t->desk->item_arena, &out->story, &found, e);
	out->story.origins = t->sources.have;
	out->story.reports = t->story.reports;
	out->story.outlets = t->story.outlets;
	return rc;
}

/* Of an item that arrived before: its story may have got further sources. */
static int sources_read_story(struct ingest *t, int64_t item, struct err *e)
{
	struct arena *arena = t->desk->item_arena;
	struct store_story story;
	struct str *origins;
	bool found;
	size_t n = 0;
	int rc = store_story_get(t->desk->store, item, arena, &story, &found, e);

	if (!rc && found)
		rc = store_story_origins(
			t->desk->store, story.story, QUERY_SOURCES_MAX, arena, &origins, &n, e);
	t->sources = (struct ingest_sources){item, story.story, n > 1 ? (uint32_t)n : 1};
	return rc;
}

int sources_set_view(
	struct ingest *t, const struct store_item *state, struct watch_view *view, struct err *e)
{
	int rc = 0;

	if (!watch_set_counts_sources(t->conf->set))
		return 0;
	if (t->sources.item != state->id && t->story.item == state->id)
		sources_know_story(t);
	if (t->sources.item != state->id)
		rc = sources_read_story(t, state->id, e);
	view->sources = t->sources.have;
	view->waiting = true;
	return rc;
}

static int sources_put(struct ingest *t, const struct store_wait *w, struct err *e)
{
	struct store *store = t->desk->store;
	int rc = store_wait_put(store, w, t->now, e);

	if (!rc && t->desk->waits_put++ % SOURCES_FORGET == 0)
		rc = store_waits_forget(store, t->now - SOURCES_KEPT, SOURCES_MOST, e);
	return rc;
}

/* The first of a watch and story is kept, unless this one needs fewer sources. */
static int sources_keep(struct ingest *t, const struct sources_match *m,
	const struct store_wait *kept, struct err *e)
{
	struct store_wait w = {.story = t->sources.story,
		.watch = str_of(m->watch->name),
		.item = m->state->id,
		.link_shared = m->state->link_shared,
		.sources = m->found->sources};

	memcpy(w.key, m->state->key, sizeof(w.key));
	return kept && kept->sources <= w.sources ? 0 : sources_put(t, &w, e);
}

static int sources_note_quiet(struct ingest *t, const struct sources_match *m,
	enum store_quiet_reason reason, struct str alert, struct err *e)
{
	const struct store_quiet q = {
		.watch = str_of(m->watch->name), .reason = reason, .at = t->now, .alert = alert};

	return store_quiet_put(t->desk->store, m->state->id, &q, e);
}

int sources_judge(struct ingest *t, const struct sources_match *m, bool *alerts, struct err *e)
{
	struct store_wait kept;
	bool found;
	int rc;

	*alerts = true;
	if (!m->found->sources)
		return 0;
	rc = store_wait_get(t->desk->store, t->sources.story, str_of(m->watch->name),
		t->desk->item_arena, &kept, &found, e);
	if (rc)
		return rc;
	*alerts = !(found && kept.done) && m->found->sources <= t->sources.have;
	if (*alerts)
		return 0;
	if (found && kept.done)
		return sources_note_quiet(t, m, STORE_QUIET_ONCE, kept.alert, e);
	rc = sources_keep(t, m, found ? &kept : NULL, e);
	return rc ? rc : sources_note_quiet(t, m, STORE_QUIET_WAITS, STR_NONE, e);
}

static int sources_note_steps(struct ingest *t, const struct sources_match *m,
	const struct alert *a, int64_t row, struct err *e)
{
	struct store_raise_step step = {.story = t->sources.story, .alert = row};
	int rc = 0;

	for (size_t k = 0; !rc && k < m->found->n_raises && k < m->watch->n_raises; k++) {
		step.sources = m->found->raises[k];
		step.priority = m->watch->raises[k].to;
		if (step.sources > t->sources.have && step.sources != WATCH_SOURCES_NEVER &&
			step.priority < a->priority)
			rc = store_raise_step_put(t->desk->store, &step, t->now, e);
	}
	return rc;
}

/* Another item that waited does so no more. */
static int sources_end_wait(
	struct ingest *t, const struct sources_match *m, const struct alert *a, struct err *e)
{
	struct store_quiet q = {.watch = str_of(m->watch->name),
		.reason = STORE_QUIET_ONCE,
		.at = t->now,
		.alert = a->id};
	struct store_wait kept;
	bool found;
	int rc = store_wait_get(
		t->desk->store, t->sources.story, q.watch, t->desk->item_arena, &kept, &found, e);

	if (rc || !found || kept.done || kept.item == m->state->id)
		return rc;
	return store_quiet_put_if_item(t->desk->store, kept.item, &q, e);
}

int sources_note_alert(struct ingest *t, const struct sources_match *m, const struct alert *a,
	int64_t row, struct err *e)
{
	struct store_wait w = {.story = t->sources.story,
		.watch = str_of(m->watch->name),
		.item = m->state->id,
		.sources = m->found->sources,
		.done = true,
		.alert = a->id};
	int rc = 0;

	if (!t->sources.item)
		return 0;
	if (m->found->sources)
		rc = sources_end_wait(t, m, a, e);
	if (!rc && m->found->sources)
		rc = sources_put(t, &w, e);
	return rc || !row ? rc : sources_note_steps(t, m, a, row, e);
}
