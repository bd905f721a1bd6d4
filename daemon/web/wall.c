/* SPDX-License-Identifier: MIT */
#include "wall.h"

#define FEED_ARENA_MAX ((size_t)256 * 1024)

const char web_wall_letters[DOCUMENT_FEED_STATES + 1] = "gxsltimuf";

const struct page_sign *web_wall_sign(enum document_feed_state s)
{
	static const struct page_sign signs[] = {
		[DOCUMENT_FEED_GONE] = {"⊘", "gone", "bad"},
		[DOCUMENT_FEED_FAILING] = {"✕", "failing", "bad"},
		[DOCUMENT_FEED_SILENT] = {"○", "silent", "warn"},
		[DOCUMENT_FEED_LATE] = {"◐", "late", "warn"},
		[DOCUMENT_FEED_STALE] = {"◌", "stale", "warn"},
		[DOCUMENT_FEED_INCOMPLETE] = {"◔", "incomplete", "warn"},
		[DOCUMENT_FEED_FLOOD] = {"≫", "too much", "warn"},
		[DOCUMENT_FEED_UNREAD] = {"·", "not read yet", "quiet"},
		[DOCUMENT_FEED_FINE] = {"●", "fresh", "good"},
	};

	return &signs[s];
}

static int wall_read_all(struct web_call *c, struct store *store, struct arena *arena,
	struct web_wall *w, struct err *e)
{
	int rc = 0;

	for (; !rc && w->n < c->conf->n_feeds; w->n++) {
		struct document_feed d = {
			.cf = &c->conf->feeds[w->n], .running = true, .now = c->now};
		enum document_feed_state state;

		arena_clear(arena);
		rc = document_feed_read(&d, store, arena, e);
		state = document_feed_state_of(&d);
		w->states[w->n] = web_wall_letters[state];
		w->counts[state]++;
	}
	return rc;
}

int web_wall_read(struct web_call *c, struct store *store, struct web_wall *out, struct err *e)
{
	struct arena *arena = arena_new(FEED_ARENA_MAX);
	int rc;

	*out = (struct web_wall){.states = arena_zalloc(c->arena, c->conf->n_feeds + 1)};
	if (!arena || !out->states)
		rc = err_nomem(e);
	else
		rc = store_begin_read(store, e);
	if (!rc)
		rc = store_end(store, wall_read_all(c, store, arena, out, e), e);
	arena_free(arena);
	return rc;
}

/* The good first, as people ask. */
static const enum document_feed_state wall_order[] = {DOCUMENT_FEED_FINE, DOCUMENT_FEED_LATE,
	DOCUMENT_FEED_FAILING, DOCUMENT_FEED_SILENT, DOCUMENT_FEED_GONE, DOCUMENT_FEED_STALE,
	DOCUMENT_FEED_INCOMPLETE, DOCUMENT_FEED_FLOOD, DOCUMENT_FEED_UNREAD};

void web_wall_put_sentence(struct html *h, const struct web_wall *w)
{
	bool first = true;

	for (size_t i = 0; i < DOCUMENT_FEED_STATES; i++) {
		enum document_feed_state s = wall_order[i];

		if (!w->counts[s])
			continue;
		html_printf(h, "%s<a href=\"%sfeeds?state=%s\"><span data-count=\"%c\">",
			first ? "" : ", ", h->root, document_feed_words[s], web_wall_letters[s]);
		html_count(h, (int64_t)w->counts[s]);
		html_printf(h, "</span> %s</a>", web_wall_sign(s)->word);
		first = false;
	}
}
