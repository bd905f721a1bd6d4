/* SPDX-License-Identifier: MIT */
#include "host_pool.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "feed/link.h"

#define DOMAINS 4096 /* hash chains */

/* --- limits --- */

static unsigned host_pool_limit(const struct host_pool *p)
{
	if (p->budget)
		return p->budget->parallel;
	return p->of->per_domain > 0 ? p->of->per_domain : UINT_MAX;
}

static int64_t host_pool_gap(const struct host_pool *p)
{
	return p->budget ? p->budget->gap : 0;
}

static unsigned host_limit(const struct host *x)
{
	return x->pool && x->pool->budget ? UINT_MAX : x->in->budgets->per_host;
}

int64_t host_gap(const struct host *x)
{
	return x->pool && x->pool->budget ? 0 : x->in->budgets->gap_ms;
}

bool host_pool_admits(const struct host_pool *p, enum host_kind kind, int64_t now)
{
	unsigned limit = host_pool_limit(p);

	return p->active < limit && p->ready_at <= now &&
	       (kind != HOST_SLOW || p->active_slow < lanes_slow_share(limit));
}

/* --- where its hosts are --- */

static bool host_is_in(const struct host *x, enum host_kind kind, const struct host_heaps *heaps)
{
	return x->heap[kind] == &heaps->by[kind][HOST_URGENT] ||
	       x->heap[kind] == &heaps->by[kind][HOST_USUAL];
}

void host_update(struct host *x)
{
	unsigned limit = host_limit(x);

	for (enum host_kind kind = 0; kind < HOST_KINDS; kind++) {
		bool queued = !TAILQ_EMPTY(&x->queue[kind][HOST_URGENT]) ||
			      !TAILQ_EMPTY(&x->queue[kind][HOST_USUAL]);

		if (!queued || x->active >= limit ||
			(kind == HOST_SLOW && x->active_slow >= lanes_slow_share(limit)))
			host_put(x, kind, NULL, 0);
		else if (host_is_in(x, kind, &x->in->ready))
			host_put_by_age(x, kind, &x->in->ready);
		else if (x->pool && host_is_in(x, kind, host_pool_parking(x)))
			host_put_by_age(x, kind, host_pool_parking(x));
		else
			host_put(x, kind, &x->in->waiting[kind], x->ready_at);
	}
}

void host_update_time(struct host *x)
{
	for (enum host_kind kind = 0; kind < HOST_KINDS; kind++)
		host_put(x, kind, NULL, 0);
	host_update(x);
}

/* The number of requests that wait for room, counted by hosts. */
static size_t host_pool_count(const struct host_pool *p, enum host_class from)
{
	size_t n = 0;

	for (int i = 0; i < HOSTS_SHARING; i++)
		for (int kind = 0; kind < HOST_KINDS; kind++)
			for (enum host_class c = from; c < HOST_CLASSES; c++)
				n += p->parked[i].by[kind][c].n;
	return n;
}

void host_pool_set_wake(struct host_pool *p)
{
	if (!p)
		return;
	if (host_pool_count(p, HOST_URGENT) > 0 && p->active < host_pool_limit(p))
		due_set(&p->of->wakes, &p->wake, p->ready_at);
	else
		due_unset(&p->of->wakes, &p->wake);
}

/* One of each kind: when it has started, another one follows. */
static void host_pool_wake(struct host_pool *p, struct host_heaps *parked, int64_t now)
{
	enum host_class c;

	parked->favoured = p->favoured;
	for (enum host_kind kind = 0; kind < HOST_KINDS; kind++) {
		struct host *x;

		if (!host_pool_admits(p, kind, now) ||
			!host_heaps_choose(parked, kind == HOST_ORDINARY, kind == HOST_SLOW, &c))
			continue;
		x = due_first(&parked->by[kind][c])->owner;
		host_put_by_age(x, kind, &x->in->ready);
	}
}

void host_pools_wake(struct host_budgets *b, int64_t now)
{
	struct due *d;

	while ((d = due_first(&b->wakes)) && d->at <= now) {
		struct host_pool *p = d->owner;

		due_unset(&b->wakes, d);
		for (int i = 0; i < HOSTS_SHARING; i++)
			host_pool_wake(p, &p->parked[i], now);
	}
}

void host_pool_note_start(struct host *x, const struct host_slot *s, int64_t now)
{
	enum host_class c = s->urgent ? HOST_URGENT : HOST_USUAL;
	enum host_kind kind = s->lane == LANE_SLOW ? HOST_SLOW : HOST_ORDINARY;
	struct host_pool *p = x->pool;

	x->active++;
	x->active_slow += kind == HOST_SLOW;
	x->ready_at = now + host_gap(x);
	host_count_favour(&x->favoured, c, !TAILQ_EMPTY(&x->queue[kind][HOST_USUAL]));
	if (p) {
		p->active++;
		p->active_slow += kind == HOST_SLOW;
		p->ready_at = now + host_pool_gap(p);
		host_count_favour(&p->favoured, c, host_pool_count(p, HOST_USUAL) > 0);
	}
	host_update_time(x);
	host_pool_set_wake(p);
}

void host_pool_note_end(struct host *x, const struct host_slot *s)
{
	x->active--;
	x->active_slow -= s->lane == LANE_SLOW;
	if (x->pool) {
		x->pool->active--;
		x->pool->active_slow -= s->lane == LANE_SLOW;
	}
}

/* --- members --- */

static struct host_pool *host_pool_new(struct host_budgets *b, const struct conf_budget *budget)
{
	struct host_pool *p;

	if (due_reserve(&b->wakes, b->n_pools + 1) != 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->rest_until = budget ? calloc(budget->domains.n + 1, sizeof(*p->rest_until)) : NULL;
	if (budget && !p->rest_until) {
		free(p);
		return NULL;
	}
	p->of = b;
	p->budget = budget;
	p->ready_at = INT64_MIN / 2; /* long ago */
	p->wake.owner = p;
	LIST_INIT(&p->hosts);
	LIST_INSERT_HEAD(&b->pools, p, link);
	b->n_pools++;
	return p;
}

static void host_pool_free(struct host_pool *p)
{
	if (!p)
		return;
	due_unset(&p->of->wakes, &p->wake);
	LIST_REMOVE(p, link);
	p->of->n_pools--;
	for (int i = 0; i < HOSTS_SHARING; i++)
		host_heaps_release(&p->parked[i]);
	free(p->rest_until);
	free(p);
}

/* What the host has running counts from now on. */
static bool host_pool_add(struct host_pool *p, struct host *x)
{
	if (!host_heaps_reserve(&p->parked[x->in->number], p->n_hosts + 1))
		return false;
	x->pool = p;
	p->n_hosts++;
	p->active += x->active;
	p->active_slow += x->active_slow;
	return true;
}

static struct host_list *host_domain_chain(const struct host_budgets *b, uint64_t hash)
{
	return &b->domains[hash % DOMAINS];
}

/* A pool is made for the second host of a domain. */
static bool host_join_domain(struct host *x)
{
	struct host_budgets *b = x->in->budgets;
	struct host_list *chain;
	char domain[FEED_HOST_MAX];
	struct host *peer;

	x->domain_hash = 0;
	if (b->per_domain == 0 || strspn(x->name, "0123456789.") == strlen(x->name) ||
		strpbrk(x->name, ":[/"))
		return true;
	feed_link_registrable_host(x->name, domain);
	x->domain_hash = digest_fast64(str_of(domain), 0) | 1;
	chain = host_domain_chain(b, x->domain_hash);
	LIST_FOREACH (peer, chain, peer_link)
		if (peer->domain_hash == x->domain_hash)
			break;
	if (peer && !peer->pool) {
		struct host_pool *p = host_pool_new(b, NULL);

		if (!p || !host_pool_add(p, peer)) {
			host_pool_free(p);
			x->domain_hash = 0;
			return false;
		}
	}
	if (peer && !host_pool_add(peer->pool, x)) {
		x->domain_hash = 0;
		return false;
	}
	LIST_INSERT_HEAD(chain, x, peer_link);
	return true;
}

bool host_pool_join(struct host *x)
{
	struct host_budgets *b = x->in->budgets;
	const struct conf_budget *budget;
	struct host_pool *p;
	size_t domain = 0;

	x->era = b->era;
	budget = b->conf ? conf_find_budget(b->conf, x->name, &domain) : NULL;
	if (!budget)
		return host_join_domain(x);
	p = b->named[budget - b->conf->budgets];
	if (!host_pool_add(p, x))
		return false;
	LIST_INSERT_HEAD(&p->hosts, x, peer_link);
	x->domain_hash = 0;
	x->domain = domain & 0xffffff;
	if (p->rest_until[domain] > x->ready_at)
		x->ready_at = p->rest_until[domain];
	return true;
}

void host_pool_leave(struct host *x)
{
	struct host_pool *p = x->pool;

	if (x->domain_hash || p)
		LIST_REMOVE(x, peer_link);
	x->domain_hash = 0;
	x->pool = NULL;
	if (!p)
		return;
	p->n_hosts--;
	p->active -= x->active;
	p->active_slow -= x->active_slow;
	if (!p->budget && p->n_hosts == 0)
		host_pool_free(p);
	else
		host_pool_set_wake(p);
}

/* --- all of them --- */

int host_budgets_init(struct host_budgets *b)
{
	*b = (struct host_budgets){.per_host = 1};
	LIST_INIT(&b->pools);
	LIST_INIT(&b->active);
	LIST_INIT(&b->all);
	b->domains = calloc(DOMAINS, sizeof(*b->domains));
	return b->domains ? 0 : -ERR_NOMEM;
}

void host_budgets_release(struct host_budgets *b)
{
	while (!LIST_EMPTY(&b->pools))
		host_pool_free(LIST_FIRST(&b->pools));
	due_release(&b->wakes);
	free(b->domains);
	free(b->named);
	conf_unref(b->conf);
	conf_unref(b->before);
	*b = (struct host_budgets){0};
}

/* --- another configuration --- */

/* What is made for the budgets of a configuration before anything is changed. */
struct host_pools_draft {
	struct host_pool **named; /* of the configuration before, or new */
	int64_t **rest;		  /* rest_until of those of before */
};

/* The pool of the budget that had that name before; NULL: none. */
static struct host_pool *host_budgets_find(
	const struct host_budgets *b, const struct conf_budget *budget, size_t guess)
{
	size_t n = b->conf ? b->conf->n_budgets : 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = (guess + i) % n;

		if (strcmp(b->conf->budgets[at].name, budget->name) == 0)
			return b->named[at];
	}
	return NULL;
}

static void host_pools_discard(struct host_pools_draft *d, size_t n)
{
	for (size_t i = 0; d->named && d->rest && i < n; i++) {
		if (d->named[i] && !d->rest[i])
			host_pool_free(d->named[i]);
		free(d->rest[i]);
	}
	free(d->named);
	free(d->rest);
}

static bool host_pools_prepare(
	struct host_budgets *b, const struct conf *conf, struct host_pools_draft *d)
{
	bool ok;

	d->named = calloc(conf->n_budgets + 1, sizeof(struct host_pool *));
	d->rest = calloc(conf->n_budgets + 1, sizeof(int64_t *));
	ok = d->named && d->rest;
	for (size_t i = 0; ok && i < conf->n_budgets; i++) {
		const struct conf_budget *budget = &conf->budgets[i];
		struct host_pool *before = host_budgets_find(b, budget, i);

		if (before)
			d->rest[i] = calloc(budget->domains.n + 1, sizeof(int64_t));
		else
			d->named[i] = host_pool_new(b, budget);
		if (d->rest[i])
			d->named[i] = before;
		ok = d->named[i] != NULL;
	}
	if (!ok)
		host_pools_discard(d, conf->n_budgets);
	return ok;
}

/* Pauses go on in domains that were in the budget before. */
static void host_pool_renew(struct host_pool *p, const struct conf_budget *budget, int64_t *rest)
{
	for (size_t i = 0; i < budget->domains.n; i++)
		for (size_t k = 0; k < p->budget->domains.n; k++)
			if (str_eq(budget->domains.v[i], p->budget->domains.v[k]))
				rest[i] = p->rest_until[k];
	free(p->rest_until);
	p->rest_until = rest;
	p->budget = budget;
}

/* Takes the host out of all heaps before its pool may be freed. */
bool host_move(struct host *x)
{
	bool joined;

	for (enum host_kind kind = 0; kind < HOST_KINDS; kind++)
		host_put(x, kind, NULL, 0);
	host_pool_leave(x);
	joined = host_pool_join(x);
	host_update(x);
	return joined;
}

/* Pools that are of no budget any more, and have no host. */
static void host_budgets_sweep(struct host_budgets *b)
{
	struct host_pool *p, *next;

	for (p = LIST_FIRST(&b->pools); p; p = next) {
		bool used = !p->budget || p->n_hosts > 0;

		next = LIST_NEXT(p, link);
		for (size_t i = 0; !used && i < b->conf->n_budgets; i++)
			used = b->named[i] == p;
		if (used)
			host_pool_set_wake(p);
		else
			host_pool_free(p);
	}
}

/* All hosts have moved. */
static void host_budgets_settle(struct host_budgets *b)
{
	struct host *x;

	b->moving = false;
	host_budgets_sweep(b);
	/* The others are below any limit. */
	LIST_FOREACH (x, &b->active, active_link)
		host_update(x);
	conf_unref(b->before);
	b->before = NULL;
}

int host_budgets_move(struct host_budgets *b)
{
	unsigned part = b->moved++, number = part / HOSTS_PARTS;
	struct host *x, *next;
	struct hosts *h;
	bool ok = true;

	if (b->moving && number >= b->n_all)
		host_budgets_settle(b);
	if (!b->moving)
		return 0;
	LIST_FOREACH (h, &b->all, link)
		if (h->number == number)
			HASH_ITER (hh, h->parts[part % HOSTS_PARTS], x, next)
				ok = host_move(x) && ok;
	return ok ? 1 : -ERR_NOMEM;
}

static bool host_budgets_have_hosts(const struct host_budgets *b)
{
	const struct hosts *h;
	size_t n = 0;

	LIST_FOREACH (h, &b->all, link)
		n += h->n;
	return n > 0;
}

int host_budgets_set(struct host_budgets *b, struct conf *conf)
{
	struct host_pools_draft d = {0};
	bool move = conf->n_budgets > 0 || (b->conf && b->conf->n_budgets > 0) ||
		    !b->per_domain != !conf->poll.per_domain;

	while (host_budgets_move(b) != 0)
		; /* the owner did not wait for the end */
	if (!host_pools_prepare(b, conf, &d))
		return -ERR_NOMEM;
	for (size_t i = 0; i < conf->n_budgets; i++)
		if (d.rest[i])
			host_pool_renew(d.named[i], &conf->budgets[i], d.rest[i]);
	free(d.rest);
	free(b->named);
	b->named = d.named;
	b->before = b->conf;
	b->conf = conf_ref(conf);
	b->per_host = conf->poll.per_host;
	b->per_domain = conf->poll.per_domain;
	b->gap_ms = conf->poll.host_gap;
	b->moved = 0;
	b->era += move;
	b->moving = move && host_budgets_have_hosts(b);
	if (!b->moving)
		host_budgets_settle(b);
	return 0;
}
