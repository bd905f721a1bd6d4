/* SPDX-License-Identifier: MIT */
/* In which heap a host is, and which request is next in it. */
#include "base/clock.h"
#include "host_pool.h"

#define FAVOURS_MAX 3 /* urgent requests in a row while others wait */
/* How much younger a request counts whose peer may be slow. */
#define UNKNOWN_MS  (5 * CLOCK_SECOND)
#define SLOW_MS	    (10 * CLOCK_SECOND)

bool host_heaps_reserve(struct host_heaps *heaps, size_t n)
{
	bool ok = true;

	for (int kind = 0; kind < HOST_KINDS; kind++)
		for (int c = 0; c < HOST_CLASSES; c++)
			ok = ok && due_reserve(&heaps->by[kind][c], n) == 0;
	return ok;
}

void host_heaps_release(struct host_heaps *heaps)
{
	for (int kind = 0; kind < HOST_KINDS; kind++)
		for (int c = 0; c < HOST_CLASSES; c++)
			due_release(&heaps->by[kind][c]);
}

void host_put(struct host *x, enum host_kind kind, struct due_heap *heap, int64_t at)
{
	if (x->heap[kind] && x->heap[kind] != heap)
		due_unset(x->heap[kind], &x->due[kind]);
	x->heap[kind] = heap;
	if (heap)
		due_set(heap, &x->due[kind], at);
}

enum host_class host_next_class(const struct host *x, enum host_kind kind)
{
	const struct host_queue *q = x->queue[kind];

	if (TAILQ_EMPTY(&q[HOST_URGENT]))
		return HOST_USUAL;
	return x->favoured < FAVOURS_MAX || TAILQ_EMPTY(&q[HOST_USUAL]) ? HOST_URGENT : HOST_USUAL;
}

static int64_t host_age(const struct host_slot *s)
{
	if (s->since == 0)
		return 0;
	switch (s->lane) {
	case LANE_QUICK: break;
	case LANE_UNKNOWN: return (int64_t)s->since * 64 + UNKNOWN_MS;
	case LANE_SLOW: return (int64_t)s->since * 64 + SLOW_MS;
	}
	return (int64_t)s->since * 64;
}

void host_put_by_age(struct host *x, enum host_kind kind, struct host_heaps *heaps)
{
	enum host_class c = host_next_class(x, kind);

	host_put(x, kind, &heaps->by[kind][c], host_age(TAILQ_FIRST(&x->queue[kind][c])));
}

bool host_heaps_choose(const struct host_heaps *heaps, bool ordinary, bool slow, enum host_class *c)
{
	bool any[HOST_CLASSES];

	for (int i = 0; i < HOST_CLASSES; i++)
		any[i] = (ordinary && heaps->by[HOST_ORDINARY][i].n > 0) ||
			 (slow && heaps->by[HOST_SLOW][i].n > 0);
	*c = HOST_USUAL;
	if (any[HOST_URGENT] && (heaps->favoured < FAVOURS_MAX || !any[HOST_USUAL]))
		*c = HOST_URGENT;
	return any[*c];
}

void host_count_favour(unsigned *favoured, enum host_class c, bool waits)
{
	if (c == HOST_URGENT && waits)
		++*favoured;
	else if (c == HOST_USUAL)
		*favoured = 0;
}
