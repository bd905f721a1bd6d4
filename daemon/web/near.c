/* SPDX-License-Identifier: MIT */
/*
 * Each part of a query that fails is a line of watch_explain(). An item that has nothing to do with
 * the watch fails in as many as any, so one that fails in fewer came near; and so did one that only
 * the exclude keeps from matching, or whose words are too far from each other.
 */
#include "near.h"

#include "desk/desk.h"
#include "item_line.h"
#include "store/archive.h"

#define SAMPLE_MAX  400 /* newest items that are looked at */
#define SHOWN_MAX   5
#define WATCHES_MAX 2000 /* with more the scratch of the set is too large for a page */
#define WHY_MAX	    ((size_t)64 * 1024)
#define ITEM_ARENA  ((size_t)16 * 1024 * 1024)
#define TIME_MS	    1000 /* of all that is looked at */

struct near_walk {
	struct web_call *call;
	const struct conf_watch *watch;
	size_t index; /* of the watch */
	struct watch_scratch *scratch;
	struct arena *arena; /* of one item */
	struct buf why;
	int64_t until; /* mono ms */
	size_t most;   /* lines of any item */
	size_t n;      /* items that do not match */
	struct near_item {
		int64_t row;
		size_t lines;
		bool close; /* by its exclude, or by distance */
		struct str why;
	} v[SAMPLE_MAX];
};

static size_t near_count_lines(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static int near_look(void *ctx, const struct store_item_row *row)
{
	struct near_walk *w = ctx;
	const struct conf_feed *feed = conf_find_feed(w->call->conf, row->feed);
	struct near_item *one = &w->v[w->n];
	struct watch_view view;
	struct err e;
	int rc;

	if (w->n == SAMPLE_MAX || clock_mono() > w->until)
		return 1;
	arena_clear(w->arena);
	buf_clear(&w->why);
	if (!feed || desk_view(feed, &row->item, STR_NONE, row->first_seen, w->call->now, w->arena,
			     &view))
		return 0;
	rc = watch_explain(w->call->conf->set, w->scratch, &view, w->index, &w->why, &e);
	if (rc != 0 || buf_failed(&w->why))
		return 0;
	*one = (struct near_item){.row = row->id,
		.lines = near_count_lines(buf_str(&w->why)),
		.close = watch_excluded(w->call->conf->set, w->scratch, w->index) ||
			 str_find(buf_str(&w->why), STR("at the nearest")) >= 0,
		.why = arena_str(w->call->arena, buf_str(&w->why))};
	w->most = one->lines > w->most ? one->lines : w->most;
	w->n += str_present(one->why);
	return 0;
}

static void near_put_reasons(struct html *h, struct str why)
{
	html_markup(h, "<ul>");
	while (why.n > 0) {
		const char *end = memchr(why.p, '\n', why.n);
		size_t n = end ? (size_t)(end - why.p) : why.n;

		html_markup(h, "<li class=\"meta\" dir=\"auto\">");
		html_text(h, str_slice(why.p, n));
		html_markup(h, "</li>\n");
		n += end != NULL;
		why = str_slice(why.p + n, why.n - n);
	}
	html_markup(h, "</ul>");
}

static int near_put_item(struct html *h, struct near_walk *w, struct store *store,
	const struct near_item *one, struct err *e)
{
	struct store_item_row row;
	bool found;
	int rc;

	arena_clear(w->arena);
	rc = store_item_get(store, one->row, w->arena, &row, &found, e);
	if (rc || !found)
		return rc;
	html_markup(h, "<li>");
	item_put_headline(h, &row, row.item.content);
	html_markup(h, " <span class=\"meta\">");
	item_put_facts(h, &row, true);
	html_markup(h, "</span>");
	near_put_reasons(h, one->why);
	html_markup(h, "</li>\n");
	return 0;
}

/* The newest first. */
static int near_put_list(struct html *h, struct near_walk *w, struct store *store, struct err *e)
{
	size_t shown = 0;
	int rc = 0;

	for (size_t i = w->n; !rc && i-- > 0 && shown < SHOWN_MAX;) {
		if (!w->v[i].close && w->v[i].lines >= w->most)
			continue;
		if (!shown++)
			html_markup(h, "<section aria-labelledby=\"near\">\n<h2 id=\"near\">What "
				       "came near</h2>\n<p>Of the newest items, without a "
				       "match:</p>\n<ul>\n");
		rc = near_put_item(h, w, store, &w->v[i], e);
	}
	html_markup(h, shown ? "</ul>\n</section>\n" : "");
	return rc;
}

int near_put(struct html *h, struct web_call *c, struct store *store,
	const struct conf_watch *watch, struct err *e)
{
	const struct archive_period newest = {
		.since = STAMP_NONE, .until = STAMP_NONE, .newest = SAMPLE_MAX};
	struct near_walk *w;
	int rc;

	if (c->conf->n_watches > WATCHES_MAX)
		return 0;
	w = arena_zalloc(c->arena, sizeof(*w));
	if (!w)
		return err_nomem(e);
	w->call = c;
	w->watch = watch;
	w->index = (size_t)(watch - c->conf->watches);
	w->until = clock_mono() + TIME_MS;
	buf_init(&w->why, WHY_MAX);
	w->arena = arena_new(ITEM_ARENA);
	w->scratch = w->arena ? watch_scratch_new(c->conf->set) : NULL;
	rc = w->scratch ? archive_each(store, &newest, near_look, w, e) : err_nomem(e);
	/* Out of time: what was looked at is enough. */
	if (rc >= 0 || rc == -(int)ERR_TEMP)
		rc = near_put_list(h, w, store, e);
	watch_scratch_free(w->scratch);
	arena_free(w->arena);
	buf_release(&w->why);
	return rc;
}
