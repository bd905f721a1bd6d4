/* SPDX-License-Identifier: MIT */
#include "engine/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/hash.h"

/* Quick ones go first, until a slow one has been ready for so long. */
#define SLOW_PATIENCE_MS (10 * CLOCK_SECOND)

TAILQ_HEAD(host_queue, host_slot);

struct host {
	struct host_queue queue[LANES];
	unsigned active, active_slow;
	int64_t ready_at;	      /* no request starts earlier */
	struct due due[LANES];	      /* in hosts.ready */
	LIST_ENTRY(host) active_link; /* in hosts.active */
	UT_hash_handle hh;
	char name[];
};

void hosts_init(struct hosts *h)
{
	*h = (struct hosts){.per_host = 1};
	LIST_INIT(&h->active);
}

/* In parts, because a table of 100,000 hosts takes long to grow. */
static size_t host_part(const char *name)
{
	return digest_fast64(str_of(name), 0) % HOSTS_PARTS;
}

static struct host *host_find(const struct hosts *h, const char *name)
{
	struct host *x;

	HASH_FIND_STR(h->parts[host_part(name)], name, x);
	return x;
}

void hosts_release(struct hosts *h)
{
	struct host *x, *next;

	for (int i = 0; i < HOSTS_PARTS; i++) {
		HASH_ITER (hh, h->parts[i], x, next) {
			HASH_DEL(h->parts[i], x);
			free(x);
		}
	}
	for (int lane = 0; lane < LANES; lane++)
		due_release(&h->ready[lane]);
}

/* Keeps hosts.ready: called after every change of a queue, of active or of ready_at. */
static void host_update_ready(struct hosts *h, struct host *x)
{
	for (int lane = 0; lane < LANES; lane++) {
		if (!TAILQ_EMPTY(&x->queue[lane]) && x->active < h->per_host &&
			(lane != LANE_SLOW || x->active_slow < lanes_slow_share(h->per_host)))
			due_set(&h->ready[lane], &x->due[lane], x->ready_at);
		else
			due_unset(&h->ready[lane], &x->due[lane]);
	}
}

void hosts_set_limits(struct hosts *h, unsigned per_host, int64_t gap_ms)
{
	struct host *x;

	h->per_host = per_host > 0 ? per_host : 1;
	h->gap_ms = gap_ms;
	/* The others are below any limit. */
	LIST_FOREACH (x, &h->active, active_link)
		host_update_ready(h, x);
}

static struct host *host_get(struct hosts *h, const char *name, int64_t now)
{
	size_t n = strlen(name);
	struct host *x = host_find(h, name);

	if (x)
		return x;
	for (int lane = 0; lane < LANES; lane++) {
		if (due_reserve(&h->ready[lane], h->n + 1) != 0)
			return NULL;
	}
	x = calloc(1, sizeof(*x) + n + 1);
	if (!x)
		return NULL;
	memcpy(x->name, name, n + 1);
	for (int lane = 0; lane < LANES; lane++) {
		TAILQ_INIT(&x->queue[lane]);
		x->due[lane].owner = x;
	}
	x->ready_at = now;
	HASH_ADD(hh, h->parts[host_part(name)], name[0], n, x);
	if (table_has(x)) {
		h->n++;
		return x;
	}
	free(x);
	return NULL;
}

static struct host_slot *host_first_queued(const struct host *x)
{
	struct host_slot *first = NULL;

	for (int lane = 0; lane < LANES && !first; lane++)
		first = TAILQ_FIRST(&x->queue[lane]);
	return first;
}

/* Looks at the next two hosts, so that a walk through all of them is never needed. */
static void hosts_sweep(struct hosts *h, int64_t now)
{
	for (int i = 0; i < 2; i++) {
		struct host *x = h->sweep;

		if (!x) {
			h->sweep_part = (h->sweep_part + 1) % HOSTS_PARTS;
			h->sweep = h->parts[h->sweep_part];
			continue;
		}
		h->sweep = x->hh.next;
		if (x->active > 0 || host_first_queued(x) || x->ready_at > now)
			continue;
		HASH_DEL(h->parts[h->sweep_part], x);
		h->n--;
		free(x);
	}
}

int hosts_enqueue(struct hosts *h, struct host_slot *s, const char *name, bool first, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (!x)
		return -ERR_NOMEM;
	s->host = x;
	s->state = HOST_SLOT_QUEUED;
	s->since = now;
	if (first)
		TAILQ_INSERT_HEAD(&x->queue[s->lane], s, link);
	else
		TAILQ_INSERT_TAIL(&x->queue[s->lane], s, link);
	host_update_ready(h, x);
	hosts_sweep(h, now);
	return 0;
}

static bool host_is_before(const struct due *a, const struct due *b)
{
	return a && (!b || a->at <= b->at);
}

/* The lane whose next request starts first. */
static enum lane hosts_next_lane(const struct hosts *h, int64_t now, bool slow)
{
	const struct due *quick = due_first(&h->ready[LANE_QUICK]);
	const struct due *unknown = due_first(&h->ready[LANE_UNKNOWN]);
	const struct due *last = slow ? due_first(&h->ready[LANE_SLOW]) : NULL;
	bool is_quick = quick && (quick->at <= now || host_is_before(quick, unknown));
	bool is_next = !last || host_is_before(is_quick ? quick : unknown, last);

	if (!is_next && is_quick && quick->at <= now)
		is_next = last->at > now - SLOW_PATIENCE_MS;
	if (!is_next)
		return LANE_SLOW;
	return is_quick ? LANE_QUICK : LANE_UNKNOWN;
}

/*
 * The lane of a ready host that goes before `lane`: one whose first request has waited much longer.
 * A host may be ready only now and then, and always have quick ones.
 */
static enum lane host_overdue_lane(
	const struct hosts *h, const struct host *x, enum lane lane, bool slow)
{
	int64_t since = TAILQ_FIRST(&x->queue[lane])->since - SLOW_PATIENCE_MS;
	bool may_slow = slow && x->active_slow < lanes_slow_share(h->per_host);

	for (int other = (int)lane + 1; other < LANES; other++) {
		const struct host_slot *s = TAILQ_FIRST(&x->queue[other]);

		if (s && s->since < since && (other != LANE_SLOW || may_slow))
			return (enum lane)other;
	}
	return lane;
}

struct host_slot *hosts_take_ready(struct hosts *h, int64_t now, bool slow)
{
	enum lane lane = hosts_next_lane(h, now, slow);
	struct due *d = due_first(&h->ready[lane]);
	struct host_slot *s;
	struct host *x;

	if (!d || d->at > now)
		return NULL;
	x = d->owner;
	lane = host_overdue_lane(h, x, lane, slow);
	s = TAILQ_FIRST(&x->queue[lane]);
	TAILQ_REMOVE(&x->queue[lane], s, link);
	s->state = HOST_SLOT_ACTIVE;
	if (x->active++ == 0)
		LIST_INSERT_HEAD(&h->active, x, active_link);
	x->active_slow += s->lane == LANE_SLOW;
	x->ready_at = now + h->gap_ms;
	host_update_ready(h, x);
	return s;
}

int64_t hosts_next_ready(const struct hosts *h, bool slow)
{
	struct due *d = due_first(&h->ready[hosts_next_lane(h, INT64_MIN, slow)]);

	return d ? d->at : INT64_MAX;
}

void hosts_leave(struct hosts *h, struct host_slot *s)
{
	struct host *x = s->host;

	if (s->state == HOST_SLOT_NONE)
		return;
	if (s->state == HOST_SLOT_QUEUED) {
		TAILQ_REMOVE(&x->queue[s->lane], s, link);
	} else {
		if (--x->active == 0)
			LIST_REMOVE(x, active_link);
		x->active_slow -= s->lane == LANE_SLOW;
	}
	s->state = HOST_SLOT_NONE;
	s->host = NULL;
	host_update_ready(h, x);
}

static void host_block(struct hosts *h, struct host *x, int64_t until)
{
	if (until <= x->ready_at)
		return;
	x->ready_at = until;
	host_update_ready(h, x);
}

void hosts_block(struct hosts *h, const struct host_slot *s, int64_t until)
{
	host_block(h, s->host, until);
}

void hosts_block_name(struct hosts *h, const char *name, int64_t until, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (x)
		host_block(h, x, until);
}

int64_t hosts_blocked_until(const struct hosts *h, const char *name, int64_t now)
{
	const struct host *x = host_find(h, name);

	/* After a request it is not ready for gap_ms either. */
	return x && x->ready_at > now + h->gap_ms ? x->ready_at : 0;
}

struct host_slot *hosts_first_queued(const struct host_slot *s)
{
	return host_first_queued(s->host);
}

void hosts_shift(struct hosts *h, int64_t ms)
{
	struct host *x, *next;

	for (int i = 0; i < HOSTS_PARTS; i++)
		HASH_ITER (hh, h->parts[i], x, next)
			x->ready_at -= ms;
	for (int lane = 0; lane < LANES; lane++)
		due_shift(&h->ready[lane], ms);
}
