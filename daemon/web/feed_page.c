/* SPDX-License-Identifier: MIT */
#include "feed_page.h"

#include "base/redact.h"
#include "chart.h"
#include "desk/trust.h"
#include "document/feed.h"
#include "feed_table.h"
#include "item_line.h"

#define ITEMS_MAX 30
#define URL_ROOM  ((size_t)64 * 1024)

/* --- facts --- */

static void feed_open_fact(struct html *h, const char *name)
{
	html_printf(h, "<dt>%s</dt><dd>", name);
}

static void feed_put_time(struct html *h, const char *name, int64_t at)
{
	feed_open_fact(h, name);
	html_time_ago(h, at);
	html_markup(h, "</dd>\n");
}

/* Without login and tokens. */
static void feed_put_url(struct html *h, struct str url)
{
	struct buf shown;

	buf_init(&shown, URL_ROOM);
	redact_show_url(&shown, url);
	html_markup(h, "<span dir=\"ltr\">");
	html_text(h, buf_str(&shown));
	html_markup(h, "</span>");
	buf_pass_lack(h->out, &shown);
	buf_release(&shown);
}

static void feed_put_address(struct html *h, const struct document_feed *d)
{
	const struct store_feed *f = &d->f;

	feed_open_fact(h, "Address");
	if (d->cf->url_credential) {
		html_markup(h, "in the credential ");
		html_name(h, str_of(d->cf->url_credential));
	} else {
		feed_put_url(h, str_of(d->cf->url));
	}
	html_markup(h, "</dd>\n");
	if (str_present(f->adopted)) {
		feed_open_fact(h, "Moved to");
		feed_put_url(h, f->adopted);
		html_markup(h, ", for good: write this address into its url</dd>\n");
	} else if (str_present(f->moved_to)) {
		feed_open_fact(h, "Redirects to");
		feed_put_url(h, f->moved_to);
		html_markup(h,
			f->moved_seen == STORE_MOVED_FOREIGN
				? ", where another feed is: is that still the one you want?</dd>\n"
				: ", for good; adopted after three good polls</dd>\n");
	}
}

static void feed_put_interval(struct html *h, const struct document_feed *d)
{
	const struct document_interval i = document_feed_interval(d->cf, &d->f);

	feed_open_fact(h, "Asked every");
	html_duration(h, i.ms);
	html_printf(h, ": %s", i.text);
	if (i.ms != d->cf->every) {
		html_markup(h, "; configured: ");
		html_duration(h, d->cf->every);
	}
	html_markup(h, "</dd>\n");
}

static void feed_put_rhythm(struct html *h, const struct document_feed *d)
{
	double a_day = document_feed_a_day(d), same = document_feed_unmodified(d);

	if (a_day > 0) {
		feed_open_fact(h, "Posts");
		if (a_day >= 1)
			html_printf(h, "about %.0f item%s a day", a_day, a_day < 1.5 ? "" : "s");
		else
			html_printf(h, "about one item in %.0f day%s", 1 / a_day,
				1 / a_day < 1.5 ? "" : "s");
		html_markup(h, "</dd>\n");
	}
	if (d->rhythm.silent_at != STAMP_NONE) {
		feed_open_fact(h, "Silent");
		html_markup(h, d->f.last_ok >= d->rhythm.silent_at
				       ? "since "
				       : "if it has nothing new until ");
		html_time_ago(h, d->rhythm.silent_at);
		html_markup(h, "</dd>\n");
	}
	if (d->health.bytes > 0) {
		feed_open_fact(h, "Bodies");
		html_printf(h, "%.1f KiB on average", (double)d->health.bytes / 1024);
		if (same >= 0)
			html_printf(h, "; %.0f %% of the answers are 304", same * 100);
		html_markup(h, "</dd>\n");
	}
	if (d->health.latency > 0) {
		feed_open_fact(h, "Latency");
		html_duration(h, d->health.latency);
		html_markup(h, " from the date of an item until it is seen, usually</dd>\n");
	}
}

/* Lines "12 HTTP 503", the last answer first. */
static void feed_put_reasons(struct html *h, const struct document_feed *d)
{
	struct str lines = d->health.reasons;

	if (!d->f.failures || !str_present(lines))
		return;
	feed_open_fact(h, "Failing since");
	html_time_ago(h, d->health.failing_since);
	html_markup(h, "<ul>");
	while (lines.n > 0) {
		const char *end = memchr(lines.p, '\n', lines.n);
		size_t n = end ? (size_t)(end - lines.p) : lines.n, k = 0;

		while (k < n && lines.p[k] != ' ')
			k++;
		html_markup(h, "<li dir=\"auto\">");
		html_text(h, str_slice(lines.p, k));
		html_markup(h, "×");
		html_text(h, str_slice(lines.p + k, n - k));
		html_markup(h, "</li>");
		n += end != NULL;
		lines = str_slice(lines.p + n, lines.n - n);
	}
	html_markup(h, "</ul></dd>\n");
}

static void feed_put_flood(struct html *h, const struct store_flood *f)
{
	if (f->at == STAMP_NONE)
		return;
	feed_open_fact(h, "Flood");
	html_time_ago(h, f->at);
	html_markup(h, ": ");
	html_count(h, f->items);
	html_markup(h, " new items at once, far more than usual");
	if (f->in_digest) {
		html_markup(h, "; ");
		html_count(h, f->in_digest);
		html_markup(h, " alerts were sent as a digest");
	}
	html_markup(h, "</dd>\n");
}

static void feed_put_groups(struct html *h, const struct conf_feed *cf)
{
	if (!cf->groups.n)
		return;
	feed_open_fact(h, "Groups");
	for (size_t i = 0; i < cf->groups.n; i++) {
		html_markup(h, i ? ", " : "");
		html_name(h, cf->groups.v[i]);
	}
	html_markup(h, "</dd>\n");
}

static void feed_put_facts(struct html *h, const struct document_feed *d)
{
	html_markup(h, "<section aria-labelledby=\"facts\">\n<h2 id=\"facts\">Facts</h2>\n<dl>\n");
	feed_open_fact(h, "Name");
	html_markup(h, "<code>");
	html_text(h, str_of(d->cf->name));
	html_markup(h, "</code></dd>\n");
	feed_put_address(h, d);
	feed_open_fact(h, "Source");
	html_name(h, str_of(d->cf->source));
	html_markup(h, "</dd>\n");
	feed_put_groups(h, d->cf);
	feed_put_interval(h, d);
	feed_put_time(h, "Last poll", d->f.last_poll);
	feed_put_time(h, "Last answer", d->f.last_ok);
	feed_put_time(h, "Next poll", document_feed_next_poll(d->cf, &d->f));
	if (d->health.newest != STAMP_NONE)
		feed_put_time(h, "Newest item", d->health.newest);
	feed_put_reasons(h, d);
	feed_put_rhythm(h, d);
	if (trust_is_lost(&d->f.trust, h->now)) {
		feed_open_fact(h, "Validators");
		html_markup(h, "lie: a 304 of its server hid new items; it is asked without them "
			       "until ");
		html_time_ago(h, d->f.trust.distrust_until);
		html_markup(h, "</dd>\n");
	}
	feed_put_flood(h, &d->f.flood);
	feed_open_fact(h, "Items");
	html_count(h, d->f.items_seen);
	html_markup(h, "</dd>\n</dl>\n</section>\n");
}

/* --- items --- */

static int feed_put_item(
	struct html *h, struct store *store, int64_t id, struct arena *arena, struct err *e)
{
	struct store_item_row row;
	struct str body;
	bool found;
	int rc;

	arena_clear(arena);
	rc = store_item_get(store, id, arena, &row, &found, e);
	if (rc || !found)
		return rc;
	if (feed_item_body(&row.item, arena, &body))
		return err_nomem(e);
	html_markup(h, "<li>");
	item_put_headline(h, &row, body);
	html_markup(h, " <span class=\"meta\">");
	item_put_facts(h, &row, false);
	html_markup(h, "</span></li>\n");
	return 0;
}

static int feed_put_items(struct html *h, struct store *store, int64_t feed, struct err *e)
{
	int64_t rows[ITEMS_MAX];
	struct arena *arena = arena_new((size_t)32 * 1024 * 1024);
	size_t n = 0;
	int rc = arena ? store_feed_items(store, feed, rows, ITEMS_MAX, &n, e) : err_nomem(e);

	html_markup(h, "<section aria-labelledby=\"items\">\n<h2 id=\"items\">Last items</h2>\n");
	if (!rc && !n)
		html_markup(h, "<p>Nothing was read yet.</p>\n");
	html_markup(h, n ? "<ul>\n" : "");
	for (size_t i = 0; !rc && i < n; i++)
		rc = feed_put_item(h, store, rows[i], arena, e);
	html_markup(h, n ? "</ul>\n" : "");
	html_markup(h, "</section>\n");
	arena_free(arena);
	return rc;
}

static int feed_put_charts(struct html *h, struct store *store, int64_t feed, struct err *e)
{
	struct chart chart;
	int rc = 0;

	html_markup(h, "<section aria-labelledby=\"activity\">\n<h2 id=\"activity\">New "
		       "items</h2>\n");
	for (int days = 0; !rc && days < 2; days++) {
		chart_init(&chart, h, days, "item");
		rc = store_activity_items(store, &chart.a, feed, e);
		if (!rc)
			chart_put(h, &chart);
	}
	html_markup(h, "</section>\n");
	return rc;
}

static void feed_put_state(struct html *h, const struct document_feed *d)
{
	struct buf why, *out = h->out;

	buf_init(&why, URL_ROOM);
	h->out = &why;
	(void)feed_table_put_reason(h, d);
	h->out = out;
	html_markup(h, "<p class=\"sum\" dir=\"auto\">");
	page_put_sign(h, web_wall_sign(document_feed_state_of(d)));
	if (why.len) {
		html_markup(h, ": ");
		buf_adds(out, buf_str(&why));
	}
	html_markup(h, "</p>\n");
	buf_pass_lack(out, &why);
	buf_release(&why);
}

static int feed_fail(const struct web_call *c, struct err *e)
{
	struct str near = conf_nearest_feed(c->conf, c->name);

	return err_set(e, ERR_PERM, "there is no feed %.100s in the configuration%s%.*s%s",
		c->name.p, near.n ? "; did you mean " : "", STR_ARG(near), near.n ? "?" : "");
}

int web_feed_page_read(struct web_call *c, struct store *store, struct err *e)
{
	struct html h = page_html(c);
	struct document_feed d = {
		.cf = conf_find_feed(c->conf, c->name), .running = true, .now = c->now};
	struct str title;
	int rc;

	if (!d.cf)
		return feed_fail(c, e);
	rc = document_feed_read(&d, store, c->arena, e);
	if (rc)
		return rc;
	title = d.cf->title ? str_of(d.cf->title) : d.f.title;
	page_begin(&h, c, PAGE_FEEDS, str_present(title) ? title : c->name);
	html_markup(&h, "<h1 dir=\"auto\">");
	html_text_cut(&h, str_present(title) ? title : c->name, 300);
	html_markup(&h, "</h1>\n");
	feed_put_state(&h, &d);
	html_markup(&h, PAGE_COLUMNS);
	if (d.f.id)
		rc = feed_put_charts(&h, store, d.f.id, e);
	if (!rc)
		rc = feed_put_items(&h, store, d.f.id, e);
	html_markup(&h, "<p class=\"bar\"><a");
	html_href(&h, "alerts?feed=", c->name);
	html_markup(&h, ">Alerts from this feed</a></p>\n" PAGE_COLUMNS_NEXT);
	feed_put_facts(&h, &d);
	html_markup(&h, PAGE_COLUMNS_END);
	page_end(&h, c);
	return rc;
}
