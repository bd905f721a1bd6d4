/* SPDX-License-Identifier: MIT */
#include "watch_page.h"

#include "alert_card.h"
#include "chart.h"
#include "near.h"
#include "store/silences.h"

#define ALERTS_MAX ((size_t)10)
#define QUERY_MAX  ((size_t)256 * 1024)

static void watch_put_names(struct html *h, const char *name, const struct conf_list *list)
{
	if (!list->n)
		return;
	html_printf(h, "<dt>%s</dt><dd>", name);
	for (size_t i = 0; i < list->n; i++) {
		html_markup(h, i ? ", " : "");
		html_name(h, list->v[i]);
	}
	html_markup(h, "</dd>\n");
}

static void watch_put_cost(struct html *h, const char *cost)
{
	static const struct {
		const char *cost, *text;
	} texts[] = {
		{"indexed", "evaluated only if its rarest required word occurs"},
		{"scan", "a wildcard over the words of every item"},
		{"slow", "a regular expression on every item"},
	};

	html_printf(h, "<dt>Cost</dt><dd>%s", cost);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(cost, texts[i].cost) == 0)
			html_printf(h, ": %s", texts[i].text);
	html_markup(h, "</dd>\n");
}

static void watch_put_escalations(struct html *h, const struct conf_watch *w)
{
	for (size_t i = 0; i < w->n_escalations; i++) {
		html_markup(h, "<dt>Not taken for ");
		html_duration(h, w->escalations[i].after);
		html_markup(h, "</dt><dd>");
		for (size_t k = 0; k < w->escalations[i].to.n; k++) {
			html_markup(h, k ? ", " : "");
			html_name(h, w->escalations[i].to.v[k]);
		}
		html_markup(h, "</dd>\n");
	}
}

static int watch_put_silence(struct html *h, struct web_call *c, struct store *store, struct err *e)
{
	struct store_silence s;
	int rc = store_silence_find(store, c->name, c->now, c->arena, &s, e);

	if (rc || !s.id)
		return rc;
	html_markup(h, "<dt>Silence</dt><dd>until ");
	html_time_ago(h, s.until);
	html_markup(h, " by ");
	html_name(h, s.author);
	html_markup(h, ": ");
	html_name(h, s.why);
	html_markup(h, "</dd>\n");
	return 0;
}

static int watch_put_facts(struct html *h, struct web_call *c, struct store *store,
	const struct conf_watch *w, struct err *e)
{
	int rc;

	html_markup(h, "<section aria-labelledby=\"facts\">\n<h2 "
		       "id=\"facts\">Facts</h2>\n<dl>\n<dt>Name</dt><dd><code>");
	html_text(h, str_of(w->name));
	html_markup(h, "</code></dd>\n<dt>Priority</dt><dd>");
	page_put_sign(h, page_priority_sign(w->priority));
	html_markup(h, "</dd>\n");
	watch_put_names(h, "Receivers", &w->notify);
	if (!w->notify.n)
		html_markup(h, "<dt>Receivers</dt><dd>none: its alerts are only here</dd>\n");
	watch_put_escalations(h, w);
	watch_put_names(h, "Feeds", &w->feeds);
	watch_put_names(h, "Groups", &w->groups);
	if (w->at_most.n) {
		html_printf(h, "<dt>At most</dt><dd>%u in ", w->at_most.n);
		html_duration(h, w->at_most.within);
		html_markup(h, ", then one digest</dd>\n");
	}
	watch_put_cost(h, watch_set_cost(c->conf->set, (size_t)(w - c->conf->watches)));
	html_printf(h, "<dt>Tests</dt><dd>%zu</dd>\n", w->n_tests);
	rc = watch_put_silence(h, c, store, e);
	html_markup(h, "</dl>\n</section>\n");
	return rc;
}

static void watch_put_query(struct html *h, const struct conf *conf, const struct conf_watch *w)
{
	struct buf query;

	buf_init(&query, QUERY_MAX);
	watch_set_print(conf->set, (size_t)(w - conf->watches), &query);
	html_markup(h, "<pre dir=\"auto\">");
	html_escape(h->out, buf_str(&query));
	html_markup(h, "</pre>\n");
	buf_pass_lack(h->out, &query);
	buf_release(&query);
}

static int watch_put_charts(struct html *h, struct store *store, struct str watch, struct err *e)
{
	struct chart chart;
	int rc = 0;

	html_markup(h, "<section aria-labelledby=\"activity\">\n<h2 "
		       "id=\"activity\">Activity</h2>\n");
	for (int days = 0; !rc && days < 2; days++) {
		chart_init(&chart, h, days, "alert");
		rc = store_activity_alerts(store, &chart.a, watch, NULL, e);
		if (!rc)
			chart_put(h, &chart);
	}
	html_markup(h, "</section>\n");
	return rc;
}

static int watch_put_alerts(struct html *h, struct store *store, struct str watch, struct err *e)
{
	struct store_alert_filter f = {.watch = watch, .since = STAMP_NONE};
	struct card_list list;
	int rc = card_list_init(&list, h, ALERTS_MAX, e);

	html_markup(h, "<section aria-labelledby=\"last\">\n<h2 id=\"last\">Last alerts</h2>\n");
	if (!rc)
		rc = card_list_walk(&list, store, &f, card_list_add, &list, e);
	card_list_end(&list);
	if (!list.n && !list.late) {
		html_markup(h, "<p>It has raised no alert. <code>nightdesk backtest --watch ");
		html_text(h, watch);
		html_markup(h, " --since 30d</code> runs it over the archive.</p>\n");
	}
	html_markup(h, "<p class=\"bar\">");
	if (list.more) {
		html_markup(h, "<a");
		html_href(h, "alerts?watch=", watch);
		html_markup(h, ">All its alerts</a>\n");
	}
	html_markup(h, "<a type=\"application/atom+xml\"");
	html_href_below(h, "watches/", watch, ".atom");
	html_markup(h, ">As an Atom feed</a></p>\n</section>\n");
	return rc;
}

static int watch_fail(const struct web_call *c, struct err *e)
{
	struct str near = conf_nearest_watch(c->conf, c->name);

	return err_set(e, ERR_PERM, "there is no watch %.100s in the configuration%s%.*s%s",
		c->name.p, near.n ? "; did you mean " : "", STR_ARG(near), near.n ? "?" : "");
}

int web_watch_page_read(struct web_call *c, struct store *store, struct err *e)
{
	const struct conf_watch *w = conf_find_watch(c->conf, c->name);
	struct html h = page_html(c);
	int rc;

	if (!w)
		return watch_fail(c, e);
	page_begin(&h, c, PAGE_WATCHES, str_of(w->title));
	html_markup(&h, "<h1 dir=\"auto\">");
	html_text_cut(&h, str_of(w->title), 300);
	html_markup(&h, "</h1>\n");
	html_markup(&h, PAGE_COLUMNS);
	watch_put_query(&h, c->conf, w);
	rc = watch_put_alerts(&h, store, c->name, e);
	if (!rc)
		rc = near_put(&h, c, store, w, e);
	html_markup(&h, PAGE_COLUMNS_NEXT);
	if (!rc)
		rc = watch_put_facts(&h, c, store, w, e);
	if (!rc)
		rc = watch_put_charts(&h, store, c->name, e);
	html_markup(&h, PAGE_COLUMNS_END);
	page_end(&h, c);
	return rc;
}
