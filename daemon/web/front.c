/* SPDX-License-Identifier: MIT */
#include "front.h"

#include "alert_card.h"
#include "feed_table.h"
#include "receivers.h"
#include "store/activity.h"
#include "store/silences.h"
#include "trouble_list.h"

#define ALERTS_MAX	20
#define ALERTS_MAX_WALL 8
#define FEEDS_MAX	12
#define FEEDS_MAX_WALL	5
#define SILENCES_MAX	((size_t)10)

struct front {
	struct html h;
	struct web_call *call;
	struct store *store;
	bool on_wall; /* ?wall=1 */
	struct web_wall wall;
	struct receivers receivers;
	int64_t alerts;			   /* in a day */
	struct store_activity_ranks ranks; /* of those */
	int64_t last;			   /* when the last alert was raised; STAMP_NONE: never */
};

/* --- what is known --- */

static int front_note_last(void *ctx, const struct store_alert_row *row)
{
	struct front *f = ctx;

	if (!card_is_shown(&row->alert))
		return 0;
	f->last = row->alert.created;
	return CARD_FULL;
}

static int front_read_all(struct front *f, struct err *e)
{
	const struct store_alert_filter newest = {.since = STAMP_NONE, .limit = 200};
	const struct store_activity day = {.since = f->call->now - CLOCK_DAY,
		.step = CLOCK_DAY + CLOCK_HOUR, /* of a clock that was ahead, too */
		.n = 1,
		.counts = &f->alerts};
	int rc = store_activity_alerts(f->store, &day, STR_NONE, &f->ranks, e);

	f->last = STAMP_NONE;
	if (!rc)
		rc = store_alert_each(f->store, &newest, front_note_last, f, e);
	if (rc >= 0)
		rc = web_wall_read(f->call, f->store, &f->wall, e);
	if (!rc)
		rc = receivers_read(f->call, f->store, &f->receivers, e);
	return rc;
}

/* --- sentences --- */

static void front_put_came(struct html *h, const struct front *f)
{
	int64_t pressing = f->ranks.v[ALERT_FLASH] + f->ranks.v[ALERT_URGENT];

	if (f->last == STAMP_NONE) {
		html_markup(h, "No alert yet");
		return;
	}
	if (!f->alerts) {
		html_markup(h, "No alert in 24 hours; the last was at ");
		html_time_ago(h, f->last);
		return;
	}
	html_printf(h, "<a href=\"%salerts\">", h->root);
	html_count(h, f->alerts);
	html_printf(h, " alert%s</a> in 24 hours", str_plural(f->alerts));
	if (pressing) {
		html_markup(h, ", ");
		html_count(h, pressing);
		html_markup(h, " flash or urgent");
	}
	html_markup(h, "; the last at ");
	html_time_ago(h, f->last);
}

static void front_put_trust(struct html *h, const struct front *f)
{
	if (!f->wall.n) {
		html_markup(h, "No feed is configured");
		return;
	}
	html_markup(h, f->wall.n == 1 ? "Feed: " : "Feeds: ");
	web_wall_put_sentence(h, &f->wall);
}

static void front_put_lede(struct front *f)
{
	struct html *h = &f->h;
	bool ok = json_is_true(json_object_get(f->call->status, "ok"));

	html_markup(h, "<p class=\"lede\" id=\"lede\" data-live=\"lede\">");
	front_put_came(h, f);
	html_markup(h, ". ");
	front_put_trust(h, f);
	html_markup(h, ". ");
	receivers_put_sentence(h, &f->receivers);
	html_markup(h, ".");
	if (f->call->status && !ok)
		html_markup(h, " <a class=\"bad\" href=\"#troubles\">A person must act.</a>");
	html_markup(h, "</p>\n");
}

/* --- what came --- */

static void front_teach_watches(struct html *h, const struct conf *conf)
{
	if (!conf->n_watches) {
		html_markup(h,
			"<p>No watch is configured, so nothing can match. Write one into "
			"<code>watchlists.d/</code>, for example:</p>\n<pre>watch embassy {\n  "
			"query "
			"= '(embass* OR consulate*) NEAR/12 evacuat*'\n}</pre>\n<p>Then "
			"<code>nightdesk check</code> and <code>systemctl reload nightdesk</code>. "
			"The language is in <code>man nightdesk-query</code>.</p>\n");
		return;
	}
	html_printf(h,
		"<p>%zu watch%s, and nothing has matched yet. A feed that is read for the first "
		"time does not alert on what it already held. <code>nightdesk backtest --since "
		"7d</code> shows what the watches would have found in the archive.</p>\n",
		conf->n_watches, conf->n_watches == 1 ? "" : "es");
}

static int front_put_alerts(struct front *f, struct err *e)
{
	struct store_alert_filter newest = {.since = STAMP_NONE};
	struct html *h = &f->h;
	struct card_list list;
	int rc = card_list_init(&list, h, f->on_wall ? ALERTS_MAX_WALL : ALERTS_MAX, e);

	html_markup(h, "<section aria-labelledby=\"came\">\n<h2 id=\"came\">What came?</h2>\n"
		       "<p id=\"new\" hidden></p>\n<div id=\"alerts\">\n");
	if (!rc)
		rc = card_list_walk(&list, f->store, &newest, card_list_add, &list, e);
	card_list_end(&list);
	if (!list.n)
		front_teach_watches(h, f->call->conf);
	html_markup(h, "</div>\n");
	if (list.more)
		html_printf(
			h, "<p class=\"bar\"><a href=\"%salerts\">All alerts</a></p>\n", h->root);
	html_markup(h, "</section>\n");
	return rc;
}

/* --- can it be trusted --- */

static void front_teach_feeds(struct html *h)
{
	html_markup(h, "<p>No feed is configured. <code>nightdesk feeds import FILE.opml</code> "
		       "takes those of another reader; <code>nightdesk discover URL</code> finds "
		       "those of a site.</p>\n");
}

static int front_put_feeds(struct front *f, struct err *e)
{
	const struct feed_choice choice = {.wall = &f->wall,
		.state = -1,
		.not_fresh = true,
		.max = f->on_wall ? FEEDS_MAX_WALL : FEEDS_MAX};
	struct html *h = &f->h;
	size_t troubles, n = 0;
	int rc;

	html_markup(h, "<section aria-labelledby=\"trust\">\n<h2 id=\"trust\">Can I trust "
		       "it?</h2>\n<p class=\"sum\" id=\"sum\" data-live=\"sum\">");
	front_put_trust(h, f);
	html_markup(h, ".</p>\n<canvas id=\"wall\" aria-hidden=\"true\" hidden></canvas>\n"
		       "<div data-live=\"trust\">\n<div id=\"troubles\">\n");
	troubles = trouble_list_put(h, f->call->status, TROUBLE_AT_FEEDS);
	html_markup(h, "</div>\n");
	if (!f->wall.n)
		front_teach_feeds(h);
	rc = feed_table_put(h, f->call, f->store, &choice, &n, e);
	if (!rc && !n && !troubles && f->wall.n)
		html_markup(h, "<p class=\"good\">Every feed answers, and posts as it usually "
			       "does.</p>\n");
	if (f->wall.n) {
		html_printf(h, "<p class=\"bar\"><a href=\"%sfeeds\">All ", h->root);
		html_count(h, (int64_t)f->wall.n);
		html_printf(h, " feed%s</a></p>\n", str_plural((long long)f->wall.n));
	}
	html_markup(h, "</div>\n</section>\n");
	return rc;
}

/* --- did it arrive --- */

/* Alerts that are raised and not sent. */
static int front_put_silences(struct front *f, struct err *e)
{
	struct html *h = &f->h;
	struct store_silence *v;
	size_t n;
	int rc = store_silences(f->store, f->call->now, f->call->arena, &v, &n, e);

	if (rc || !n)
		return rc;
	html_markup(h, "<h3>Silenced</h3>\n<ul>\n");
	for (size_t i = 0; i < n && i < SILENCES_MAX; i++) {
		html_markup(h, "<li><a");
		html_href(h, "watches/", v[i].watch);
		html_markup(h, ">");
		html_name(h, v[i].watch);
		html_markup(h, "</a> until ");
		html_time_ago(h, v[i].until);
		html_markup(h, " by ");
		html_name(h, v[i].author);
		html_markup(h, ": ");
		html_name(h, v[i].why);
		html_markup(h, "</li>\n");
	}
	if (n > SILENCES_MAX)
		html_printf(h, "<li>and %zu more</li>\n", n - SILENCES_MAX);
	html_markup(h, "</ul>\n");
	return 0;
}

static int front_put_receivers(struct front *f, struct err *e)
{
	struct html *h = &f->h;
	int rc;

	html_markup(h, "<section aria-labelledby=\"arrived\" data-live=\"arrived\">\n<h2 "
		       "id=\"arrived\">Did it "
		       "arrive?</h2>\n<p class=\"sum\">");
	receivers_put_sentence(h, &f->receivers);
	html_markup(h, ".</p>\n");
	(void)trouble_list_put(h, f->call->status, TROUBLE_AT_RECEIVERS);
	receivers_put_table(h, &f->receivers);
	rc = front_put_silences(f, e);
	if (!f->receivers.n)
		html_markup(h, "<p>Add a block <code>notify</code> to <code>notify.d/</code>; "
			       "<code>nightdesk test-notify NAME</code> sends a test "
			       "message.</p>\n");
	html_markup(h, "</section>\n");
	return rc;
}

static void front_put_heading(struct html *h)
{
	static const char *const days[] = {
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	const struct civil c =
		clock_to_civil(h->now + (int64_t)zone_offset(h->zone, h->now) * CLOCK_SECOND);

	html_printf(
		h, "<h1>%s, %d %s %d</h1>\n", days[c.weekday], c.day, months[c.month - 1], c.year);
}

int web_front_read(struct web_call *c, struct store *store, struct err *e)
{
	struct front f = {.h = page_html(c), .call = c, .store = store};
	int rc = front_read_all(&f, e);

	if (rc)
		return rc;
	f.on_wall = page_is_wall(c);
	page_begin(&f.h, c, PAGE_NOW, STR_NONE);
	front_put_heading(&f.h);
	front_put_lede(&f);
	html_markup(&f.h, "<div class=\"columns\">\n");
	rc = front_put_alerts(&f, e);
	html_markup(&f.h, "<div class=\"aside\">\n");
	if (!rc)
		rc = front_put_feeds(&f, e);
	if (!rc)
		rc = front_put_receivers(&f, e);
	html_markup(&f.h, "</div>\n</div>\n");
	page_end(&f.h, c);
	return rc;
}
