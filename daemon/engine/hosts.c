/* SPDX-License-Identifier: MIT */
#include "engine/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

TAILQ_HEAD(host_queue, host_slot);

struct host {
	struct host_queue queue[2]; /* [quick] */
	unsigned active, active_slow;
	int64_t ready_at;  /* no request starts earlier */
	struct due due[2]; /* in hosts.ready */
	UT_hash_handle hh;
	char name[];
};

void hosts_init(struct hosts *h)
{
	*h = (struct hosts){.per_host = 1};
}

void hosts_release(struct hosts *h)
{
	struct host *x, *next;

	HASH_ITER (hh, h->table, x, next) {
		HASH_DEL(h->table, x);
		free(x);
	}
	due_release(&h->ready[false]);
	due_release(&h->ready[true]);
}

static bool host_has_place(const struct hosts *h, const struct host *x, bool quick)
{
	const struct host_slot *first = TAILQ_FIRST(&x->queue[quick]);

	return first && x->active < h->per_host &&
	       (first->lane != LANE_SLOW || x->active_slow < lanes_slow_share(h->per_host));
}

/* Keeps hosts.ready: called after every change of a queue, of active or of ready_at. */
static void host_update_ready(struct hosts *h, struct host *x)
{
	for (int quick = 0; quick < 2; quick++) {
		if (host_has_place(h, x, quick))
			due_set(&h->ready[quick], &x->due[quick], x->ready_at);
		else
			due_unset(&h->ready[quick], &x->due[quick]);
	}
}

void hosts_set_limits(struct hosts *h, unsigned per_host, int64_t gap_ms)
{
	struct host *x, *next;

	h->per_host = per_host > 0 ? per_host : 1;
	h->gap_ms = gap_ms;
	HASH_ITER (hh, h->table, x, next)
		host_update_ready(h, x);
}

static struct host *host_get(struct hosts *h, const char *name, int64_t now)
{
	size_t n = strlen(name);
	struct host *x = NULL;

	HASH_FIND(hh, h->table, name, n, x);
	if (x)
		return x;
	if (due_reserve(&h->ready[false], HASH_COUNT(h->table) + 1) != 0 ||
		due_reserve(&h->ready[true], HASH_COUNT(h->table) + 1) != 0)
		return NULL;
	x = calloc(1, sizeof(*x) + n + 1);
	if (!x)
		return NULL;
	memcpy(x->name, name, n + 1);
	for (int quick = 0; quick < 2; quick++) {
		TAILQ_INIT(&x->queue[quick]);
		x->due[quick].owner = x;
	}
	x->ready_at = now;
	HASH_ADD(hh, h->table, name[0], n, x);
	if (table_has(x))
		return x;
	free(x);
	return NULL;
}

int hosts_enqueue(struct hosts *h, struct host_slot *s, const char *name, bool first, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (!x)
		return -ERR_NOMEM;
	s->host = x;
	s->state = HOST_SLOT_QUEUED;
	if (first)
		TAILQ_INSERT_HEAD(&x->queue[s->lane == LANE_QUICK], s, link);
	else
		TAILQ_INSERT_TAIL(&x->queue[s->lane == LANE_QUICK], s, link);
	host_update_ready(h, x);
	return 0;
}

/* The host whose next request starts first, in the heap that is returned in *of; NULL: none. */
static struct due *hosts_find_next(const struct hosts *h, bool quick, bool *of)
{
	struct due *fast = due_first(&h->ready[true]);
	struct due *other = quick ? NULL : due_first(&h->ready[false]);

	*of = fast && (!other || fast->at <= other->at);
	return *of ? fast : other;
}

struct host_slot *hosts_take_ready(struct hosts *h, int64_t now, bool quick)
{
	bool of;
	struct due *d = hosts_find_next(h, quick, &of);
	struct host_slot *s;
	struct host *x;

	if (!d || d->at > now)
		return NULL;
	x = d->owner;
	s = TAILQ_FIRST(&x->queue[of]);
	TAILQ_REMOVE(&x->queue[of], s, link);
	s->state = HOST_SLOT_ACTIVE;
	x->active++;
	x->active_slow += s->lane == LANE_SLOW;
	x->ready_at = now + h->gap_ms;
	host_update_ready(h, x);
	return s;
}

int64_t hosts_next_ready(const struct hosts *h, bool quick)
{
	bool of;
	struct due *d = hosts_find_next(h, quick, &of);

	return d ? d->at : INT64_MAX;
}

void hosts_leave(struct hosts *h, struct host_slot *s)
{
	struct host *x = s->host;

	if (s->state == HOST_SLOT_NONE)
		return;
	if (s->state == HOST_SLOT_QUEUED) {
		TAILQ_REMOVE(&x->queue[s->lane == LANE_QUICK], s, link);
	} else {
		x->active--;
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
	struct host *x = NULL;

	HASH_FIND_STR(h->table, name, x);
	/* After a request it is not ready for gap_ms either. */
	return x && x->ready_at > now + h->gap_ms ? x->ready_at : 0;
}

struct host_slot *hosts_first_queued(const struct host_slot *s)
{
	struct host_slot *first = TAILQ_FIRST(&s->host->queue[true]);

	return first ? first : TAILQ_FIRST(&s->host->queue[false]);
}

void hosts_shift(struct hosts *h, int64_t ms)
{
	struct host *x, *next;

	HASH_ITER (hh, h->table, x, next) {
		x->ready_at -= ms;
		x->due[false].at -= ms;
		x->due[true].at -= ms;
	}
}

void hosts_sweep(struct hosts *h, int64_t now)
{
	struct host *x, *next;

	HASH_ITER (hh, h->table, x, next) {
		if (x->active > 0 || !TAILQ_EMPTY(&x->queue[false]) ||
			!TAILQ_EMPTY(&x->queue[true]) || x->ready_at > now)
			continue;
		HASH_DEL(h->table, x);
		free(x);
	}
}
