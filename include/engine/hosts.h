/* SPDX-License-Identifier: MIT */
/*
 * Requests wait here in queues for each host until they may start.
 *
 * A host gets at most so many requests at once, which start some time apart, and none before the
 * time that its Retry-After asked for. All hosts of a registrable domain share a limit too. Hosts
 * in a budget of the configuration share the limits of that instead.
 *
 * Within a host, within a domain or budget, and of all that could start, urgent requests go before
 * others, but three at most for one that waits. Otherwise the oldest is next; those that are not
 * known to answer quickly (engine/lanes.h) count as some seconds younger, and slow ones get at most
 * half of the requests of their host, domain or budget.
 */
#ifndef ENGINE_HOSTS_H
#define ENGINE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "conf/conf.h"
#include "engine/due.h"
#include "engine/lanes.h"

struct host;
struct host_pool;

enum host_slot_state {
	HOST_SLOT_NONE,
	HOST_SLOT_QUEUED, /* in the queue of the host */
	HOST_SLOT_ACTIVE, /* counted as a running request */
};

/* A request at its host; a member of its owner. */
struct host_slot {
	enum host_slot_state state;
	uint32_t since; /* when it was enqueued, 64 ms; 0: before all others */
	struct host *host;
	void *owner;
	enum lane lane; /* lane and urgent are set by the owner before hosts_enqueue */
	bool urgent;
	TAILQ_ENTRY(host_slot) link;
};

/* Slow requests, which may need another admission, are apart from others. */
enum host_kind { HOST_ORDINARY, HOST_SLOW };
#define HOST_KINDS 2
/* Urgent ones before others. */
enum host_class { HOST_URGENT, HOST_USUAL };
#define HOST_CLASSES 2

/* The hosts that could start a request, by the age of the one that is next. */
struct host_heaps {
	struct due_heap by[HOST_KINDS][HOST_CLASSES];
	unsigned favoured; /* urgent requests in a row that started while others waited */
};

LIST_HEAD(host_list, host);

#define HOSTS_SHARING 2

/* What hosts share. HOSTS_SHARING struct hosts may have one of these. */
struct host_budgets {
	unsigned per_host, per_domain; /* per_domain 0: no limit */
	int64_t gap_ms;
	struct conf *conf;	  /* referenced; of the budgets; NULL: none yet */
	struct host_pool **named; /* for each budget of conf */
	bool moving;	     /* some hosts are still in the pools of the configuration before, */
	struct conf *before; /* which is referenced, if there is one; else NULL */
	unsigned moved;	     /* parts of all hosts, so far */
	uint8_t era;	     /* of conf: differs from that of before */
	LIST_HEAD(, host_pool) pools;
	size_t n_pools;
	struct due_heap wakes;	   /* pools in which hosts wait for a time */
	struct host_list *domains; /* hosts that are in no budget, by their registrable domain */
	struct host_list active;   /* hosts with running requests */
	LIST_HEAD(, hosts) all;
	unsigned n_all;
};

#define HOSTS_PARTS 128

struct hosts {
	struct host_budgets *budgets;
	unsigned number;		 /* of those that have these budgets */
	struct host *parts[HOSTS_PARTS]; /* hash tables by name */
	size_t n;			 /* hosts in it */
	struct host *sweep;  /* the next to be freed if it is idle; NULL: of the next part */
	unsigned sweep_part; /* in which sweep is */
	struct due_heap waiting[HOST_KINDS]; /* hosts whose next request may start at a time */
	struct host_heaps ready;
	LIST_ENTRY(hosts) link; /* in host_budgets.all */
};

/* One request at once, until host_budgets_set(). 0 or -ERR_NOMEM. */
int host_budgets_init(struct host_budgets *b);
/* After the struct hosts that have it. Zeroed is fine. */
void host_budgets_release(struct host_budgets *b);
/*
 * Takes the limits and budgets of a configuration, and a reference to it. What runs counts for the
 * budget in which its host is now. Hosts move to their budgets with host_budgets_move(), and until
 * all have, no request starts. 0 or -ERR_NOMEM.
 */
int host_budgets_set(struct host_budgets *b, struct conf *conf);
/* Moves some hosts. Returns whether there are more, or -ERR_NOMEM: some are in no budget. */
int host_budgets_move(struct host_budgets *b);
/* All times come earlier by ms, after a suspend; those of the hosts too. */
void host_budgets_shift(struct host_budgets *b, int64_t ms);

void hosts_init(struct hosts *h, struct host_budgets *b);
void hosts_release(struct hosts *h); /* all slots are invalid afterwards */
bool hosts_has(const struct hosts *h, const char *name);

/*
 * Appends the slot to the queue of that host; first: it goes before all others (after a redirect).
 * 0 or -ERR_NOMEM. Also frees two other hosts if they are idle: have no requests and are not
 * blocked.
 */
int hosts_enqueue(struct hosts *h, struct host_slot *s, const char *name, bool first, int64_t now);
/* The same, of the next n hosts: those that are idle stay where no other is asked. */
void hosts_sweep(struct hosts *h, unsigned n, int64_t now);
/*
 * Removes the next slot that may start now from its queue and makes it active; NULL: none. slow:
 * slow ones may.
 */
struct host_slot *hosts_take_ready(struct hosts *h, int64_t now, bool slow);
/*
 * Monotonic ms at which hosts_take_ready may return a slot, if it has just returned none;
 * INT64_MAX: not before one is left, or all hosts have moved.
 */
int64_t hosts_next_ready(const struct hosts *h, bool slow);
/* Leaves the queue, or ends the request. Any state is allowed. */
void hosts_leave(struct hosts *h, struct host_slot *s);
/*
 * A server answered 429 or 503: no request to the host of this slot starts before `until`,
 * monotonic ms, or to all hosts of its domain, or only its owner waits, as its budget says. Returns
 * whether others wait too.
 */
bool hosts_block(const struct host_slot *s, int64_t until);
/* The same by name. Has no effect if memory is out. */
void hosts_block_name(struct hosts *h, const char *name, int64_t until, int64_t now);
/* Until when a Retry-After blocks that host, monotonic ms; 0: it does not. */
int64_t hosts_blocked_until(const struct hosts *h, const char *name, int64_t now);
/* One of those in the queues that wait too, as hosts_block() says; NULL: all are empty. */
struct host_slot *hosts_first_blocked(const struct host_slot *s);
/* Another request to the host of this slot is in its queue. */
bool hosts_has_queued(const struct host_slot *s);

#endif
