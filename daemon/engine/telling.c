/* SPDX-License-Identifier: MIT */
/* What the log hears of a feed or watch in trouble: each trouble once when it begins, then daily.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "polling.h"

/* Figures left out: "after 3.1 s" and "after 3.2 s" are the same trouble. */
static uint64_t kind_of(struct str reason)
{
	char text[ERR_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < reason.n && n < sizeof(text); i++) {
		if (reason.p[i] < '0' || reason.p[i] > '9')
			text[n++] = reason.p[i];
	}
	return digest_fast64(str_slice(text, n), 0) | 1;
}

void poll_tell_trouble(struct poll_feed *f, const char *event, struct str reason, int64_t wait)
{
	uint64_t what = kind_of(reason);
	int64_t now = clock_mono();

	if (f->told == what && now - f->told_at < POLL_TELL_AGAIN)
		return;
	f->told = what;
	f->told_at = now;
	log_warn(event, LOG_S("feed", f->name), LOG_STR("reason", reason),
		LOG_I("failures", f->failures), LOG_I("next_s", wait / 1000));
}

void poll_tell_well(struct poll_feed *f)
{
	if (f->told == 0)
		return;
	f->told = 0;
	log_notice("poll-recovered", LOG_S("feed", f->name));
}

static bool is_told(const struct poll_overrun *o, int64_t now)
{
	return o->watch && now - o->at < POLL_TELL_AGAIN;
}

/* Where it stands when a watch was told of. The last place is for all that find none. */
static struct poll_overrun *place_of(struct poller *p, uint64_t watch, int64_t now)
{
	struct poll_overrun *place = NULL;

	for (size_t i = 0; i < POLL_OVERRUNS_MAX; i++) {
		struct poll_overrun *o = &p->overruns[i];

		if (is_told(o, now) && o->watch == watch)
			return o;
		if (!is_told(o, now) && !place)
			place = o;
	}
	return place ? place : &p->overruns[POLL_OVERRUNS_MAX];
}

void poll_tell_overruns(const struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	int64_t now = clock_mono();

	if (v->conf != p->conf)
		return; /* of a watch that a reload has perhaps mended */
	for (size_t i = 0; i < v->result.n_overruns; i++) {
		struct str watch = str_of(v->conf->watches[v->result.overruns[i]].name);
		uint64_t hash = digest_fast64(watch, 0) | 1;
		struct poll_overrun *o = place_of(p, hash, now);

		if (is_told(o, now))
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
