/* SPDX-License-Identifier: MIT */
#include "engine/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

TAILQ_HEAD(seat_line, host_seat);

struct host {
	struct seat_line line;
	unsigned taken;
	int64_t ready_at; /* the next request starts no earlier */
	struct due due;	  /* in hosts.ready while somebody waits and a place is free */
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
	due_release(&h->ready);
}

/* Puts the host into the heap, or out of it, as its line and its places now are. */
static void settle(struct hosts *h, struct host *x)
{
	if (TAILQ_EMPTY(&x->line) || x->taken >= h->per_host)
		due_unset(&h->ready, &x->due);
	else
		due_set(&h->ready, &x->due, x->ready_at);
}

void hosts_limits(struct hosts *h, unsigned per_host, int64_t gap_ms)
{
	struct host *x, *next;

	h->per_host = per_host > 0 ? per_host : 1;
	h->gap_ms = gap_ms;
	HASH_ITER (hh, h->table, x, next)
		settle(h, x);
}

static struct host *host_get(struct hosts *h, const char *name, int64_t now)
{
	size_t n = strlen(name);
	struct host *x = NULL;

	HASH_FIND(hh, h->table, name, n, x);
	if (x)
		return x;
	if (due_reserve(&h->ready, HASH_COUNT(h->table) + 1) != 0)
		return NULL;
	x = calloc(1, sizeof(*x) + n + 1);
	if (!x)
		return NULL;
	memcpy(x->name, name, n + 1);
	TAILQ_INIT(&x->line);
	x->due.owner = x;
	x->ready_at = now;
	HASH_ADD(hh, h->table, name[0], n, x);
	if (table_has(x))
		return x;
	free(x);
	return NULL;
}

int hosts_wait(struct hosts *h, struct host_seat *s, const char *name, bool first, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (!x)
		return -ERR_NOMEM;
	s->host = x;
	s->state = SEAT_WAITING;
	if (first)
		TAILQ_INSERT_HEAD(&x->line, s, link);
	else
		TAILQ_INSERT_TAIL(&x->line, s, link);
	settle(h, x);
	return 0;
}

struct host_seat *hosts_take(struct hosts *h, int64_t now)
{
	struct due *d = due_first(&h->ready);
	struct host_seat *s;
	struct host *x;

	if (!d || d->at > now)
		return NULL;
	x = d->owner;
	s = TAILQ_FIRST(&x->line);
	TAILQ_REMOVE(&x->line, s, link);
	s->state = SEAT_TAKEN;
	x->taken++;
	x->ready_at = now + h->gap_ms;
	settle(h, x);
	return s;
}

int64_t hosts_next(const struct hosts *h)
{
	struct due *d = due_first(&h->ready);

	return d ? d->at : INT64_MAX;
}

void hosts_leave(struct hosts *h, struct host_seat *s)
{
	struct host *x = s->host;

	if (s->state == SEAT_OUT)
		return;
	if (s->state == SEAT_WAITING)
		TAILQ_REMOVE(&x->line, s, link);
	else
		x->taken--;
	s->state = SEAT_OUT;
	s->host = NULL;
	settle(h, x);
}

static void block(struct hosts *h, struct host *x, int64_t until)
{
	if (until <= x->ready_at)
		return;
	x->ready_at = until;
	settle(h, x);
}

void hosts_block(struct hosts *h, const struct host_seat *s, int64_t until)
{
	block(h, s->host, until);
}

void hosts_rest(struct hosts *h, const char *name, int64_t until, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (x)
		block(h, x, until);
}

struct host_seat *hosts_behind(const struct host_seat *s)
{
	return TAILQ_FIRST(&s->host->line);
}

void hosts_sweep(struct hosts *h, int64_t now)
{
	struct host *x, *next;

	HASH_ITER (hh, h->table, x, next) {
		if (x->taken > 0 || !TAILQ_EMPTY(&x->line) || x->ready_at > now)
			continue;
		HASH_DEL(h->table, x);
		free(x);
	}
}
