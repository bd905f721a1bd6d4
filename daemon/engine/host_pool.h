/* SPDX-License-Identifier: MIT */
/*
 * A host, and a pool: hosts that share limits, because they are in one budget, or two or more of
 * them have one registrable domain. Private to hosts.c and host_pool.c.
 *
 * Each kind of requests of a host is in one heap: hosts.waiting until the host may be asked, then
 * hosts.ready, or host_pool.parked while its pool has no room. As many hosts of a pool are ready as
 * it has found room for; each event that may make room sets host_pool.wake.
 */
#ifndef ENGINE_HOST_POOL_H
#define ENGINE_HOST_POOL_H

#include "base/hash.h"
#include "engine/hosts.h"

TAILQ_HEAD(host_queue, host_slot);

struct host {
	struct hosts *in;
	struct host_pool *pool; /* NULL: none */
	struct host_queue queue[HOST_KINDS][HOST_CLASSES];
	unsigned active, active_slow;
	unsigned favoured;    /* as in struct host_heaps */
	uint32_t domain : 24; /* in a budget: index of the domain of it */
	uint32_t era : 8;     /* host_budgets.era when it joined its pool */
	uint64_t domain_hash; /* of the registrable domain; 0: it has none, or is in a budget */
	int64_t ready_at;     /* no request starts earlier */
	struct due due[HOST_KINDS];
	struct due_heap *heap[HOST_KINDS]; /* where due is; NULL: no request may start */
	LIST_ENTRY(host) active_link;	   /* in host_budgets.active */
	LIST_ENTRY(host) peer_link; /* in host_pool.hosts of a budget, or host_budgets.domains */
	UT_hash_handle hh;
	char name[];
};

struct host_pool {
	struct host_budgets *of;
	const struct conf_budget *budget; /* NULL: it is of a registrable domain */
	struct host_list hosts;		  /* of a budget */
	size_t n_hosts;
	unsigned active, active_slow;
	int64_t ready_at;			 /* no request starts earlier */
	int64_t *rest_until;			 /* of a budget: the same for each of its domains */
	struct host_heaps parked[HOSTS_SHARING]; /* by hosts.number */
	unsigned favoured;			 /* as in struct host_heaps */
	struct due wake;			 /* in host_budgets.wakes */
	LIST_ENTRY(host_pool) link;
};

/* --- host_heap.c --- */

bool host_heaps_reserve(struct host_heaps *heaps, size_t n); /* False: out of memory. */
void host_heaps_release(struct host_heaps *heaps);
/* Into a heap, or NULL: out of all. */
void host_put(struct host *x, enum host_kind kind, struct due_heap *heap, int64_t at);
/* Which of its requests of that kind, which it has, is next. */
enum host_class host_next_class(const struct host *x, enum host_kind kind);
/* To the heap of these for its next request. */
void host_put_by_age(struct host *x, enum host_kind kind, struct host_heaps *heaps);
/* Of the heaps of these kinds: which class is next. False: all are empty. */
bool host_heaps_choose(
	const struct host_heaps *heaps, bool ordinary, bool slow, enum host_class *c);
/* Counts the start of a request; waits: others that are not urgent do. */
void host_count_favour(unsigned *favoured, enum host_class c, bool waits);

/* --- host_pool.c --- */

bool host_pool_admits(const struct host_pool *p, enum host_kind kind, int64_t now);
/* Where the host is parked in its pool. */
static inline struct host_heaps *host_pool_parking(const struct host *x)
{
	return &x->pool->parked[x->in->number];
}
/* Something changed: hosts that are parked may start at a time. NULL is fine. */
void host_pool_set_wake(struct host_pool *p);
/* Hosts that are parked become ready, where there is room. */
void host_pools_wake(struct host_budgets *b, int64_t now);
/* Puts a new host where it belongs. False: out of memory. */
bool host_pool_join(struct host *x);
/* Before the host is freed, or belongs elsewhere. */
void host_pool_leave(struct host *x);
/* It is in the pool that the configuration names, not that before. */
static inline bool host_has_moved(const struct host *x)
{
	return x->era == x->in->budgets->era;
}
bool host_move(struct host *x);		/* False: out of memory. */
int64_t host_gap(const struct host *x); /* of the host itself */
/* A request of the host started, and no other starts before its gap. */
void host_pool_note_start(struct host *x, const struct host_slot *s, int64_t now);
void host_pool_note_end(struct host *x, const struct host_slot *s);
/* Recomputes in which heaps it is: after every change of a queue, of active or of a limit. */
void host_update(struct host *x);
/* The same after a change of ready_at. */
void host_update_time(struct host *x);

#endif
