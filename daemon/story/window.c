/* SPDX-License-Identifier: MIT */
#include "story/window.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "events.h"

#define ORIGIN_MAX ((size_t)200)

struct story_window {
	struct story_copies *copies;
	struct story_events *events;
	struct text_words words;
	struct story_text text;
	char origin[ORIGIN_MAX];
};

struct story_window *story_window_new(size_t max, uint64_t seed)
{
	struct story_window *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	text_words_init(&w->words);
	w->copies = story_copies_new(max / 2, seed);
	w->events = story_events_new(max / 2);
	if (w->copies && w->events)
		return w;
	story_window_free(w);
	return NULL;
}

void story_window_free(struct story_window *w)
{
	if (!w)
		return;
	story_copies_free(w->copies);
	story_events_free(w->events);
	text_words_release(&w->words);
	free(w);
}

size_t story_window_bytes(const struct story_window *w)
{
	return story_copies_bytes(w->copies) + story_events_bytes(w->events);
}

size_t story_window_items(const struct story_window *w)
{
	return story_copies_items(w->copies);
}

int story_window_learn(struct story_window *w, struct str title, struct str body, struct err *e)
{
	int rc = story_text_read(&w->text, &w->words, title, body, e);

	return rc ? rc : story_events_learn(w->events, &w->text);
}

/* Sets origin and *known from the item whose text it has. */
static int window_read_first(struct story_window *w, story_read_fn *read, void *ctx,
	struct story_verdict *out, int64_t *known, struct err *e)
{
	struct story_item of;
	int rc;

	if (out->match.relation == STORY_NEW)
		return 0;
	rc = read(ctx, out->match.of, &of, e);
	if (rc <= 0)
		return rc;
	*known = of.story;
	out->origin = str_present(of.origin) ? of.origin : of.source;
	if (!str_present(out->origin))
		return 0;
	out->origin = utf8_cut(out->origin, ORIGIN_MAX);
	memcpy(w->origin, out->origin.p, out->origin.n);
	out->origin.p = w->origin;
	return 0;
}

int story_window_take(struct story_window *w, const struct story_item *item, story_read_fn *read,
	void *ctx, struct story_verdict *out, struct err *e)
{
	int64_t known = 0;
	int rc;

	*out = (struct story_verdict){.origin = item->source, .story = item->id};
	rc = story_copies_find(w->copies, item, read, ctx, &out->match, e);
	if (rc < 0)
		return rc;
	out->agency = story_copies_text(w->copies)->agency;
	rc = window_read_first(w, read, ctx, out, &known, e);
	if (rc < 0)
		return rc;
	rc = story_events_place(w->events, story_copies_text(w->copies), item->id, item->at, known,
		&out->story, &out->likeness);
	if (rc == 0)
		rc = story_copies_add(w->copies);
	return rc < 0 ? err_nomem(e) : 0;
}

void story_window_commit(struct story_window *w)
{
	story_copies_commit(w->copies);
	story_events_commit(w->events);
}

void story_window_rollback(struct story_window *w)
{
	story_copies_rollback(w->copies);
	story_events_rollback(w->events);
}

int story_window_restore(struct story_window *w, const struct story_item *item, struct err *e)
{
	int64_t story;
	double likeness;
	int rc = story_copies_read(w->copies, item, e);

	if (rc)
		return rc;
	rc = story_events_place(w->events, story_copies_text(w->copies), item->id, item->at,
		item->story ? item->story : item->id, &story, &likeness);
	if (rc == 0)
		rc = story_copies_add(w->copies);
	story_window_commit(w);
	return rc ? err_nomem(e) : 0;
}
