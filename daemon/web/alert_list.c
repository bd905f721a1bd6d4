/* SPDX-License-Identifier: MIT */
#include "alert_list.h"

#include "alert_card.h"
#include "chart.h"
#include "feed/fold.h"

#define PAGE_ALERTS_MAX 50

/* As in the query string; absent: any. */
struct alert_choice {
	struct str watch, feed, priority, q, since, open;
	int64_t before; /* row of the last alert of the page before; 0: the first page */
	int64_t from;	/* of since */
	int rank;	/* 1 + enum alert_priority; 0: any */
};

struct alert_walk {
	struct card_list cards;
	struct str text;
};

/* --- the choice --- */

static int alert_list_read_choice(struct web_call *c, struct alert_choice *o, struct err *e)
{
	int rc;

	*o = (struct alert_choice){
		.watch = web_call_parameter(c, "watch"),
		.feed = web_call_parameter(c, "feed"),
		.priority = web_call_parameter(c, "priority"),
		.q = web_call_parameter(c, "q"),
		.since = web_call_parameter(c, "since"),
		.open = web_call_parameter(c, "open"),
	};
	if ((rc = web_call_since(c, "since", &o->from, e)) ||
		(rc = web_call_number(c, "before", &o->before, e)))
		return rc;
	if (!str_present(o->priority))
		return 0;
	for (int i = 0; alert_priority_words[i]; i++)
		if (str_is(o->priority, alert_priority_words[i]))
			o->rank = 1 + i;
	return o->rank ? 0
		       : err_set(e, ERR_CONF,
				 "priority is flash, urgent, normal or low, not \"%.40s\"",
				 o->priority.p);
}

static bool alert_list_is_filtered(const struct alert_choice *o)
{
	return str_present(o->watch) || str_present(o->feed) || o->rank || str_present(o->q) ||
	       str_present(o->since) || str_present(o->open);
}

/* The query string of the same choice, from an alert on. */
static void alert_list_put_query(struct buf *url, const struct alert_choice *o, int64_t before)
{
	char row[24];

	html_query(url, "watch", o->watch);
	html_query(url, "feed", o->feed);
	html_query(url, "priority", o->priority);
	html_query(url, "since", o->since);
	html_query(url, "q", o->q);
	html_query(url, "open", o->open);
	snprintf(row, sizeof(row), "%lld", (long long)before);
	html_query(url, "before", str_of(before ? row : NULL));
}

/* --- the form --- */

static void alert_list_put_input(
	struct html *h, const char *name, const char *label, struct str value)
{
	html_printf(h, "<label>%s<input name=\"%s\" size=\"14\"", label, name);
	html_attribute(h, "value", str_present(value) ? value : STR(""));
	html_markup(h, "></label>\n");
}

static void alert_list_put_option(struct html *h, const char *value, const char *text, bool chosen)
{
	html_printf(
		h, "<option value=\"%s\"%s>%s</option>", value, chosen ? " selected" : "", text);
}

static void alert_list_put_form(struct html *h, const struct alert_choice *o)
{
	static const char *const periods[][2] = {{"", "any time"}, {"1h", "last hour"},
		{"12h", "last 12 hours"}, {"24h", "last 24 hours"}, {"7d", "last 7 days"},
		{"30d", "last 30 days"}};
	bool known = !str_present(o->since);

	html_markup(h, "<form class=\"filters\">\n<label>Text<input type=\"search\" name=\"q\" "
		       "size=\"20\" id=\"filter\"");
	html_attribute(h, "value", str_present(o->q) ? o->q : STR(""));
	html_markup(h, "></label>\n");
	alert_list_put_input(h, "watch", "Watch", o->watch);
	alert_list_put_input(h, "feed", "Feed", o->feed);
	html_markup(h, "<label>Priority<select name=\"priority\">");
	alert_list_put_option(h, "", "any", !o->rank);
	for (int i = 0; alert_priority_words[i]; i++)
		alert_list_put_option(h, alert_priority_words[i],
			i ? alert_priority_words[i] : "flash only", o->rank == 1 + i);
	html_markup(h, "</select></label>\n<label>Since<select name=\"since\">");
	for (size_t i = 0; i < sizeof(periods) / sizeof(*periods); i++) {
		bool chosen = str_present(o->since) && str_is(o->since, periods[i][0]);

		alert_list_put_option(h, periods[i][0], periods[i][1], chosen);
		known = known || chosen;
	}
	if (!known) {
		html_markup(h, "<option selected>");
		html_text(h, o->since);
		html_markup(h, "</option>");
	}
	html_printf(h,
		"</select></label>\n<label>Taken<select name=\"open\"><option "
		"value=\"\">any</option><option value=\"1\"%s>by no person "
		"yet</option></select></label>\n<button>Show</button>\n</form>\n",
		str_present(o->open) ? " selected" : "");
}

/* --- the list --- */

static int alert_list_add(void *ctx, const struct store_alert_row *row)
{
	struct alert_walk *w = ctx;

	if (str_present(w->text) && !feed_fold_has(row->alert.title, w->text) &&
		!feed_fold_has(row->alert.body, w->text)) {
		w->cards.oldest = row->row;
		if (++w->cards.examined <= CARD_ROWS_MAX)
			return 0;
		w->cards.more = true;
		return CARD_FULL;
	}
	return card_list_add(&w->cards, row);
}

static void alert_list_put_older(
	struct html *h, const struct alert_choice *o, const struct card_list *l)
{
	struct buf url;

	if (!o->before && !l->more)
		return;
	buf_init(&url, 16384);
	html_markup(h, "<p class=\"bar\">");
	if (o->before) {
		alert_list_put_query(&url, o, 0);
		html_markup(h, "<a");
		html_href_query(h, buf_str(&url));
		html_markup(h, ">Newest</a>\n");
		buf_clear(&url);
	}
	if (l->more) {
		alert_list_put_query(&url, o, l->oldest);
		html_markup(h, "<a rel=\"next\"");
		html_href_query(h, buf_str(&url));
		html_markup(h, ">Older</a>");
	}
	html_markup(h, "</p>\n");
	buf_release(&url);
}

/* There is none to show. more: the walk ended before the last. */
static void alert_list_teach(struct html *h, const struct alert_choice *o, bool more)
{
	if (o->before || more)
		html_markup(h, "<p>None among these; there may be older ones.</p>\n");
	else if (alert_list_is_filtered(o))
		html_markup(h, "<p>No alert fits that. <a href=\"?\">All alerts</a></p>\n");
	else
		html_markup(h, "<p>No alert yet. <code>nightdesk backtest --since 7d</code> shows "
			       "what the watches would have found.</p>\n");
}

static int alert_list_put_cards(
	struct html *h, struct store *store, const struct alert_choice *o, struct err *e)
{
	struct store_alert_filter f = {.watch = o->watch,
		.since = o->from,
		.priority = o->rank,
		.unacknowledged = str_present(o->open),
		.before = o->before};
	struct alert_walk w = {.text = o->q};
	int rc = card_list_init(&w.cards, h, PAGE_ALERTS_MAX, e);

	w.cards.feed = o->feed;
	html_markup(h, "<div id=\"alerts\">\n");
	if (!rc)
		rc = card_list_walk(&w.cards, store, &f, alert_list_add, &w, e);
	card_list_end(&w.cards);
	html_markup(h, "</div>\n<div data-live=\"older\">\n");
	if (!w.cards.n && !w.cards.late)
		alert_list_teach(h, o, w.cards.more);
	alert_list_put_older(h, o, &w.cards);
	html_markup(h, "</div>\n");
	return rc;
}

static int alert_list_put_chart(
	struct html *h, struct store *store, const struct alert_choice *o, struct err *e)
{
	struct chart chart;
	int rc;

	chart_init(&chart, h, false, "alert");
	rc = store_activity_alerts(store, &chart.a, o->watch, NULL, e);
	if (!rc)
		chart_put(h, &chart);
	return rc;
}

int web_alert_list_read(struct web_call *c, struct store *store, struct err *e)
{
	struct html h = page_html(c);
	struct alert_choice o;
	int rc = alert_list_read_choice(c, &o, e);

	if (rc)
		return rc;
	page_begin(&h, c, PAGE_ALERTS, STR("Alerts"));
	html_markup(&h, "<h1>Alerts</h1>\n");
	alert_list_put_form(&h, &o);
	if (!o.before)
		rc = alert_list_put_chart(&h, store, &o, e);
	html_markup(&h, "<h2>The newest first</h2>\n<p id=\"new\" hidden></p>\n");
	if (!rc)
		rc = alert_list_put_cards(&h, store, &o, e);
	page_end(&h, c);
	return rc;
}
