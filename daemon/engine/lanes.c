/* SPDX-License-Identifier: MIT */
#include "engine/lanes.h"

/*
 * A slow answer weighs as much as two quick ones, so that a peer that is slow every other time
 * stays slow; DOUBT_MAX limits how many quick answers make up for a bad day.
 */
#define DOUBT_MAX 6

void lanes_init(struct lanes *l, size_t slots)
{
	*l = (struct lanes){.slots = slots};
	TAILQ_INIT(&l->running);
	TAILQ_INIT(&l->late);
}

void lanes_init_peer(struct lane_peer *p)
{
	p->doubt = LANE_UNKNOWN;
}

void lanes_restore_peer(struct lane_peer *p, unsigned doubt)
{
	p->doubt = doubt < DOUBT_MAX ? doubt : DOUBT_MAX;
}

/* Amortised constant: each request is moved once. */
static void lanes_find_late(struct lanes *l, int64_t now)
{
	struct lane_peer *p;

	while ((p = TAILQ_FIRST(&l->running)) && now - p->since > LANES_QUICK_MS) {
		TAILQ_REMOVE(&l->running, p, link);
		TAILQ_INSERT_TAIL(&l->late, p, link);
		p->slow = p->late = true;
		l->slow++;
	}
}

bool lanes_admit(struct lanes *l, enum lane lane, int64_t now)
{
	lanes_find_late(l, now);
	return l->taken < l->slots && (lane != LANE_SLOW || l->slow < lanes_slow_share(l->slots));
}

struct lane_peer *lanes_first_late(const struct lanes *l)
{
	return l->slow > lanes_slow_share(l->slots) ? TAILQ_FIRST(&l->late) : NULL;
}

int64_t lanes_next_overdue(const struct lanes *l)
{
	const struct lane_peer *p = TAILQ_FIRST(&l->running);

	return p ? p->since + LANES_QUICK_MS + 1 : INT64_MAX;
}

void lanes_enter(struct lanes *l, struct lane_peer *p, int64_t now)
{
	l->taken++;
	p->running = true;
	p->since = now;
	p->late = false;
	p->slow = lanes_of_peer(p) == LANE_SLOW;
	if (p->slow)
		l->slow++;
	else
		TAILQ_INSERT_TAIL(&l->running, p, link);
}

void lanes_cancel(struct lanes *l, struct lane_peer *p)
{
	if (!p->running)
		return;
	p->running = false;
	l->taken--;
	if (p->slow)
		l->slow--;
	if (p->late)
		TAILQ_REMOVE(&l->late, p, link);
	else if (!p->slow)
		TAILQ_REMOVE(&l->running, p, link);
}

void lanes_leave(struct lanes *l, struct lane_peer *p, int64_t now)
{
	if (!p->running)
		return;
	if (now - p->since > LANES_QUICK_MS)
		p->doubt = p->doubt + 2 < DOUBT_MAX ? p->doubt + 2 : DOUBT_MAX;
	else if (p->doubt > 0)
		p->doubt--;
	lanes_cancel(l, p);
}
