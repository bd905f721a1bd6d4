/* SPDX-License-Identifier: MIT */
#include "engine/hosts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "host_pool.h"

/* How many hosts one call makes ready: many may become so at once, after a suspend. */
#define READY_MAX 512

/* --- hosts by name --- */

void hosts_init(struct hosts *h, struct host_budgets *b)
{
	assert(b->n_all < HOSTS_SHARING);
	*h = (struct hosts){.budgets = b, .number = b->n_all++};
	LIST_INSERT_HEAD(&b->all, h, link);
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

bool hosts_has(const struct hosts *h, const char *name)
{
	return host_find(h, name) != NULL;
}

void hosts_release(struct hosts *h)
{
	struct host *x, *next;

	if (!h->budgets)
		return;
	for (int i = 0; i < HOSTS_PARTS; i++) {
		HASH_ITER (hh, h->parts[i], x, next) {
			for (enum host_kind kind = 0; kind < HOST_KINDS; kind++)
				host_put(x, kind, NULL, 0);
			host_pool_leave(x);
			if (x->active > 0)
				LIST_REMOVE(x, active_link);
			HASH_DEL(h->parts[i], x);
			free(x);
		}
	}
	for (int kind = 0; kind < HOST_KINDS; kind++)
		due_release(&h->waiting[kind]);
	host_heaps_release(&h->ready);
	LIST_REMOVE(h, link);
	h->budgets = NULL;
}

static bool hosts_reserve(struct hosts *h, size_t n)
{
	bool ok = host_heaps_reserve(&h->ready, n);

	for (int kind = 0; kind < HOST_KINDS; kind++)
		ok = ok && due_reserve(&h->waiting[kind], n) == 0;
	return ok;
}

static struct host *host_new(struct hosts *h, const char *name, int64_t now)
{
	size_t n = strlen(name);
	struct host *x = calloc(1, sizeof(*x) + n + 1);

	if (!x)
		return NULL;
	memcpy(x->name, name, n + 1);
	x->in = h;
	x->ready_at = now;
	for (int kind = 0; kind < HOST_KINDS; kind++) {
		x->due[kind].owner = x;
		for (int c = 0; c < HOST_CLASSES; c++)
			TAILQ_INIT(&x->queue[kind][c]);
	}
	if (host_pool_join(x))
		return x;
	free(x);
	return NULL;
}

static struct host *host_get(struct hosts *h, const char *name, int64_t now)
{
	struct host *x = host_find(h, name);

	if (x)
		return x;
	x = hosts_reserve(h, h->n + 1) ? host_new(h, name, now) : NULL;
	if (!x)
		return NULL;
	HASH_ADD(hh, h->parts[host_part(name)], name[0], strlen(name), x);
	if (table_has(x)) {
		h->n++;
		return x;
	}
	host_pool_leave(x);
	free(x);
	return NULL;
}

static struct host_slot *host_first_queued(const struct host *x)
{
	struct host_slot *first = NULL;

	for (int kind = 0; kind < HOST_KINDS; kind++)
		for (int c = 0; c < HOST_CLASSES && !first; c++)
			first = TAILQ_FIRST(&x->queue[kind][c]);
	return first;
}

void hosts_sweep(struct hosts *h, unsigned n, int64_t now)
{
	for (unsigned i = 0; i < n; i++) {
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
		host_pool_leave(x);
		free(x);
	}
}

/* --- requests --- */

static struct host_queue *host_queue_of(const struct host_slot *s)
{
	return &s->host->queue[s->lane == LANE_SLOW ? HOST_SLOW : HOST_ORDINARY]
			      [s->urgent ? HOST_URGENT : HOST_USUAL];
}

int hosts_enqueue(struct hosts *h, struct host_slot *s, const char *name, bool first, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (!x)
		return -ERR_NOMEM;
	s->host = x;
	s->state = HOST_SLOT_QUEUED;
	s->since = first ? 0 : (uint32_t)(now / 64) + 1;
	if (first)
		TAILQ_INSERT_HEAD(host_queue_of(s), s, link);
	else
		TAILQ_INSERT_TAIL(host_queue_of(s), s, link);
	host_update(x);
	hosts_sweep(h, 2, now); /* so that a walk through all of them is never needed */
	return 0;
}

/* Its own time has come: it is ready, or waits for its pool. */
static void host_place(struct host *x, enum host_kind kind, int64_t now)
{
	if (!x->pool || host_pool_admits(x->pool, kind, now)) {
		host_put_by_age(x, kind, &x->in->ready);
		return;
	}
	host_put_by_age(x, kind, host_pool_parking(x));
	host_pool_set_wake(x->pool);
}

static void hosts_make_ready(struct hosts *h, int64_t now)
{
	struct due *d;

	for (enum host_kind kind = 0; kind < HOST_KINDS; kind++)
		for (int n = 0; n < READY_MAX; n++) {
			d = due_first(&h->waiting[kind]);
			if (!d || d->at > now)
				break;
			host_place(d->owner, kind, now);
		}
	host_pools_wake(h->budgets, now);
}

/* The host whose request is next, and its kind. NULL: none is ready. */
static struct host *hosts_choose(const struct hosts *h, bool slow, enum host_kind *kind)
{
	const struct due *ordinary, *last;
	enum host_class c;

	if (!host_heaps_choose(&h->ready, true, slow, &c))
		return NULL;
	ordinary = due_first(&h->ready.by[HOST_ORDINARY][c]);
	last = slow ? due_first(&h->ready.by[HOST_SLOW][c]) : NULL;
	*kind = !ordinary || (last && last->at < ordinary->at) ? HOST_SLOW : HOST_ORDINARY;
	return (*kind == HOST_SLOW ? last : ordinary)->owner;
}

static struct host_slot *host_start(struct host *x, enum host_kind kind, int64_t now)
{
	struct hosts *h = x->in;
	enum host_class c = host_next_class(x, kind);
	struct host_slot *s = TAILQ_FIRST(&x->queue[kind][c]);

	TAILQ_REMOVE(&x->queue[kind][c], s, link);
	s->state = HOST_SLOT_ACTIVE;
	if (x->active == 0)
		LIST_INSERT_HEAD(&h->budgets->active, x, active_link);
	host_count_favour(&h->ready.favoured, c, h->ready.by[kind][HOST_USUAL].n > 0);
	host_pool_note_start(x, s, now);
	return s;
}

struct host_slot *hosts_take_ready(struct hosts *h, int64_t now, bool slow)
{
	enum host_kind kind;
	struct host *x;

	if (h->budgets->moving)
		return NULL; /* what runs counts for two pools of a budget */
	for (;;) {
		hosts_make_ready(h, now);
		x = hosts_choose(h, slow, &kind);
		if (!x)
			return NULL;
		if (!x->pool || host_pool_admits(x->pool, kind, now))
			return host_start(x, kind, now);
		/* Others of its pool were faster. */
		host_place(x, kind, now);
	}
}

static int64_t hosts_earlier(int64_t at, const struct due *d, int64_t of_d)
{
	return d && of_d < at ? of_d : at;
}

int64_t hosts_next_ready(const struct hosts *h, bool slow)
{
	const struct due *d = due_first(&h->budgets->wakes);
	int64_t at = hosts_earlier(INT64_MAX, d, d ? d->at : 0);

	if (h->budgets->moving)
		return INT64_MAX;
	for (int kind = 0; kind < (slow ? HOST_KINDS : HOST_SLOW); kind++) {
		d = due_first(&h->waiting[kind]);
		at = hosts_earlier(at, d, d ? d->at : 0);
		for (int c = 0; c < HOST_CLASSES; c++) {
			d = due_first(&h->ready.by[kind][c]);
			at = hosts_earlier(
				at, d, d ? ((const struct host *)d->owner)->ready_at : 0);
		}
	}
	return at;
}

void hosts_leave(struct hosts *h, struct host_slot *s)
{
	struct host *x = s->host;

	(void)h;
	if (s->state == HOST_SLOT_NONE)
		return;
	if (s->state == HOST_SLOT_QUEUED) {
		TAILQ_REMOVE(host_queue_of(s), s, link);
	} else {
		host_pool_note_end(x, s);
		if (x->active == 0)
			LIST_REMOVE(x, active_link);
	}
	s->state = HOST_SLOT_NONE;
	s->host = NULL;
	host_update(x);
	host_pool_set_wake(x->pool);
}

/* --- time --- */

void host_budgets_shift(struct host_budgets *b, int64_t ms)
{
	struct host_pool *p;
	struct hosts *h;

	LIST_FOREACH (p, &b->pools, link) {
		p->ready_at -= ms;
		for (size_t i = 0; p->budget && i < p->budget->domains.n; i++)
			p->rest_until[i] -= ms;
	}
	due_shift(&b->wakes, ms);
	LIST_FOREACH (h, &b->all, link) {
		struct host *x, *next;

		for (int i = 0; i < HOSTS_PARTS; i++)
			HASH_ITER (hh, h->parts[i], x, next)
				x->ready_at -= ms;
		for (int kind = 0; kind < HOST_KINDS; kind++)
			due_shift(&h->waiting[kind], ms);
	}
}

/* --- pauses --- */

static enum conf_retry_scope host_scope(const struct host *x)
{
	return x->pool && x->pool->budget ? x->pool->budget->retry_after : CONF_RETRY_HOST;
}

static void host_rest(struct host *x, int64_t until)
{
	if (until <= x->ready_at)
		return;
	x->ready_at = until;
	host_update_time(x);
	host_pool_set_wake(x->pool);
}

static void host_rest_domain(const struct host *x, int64_t until)
{
	struct host_pool *p = x->pool;
	struct host *peer;

	if (until > p->rest_until[x->domain])
		p->rest_until[x->domain] = until;
	LIST_FOREACH (peer, &p->hosts, peer_link)
		if (peer->domain == x->domain && host_has_moved(peer))
			host_rest(peer, until);
}

static bool host_block(struct host *x, int64_t until)
{
	/* Others of its domain that move later take its pause over. */
	if (!host_has_moved(x))
		(void)host_move(x);
	switch (host_scope(x)) {
	case CONF_RETRY_FEED: return false;
	case CONF_RETRY_HOST: host_rest(x, until); break;
	case CONF_RETRY_DOMAIN: host_rest_domain(x, until); break;
	}
	return true;
}

bool hosts_block(const struct host_slot *s, int64_t until)
{
	return host_block(s->host, until);
}

void hosts_block_name(struct hosts *h, const char *name, int64_t until, int64_t now)
{
	struct host *x = host_get(h, name, now);

	if (x)
		(void)host_block(x, until);
}

int64_t hosts_blocked_until(const struct hosts *h, const char *name, int64_t now)
{
	const struct host_budgets *b = h->budgets;
	const struct host *x = host_find(h, name);
	const struct conf_budget *budget;
	size_t domain;
	int64_t until;

	/* After a request it is not ready for its gap either. */
	if (x)
		return x->ready_at > now + host_gap(x) ? x->ready_at : 0;
	budget = b->conf ? conf_find_budget(b->conf, name, &domain) : NULL;
	until = budget ? b->named[budget - b->conf->budgets]->rest_until[domain] : 0;
	return until > now ? until : 0;
}

struct host_slot *hosts_first_blocked(const struct host_slot *s)
{
	const struct host *x = s->host;
	struct host_slot *first = host_first_queued(x);
	const struct host *peer;

	if (first || host_scope(x) != CONF_RETRY_DOMAIN)
		return first;
	LIST_FOREACH (peer, &x->pool->hosts, peer_link)
		if (peer->domain == x->domain && !first)
			first = host_first_queued(peer);
	return first;
}

bool hosts_has_queued(const struct host_slot *s)
{
	return host_first_queued(s->host) != NULL;
}
