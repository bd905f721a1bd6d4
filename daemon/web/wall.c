/* SPDX-License-Identifier: MIT */
#include "wall.h"

#include "document/wall.h"

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

int web_wall_read(struct web_call *c, struct store *store, struct web_wall *out, struct err *e)
{
	struct buf signs;
	int rc;

	*out = (struct web_wall){.n = c->conf->n_feeds};
	buf_init(&signs, out->n + 1);
	rc = document_wall_read(c->conf, store, c->now, &signs, e);
	if (!rc) {
		out->states = arena_str(c->arena, buf_str(&signs)).p;
		if (!out->states)
			rc = err_nomem(e);
	}
	buf_release(&signs);
	for (size_t i = 0; !rc && i < out->n; i++)
		for (size_t s = 0; s < DOCUMENT_FEED_STATES; s++)
			out->counts[s] += out->states[i] ==
					  document_feed_state_sign((enum document_feed_state)s);
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
			first ? "" : ", ", h->root, document_feed_words[s],
			document_feed_state_sign(s));
		html_count(h, (int64_t)w->counts[s]);
		html_printf(h, "</span> %s</a>", web_wall_sign(s)->word);
		first = false;
	}
}
