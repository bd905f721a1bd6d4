/* SPDX-License-Identifier: MIT */
/* How many polls may be under way, and which of the feeds that wait may start. */
#include "base/clock.h"
#include "poll_steps.h"

/*
 * When many feeds may be due at once, at a start, the polls under way ramp up to poll.parallel: by
 * one for each poll that the desk stored, and by one in each RAMP_MS, in case that servers hang.
 */
#define RAMP_FIRST 4
#define RAMP_MS	   10

/* How many polls may be under way. */
static size_t poll_places_count(const struct poller *p)
{
	size_t n = RAMP_FIRST + p->ramp_polls + (size_t)((clock_mono() - p->ramp_at) / RAMP_MS);

	return n < p->conf->poll.parallel ? n : p->conf->poll.parallel;
}

static bool poll_places_are_full(struct poller *p)
{
	return !lanes_admit(&p->lanes, LANE_QUICK, clock_mono()) ||
	       poll_places_taken(p) >= poll_places_count(p);
}

static bool poll_places_are_open(const struct poller *p)
{
	return p->bytes < POLL_BYTES_MAX && !p->disk_full;
}

bool poll_may_start(struct poller *p, enum lane lane)
{
	return !poll_places_are_full(p) && lanes_admit(&p->lanes, lane, clock_mono()) &&
	       poll_places_are_open(p);
}

bool poll_desk_is_busy(const struct poller *p)
{
	return p->quiet_out >= POLL_QUIET_JOBS || p->o.ports->job.busy(p->o.ports->job.ctx);
}

bool poll_lacks_room(struct poller *p, int64_t now)
{
	return !p->o.once && poll_network_next(p, false) <= now && poll_places_are_full(p) &&
	       poll_places_are_open(p) && !poll_desk_is_busy(p);
}

int64_t poll_ramp_next(const struct poller *p, int64_t now)
{
	return poll_places_count(p) < p->conf->poll.parallel ? now + RAMP_MS : INT64_MAX;
}
