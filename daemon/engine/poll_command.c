/* SPDX-License-Identifier: MIT */
/* A command asks for a poll now. */
#include "base/clock.h"
#include "poll_feed.h"

int64_t poll_command_host_rests(struct poll_feed *f)
{
	char host[FEED_HOST_MAX];

	poll_host_of(poll_feed_address(f), host);
	return hosts_blocked_until(&poll_feed_network(f, host)->hosts, host, clock_mono());
}

enum engine_asked poll_command_ask(struct poll_feed *f, int64_t *until)
{
	int64_t now = clock_mono(), at, rests;

	switch (f->state) {
	case POLL_LOADING: f->reopened = true; return ENGINE_ASKED;
	case POLL_IDLE:
	case POLL_DUE: break;
	case POLL_FETCHING:
	case POLL_PARSING:
	case POLL_INGESTING: return ENGINE_UNDER_WAY;
	}
	at = f->state == POLL_IDLE ? poll_edit_earliest(f) : now;
	rests = poll_command_host_rests(f);
	at = rests > at ? rests : at;
	if (at > now) {
		*until = clock_wall() + (at - now);
		return ENGINE_FORBIDDEN;
	}
	f->asked = true;
	if (f->state == POLL_IDLE)
		due_set(&f->poller->due, &f->due, now);
	return ENGINE_ASKED;
}
