/* SPDX-License-Identifier: MIT */
#include "story/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "copies.h"
#include "events.h"

#define ORIGIN_MAX ((size_t)200)

struct story_window {
	size_t pending_max; /* bytes of what is kept until the next commit */
	struct records records;
	struct story_copies *copies;
	struct story_events *events;
	struct text_words words;
	struct story_text text;
	char origin[ORIGIN_MAX];
};

/* Of a lead, the items take 24 bytes, the grams 150, and words and sums 200. */
struct story_window *story_window_new(size_t max, uint64_t seed)
{
	struct story_window *w = calloc(1, sizeof(*w));
	struct keyed key = keyed_from_seed(seed);

	if (!w)
		return NULL;
	/* It grows by doubling. */
	w->pending_max = max / 16;
	max -= max / 8;
	records_init(&w->records, max / 12);
	text_words_init(&w->words);
	w->copies = story_copies_new(&w->records, max / 8 * 3, key);
	w->events = story_events_new(&w->records, max / 2, key);
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
	records_release(&w->records);
	text_words_release(&w->words);
	free(w);
}

size_t story_window_bytes(const struct story_window *w)
{
	return w->records.bytes + story_copies_bytes(w->copies) + story_events_bytes(w->events);
}

size_t story_window_items(const struct story_window *w)
{
	return records_count(&w->records);
}

uint64_t story_window_steps(const struct story_window *w)
{
	return story_copies_steps(w->copies) + story_events_steps(w->events);
}

int story_window_learn(struct story_window *w, struct str title, struct str body, struct err *e)
{
	int rc = story_text_read(&w->text, &w->words, title, body, e);

	if (!rc)
		rc = story_events_learn(w->events, &w->text);
	story_events_commit(w->events);
	return rc;
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

/* Adds the item that was read last. known: its story; 0: it is looked for. */
static int window_add(struct story_window *w, const struct story_item *item, int64_t known,
	struct story_verdict *out)
{
	const struct event_item placed = {item->id, item->at, known};
	struct event_found found;
	struct record record = {
		.id = item->id, .at = item->at, .source = story_copies_source(w->copies)};

	/* A transaction of more items than can be taken back: they are not remembered. */
	if (story_copies_pending_bytes(w->copies) + story_events_pending_bytes(w->events) >
		w->pending_max) {
		out->story = known ? known : item->id;
		out->likeness = known ? 1 : 0;
		return 0;
	}
	if (story_events_place(w->events, &placed, &found))
		return -ERR_NOMEM;
	out->story = found.story;
	out->likeness = found.likeness;
	record.story = found.place;
	if (!records_push(&w->records, &record) || story_copies_add(w->copies) ||
		story_events_add(w->events))
		return -ERR_NOMEM;
	return 0;
}

int story_window_take(struct story_window *w, const struct story_item *item, story_read_fn *read,
	void *ctx, struct story_verdict *out, struct err *e)
{
	int64_t known = 0;
	int rc;

	*out = (struct story_verdict){.origin = item->source, .story = item->id};
	records_drop(&w->records, item->at - STORY_COPIES_WINDOW);
	rc = story_copies_read(w->copies, item, e);
	if (rc < 0)
		return rc;
	/* Meanwhile memory brings what the search for copies needs. */
	story_events_read(w->events, story_copies_text(w->copies));
	rc = story_copies_find(w->copies, read, ctx, &out->match, e);
	if (rc < 0)
		return rc;
	out->agency = story_copies_text(w->copies)->agency;
	rc = window_read_first(w, read, ctx, out, &known, e);
	if (rc < 0)
		return rc;
	return window_add(w, item, known, out) ? err_nomem(e) : 0;
}

void story_window_commit(struct story_window *w)
{
	records_commit(&w->records);
	story_copies_commit(w->copies);
	story_events_commit(w->events);
}

void story_window_rollback(struct story_window *w)
{
	story_copies_rollback(w->copies);
	story_events_rollback(w->events);
	records_rollback(&w->records);
}

int story_window_restore(struct story_window *w, const struct story_item *item, struct err *e)
{
	struct story_verdict v;
	int rc;

	records_drop(&w->records, item->at - STORY_COPIES_WINDOW);
	rc = story_copies_read(w->copies, item, e);
	if (rc)
		return rc;
	story_events_read(w->events, story_copies_text(w->copies));
	rc = window_add(w, item, item->story ? item->story : item->id, &v);
	story_window_commit(w);
	return rc ? err_nomem(e) : 0;
}
