/* SPDX-License-Identifier: MIT */
#include "search_page.h"

#include "feed/link.h"
#include "item_line.h"
#include "page.h"
#include "store/archive.h"

#define FOUND_DEFAULT 50
#define FOUND_MAX     500
#define PASSAGE_MAX   300
#define PASSAGE_ROOM  ((size_t)64 * 1024)
#define LINK_ARENA    ((size_t)64 * 1024)

struct search_page {
	struct html h;
	const struct conf_list *strip;
	struct str q, feed, since;
	int64_t from, limit;
	struct arena *link; /* of one result */
	size_t n;
};

static int search_put_found(void *ctx, const struct archive_found *f)
{
	static const struct watch_marks marks = {"<mark>", "</mark>", html_escape, NULL};
	struct search_page *s = ctx;
	const struct watch_view v = {.title = f->row.item.title, .body = f->body};
	struct store_item_row row = f->row;
	struct html *h = &s->h;

	arena_clear(s->link);
	row.item.link = feed_link_shown(s->link, row.item.link, s->strip->v, s->strip->n);
	html_markup(h, s->n++ ? "<article class=\"low\">\n<h3>"
			      : "<h2>The newest first</h2>\n<article class=\"low\">\n<h3>");
	item_put_headline(h, &row, f->body);
	html_markup(h, "</h3>\n<p class=\"passage\"");
	html_foreign(h, row.item.language);
	html_markup(h, ">");
	watch_snippet(&v, f->hits, f->n_hits, PASSAGE_MAX, &marks, h->out);
	html_markup(h, "</p>\n<p class=\"meta\">");
	item_put_facts(h, &row, true);
	html_markup(h, "</p>\n</article>\n");
	return 0;
}

static void search_put_form(struct html *h, const struct search_page *s)
{
	html_markup(h, "<form class=\"filters\" role=\"search\">\n<label>Words<input "
		       "type=\"search\" name=\"q\" size=\"32\" id=\"filter\"");
	html_attribute(h, "value", str_present(s->q) ? s->q : STR(""));
	html_markup(h, "></label>\n<label>Feed<input name=\"feed\" size=\"14\"");
	html_attribute(h, "value", str_present(s->feed) ? s->feed : STR(""));
	html_markup(h, "></label>\n<label>Since, such as 2d or 2026-11-30<input name=\"since\" "
		       "size=\"14\"");
	html_attribute(h, "value", str_present(s->since) ? s->since : STR(""));
	html_markup(h, "></label>\n<button>Search</button>\n</form>\n");
}

static void search_teach(struct html *h)
{
	html_markup(h,
		"<p>Every item that was read, alerted or not, until <code>retention</code> removes "
		"it. All words must be there; case and accents do not matter.</p>\n<dl>\n"
		"<dt><code>relocat*</code></dt><dd>every word that begins so</dd>\n"
		"<dt><code>\"draw down\"</code></dt><dd>these words in a row</dd>\n</dl>\n"
		"<p>For operators such as NEAR and OR, <code>nightdesk backtest</code> runs a "
		"whole "
		"watch over the archive.</p>\n");
}

static void search_put_more(struct html *h, const struct search_page *s)
{
	char number[24];
	struct buf url;

	if ((int64_t)s->n < s->limit || s->limit >= FOUND_MAX)
		return;
	buf_init(&url, 16384);
	html_query(&url, "q", s->q);
	html_query(&url, "feed", s->feed);
	html_query(&url, "since", s->since);
	snprintf(number, sizeof(number), "%d", FOUND_MAX);
	html_query(&url, "limit", str_of(number));
	html_markup(h, "<p class=\"bar\"><a");
	html_href_query(h, buf_str(&url));
	html_printf(h, ">Up to %d</a></p>\n", FOUND_MAX);
	buf_release(&url);
}

static int search_put_results(struct search_page *s, struct store *store, struct err *e)
{
	struct archive_terms *terms;
	struct html *h = &s->h;
	int rc = archive_terms_new(&terms, s->q, e);
	struct archive_query query;

	if (rc == -(int)ERR_INPUT) {
		html_markup(h, "<p>");
		html_text(h, str_of(e->text));
		html_markup(h, ".</p>\n");
		return 0;
	}
	if (rc)
		return rc;
	query = (struct archive_query){
		.terms = terms, .feed = s->feed, .since = s->from, .limit = (size_t)s->limit};
	rc = archive_search(store, &query, search_put_found, s, e);
	archive_terms_free(terms);
	if (rc == -(int)ERR_TEMP) {
		html_markup(h, "<p>There may be older ones: the search took too long. A feed, a "
			       "time since when, or further words make it shorter.</p>\n");
		return 0;
	}
	if (!rc && !s->n)
		html_markup(h, "<p>Nothing found. Fewer words, or the beginning of a word and "
			       "<code>*</code>, find more.</p>\n");
	search_put_more(h, s);
	return rc;
}

int web_search_page_read(struct web_call *c, struct store *store, struct err *e)
{
	struct search_page s = {.h = page_html(c),
		.strip = &c->conf->daemon.strip_parameters,
		.q = web_call_parameter(c, "q"),
		.feed = web_call_parameter(c, "feed"),
		.since = web_call_parameter(c, "since")};
	int rc;

	if ((rc = web_call_since(c, "since", &s.from, e)) ||
		(rc = web_call_number(c, "limit", &s.limit, e)))
		return rc;
	s.limit = s.limit <= 0 ? FOUND_DEFAULT : s.limit > FOUND_MAX ? FOUND_MAX : s.limit;
	s.link = arena_new(LINK_ARENA);
	if (!s.link)
		return err_nomem(e);
	page_begin(&s.h, c, PAGE_SEARCH, str_present(s.q) ? s.q : STR("Archive"));
	html_markup(&s.h, "<h1>Archive</h1>\n");
	search_put_form(&s.h, &s);
	if (str_present(s.q))
		rc = search_put_results(&s, store, e);
	else
		search_teach(&s.h);
	page_end(&s.h, c);
	arena_free(s.link);
	return rc;
}
