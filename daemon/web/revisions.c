/* SPDX-License-Identifier: MIT */
#include "revisions.h"

#include "word_diff.h"

#define DIFF_ARENA ((size_t)16 * 1024 * 1024)

/* A part of the item that differs between two versions. False: out of memory. */
static bool revisions_put_part(
	struct html *h, const char *name, struct str was, struct str is, struct arena *arena)
{
	bool ok;

	if (str_eq(was, is))
		return true;
	arena_clear(arena);
	html_printf(h, "<h4>%s</h4>\n<p dir=\"auto\">", name);
	ok = word_diff_put(h, was, is, arena);
	html_markup(h, "</p>\n");
	return ok;
}

static bool revisions_put_edit(struct html *h, int64_t at, const struct feed_item *was,
	const struct feed_item *is, struct arena *arena)
{
	bool ok;

	html_markup(h, "<div class=\"edit\">\n<p class=\"meta\">Seen at ");
	html_time_ago(h, at);
	html_markup(h, "</p>\n");
	ok = revisions_put_part(h, "Title", was->title, is->title, arena) &&
	     revisions_put_part(h, "Summary", was->summary, is->summary, arena) &&
	     revisions_put_part(h, "Text", was->content, is->content, arena) &&
	     revisions_put_part(h, "Author", was->author.text, is->author.text, arena);
	html_markup(h, "</div>\n");
	return ok;
}

int revisions_put(
	struct html *h, struct store *store, int64_t item, struct arena *arena, struct err *e)
{
	struct arena *own = arena_new(DIFF_ARENA);
	struct store_item_row row;
	struct store_revision *v;
	bool found, ok = true;
	size_t n = 0;
	int rc = own ? store_item_get(store, item, arena, &row, &found, e) : err_nomem(e);

	if (!rc && found)
		rc = store_item_revisions(store, &row, arena, &v, &n, e);
	if (!rc && n) {
		html_printf(h,
			"<section aria-labelledby=\"edits\">\n<h2 id=\"edits\">Edits: "
			"%zu</h2>\n",
			n);
		/* v[0] is the version before the current one. */
		for (size_t i = 0; ok && i < n; i++)
			ok = revisions_put_edit(
				h, v[i].until, &v[i].item, i ? &v[i - 1].item : &row.item, own);
		html_markup(h, "</section>\n");
	}
	arena_free(own);
	return rc || ok ? rc : err_nomem(e);
}
