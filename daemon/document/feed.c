/* SPDX-License-Identifier: MIT */
#include "document/feed.h"

#include "base/clock.h"
#include "desk/trust.h"
#include "document/batch.h"
#include "value.h"

const char *document_feed_moved(const struct store_feed *f)
{
	if (!str_present(f->moved_to) && !str_present(f->adopted))
		return NULL;
	if (f->moved_seen == STORE_MOVED_FOREIGN)
		return "foreign";
	return str_present(f->adopted) ? "adopted" : "seen";
}

/* By enum schedule_reason. */
static const struct document_interval feed_reasons[] = {
	[SCHEDULE_EVERY] = {.why = "every", .text = "every of the feed"},
	[SCHEDULE_TTL] = {.why = "ttl", .text = "ttl of the feed, which lengthens the default"},
	[SCHEDULE_FRESHNESS] = {.why = "freshness",
		.text = "Cache-Control or Expires of its last answer"},
	[SCHEDULE_RETRY_AFTER] = {.why = "retry-after", .text = "Retry-After of its last answer"},
	[SCHEDULE_SKIPPED] = {.why = "skip", .text = "skipHours or skipDays of the feed"},
	[SCHEDULE_BACKOFF] = {.why = "failures", .text = "it failed: longer with each failure"},
	[SCHEDULE_GONE] = {.why = "gone",
		.text = "it answered 410 Gone: asked once a day, then once a week"},
	[SCHEDULE_RHYTHM] = {.why = "rhythm",
		.text = "it usually posts at this time (rhythm = learn)"},
	[SCHEDULE_ABSENT] = {.why = "absent",
		.text = "nothing is at its address: asked once a day, then once a week"},
};

struct document_interval document_reason(enum schedule_reason why)
{
	return feed_reasons[why];
}

static struct document_interval feed_configured_interval(const struct conf_feed *cf)
{
	struct document_interval i = feed_reasons[SCHEDULE_EVERY];

	i.ms = cf->every;
	if (cf->every_default) {
		i.why = "default";
		i.text = "the default (poll every)";
	} else if (cf->force) {
		i.why = "force";
		i.text = "every of the feed, whatever it asks for (force)";
	}
	return i;
}

/* The reason for the stored interval still applies with this configuration. */
static bool feed_reason_holds(const struct conf_feed *cf, enum schedule_reason why)
{
	switch (why) {
	case SCHEDULE_EVERY: return false;
	case SCHEDULE_RHYTHM: return cf->learns;
	case SCHEDULE_TTL: return cf->every_default && !cf->force;
	case SCHEDULE_FRESHNESS:
	case SCHEDULE_SKIPPED: return !cf->force;
	case SCHEDULE_RETRY_AFTER:
	case SCHEDULE_BACKOFF:
	case SCHEDULE_GONE:
	case SCHEDULE_ABSENT: return true;
	}
	return false;
}

struct document_interval document_feed_interval(
	const struct conf_feed *cf, const struct store_feed *f)
{
	struct document_interval i = feed_configured_interval(cf);

	if (f->id == 0 || !str_is(f->url, cf->url) ||
		!feed_reason_holds(cf, (enum schedule_reason)f->interval_why))
		return i;
	if (f->interval <= i.ms && f->interval_why != SCHEDULE_BACKOFF &&
		f->interval_why != SCHEDULE_RHYTHM)
		return i;
	i = feed_reasons[f->interval_why];
	i.ms = f->interval;
	return i;
}

int64_t document_feed_next_poll(const struct conf_feed *cf, const struct store_feed *f)
{
	const struct document_interval i = document_feed_interval(cf, f);

	if (f->id == 0 || f->last_poll == STAMP_NONE || i.ms >= f->interval ||
		f->last_poll + i.ms >= f->next_due)
		return f->next_due;
	return f->last_poll + i.ms;
}

static void feed_set_interval(
	json_t *o, const struct conf_feed *cf, const struct document_interval *i)
{
	document_set_int(o, "interval_s", i->ms / CLOCK_SECOND);
	document_set_text(o, "interval_why", str_of(i->why));
	document_set_int(o, "configured_s", cf->every / CLOCK_SECOND);
}

json_t *document_interval(const struct conf_feed *cf, const struct document_interval *i)
{
	json_t *o = json_object();

	document_set_text(o, "name", str_of(cf->name));
	feed_set_interval(o, cf, i);
	return o;
}

static void feed_set_flood(json_t *o, const struct store_flood *flood)
{
	json_t *f;

	if (flood->at == STAMP_NONE)
		return;
	f = json_object();
	document_set_stamp(f, "at", flood->at);
	document_set_int(f, "items", flood->items);
	document_set_int(f, "in_digest", flood->in_digest);
	json_object_set_new(o, "flood", f);
}

json_t *document_feed(const struct document_feed *d)
{
	const struct conf_feed *cf = d->cf;
	const struct store_feed *f = &d->f;
	const struct document_interval i = document_feed_interval(cf, f);
	json_t *o = json_object();

	document_set_text(o, "name", str_of(cf->name));
	if (!cf->url_credential)
		document_set_url(o, "url", str_of(cf->url));
	document_set_text(o, "url_credential", str_of(cf->url_credential));
	if (cf->sitemap)
		document_set_text(o, "type", STR("sitemap"));
	document_set_text(o, "state", str_of(document_feed_state_name(document_feed_state_of(d))));
	document_set_int(o, "failures", f->failures);
	document_set_int(o, "items", f->items_seen);
	if (f->left_out)
		document_set_int(o, "left_out", f->left_out);
	document_set_text(o, "title", cf->title ? str_of(cf->title) : f->title);
	document_set_text(o, "source", str_of(cf->source));
	document_set_stamp(o, "last_poll", f->last_poll);
	document_set_stamp(o, "last_ok", f->last_ok);
	document_set_stamp(o, "next_due", document_feed_next_poll(cf, f));
	document_set_text(o, "error", f->last_error);
	document_set_url(o, "moved_to", f->moved_to);
	document_set_text(o, "moved", str_of(document_feed_moved(f)));
	document_set_url(o, "adopted", f->adopted);
	feed_set_interval(o, cf, &i);
	if (cf->budget)
		document_set_text(o, "budget", str_of(cf->budget->name));
	document_set_stamp(o, "whole_body", f->trust.whole_at);
	if (trust_is_lost(&f->trust, clock_wall()))
		document_set_stamp(o, "validators_lie_until", f->trust.distrust_until);
	feed_set_flood(o, &f->flood);
	document_set_feed_health(o, d);
	return o;
}

json_t *document_asked(const char *name, enum engine_asked asked, int64_t until)
{
	static const char *const results[] = {[ENGINE_NO_FEED] = "unknown",
		[ENGINE_ASKED] = "asked",
		[ENGINE_UNDER_WAY] = "under way",
		[ENGINE_FORBIDDEN] = "forbidden"};
	json_t *o = json_object();

	document_set_text(o, "name", str_of(name));
	document_set_text(o, "result", str_of(results[asked]));
	if (asked == ENGINE_FORBIDDEN)
		document_set_stamp(o, "until", until);
	return o;
}

/* --- import --- */

json_t *document_imported(const struct conf_import_row *row)
{
	struct str title = str_present(row->title) ? row->title : STR("");
	json_t *o = json_object();

	if (row->name) {
		document_set_text(o, "name", str_of(row->name));
		document_set_url(o, "url", row->url);
		document_set_text(o, "title", title);
		return o;
	}
	document_set_int(o, "line", row->line);
	if (title.n || !str_present(row->url))
		document_set_text(o, "feed", title);
	else
		document_set_url(o, "feed", row->url);
	document_set_text(o, "left_out", str_of(row->why));
	return o;
}

/* --- the feeds of a page --- */

static const char *feed_offer_name(enum feed_offer offer, bool tried)
{
	switch (offer) {
	case FEED_OFFER_NAMED: return "named";
	case FEED_OFFER_POSSIBLE: return "possible";
	case FEED_OFFER_LINKED: return "linked";
	case FEED_OFFER_GUESS: return tried ? "tried" : "guess";
	case FEED_OFFER_SITEMAP: return "sitemap";
	}
	return "";
}

json_t *document_found_feed(const struct feed_found *found, bool tried)
{
	json_t *o = json_object();

	document_set_text(o, found->relative ? "relative" : "url", found->url);
	document_set_text(o, "title", found->title);
	document_set_text(o, "type", found->type);
	document_set_text(o, "offer", str_of(feed_offer_name(found->offer, tried)));
	return o;
}

json_t *document_is_feed(enum feed_format format)
{
	json_t *o = json_object();

	document_set_bool(o, "itself", true);
	document_set_text(o, "format", str_of(document_format_name(format)));
	return o;
}
