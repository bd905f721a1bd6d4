/* SPDX-License-Identifier: MIT */
/* A hub says that a feed has news: it is polled as soon as it may be. */
#include "base/clock.h"
#include "poll_feed.h"

#define HINT_GAP   (10 * CLOCK_SECOND) /* between two polls, where `every` is longer */
#define HINT_AGAIN (2 * CLOCK_SECOND)  /* the poll under way may have missed the news */

/* Monotonic. HTTP freshness does not count: the hub knows better. */
static int64_t poll_push_earliest(struct poll_feed *f)
{
	int64_t gap = f->cf->every < HINT_GAP ? f->cf->every : HINT_GAP;
	int64_t at = poll_edit_earliest(f), rests = poll_command_host_rests(f);

	if (f->polled_at && f->polled_at + gap > at)
		at = f->polled_at + gap;
	return rests > at ? rests : at;
}

int64_t poll_push_hint(struct poll_feed *f)
{
	int64_t at;

	switch (f->state) {
	case POLL_LOADING: f->reopened = true; return 0;
	case POLL_DUE: return 0;
	case POLL_FETCHING:
	case POLL_PARSING:
	case POLL_INGESTING: return HINT_AGAIN;
	case POLL_IDLE: break;
	}
	at = poll_push_earliest(f);
	if (at < f->due.at)
		due_set(&f->poller->due, &f->due, at);
	return 0;
}

enum poll_step poll_push_reject(struct poll_visit *v)
{
	int64_t now = clock_mono(), at;

	if (!v->feed->cf)
		return POLL_LACKED; /* a reload removed it */
	at = poll_push_earliest(v->feed);
	at = v->planned_at < at ? v->planned_at : at;
	v->wait = at > now ? at - now : 0;
	return POLL_LACKED;
}
