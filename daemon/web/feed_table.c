/* SPDX-License-Identifier: MIT */
#include "feed_table.h"

#include "desk/trust.h"
#include "document/wall.h"

#define FEED_ARENA_MAX ((size_t)256 * 1024)
#define ERROR_MAX      ((size_t)300)

/* --- which feeds --- */

static bool feed_is_chosen(
	const struct feed_choice *choice, const struct conf_feed *f, enum document_feed_state state)
{
	if (choice->state >= 0 && state != (enum document_feed_state)choice->state)
		return false;
	if (choice->not_fresh && state == DOCUMENT_FEED_FINE)
		return false;
	return !str_present(choice->text) || document_wall_has_text(f, choice->text);
}

/* --- a row --- */

static void feed_put_silent(struct html *h, const struct document_feed *d)
{
	double a_day = document_feed_a_day(d);

	html_markup(h, "nothing new since ");
	html_time_ago(h, d->rhythm.last);
	if (a_day >= 1)
		html_printf(h, ", usually %.0f a day", a_day);
}

/* Of the failures: how many, and the last answer. */
static bool feed_put_error(struct html *h, const struct store_feed *f, const char *between)
{
	if (!f->failures && !str_present(f->last_error))
		return false;
	html_markup(h, between);
	if (f->failures > 1)
		html_printf(h, "%u failures, the last: ", f->failures);
	html_text_cut(h, f->last_error, ERROR_MAX);
	return true;
}

static bool feed_put_state_reason(struct html *h, const struct document_feed *d)
{
	switch (document_feed_state_of(d)) {
	case DOCUMENT_FEED_SILENT: feed_put_silent(h, d); return true;
	case DOCUMENT_FEED_LATE:
		html_markup(h, "due for ");
		html_duration(h, d->now - d->f.next_due);
		return true;
	case DOCUMENT_FEED_STALE:
		html_markup(h, "newest item of ");
		html_time_ago(h, d->health.newest);
		return true;
	case DOCUMENT_FEED_FLOOD:
		html_count(h, d->f.flood.items);
		html_markup(h, " new items at once");
		return true;
	case DOCUMENT_FEED_GONE:
	case DOCUMENT_FEED_FAILING:
	case DOCUMENT_FEED_INCOMPLETE:
	case DOCUMENT_FEED_UNREAD:
	case DOCUMENT_FEED_FINE:
	case DOCUMENT_FEED_STATES: break;
	}
	return false;
}

bool feed_table_put_reason(struct html *h, const struct document_feed *d)
{
	bool any = feed_put_state_reason(h, d);

	if (trust_is_lost(&d->f.trust, d->now)) {
		html_markup(h, any ? "; its validators lie" : "its validators lie");
		any = true;
	}
	if (feed_put_error(h, &d->f, any ? "; " : ""))
		any = true;
	if (d->f.left_out) {
		html_markup(h, any ? "; " : "");
		html_count(h, d->f.left_out);
		html_markup(h, " items left out");
		any = true;
	}
	return any;
}

static void feed_put_row(struct html *h, const struct document_feed *d)
{
	enum document_feed_state state = document_feed_state_of(d);
	struct str title = d->cf->title ? str_of(d->cf->title) : d->f.title;

	html_printf(
		h, "<tr data-state=\"%c\"><th scope=\"row\"><a", document_feed_state_sign(state));
	html_href(h, "feeds/", str_of(d->cf->name));
	html_markup(h, ">");
	html_name(h, str_present(title) ? title : str_of(d->cf->name));
	html_markup(h, "</a></th><td class=\"state\">");
	page_put_sign(h, web_wall_sign(state));
	html_markup(h, "</td><td dir=\"auto\">");
	(void)feed_table_put_reason(h, d);
	html_markup(h, "</td><td class=\"wide\">");
	html_time_ago(h, d->f.last_ok);
	html_markup(h, "</td></tr>\n");
}

static int feed_read_row(struct html *h, struct web_call *c, struct store *store,
	const struct conf_feed *cf, struct arena *arena, struct err *e)
{
	struct document_feed d = {.cf = cf, .running = true, .now = c->now};
	int rc;

	arena_clear(arena);
	rc = document_feed_read(&d, store, arena, e);
	if (!rc)
		feed_put_row(h, &d);
	return rc;
}

/* --- the table --- */

static void feed_open_table(struct html *h)
{
	html_markup(h, "<table id=\"feeds\">\n<thead><tr><th scope=\"col\">Feed</th><th "
		       "scope=\"col\">State</th><th scope=\"col\">Why</th><th scope=\"col\" "
		       "class=\"wide\">Last answer</th></tr></thead>\n<tbody>\n");
}

struct feed_walk {
	struct html *h;
	struct web_call *call;
	struct store *store;
	const struct feed_choice *choice;
	struct arena *arena; /* of one feed */
	size_t n, shown;
};

/* The chosen feeds in that state. */
static int feed_walk_state(struct feed_walk *w, enum document_feed_state state, struct err *e)
{
	const struct web_wall *wall = w->choice->wall;
	const struct conf *conf = w->call->conf;
	int rc = 0;

	for (size_t i = 0; !rc && i < wall->n; i++) {
		if (wall->states[i] != document_feed_state_sign(state) ||
			!feed_is_chosen(w->choice, &conf->feeds[i], state))
			continue;
		if (w->n++ < w->choice->skip || w->shown == w->choice->max)
			continue;
		if (w->shown++ == 0)
			feed_open_table(w->h);
		rc = feed_read_row(w->h, w->call, w->store, &conf->feeds[i], w->arena, e);
	}
	return rc;
}

int feed_table_put(struct html *h, struct web_call *c, struct store *store,
	const struct feed_choice *choice, size_t *n, struct err *e)
{
	struct feed_walk w = {.h = h, .call = c, .store = store, .choice = choice};
	int rc = 0;

	w.arena = arena_new(FEED_ARENA_MAX);
	if (!w.arena)
		return err_nomem(e);
	for (size_t s = 0; !rc && s < DOCUMENT_FEED_STATES; s++)
		if (choice->wall->counts[s])
			rc = feed_walk_state(&w, (enum document_feed_state)s, e);
	if (w.shown)
		html_markup(h, "</tbody>\n</table>\n");
	arena_free(w.arena);
	*n = w.n;
	return rc;
}
