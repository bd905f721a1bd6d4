/* SPDX-License-Identifier: MIT */
#include "engine/schedule.h"

static int64_t schedule_min(int64_t v, int64_t max)
{
	return v < max ? v : max;
}

static int64_t schedule_max(int64_t v, int64_t min)
{
	return v > min ? v : min;
}

/* Jitter that only adds, for a wait that a server asked for. */
static int64_t schedule_add_jitter(int64_t ms, unsigned percent, struct rng *rng)
{
	return ms + (int64_t)rng_below(rng, (uint64_t)(ms / 100 * percent) + 1);
}

static int64_t schedule_backoff(const struct schedule_poll *s)
{
	int64_t max = s->absences ? SCHEDULE_ABSENT_MAX : SCHEDULE_BACKOFF_MAX;
	int64_t cap = schedule_max(max, s->every), wait = s->every;

	if (s->absences > SCHEDULE_ABSENCES)
		return schedule_max(SCHEDULE_ABSENT_LONG, s->every);
	if (s->gone)
		return cap;
	for (unsigned n = 1; n < s->failures && wait < cap; n++)
		wait *= 2;
	return schedule_min(wait, cap);
}

static bool schedule_is_skipped(const struct schedule_poll *s, int64_t at)
{
	struct civil c = clock_to_civil(at);

	return (s->skip_hours >> c.hour & 1) || (s->skip_days >> c.weekday & 1);
}

/*
 * Extends the wait past the feed's skipHours and skipDays. Polls that end up at the same hour are
 * spread over its first ten minutes.
 */
static int64_t schedule_past_skipped(const struct schedule_poll *s, int64_t wait, struct rng *rng)
{
	int64_t at = s->now + wait;

	if (!schedule_is_skipped(s, at))
		return wait;
	at -= (at % CLOCK_HOUR + CLOCK_HOUR) % CLOCK_HOUR;
	for (unsigned hours = 0; hours < 7 * 24; hours++) {
		at += CLOCK_HOUR;
		if (!schedule_is_skipped(s, at))
			return at - s->now + (int64_t)rng_below(rng, 10 * CLOCK_MINUTE);
	}
	return wait; /* every hour of the week is skipped: ignore them */
}

int64_t schedule_skipped_now(const struct schedule_poll *s, struct rng *rng)
{
	return s->force ? 0 : schedule_past_skipped(s, 0, rng);
}

/* Raises *floor to ms, which `why` asks for. */
static void schedule_raise(
	int64_t *floor, int64_t ms, enum schedule_reason asks, enum schedule_reason *why)
{
	if (ms <= *floor)
		return;
	*floor = ms;
	*why = asks;
}

int64_t schedule_floor(const struct schedule_poll *s, enum schedule_reason *why)
{
	int64_t floor = 0;

	if (!s->failed && !s->force) {
		if (s->every_default)
			schedule_raise(
				&floor, schedule_min(s->ttl, SCHEDULE_TTL_MAX), SCHEDULE_TTL, why);
		schedule_raise(&floor, schedule_min(s->max_age, SCHEDULE_ASK_MAX),
			SCHEDULE_FRESHNESS, why);
	}
	schedule_raise(
		&floor, schedule_min(s->retry_after, SCHEDULE_ASK_MAX), SCHEDULE_RETRY_AFTER, why);
	return floor;
}

static enum schedule_reason schedule_failure_reason(const struct schedule_poll *s, int64_t ms)
{
	if (s->gone)
		return SCHEDULE_GONE;
	return s->absences && ms > SCHEDULE_BACKOFF_MAX ? SCHEDULE_ABSENT : SCHEDULE_BACKOFF;
}

/* The interval if the answer asks for nothing. */
static struct schedule_plan schedule_plan_default(const struct schedule_poll *s, struct rng *rng)
{
	int64_t ms;

	if (!s->failed && s->learnt > 0 && s->learnt < s->every)
		return (struct schedule_plan){
			schedule_max(rng_jitter(rng, s->learnt, 10), s->fastest), s->learnt,
			SCHEDULE_RHYTHM};
	if (!s->failed)
		return (struct schedule_plan){
			rng_jitter(rng, s->every, 10), s->every, SCHEDULE_EVERY};
	ms = schedule_backoff(s);
	return (struct schedule_plan){
		rng_jitter(rng, ms, s->gone ? 10 : 20), ms, schedule_failure_reason(s, ms)};
}

struct schedule_plan schedule_next_poll(const struct schedule_poll *s, struct rng *rng)
{
	struct schedule_plan plan = schedule_plan_default(s, rng);
	enum schedule_reason why = plan.why;
	int64_t ms, floor = schedule_floor(s, &why);

	if (floor > plan.wait)
		plan.wait = schedule_add_jitter(floor, 5, rng);
	if (floor > plan.interval) {
		plan.interval = floor;
		plan.why = why;
	}
	if (s->force)
		return plan;
	ms = schedule_past_skipped(s, plan.wait, rng);
	if (ms != plan.wait)
		plan = (struct schedule_plan){ms, ms, SCHEDULE_SKIPPED};
	return plan;
}

int64_t schedule_next_attempt(unsigned attempts, struct rng *rng)
{
	static const int64_t after[] = {
		5 * CLOCK_SECOND,
		30 * CLOCK_SECOND,
		5 * CLOCK_MINUTE,
		30 * CLOCK_MINUTE,
		2 * CLOCK_HOUR,
		5 * CLOCK_HOUR,
		10 * CLOCK_HOUR,
		14 * CLOCK_HOUR,
		20 * CLOCK_HOUR,
		24 * CLOCK_HOUR,
	};

	if (attempts == 0)
		return 0;
	if (attempts > sizeof(after) / sizeof(after[0]))
		attempts = sizeof(after) / sizeof(after[0]);
	return rng_jitter(rng, after[attempts - 1], 20);
}

/* Without jitter and without what the receiver asks for. */
static int64_t schedule_probe_pace(const struct schedule_probe *p)
{
	static const int64_t first[] = {5 * CLOCK_SECOND, 10 * CLOCK_SECOND, 20 * CLOCK_SECOND};

	if (p->down >= CLOCK_DAY)
		return 30 * CLOCK_MINUTE;
	if (p->down >= CLOCK_HOUR || (p->denied && p->down >= 2 * CLOCK_MINUTE))
		return 5 * CLOCK_MINUTE;
	return p->probes < 3 ? first[p->probes] : 30 * CLOCK_SECOND;
}

/* The jitter only shortens: the pace is also how late a recovery may be noticed. */
int64_t schedule_next_probe(const struct schedule_probe *p, struct rng *rng)
{
	int64_t pace = schedule_probe_pace(p);
	int64_t asked = schedule_min(p->asked, SCHEDULE_PAUSE_MAX);

	if (asked > pace)
		return asked;
	return pace - (int64_t)rng_below(rng, (uint64_t)(pace / 10) + 1);
}

int64_t schedule_pause(int64_t asked)
{
	return asked <= 0 ? CLOCK_SECOND : schedule_min(asked, SCHEDULE_PAUSE_MAX);
}
