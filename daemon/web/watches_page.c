/* SPDX-License-Identifier: MIT */
#include "watches_page.h"

#include "feed/fold.h"
#include "page.h"
#include "store/activity.h"

#define PAGE_WATCHES_MAX 200
#define LONG_PERIOD	 (30 * CLOCK_DAY)

struct watches_page {
	struct html h;
	struct str q;
	size_t skip, n, shown;
	struct store_activity_watch *day, *month; /* sorted by name */
	size_t n_day, n_month;
};

static const struct store_activity_watch *watches_find(
	const struct store_activity_watch *v, size_t n, struct str name)
{
	size_t low = 0;

	while (n > 0) {
		size_t half = n / 2;
		int order = str_cmp(v[low + half].watch, name);

		if (order == 0)
			return &v[low + half];
		if (order < 0) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return NULL;
}

static void watches_put_row(struct watches_page *p, const struct conf *conf, size_t i)
{
	const struct conf_watch *w = &conf->watches[i];
	const struct store_activity_watch *day = watches_find(p->day, p->n_day, str_of(w->name));
	const struct store_activity_watch *month =
		watches_find(p->month, p->n_month, str_of(w->name));
	struct html *h = &p->h;

	html_markup(h, "<tr><th scope=\"row\"><a");
	html_href(h, "watches/", str_of(w->name));
	html_markup(h, ">");
	html_name(h, str_of(w->title));
	html_markup(h, "</a></th><td class=\"state\">");
	page_put_sign(h, page_priority_sign(w->priority));
	html_markup(h, "</td><td class=\"n\">");
	html_count(h, day ? day->alerts : 0);
	html_markup(h, "</td><td class=\"n\">");
	html_count(h, month ? month->alerts : 0);
	html_markup(h, "</td><td class=\"wide\">");
	if (month)
		html_time_ago(h, month->last);
	else
		html_markup(h, "–");
	html_printf(h, "</td><td class=\"wide\">%s</td></tr>\n", watch_set_cost(conf->set, i));
}

static void watches_put_table(struct watches_page *p, const struct conf *conf)
{
	struct html *h = &p->h;

	for (size_t i = 0; i < conf->n_watches; i++) {
		const struct conf_watch *w = &conf->watches[i];

		if (str_present(p->q) && !feed_fold_has(str_of(w->name), p->q) &&
			!feed_fold_has(str_of(w->title), p->q))
			continue;
		if (p->n++ < p->skip || p->shown == PAGE_WATCHES_MAX)
			continue;
		if (p->shown++ == 0)
			html_markup(h, "<table>\n<thead><tr><th scope=\"col\">Watch</th><th "
				       "scope=\"col\">Priority</th><th scope=\"col\" "
				       "class=\"n\">24 hours</th><th scope=\"col\" class=\"n\">30 "
				       "days</th><th scope=\"col\" class=\"wide\">Last "
				       "alert</th><th scope=\"col\" class=\"wide\">Cost</th></tr>"
				       "</thead>\n<tbody>\n");
		watches_put_row(p, conf, i);
	}
	if (p->shown)
		html_markup(h, "</tbody>\n</table>\n");
	else if (conf->n_watches)
		html_markup(h, "<p>No watch fits that. <a href=\"?\">All watches</a></p>\n");
	else
		html_markup(h, "<p>No watch is configured. Write one into "
			       "<code>watchlists.d/</code>; the language is in <code>man "
			       "nightdesk-query</code>.</p>\n");
}

static void watches_put_turn(struct watches_page *p, size_t skip, const char *text)
{
	char number[24];
	struct buf url;

	buf_init(&url, 16384);
	html_query(&url, "q", p->q);
	snprintf(number, sizeof(number), "%zu", skip);
	html_query(&url, "skip", str_of(skip ? number : NULL));
	html_markup(&p->h, "<a");
	html_href_query(&p->h, buf_str(&url));
	html_printf(&p->h, ">%s</a>\n", text);
	buf_release(&url);
}

static void watches_put_turns(struct watches_page *p)
{
	if (p->n <= PAGE_WATCHES_MAX && !p->skip)
		return;
	html_markup(&p->h, "<p class=\"bar\">");
	if (p->skip)
		watches_put_turn(
			p, p->skip > PAGE_WATCHES_MAX ? p->skip - PAGE_WATCHES_MAX : 0, "Previous");
	html_printf(&p->h, "<span>%zu of %zu</span>\n", p->shown, p->n);
	if (p->skip + p->shown < p->n)
		watches_put_turn(p, p->skip + p->shown, "Next");
	html_markup(&p->h, "</p>\n");
}

int web_watches_page_read(struct web_call *c, struct store *store, struct err *e)
{
	struct watches_page p = {.h = page_html(c), .q = web_call_parameter(c, "q")};
	int64_t skip;
	int rc;

	if ((rc = web_call_number(c, "skip", &skip, e)) ||
		(rc = store_activity_watches(
			 store, c->now - CLOCK_DAY, c->arena, &p.day, &p.n_day, e)) ||
		(rc = store_activity_watches(
			 store, c->now - LONG_PERIOD, c->arena, &p.month, &p.n_month, e)))
		return rc;
	p.skip = (size_t)skip;
	page_begin(&p.h, c, PAGE_WATCHES, STR("Watches"));
	html_markup(&p.h, "<h1>Watches</h1>\n<form class=\"filters\">\n<label>Name or title<input "
			  "type=\"search\" name=\"q\" size=\"24\" id=\"filter\"");
	html_attribute(&p.h, "value", str_present(p.q) ? p.q : STR(""));
	html_markup(&p.h, "></label>\n<button>Show</button>\n</form>\n");
	watches_put_table(&p, c->conf);
	watches_put_turns(&p);
	page_end(&p.h, c);
	return 0;
}
