/* SPDX-License-Identifier: MIT */
/*
 * The report of a receiver, once a day: what was alerted, which feeds and receivers have trouble;
 * also when nothing happened. One that is late, because the daemon did not run, is of all the time
 * since the last one.
 */
#include "desk/desk.h"

#include <jansson.h>

#include "alert/alert.h"
#include "base/clock.h"
#include "ingest.h"
#include "store/held.h"
#include "store/report.h"

#define REPORT_TEXT_MAX ((size_t)8 * 1024)
#define REPORT_NAMES	20 /* of a list in the text */
#define REPORT_WATCHES	50 /* named in the document */
#define SILENT_USUAL	5  /* items that a feed usually brings in the time, if it is missed */

/* Names of feeds or receivers. */
struct report_names {
	size_t n;
	json_t *list; /* the first ones */
	struct buf text;
};

struct report {
	struct desk *desk;
	const struct conf *conf;
	const struct conf_notify *notify;
	int64_t from, to;
	int64_t alerts;
	size_t n_watches;
	json_t *watches;
	struct buf watch_lines;
	size_t read;
	struct report_names failing, silent, receivers;
	struct err *e;
};

static void report_begin(struct report *r)
{
	struct report_names *names[] = {&r->failing, &r->silent, &r->receivers};

	r->alerts = 0;
	r->n_watches = r->read = 0;
	r->watches = json_array();
	buf_init(&r->watch_lines, REPORT_TEXT_MAX);
	for (size_t i = 0; i < 3; i++) {
		*names[i] = (struct report_names){.list = json_array()};
		buf_init(&names[i]->text, REPORT_TEXT_MAX);
	}
}

static void report_release(struct report *r)
{
	struct report_names *names[] = {&r->failing, &r->silent, &r->receivers};

	json_decref(r->watches);
	buf_release(&r->watch_lines);
	for (size_t i = 0; i < 3; i++) {
		json_decref(names[i]->list);
		buf_release(&names[i]->text);
	}
}

static void report_add_name(struct report_names *names, struct str name)
{
	if (names->n < REPORT_NAMES)
		buf_printf(&names->text, "%s%.*s", names->n ? ", " : "", STR_ARG(name));
	if (names->n < REPORT_WATCHES)
		json_array_append_new(names->list, json_stringn_nocheck(name.p, name.n));
	names->n++;
}

static int report_on_watch(void *ctx, struct str name, struct str title, int64_t alerts)
{
	struct report *r = ctx;
	struct str shown = title.n ? title : name;

	r->alerts += alerts;
	if (r->n_watches < REPORT_NAMES)
		buf_printf(&r->watch_lines, "%.*s: %lld\n", STR_ARG(shown), (long long)alerts);
	if (r->n_watches < REPORT_WATCHES)
		json_array_append_new(r->watches,
			json_pack("{s:o, s:o, s:I}", "name", json_stringn_nocheck(name.p, name.n),
				"title", json_stringn_nocheck(shown.p, shown.n), "alerts",
				(json_int_t)alerts));
	r->n_watches++;
	return 0;
}

/* Returns whether a feed without new items usually has some in that time. */
static bool report_is_silent(const struct report *r, const struct store_report_feed *f)
{
	const struct store_arrivals *a = &f->arrivals;

	return f->quiet && a->since != STAMP_NONE && a->until > a->since &&
	       (double)a->milli_items / 1000 / (double)(a->until - a->since) *
			       (double)(r->to - r->from) >=
		       SILENT_USUAL;
}

static int report_on_feed(void *ctx, const struct store_report_feed *f)
{
	struct report *r = ctx;

	if (!conf_find_feed(r->conf, f->name))
		return 0;
	r->read += f->last_ok != STAMP_NONE && f->last_ok >= r->from;
	if (f->failures)
		report_add_name(&r->failing, f->name);
	else if (report_is_silent(r, f))
		report_add_name(&r->silent, f->name);
	return 0;
}

static int report_collect(struct report *r)
{
	struct store *store = r->desk->store;
	struct store_away_receiver *away;
	size_t n;
	int rc = store_report_watches(store, r->from, report_on_watch, r, r->e);

	if (!rc)
		rc = store_report_feeds(store, r->from, report_on_feed, r, r->e);
	if (!rc)
		rc = store_away_receivers(store, r->desk->item_arena, &away, &n, r->e);
	for (size_t i = 0; !rc && i < n; i++)
		report_add_name(&r->receivers, away[i].name);
	return rc;
}

/* --- the message --- */

static void report_put_names(struct buf *out, const char *what, const struct report_names *names)
{
	if (names->n == 0)
		return;
	buf_printf(out, "%s: %.*s", what, STR_ARG(buf_str(&names->text)));
	if (names->n > REPORT_NAMES)
		buf_printf(out, " and %zu more", names->n - REPORT_NAMES);
	buf_addc(out, '\n');
}

static void report_put_text(const struct report *r, struct buf *out)
{
	char from[STAMP_TEXT_MAX], to[STAMP_TEXT_MAX];

	buf_printf(out, "From %s to %s\n", zone_minute_text(r->notify->hours, r->from, from),
		zone_minute_text(r->notify->hours, r->to, to));
	if (r->n_watches)
		buf_adds(out, buf_str(&r->watch_lines));
	else
		buf_addz(out, "No watch alerted.\n");
	if (r->n_watches > REPORT_NAMES)
		buf_printf(out, "and %zu more watches\n", r->n_watches - REPORT_NAMES);
	report_put_names(out, "Feeds that fail", &r->failing);
	report_put_names(out, "Feeds that are silent", &r->silent);
	report_put_names(out, "Receivers that take no messages", &r->receivers);
	if (!r->failing.n && !r->silent.n && !r->receivers.n)
		buf_addz(out, "No feed or receiver has trouble.\n");
}

static json_t *report_make_detail(const struct report *r)
{
	char from[STAMP_TEXT_MAX], to[STAMP_TEXT_MAX];

	return json_pack("{s:s, s:s, s:I, s:O, s:I, s:{s:I, s:I, s:I, s:O, s:I, s:O}, s:O}", "from",
		clock_rfc3339(r->from, false, from), "to", clock_rfc3339(r->to, false, to),
		"alerts", (json_int_t)r->alerts, "watches", r->watches, "left_out",
		(json_int_t)(r->n_watches - json_array_size(r->watches)), "feeds", "configured",
		(json_int_t)r->conf->n_feeds, "read", (json_int_t)r->read, "failing",
		(json_int_t)r->failing.n, "failing_names", r->failing.list, "silent",
		(json_int_t)r->silent.n, "silent_names", r->silent.list, "receivers",
		r->receivers.list);
}

static int report_make(const struct report *r, struct arena *arena, struct alert *out)
{
	struct str at = str_slice((const char *)&r->to, sizeof(r->to));
	const struct str parts[] = {str_of(r->notify->name), at};
	json_t *detail = report_make_detail(r);
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	struct buf id, body;

	buf_init(&id, 64);
	buf_init(&body, 4 * REPORT_TEXT_MAX);
	alert_put_report_id(parts, 2, &id);
	report_put_text(r, &body);
	*out = (struct alert){
		.kind = ALERT_REPORT,
		.id = arena_str(arena, buf_str(&id)),
		.created = r->to,
		.watch = STR("nightdesk"),
		.watch_title = STR("nightdesk"),
		.priority = ALERT_NORMAL,
		.title = str_of(arena_printf(arena, "Report: %lld alert%s, %zu of %zu feeds read",
			(long long)r->alerts, r->alerts == 1 ? "" : "s", r->read,
			r->conf->n_feeds)),
		.body = arena_str(arena, buf_str(&body)),
		.published = STAMP_NONE,
		.feed = STR("nightdesk"),
		.feed_title = STR("nightdesk"),
		.fetched = STAMP_NONE,
		.report = text ? arena_str(arena, str_of(text)) : STR_NONE,
	};
	free(text);
	json_decref(detail);
	if (buf_failed(&id) || buf_failed(&body) || !out->report.p || !out->title.p || !out->id.p ||
		!out->body.p)
		out->id = STR_NONE;
	buf_release(&id);
	buf_release(&body);
	return out->id.p ? 0 : -(int)ERR_NOMEM;
}

/* --- when it is due --- */

static int report_store(struct report *r)
{
	const struct store_plan plan = {.notify = str_of(r->notify->name),
		.state = STORE_PENDING,
		.due_at = r->to,
		.group = STR("report")};
	struct store *store = r->desk->store;
	struct alert a;
	struct store_raise raise = {.alert = &a, .plans = &plan, .n_plans = 1};
	int64_t row = 0;
	int rc = report_collect(r);

	if (!rc && report_make(r, r->desk->item_arena, &a))
		rc = err_nomem(r->e);
	if (!rc)
		rc = store_alert_raise(store, &raise, &row, r->e);
	if (!rc && row)
		rc = store_report_fold(store, plan.notify, row, r->to, r->e);
	return rc ? rc : store_report_put(store, plan.notify, r->to, r->e);
}

static int report_look_at(struct report *r, struct desk_released *out)
{
	struct store *store = r->desk->store;
	struct str name = str_of(r->notify->name);
	int64_t last, next;
	int rc = store_report_last(store, name, &last, r->e);

	/* The first one comes at the next time; after a clock that was set back too. */
	if (!rc && (last == STAMP_NONE || last > r->to))
		rc = store_report_put(store, name, last = r->to, r->e);
	if (rc)
		return rc;
	next = route_next_daily(r->notify->hours, r->notify->report.minute, last);
	if (next <= r->to) {
		arena_clear(r->desk->item_arena);
		r->from = last;
		report_begin(r);
		rc = store_begin(store, r->e);
		if (!rc)
			rc = store_end(store, report_store(r), r->e);
		report_release(r);
		out->messages += rc == 0;
		next = route_next_daily(r->notify->hours, r->notify->report.minute, r->to);
	}
	if (out->next_at == STAMP_NONE || next < out->next_at)
		out->next_at = next;
	return rc;
}

int desk_report(
	struct desk *d, const struct conf *c, int64_t now, struct desk_released *out, struct err *e)
{
	struct report r = {.desk = d, .conf = c, .to = now, .e = e};
	int rc = 0;

	for (size_t i = 0; !rc && i < c->n_notifies; i++) {
		r.notify = &c->notifies[i];
		if (r.notify->report.given)
			rc = report_look_at(&r, out);
	}
	return rc;
}
