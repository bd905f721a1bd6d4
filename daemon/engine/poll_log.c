/* SPDX-License-Identifier: MIT */
/* What polls write to the log. Each trouble is logged when it begins and then once a day. */
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "poll_steps.h"

#define REPEAT_AFTER  CLOCK_DAY
#define FAILING_POLLS 3 /* in a row: the feed is a trouble before its grace is over */

/* Without its digits: "after 3.1 s" and "after 3.2 s" are the same trouble. */
static uint64_t poll_log_hash_reason(struct str reason)
{
	char text[ERR_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < reason.n && n < sizeof(text); i++) {
		if (reason.p[i] < '0' || reason.p[i] > '9')
			text[n++] = reason.p[i];
	}
	return digest_fast64(str_slice(text, n), 0) | 1;
}

static void poll_log_trouble(
	struct poll_feed *f, const char *event, struct str reason, int64_t wait)
{
	uint64_t hash = poll_log_hash_reason(reason);
	int64_t now = clock_mono();

	if (f->logged == hash && now - f->logged_at < REPEAT_AFTER)
		return;
	f->logged = hash;
	f->logged_at = now;
	log_warn(event, LOG_S("feed", f->name), LOG_STR("reason", reason),
		LOG_I("failures", f->failures), LOG_I("next_s", wait / 1000));
}

static void poll_log_recovery(struct poll_feed *f)
{
	if (f->logged != 0)
		log_notice("poll-recovered", LOG_S("feed", f->name));
	f->logged = 0;
}

static bool poll_overrun_is_recent(const struct poll_overrun *o, int64_t now)
{
	return o->watch && now - o->at < REPEAT_AFTER;
}

/* The entry of the watch, else a free one, else the last, which all others share. */
static struct poll_overrun *poll_overrun_find(struct poller *p, uint64_t watch, int64_t now)
{
	struct poll_overrun *unused = NULL;

	for (size_t i = 0; i < POLL_OVERRUNS_MAX; i++) {
		struct poll_overrun *o = &p->overruns[i];

		if (poll_overrun_is_recent(o, now) && o->watch == watch)
			return o;
		if (!poll_overrun_is_recent(o, now) && !unused)
			unused = o;
	}
	return unused ? unused : &p->overruns[POLL_OVERRUNS_MAX];
}

static void poll_log_overruns(const struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	int64_t now = clock_mono();

	if (v->conf != p->conf)
		return; /* a reload may have corrected the watch */
	for (size_t i = 0; i < v->result.n_overruns; i++) {
		struct str watch = str_of(v->conf->watches[v->result.overruns[i]].name);
		uint64_t hash = digest_fast64(watch, 0) | 1;
		struct poll_overrun *o = poll_overrun_find(p, hash, now);

		trouble_begin(p->o.troubles, TROUBLE_WATCH_OVERRUN, watch, str_of(v->feed->name));
		if (poll_overrun_is_recent(o, now))
			continue;
		*o = (struct poll_overrun){hash, now};
		log_warn("watch-overrun", LOG_STR("watch", watch), LOG_S("feed", v->feed->name),
			LOG_S("state",
				"over its budget on an item: it does not match, or lacks hits"),
			LOG_S("advice", o == &p->overruns[POLL_OVERRUNS_MAX]
						? "more watches are than are named in a day; look "
						  "at the feed"
						: "simplify its regular expression, shorten its "
						  "distances"));
	}
}

/*
 * Items that may be new were left out. Those of a sitemap, an archive, are older than what is taken
 * of it, if they have dates.
 */
static bool poll_log_lacks_items(const struct poll_visit *v)
{
	const struct feed_batch *b = v->poll.batch;

	if (v->poll.outcome != DESK_NEW_BODY || b->left_out == 0)
		return false;
	return b->feed.format != FEED_SITEMAP ||
	       feed_item_plausible_date(&b->items[0]) == STAMP_NONE;
}

static void poll_log_left_out(const struct poll_visit *v)
{
	struct poll_feed *f = v->feed;
	int64_t now = clock_mono();

	if (v->poll.outcome != DESK_NEW_BODY)
		return;
	if (!poll_log_lacks_items(v)) {
		f->left_out_logged_at = 0;
		return;
	}
	if (f->left_out_logged_at && now - f->left_out_logged_at < REPEAT_AFTER)
		return;
	f->left_out_logged_at = now;
	log_warn("items-left-out", LOG_S("feed", f->name), LOG_I("items", v->poll.batch->left_out),
		LOG_I("taken", v->poll.batch->n_items),
		LOG_S("state", "more items than are taken of one document: the newest by date "
			       "are taken, without dates the first and the last"));
}

static void poll_note_troubles(const struct poll_visit *v)
{
	struct troubles *t = v->feed->poller->o.troubles;
	struct str feed = str_of(v->feed->name);
	char text[64];

	if (!v->feed->cf)
		return; /* the reload that removed the feed ended its troubles */
	if (v->poll.outcome != DESK_FAILED) {
		trouble_end(t, TROUBLE_FEED_FAILING, feed);
	} else {
		trouble_begin(t, TROUBLE_FEED_FAILING, feed, v->poll.error);
		if (v->feed->failures >= FAILING_POLLS)
			trouble_skip_grace(t, TROUBLE_FEED_FAILING, feed);
	}
	if (poll_log_lacks_items(v)) {
		snprintf(text, sizeof(text), "%zu item%s left out", (size_t)v->poll.batch->left_out,
			v->poll.batch->left_out == 1 ? " was" : "s were");
		trouble_begin(t, TROUBLE_ITEMS_LEFT_OUT, feed, str_of(text));
	} else if (v->poll.outcome == DESK_NEW_BODY) {
		trouble_end(t, TROUBLE_ITEMS_LEFT_OUT, feed);
	}
	if (v->result.unmatched > 0)
		trouble_begin(t, TROUBLE_ITEMS_UNMATCHED, feed, STR_NONE);
	trouble_end(t, TROUBLE_FEED_LATE, feed);
	if (v->result.posted) {
		trouble_end(t, TROUBLE_FEED_SILENT, feed);
		trouble_end(t, TROUBLE_FEED_STALE, feed);
	}
	if (v->result.flood) {
		snprintf(text, sizeof(text), "%zu new items at once, usually about %.0f",
			v->result.new_items, v->result.usual);
		trouble_begin(t, TROUBLE_FEED_FLOOD, feed, str_of(text));
	}
}

void poll_log_stored(const struct poll_visit *v)
{
	struct poll_feed *f = v->feed;
	const struct desk_result *r = &v->result;

	poll_log_overruns(v);
	poll_log_left_out(v);
	poll_note_troubles(v);
	if (r->lie)
		log_notice("validators-lie", LOG_S("feed", f->name),
			LOG_S("state", "a 304 of its server hid new items"),
			LOG_I("without_validators_h",
				(r->trust.distrust_until - v->poll.fetched) / CLOCK_HOUR));
	if (r->unmatched > 0)
		log_warn("items-not-matched", LOG_S("feed", f->name), LOG_I("items", r->unmatched),
			LOG_S("state", "kept, but too large to be matched: they may lack alerts"));
	if (r->flood)
		log_notice("flood", LOG_S("feed", f->name), LOG_I("new", r->new_items),
			LOG_I("usual", r->usual), LOG_I("alerts", r->alerts),
			LOG_I("in_digest", r->in_digest), LOG_I("digests", r->digests));
	if (r->corrected + r->withdrawn > 0)
		log_notice("alerts-revised", LOG_S("feed", f->name),
			LOG_I("corrected", r->corrected), LOG_I("withdrawn", r->withdrawn));
	if (r->alerts > 0)
		log_info("alert-raised", LOG_S("feed", f->name), LOG_I("alerts", r->alerts),
			LOG_I("new", r->new_items));
	log_debug("polled", LOG_S("feed", f->name), LOG_I("items", r->items),
		LOG_I("new", r->new_items), LOG_I("next_s", v->wait / 1000));
	if (v->poll.outcome == DESK_FAILED)
		poll_log_trouble(f, "poll-failed", v->poll.error, v->wait);
	else if (v->poll.outcome == DESK_NEW_BODY && v->poll.cut && !v->pushed)
		poll_log_trouble(f, "poll-cut", v->cut, v->wait);
	else if (v->poll.outcome == DESK_NEW_BODY && !v->poll.batch->complete)
		poll_log_trouble(f, "poll-incomplete",
			STR("the document breaks off before its end; its whole items were taken"),
			v->wait);
	else
		poll_log_recovery(f);
}
