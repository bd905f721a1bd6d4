/* SPDX-License-Identifier: MIT */
#include "item_page.h"

#include "alert_card.h"
#include "desk/explain.h"
#include "item_line.h"
#include "page.h"
#include "revisions.h"

#define CANDIDATES_MAX 20
#define FIND_MS	       1000
#define PASSAGE_MAX    600
#define PASSAGE_ROOM   ((size_t)64 * 1024)
#define TEXT_MAX       ((size_t)64 * 1024)

/* --- the item --- */

static void item_put_arrival(struct html *h, const struct desk_explanation *x)
{
	html_markup(h, "<dt>First seen</dt><dd>");
	html_time_ago(h, x->item.first_seen);
	if (x->first_run)
		html_markup(h, x->first_run_guessed ? ", probably in the first body of its feed"
						    : ", in the first body of its feed");
	if (x->item.arrival == STORE_RESURFACED)
		html_markup(h, ", at the old end of its feed");
	html_markup(h, "</dd>\n");
}

static void item_put_list(struct html *h, const struct desk_explanation *x)
{
	const struct feed_item *i = &x->item.item;

	html_markup(h, "<section aria-labelledby=\"facts\">\n<h2 "
		       "id=\"facts\">Facts</h2>\n<dl>\n<dt>Feed</dt><dd><a");
	html_href(h, "feeds/", x->item.feed);
	html_markup(h, ">");
	html_name(h, x->item.feed);
	html_markup(h, x->conf_feed ? "</a></dd>\n" : "</a>, no longer configured</dd>\n");
	if (str_present(i->author.text)) {
		html_markup(h, "<dt>Author</dt><dd>");
		html_name(h, i->author.text);
		html_markup(h, "</dd>\n");
	}
	if (feed_item_date(i) != STAMP_NONE) {
		html_markup(h, "<dt>Published</dt><dd>");
		html_time_ago(h, feed_item_date(i));
		html_markup(h, "</dd>\n");
	}
	item_put_arrival(h, x);
	if (str_present(i->link)) {
		html_markup(h, "<dt>Link</dt><dd>");
		html_name(h, i->link);
		html_markup(h, "</dd>\n");
	}
	html_markup(h, "<dt>Id</dt><dd>");
	html_name(h, i->id);
	html_printf(h, "</dd>\n<dt>Number</dt><dd>#%lld</dd>\n</dl>\n</section>\n",
		(long long)x->item.id);
}

static void item_put_text(struct html *h, const struct desk_explanation *x)
{
	struct str body = x->view.body;

	if (!str_present(body))
		return;
	html_markup(h, "<details><summary>Its text</summary>\n<div");
	html_foreign(h, x->item.item.language);
	html_markup(h, ">\n");
	html_paragraphs(h, body.n > TEXT_MAX ? str_slice(body.p, TEXT_MAX) : body);
	html_markup(h, "</div></details>\n");
}

/* --- watches --- */

static void item_put_reasons(struct html *h, struct str why)
{
	html_markup(h, "<ul>\n");
	while (why.n > 0) {
		const char *end = memchr(why.p, '\n', why.n);
		size_t n = end ? (size_t)(end - why.p) : why.n;

		html_markup(h, "<li dir=\"auto\">");
		html_text(h, str_slice(why.p, n));
		html_markup(h, "</li>\n");
		n += end != NULL;
		why = str_slice(why.p + n, why.n - n);
	}
	html_markup(h, "</ul>\n");
}

static void item_put_alert_link(struct html *h, struct str id)
{
	html_markup(h, "<a");
	html_href(h, "alerts/", id);
	html_markup(h, ">");
	html_text(h, id);
	html_markup(h, "</a>");
}

static void item_put_alert_state(
	struct html *h, const struct desk_explanation *x, const struct desk_verdict *v)
{
	html_markup(h, "<p>");
	switch (v->alert_state) {
	case DESK_ALERTED:
		html_markup(h, "Alert ");
		item_put_alert_link(h, v->alert_id);
		break;
	case DESK_FIRST_RUN:
		html_markup(
			h, x->first_run_guessed
				   ? "No alert: it was probably in the feed at the first poll"
				   : "No alert: it was in the feed at the first poll (first-run)");
		break;
	case DESK_RESURFACED:
		html_markup(h, "No alert: an old item that turned up late in its feed "
			       "(resurfaced)");
		break;
	case DESK_SAME_STORY:
	case DESK_SAME_TEXT:
		html_markup(h, "No alert of its own: folded into ");
		item_put_alert_link(h, v->alert_id);
		break;
	case DESK_ONCE:
		html_markup(h, "No alert: another report of its story raised ");
		item_put_alert_link(h, v->alert_id);
		break;
	case DESK_NOT_RECORDED:
		html_markup(h, "No alert: the watch was different, or absent, when the item came");
		break;
	}
	html_markup(h, ".</p>\n");
}

/* Matches of the watch that raised no alert, as they were recorded. */
static void item_put_quiet(
	struct html *h, const struct desk_explanation *x, const struct desk_verdict *v)
{
	static const char *const texts[] = {
		[STORE_QUIET_STORY] = "folded, because of the same link, into ",
		[STORE_QUIET_EDIT] = "an edit of an item that matched (on-update = quiet)",
		[STORE_QUIET_VERSION] = "this version had already raised ",
		[STORE_QUIET_NOTICE] = "sent as a notice about an earlier alert: ",
		[STORE_QUIET_COPY] = "folded, because of the same text, into ",
		[STORE_QUIET_WAITS] = "waited for further sources",
		[STORE_QUIET_ONCE] = "another report of its story had raised ",
	};

	for (size_t i = 0; i < x->n_quiet; i++) {
		const struct store_quiet *q = &x->quiet[i];

		if (!str_is(q->watch, v->watch->name))
			continue;
		html_markup(h, "<p>");
		html_time(h, q->at);
		html_printf(h, ": %s", texts[q->reason]);
		if (str_present(q->alert))
			item_put_alert_link(h, q->alert);
		html_markup(h, "</p>\n");
	}
}

static void item_put_passage(
	struct html *h, const struct desk_explanation *x, const struct desk_verdict *v)
{
	static const struct watch_marks marks = {"<mark>", "</mark>", html_escape, NULL};

	html_markup(h, "<p class=\"passage\"");
	html_foreign(h, x->item.item.language);
	html_markup(h, ">");
	watch_snippet(&x->view, v->hits, v->n_hits, PASSAGE_MAX, &marks, h->out);
	html_markup(h, "</p>\n");
}

static void item_put_verdict(
	struct html *h, const struct desk_explanation *x, const struct desk_verdict *v)
{
	html_markup(h, "<article class=\"low\">\n<h3><a");
	html_href(h, "watches/", str_of(v->watch->name));
	html_markup(h, ">");
	html_name(h, str_of(v->watch->title));
	html_printf(h, "</a>: %s</h3>\n", v->matches ? "matches" : "does not match");
	if (v->matches) {
		item_put_passage(h, x, v);
		item_put_alert_state(h, x, v);
	} else {
		if (v->outside)
			html_markup(h, "<p>Its feed is not among those of the watch.</p>\n");
		item_put_reasons(h, v->why);
	}
	item_put_quiet(h, x, v);
	html_markup(h, "</article>\n");
}

static void item_put_verdicts(struct html *h, const struct desk_explanation *x)
{
	html_printf(h, "<section aria-labelledby=\"watches\">\n<h2 id=\"watches\">");
	if (x->n_matching)
		html_printf(h, "Matched by %zu of %zu watches</h2>\n", x->n_matching,
			x->n_verdicts + x->n_unexplained);
	else
		html_markup(h, "No watch matches it</h2>\n");
	for (size_t i = 0; i < x->n_verdicts; i++)
		item_put_verdict(h, x, &x->verdicts[i]);
	if (x->n_unexplained)
		html_printf(h,
			"<p>%zu others do not match; <code>nightdesk explain '#%lld' "
			"--watch NAME</code> says why.</p>\n",
			x->n_unexplained, (long long)x->item.id);
	if (!x->n_verdicts && !x->n_unexplained)
		html_markup(h, "<p>No watch is configured.</p>\n");
	html_markup(h, "</section>\n");
}

/* --- alerts --- */

static void item_put_delivery(struct html *h, const struct store_delivery *d)
{
	html_markup(h, "<li>");
	html_name(h, d->notify);
	html_markup(h, ": ");
	page_put_sign(h, card_delivery_sign(d->state));
	if (d->done_at != STAMP_NONE) {
		html_markup(h, " at ");
		html_time(h, d->done_at);
	}
	if (str_present(d->answer)) {
		html_markup(h, ", <span dir=\"auto\">");
		html_text_cut(h, d->answer, 400);
		html_markup(h, "</span>");
	}
	html_markup(h, "</li>\n");
}

static void item_put_alerts(struct html *h, const struct desk_explanation *x)
{
	if (!x->n_alerts)
		return;
	html_markup(h, "<section aria-labelledby=\"raised\">\n<h2 id=\"raised\">Alerts</h2>\n");
	for (size_t i = 0; i < x->n_alerts; i++) {
		const struct desk_alert *a = &x->alerts[i];

		html_markup(h, "<p>");
		item_put_alert_link(h, a->id);
		html_printf(h, "%s of ",
			a->kind == ALERT_CORRECTED   ? " (corrected)"
			: a->kind == ALERT_WITHDRAWN ? " (withdrawn)"
						     : "");
		html_name(h, a->watch);
		html_markup(h, ", ");
		html_time_ago(h, a->created);
		html_markup(h, a->n_deliveries ? "</p>\n<ul>\n"
					       : ": no deliveries, its watch has no notify</p>\n");
		for (size_t k = 0; k < a->n_deliveries; k++)
			item_put_delivery(h, &a->deliveries[k]);
		html_markup(h, a->n_deliveries ? "</ul>\n" : "");
	}
	html_markup(h, "</section>\n");
}

static int item_put_trace(
	struct html *h, struct web_call *c, struct store *store, int64_t row, struct err *e)
{
	struct desk_explanation x;
	int rc = desk_explain(store, c->conf, row, NULL, c->arena, &x, e);

	if (rc)
		return rc == -(int)ERR_INPUT ? err_set(e, ERR_PERM, "%s", e->text) : rc;
	page_begin(h, c, PAGE_ELSEWHERE, x.item.item.title);
	html_markup(h, "<h1>");
	item_put_headline(h, &x.item, x.view.body);
	html_markup(h, "</h1>\n");
	html_markup(h, PAGE_COLUMNS);
	item_put_text(h, &x);
	item_put_verdicts(h, &x);
	rc = revisions_put(h, store, row, c->arena, e);
	html_markup(h, PAGE_COLUMNS_NEXT);
	item_put_list(h, &x);
	item_put_alerts(h, &x);
	html_markup(h, PAGE_COLUMNS_END);
	page_end(h, c);
	return rc;
}

/* --- several items of that name --- */

static int item_put_candidates(struct html *h, struct web_call *c, struct store *store,
	const int64_t *rows, size_t n, struct err *e)
{
	struct store_item_row row;
	bool found;
	int rc = 0;

	page_begin(h, c, PAGE_ELSEWHERE, STR("Several items"));
	html_printf(h, "<h1>%zu items have that name</h1>\n<ul>\n", n);
	for (size_t i = 0; !rc && i < n; i++) {
		rc = store_item_get(store, rows[i], c->arena, &row, &found, e);
		if (rc || !found)
			continue;
		html_markup(h, "<li>");
		item_put_headline(h, &row, row.item.content);
		html_markup(h, " <span class=\"meta\">");
		item_put_facts(h, &row, true);
		html_markup(h, "</span></li>\n");
	}
	html_markup(h, "</ul>\n");
	page_end(h, c);
	return rc;
}

int web_item_page_read(struct web_call *c, struct store *store, struct err *e)
{
	struct html h = page_html(c);
	int64_t rows[CANDIDATES_MAX];
	size_t n = 0;
	int rc;

	/* A name that nothing has leads to a scan of all items. */
	store_limit_time(store, clock_mono() + FIND_MS);
	rc = desk_find_items(store, c->conf, c->name, rows, CANDIDATES_MAX, &n, e);
	store_limit_time(store, clock_mono() + WEB_READ_MS);
	if (rc && rc != -(int)ERR_TEMP)
		return rc;
	if (n == 0)
		return err_set(e, ERR_PERM, "there is no item %.100s", c->name.p);
	if (n > 1)
		return item_put_candidates(&h, c, store, rows, n, e);
	return item_put_trace(&h, c, store, rows[0], e);
}
