/* SPDX-License-Identifier: MIT */
#include "desk/trust.h"

#include "base/clock.h"

#define WHOLE_AGE    CLOCK_DAY	     /* of the last complete body */
#define WHOLE_MAX    (7 * CLOCK_DAY) /* if it has not changed for long */
#define CLOCK_SLACK  CLOCK_HOUR	     /* a later body than this: the wall clock was set back */
#define PROBE_FIRST  3
#define PROBE_AGED   64	 /* from here on probes are made by age, which doubles with it */
#define PROBE_PROVEN 128 /* a change was told after a 304 */
#define PROBE_LAST   512
#define PROBE_CAUGHT 1 /* once the validators of a feed that lied are sent again */
#define DISTRUST     CLOCK_DAY
#define DISTRUST_MAX (32 * CLOCK_DAY)

static unsigned trust_probe_after(const struct store_trust *t)
{
	return t->probe_after > 0 ? t->probe_after : PROBE_FIRST;
}

bool trust_is_lost(const struct store_trust *t, int64_t now)
{
	return t->distrust_until != STAMP_NONE && now < t->distrust_until &&
	       t->distrust_until - now <= DISTRUST_MAX;
}

static int64_t trust_whole_max(const struct store_trust *t)
{
	int64_t age = WHOLE_AGE;

	for (unsigned n = t->probe_after; n >= 2 * PROBE_AGED && age < WHOLE_MAX; n /= 2)
		age *= 2;
	return age < WHOLE_MAX ? age : WHOLE_MAX;
}

bool trust_is_stale(const struct store_trust *t, int64_t now)
{
	return t->whole_at == STAMP_NONE || now - t->whole_at >= trust_whole_max(t) ||
	       t->whole_at - now > CLOCK_SLACK;
}

bool trust_is_conditional(const struct store_trust *t, int64_t now)
{
	unsigned after = trust_probe_after(t);

	if (t->whole_at == STAMP_NONE || t->whole_at - now > CLOCK_SLACK || trust_is_lost(t, now))
		return false;
	if (after < PROBE_AGED && t->unmodified >= after)
		return false;
	/* After a day without a poll no 304 can have hidden anything. */
	return (t->unmodified == 0 && t->lies == 0) || !trust_is_stale(t, now);
}

static void trust_lose(struct store_trust *t, int64_t now)
{
	int64_t wait = DISTRUST;

	for (unsigned n = 0; n < t->lies && wait < DISTRUST_MAX; n++)
		wait *= 2;
	t->lies++;
	t->distrust_until = now + wait;
	t->probe_after = PROBE_CAUGHT;
	t->unmodified = 0;
	t->suspect = false;
}

/* An answer to a conditional request. */
static bool trust_check_answer(struct store_trust *t, const struct trust_poll *p)
{
	if (p->not_modified && t->suspect) {
		trust_lose(t, p->now);
		return true;
	}
	if (p->not_modified) {
		t->unmodified++;
	} else if (t->suspect || p->changed) {
		if (t->lies == 0 && (t->suspect || t->unmodified > 0))
			t->probe_after = PROBE_PROVEN;
		t->lies = 0;
	}
	t->suspect = false;
	return false;
}

/* A body without a condition, after 304s. */
static bool trust_check_probe(struct store_trust *t, const struct trust_poll *p)
{
	unsigned after = trust_probe_after(t);

	if (!p->changed) {
		t->probe_after = after < PROBE_LAST / 2 ? after * 2 : PROBE_LAST;
		return false;
	}
	if (p->same_validators) {
		trust_lose(t, p->now);
		return true;
	}
	t->suspect = p->prompt;
	return false;
}

bool trust_update(struct store_trust *t, const struct trust_poll *p)
{
	bool lie = false;

	if (p->conditional)
		lie = trust_check_answer(t, p);
	else if (t->unmodified > 0 && p->had_validators)
		lie = trust_check_probe(t, p);
	if (p->read)
		t->whole_at = p->now;
	if (!p->not_modified)
		t->unmodified = 0;
	return lie;
}
