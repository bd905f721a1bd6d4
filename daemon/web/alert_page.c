/* SPDX-License-Identifier: MIT */
#include "alert_page.h"

#include "alert_card.h"
#include "desk/explain.h"
#include "query/field.h"
#include "revisions.h"
#include "word_diff.h"

#define PASSAGE_MAX  2000
#define HITS_SHOWN   24
#define ANSWER_MAX   ((size_t)2000)
#define CHANGE_ARENA ((size_t)16 * 1024 * 1024)

struct alert_page {
	struct html h;
	struct web_call *call;
	struct store *store;
	struct err *e;
	bool found;
};

/* --- facts --- */

static void alert_open_fact(struct html *h, const char *name)
{
	html_printf(h, "<dt>%s</dt><dd>", name);
}

static void alert_put_time(struct html *h, const char *name, int64_t at)
{
	if (at == STAMP_NONE)
		return;
	alert_open_fact(h, name);
	html_time_ago(h, at);
	html_markup(h, "</dd>\n");
}

static void alert_put_text(struct html *h, const char *name, struct str s)
{
	if (!str_present(s))
		return;
	alert_open_fact(h, name);
	html_name(h, s);
	html_markup(h, "</dd>\n");
}

static void alert_put_watch(struct html *h, struct str name, struct str title)
{
	html_markup(h, "<a");
	html_href(h, "watches/", name);
	html_markup(h, ">");
	html_name(h, str_present(title) ? title : name);
	html_markup(h, "</a>");
}

static void alert_put_delay(struct html *h, const struct alert *a)
{
	if (a->published == STAMP_NONE || a->published > a->created)
		return;
	html_markup(h, ", ");
	html_duration(h, a->created - a->published);
	html_markup(h, " after its date");
}

static void alert_put_taken(struct html *h, const struct store_alert_row *row)
{
	alert_open_fact(h, "Taken");
	if (str_present(row->acked_by)) {
		html_markup(h, "by ");
		html_name(h, row->acked_by);
		html_markup(h, " at ");
		html_time_ago(h, row->acked_at);
	} else {
		html_markup(h, "by no person yet: <code>nightdesk alerts ack ");
		html_text(h, row->alert.id);
		html_markup(h, "</code>");
	}
	if (!str_present(row->acked_by) && row->escalates_at != STAMP_NONE) {
		html_markup(h, "; escalates at ");
		html_time_ago(h, row->escalates_at);
	}
	html_markup(h, "</dd>\n");
}

static void alert_put_facts(struct html *h, const struct store_alert_row *row)
{
	const struct alert *a = &row->alert;

	html_markup(h, "<section aria-labelledby=\"facts\">\n<h2 id=\"facts\">Facts</h2>\n<dl>\n");
	alert_open_fact(h, "Priority");
	page_put_sign(h, page_priority_sign(a->priority));
	html_markup(h, "</dd>\n");
	alert_open_fact(h, "Watch");
	alert_put_watch(h, a->watch, a->watch_title);
	html_markup(h, "</dd>\n");
	if (str_present(a->feed)) {
		alert_open_fact(h, "Feed");
		html_markup(h, "<a");
		html_href(h, "feeds/", a->feed);
		html_markup(h, ">");
		html_name(h, str_present(a->feed_title) ? a->feed_title : a->feed);
		html_markup(h, "</a></dd>\n");
	}
	alert_put_text(h, "Source", a->source);
	alert_put_text(h, "Author", a->author);
	alert_put_text(h, "Link", a->link);
	alert_put_time(h, "Published", a->published);
	alert_put_time(h, "Fetched", a->fetched);
	alert_open_fact(h, "Raised");
	html_time_ago(h, a->created);
	alert_put_delay(h, a);
	html_markup(h, "</dd>\n");
	alert_put_taken(h, row);
	alert_open_fact(h, "Id");
	html_markup(h, "<code>");
	html_text(h, a->id);
	html_markup(h, "</code></dd>\n</dl>\n</section>\n");
}

/* --- why --- */

static bool alert_is_repeated_hit(const struct alert *a, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (a->hits[j].field == a->hits[i].field &&
			str_eq(a->hits[j].term, a->hits[i].term) &&
			str_eq_nocase(a->hits[j].text, a->hits[i].text))
			return true;
	return false;
}

static void alert_put_why(struct html *h, const struct alert *a)
{
	size_t shown = 0;

	html_markup(h, "<section aria-labelledby=\"why\">\n<h2 id=\"why\">Why?</h2>\n<ul>\n");
	for (size_t i = 0; i < a->n_hits && shown < HITS_SHOWN; i++) {
		if (alert_is_repeated_hit(a, i))
			continue;
		shown++;
		html_printf(h, "<li>%s: <mark>", query_field_name(a->hits[i].field));
		html_text(h, a->hits[i].text);
		html_markup(h, "</mark> by <code>");
		html_text(h, a->hits[i].term);
		html_markup(h, "</code></li>\n");
	}
	html_markup(h, "</ul>\n<p class=\"bar\"><a");
	html_href(h, "items/", a->id);
	html_markup(h, ">Trace the item through every stage</a></p>\n</section>\n");
}

static int alert_put_changes(struct html *h, const struct alert *a, struct err *e)
{
	struct arena *arena;
	bool ok = true;

	if (str_present(a->cause)) {
		html_markup(h, "<p dir=\"auto\">");
		html_text(h, a->cause);
		html_markup(h, "</p>\n");
	}
	if (a->of) {
		html_markup(h, "<p>About the alert <a");
		html_href(h, "alerts/", a->of->id);
		html_markup(h, ">");
		html_name(h, str_present(a->of->title) ? a->of->title : a->of->id);
		html_markup(h, "</a> of ");
		html_time_ago(h, a->of->created);
		html_markup(h, "</p>\n");
	}
	arena = arena_new(CHANGE_ARENA);
	for (size_t i = 0; arena && ok && i < a->n_changes; i++) {
		const struct alert_change *c = &a->changes[i];

		html_printf(h, "<div class=\"edit\">\n<h4>Edited %s</h4>\n<p dir=\"auto\">",
			alert_part_words[c->part]);
		ok = word_diff_put(
			h, c->n_was ? c->was[0] : STR_NONE, c->n_is ? c->is[0] : STR_NONE, arena);
		html_markup(h, "</p>\n</div>\n");
	}
	ok = ok && arena;
	arena_free(arena);
	return ok ? 0 : err_nomem(e);
}

/* --- deliveries --- */

static void alert_put_when(struct html *h, const struct store_delivery *d)
{
	if (store_delivery_waits(d->state)) {
		html_markup(h, d->state == STORE_HELD ? "until " : "next at ");
		html_time_ago(h, d->next_at);
	} else if (d->done_at != STAMP_NONE) {
		html_time_ago(h, d->done_at);
	}
}

static int alert_put_delivery(void *ctx, const struct store_due *due)
{
	struct alert_page *p = ctx;
	struct html *h = &p->h;
	const struct store_delivery *d = &due->d;

	if (!p->found)
		html_markup(h, "<table>\n<thead><tr><th scope=\"col\">Receiver</th><th "
			       "scope=\"col\">State</th><th scope=\"col\">When</th><th "
			       "scope=\"col\">Answer</th></tr></thead>\n<tbody>\n");
	p->found = true;
	html_markup(h, "<tr><th scope=\"row\">");
	html_name(h, d->notify);
	html_markup(h, "</th><td class=\"state\">");
	page_put_sign(h, card_delivery_sign(d->state));
	html_markup(h, "</td><td>");
	alert_put_when(h, d);
	if (d->attempts > 1)
		html_printf(h, ", %u attempts", d->attempts);
	html_markup(h, "</td><td dir=\"auto\">");
	html_text_cut(h, d->answer, ANSWER_MAX);
	if (str_present(d->digest)) {
		html_markup(h, " <a");
		html_href(h, "alerts/", d->digest);
		html_markup(h, ">in a digest</a>");
	}
	html_markup(h, "</td></tr>\n");
	return 0;
}

static int alert_put_deliveries(struct alert_page *p, struct str id, struct err *e)
{
	const struct store_delivery_filter f = {
		.alert_id = id, .state = -1, .since = STAMP_NONE, .limit = 200};
	struct html *h = &p->h;
	int rc;

	html_markup(h, "<section aria-labelledby=\"arrived\" data-live=\"arrived\">\n<h2 "
		       "id=\"arrived\">Did it "
		       "arrive?</h2>\n");
	p->found = false;
	rc = store_delivery_each(p->store, &f, alert_put_delivery, p, e);
	html_markup(h, p->found ? "</tbody>\n</table>\n"
				: "<p>It has no receivers: its watch has no <code>notify</code>, "
				  "or it is part of another message.</p>\n");
	html_markup(h, "</section>\n");
	return rc;
}

/* --- kinds --- */

static void alert_put_digest(struct html *h, const struct alert_digest *d)
{
	html_printf(h, "<p>%s</p>\n<ol>\n", alert_why_texts[d->why]);
	for (size_t i = 0; i < d->n; i++) {
		html_markup(h, "<li dir=\"auto\"><a");
		html_href(h, "alerts/", d->alerts[i].id);
		html_markup(h, ">");
		html_text(h, d->alerts[i].title);
		html_markup(h, "</a></li>\n");
	}
	html_markup(h, "</ol>\n");
	if (d->left_out)
		html_printf(h, "<p>and %zu more</p>\n", d->left_out);
}

static void alert_put_title(struct html *h, const struct alert *a)
{
	bool link;

	html_markup(h, "<h1");
	html_foreign(h, a->language);
	html_markup(h, ">");
	link = html_open_link(h, a->link);
	card_put_headline(h, a);
	html_markup(h, link ? "</a></h1>\n" : "</h1>\n");
}

static void alert_put_body(struct html *h, const struct alert *a)
{
	card_put_passage(h, a, PASSAGE_MAX);
	if (a->body.n <= PASSAGE_MAX)
		return;
	html_markup(h, "<details class=\"controls\"><summary>The whole text as it was "
		       "matched</summary>\n<div");
	html_foreign(h, a->language);
	html_markup(h, ">\n");
	html_paragraphs(h, a->body);
	html_markup(h, "</div></details>\n");
}

static int alert_put_item(struct alert_page *p, const struct alert *a, struct err *e)
{
	int64_t item;
	size_t n = 0;
	int rc;

	alert_put_body(&p->h, a);
	card_put_story(&p->h, a);
	rc = alert_put_changes(&p->h, a, e);
	if (!rc)
		rc = desk_find_items(p->store, p->call->conf, a->id, &item, 1, &n, e);
	alert_put_why(&p->h, a);
	if (!rc && n)
		rc = revisions_put(&p->h, p->store, item, p->call->arena, e);
	return rc;
}

static void alert_put_evidence(struct html *h, const struct alert *a)
{
	html_markup(h, "<section aria-labelledby=\"evidence\">\n<h2 "
		       "id=\"evidence\">Evidence</h2>\n<p>What was known and when, in a form that "
		       "can be checked offline: <a");
	html_href_below(h, "api/v1/alerts/", a->id, "/evidence");
	html_markup(h, ">as a document</a>, or <code>nightdesk alerts show ");
	html_text(h, a->id);
	html_markup(h, " --evidence</code></p>\n</section>\n");
}

static int alert_put(void *ctx, const struct store_alert_row *row)
{
	struct alert_page *p = ctx;
	struct html *h = &p->h;
	const struct alert *a = &row->alert;
	bool of_item = card_is_shown(a) || a->test || a->kind == ALERT_ACKNOWLEDGED ||
		       a->kind == ALERT_STORY;
	int rc = 0;

	page_begin(h, p->call, PAGE_ALERTS, a->title);
	alert_put_title(h, a);
	html_markup(h, PAGE_COLUMNS);
	if (of_item)
		rc = alert_put_item(p, a, p->e);
	else if (a->digest)
		alert_put_digest(h, a->digest);
	else
		html_paragraphs(h, a->body);
	if (!rc)
		rc = alert_put_deliveries(p, a->id, p->e);
	html_markup(h, PAGE_COLUMNS_NEXT);
	alert_put_facts(h, row);
	if (of_item)
		alert_put_evidence(h, a);
	html_markup(h, PAGE_COLUMNS_END);
	page_end(h, p->call);
	p->found = true;
	return rc;
}

int web_alert_page_read(struct web_call *c, struct store *store, struct err *e)
{
	const struct store_alert_filter f = {.id = c->name, .since = STAMP_NONE};
	struct alert_page p = {.h = page_html(c), .call = c, .store = store, .e = e};
	int rc = store_alert_each(store, &f, alert_put, &p, e);

	if (rc || p.found)
		return rc;
	return err_set(e, ERR_PERM, "there is no alert %.100s", c->name.p);
}
