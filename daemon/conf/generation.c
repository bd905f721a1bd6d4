/* SPDX-License-Identifier: MIT */
#include "generation.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/zone.h"
#include "conf/schema.h"
#include "feed/link.h"
#include "query/query.h"

#define ARENA_MAX ((size_t)1 << 31)

struct generation_zone {
	const char *name;  /* NULL: of the system */
	struct zone *zone; /* NULL: it cannot be read */
	struct generation_zone *next;
};

static struct conf_generation *generation_of(struct conf *c)
{
	return (struct conf_generation *)(void *)c;
}

static const struct conf_generation *generation_of_const(const struct conf *c)
{
	return (const struct conf_generation *)(const void *)c;
}

struct conf_generation *conf_generation_new(const char *dir, const struct conf_env *env)
{
	static _Atomic uint64_t last;
	struct conf_generation *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	atomic_init(&g->references, 1);
	g->conf.generation = atomic_fetch_add(&last, 1) + 1;
	g->arena = arena_new(ARENA_MAX);
	if (g->arena)
		g->conf.dir = arena_strdup(g->arena, dir);
	if (g->arena && env->credentials_directory)
		g->credentials_directory = arena_strdup(g->arena, env->credentials_directory);
	if (g->arena && env->timezone)
		g->timezone = arena_strdup(g->arena, env->timezone);
	if (!g->conf.dir || (env->credentials_directory && !g->credentials_directory) ||
		(env->timezone && !g->timezone)) {
		conf_unref(&g->conf);
		return NULL;
	}
	return g;
}

struct conf *conf_ref(struct conf *c)
{
	atomic_fetch_add_explicit(&generation_of(c)->references, 1, memory_order_relaxed);
	return c;
}

bool conf_is_last(const struct conf *c)
{
	return atomic_load_explicit(&generation_of_const(c)->references, memory_order_acquire) == 1;
}

void conf_unref(struct conf *c)
{
	struct conf_generation *g = generation_of(c);

	if (!c || atomic_fetch_sub_explicit(&g->references, 1, memory_order_acq_rel) > 1)
		return;
	watch_set_free(c->set);
	for (struct generation_zone *z = g->zones; z; z = z->next)
		zone_free(z->zone);
	arena_free(g->arena);
	free(g);
}

static struct str generation_name_at(const void *index, size_t i)
{
	const struct conf_index *x = index;

	return str_of(*(const char *const *)(const void *)((const char *)x->v + i * x->size));
}

static const void *generation_find(const struct conf_index *x, struct str name)
{
	size_t i = table_find_name(&x->names, name, generation_name_at, x);

	return i == TABLE_NONE ? NULL : (const char *)x->v + i * x->size;
}

/* Only for the daemon, see struct conf_env. */
static bool generation_has_canary(const struct conf *c)
{
	return c->set && watch_set_count(c->set) > c->n_watches;
}

const struct conf_feed *conf_find_feed(const struct conf *c, struct str name)
{
	if (str_is(name, ALERT_CANARY) && generation_has_canary(c))
		return &c->canary_feed;
	return generation_find(&generation_of_const(c)->feeds, name);
}

struct str conf_feed_tier(const struct conf_feed *f)
{
	return f->tier ? str_of(query_tiers[f->tier - 1]) : STR_NONE;
}

const struct conf_watch *conf_find_watch(const struct conf *c, struct str name)
{
	if (str_is(name, ALERT_CANARY) && generation_has_canary(c))
		return &c->watches[c->n_watches];
	if (c->burst.origins && str_is(name, CONF_BURST))
		return &c->burst_watch;
	return generation_find(&generation_of_const(c)->watches, name);
}

const struct conf_notify *conf_find_notify(const struct conf *c, struct str name)
{
	return generation_find(&generation_of_const(c)->notifies, name);
}

const struct conf_budget *conf_find_budget(const struct conf *c, const char *host, size_t *domain)
{
	const struct conf_index *x = &generation_of_const(c)->domains;
	const struct conf_budget_domain *found = NULL;

	for (const char *at = c->n_budgets ? host : NULL; at && !found;) {
		found = generation_find(x, str_of(at));
		at = strchr(at, '.');
		at = at ? at + 1 : NULL;
	}
	if (!found)
		return NULL;
	*domain = found->domain;
	return &c->budgets[found->budget];
}

static struct str generation_nearest(const struct conf_index *x, struct str name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < x->n; i++)
		nearest_try(&near, generation_name_at(x, i));
	return near.best;
}

struct str conf_nearest_feed(const struct conf *c, struct str name)
{
	return generation_nearest(&generation_of_const(c)->feeds, name);
}

struct str conf_nearest_watch(const struct conf *c, struct str name)
{
	return generation_nearest(&generation_of_const(c)->watches, name);
}

struct str conf_nearest_notify(const struct conf *c, struct str name)
{
	return generation_nearest(&generation_of_const(c)->notifies, name);
}

static bool generation_index(
	struct conf_generation *g, struct conf_index *x, const void *v, size_t size, size_t n)
{
	*x = (struct conf_index){.v = v, .size = size, .n = n};
	if (!v || !table_init(&x->names, n, g->arena))
		return false;
	for (size_t i = 0; i < n; i++)
		table_add_name(&x->names, generation_name_at(x, i), i);
	return true;
}

/* NULL: UTC, where the zone cannot be read. */
static const struct zone *generation_add_zone(struct conf_generation *g, const char *name)
{
	struct generation_zone *z = g->zones;

	while (z && (name && z->name ? strcmp(name, z->name) != 0 : name != z->name))
		z = z->next;
	if (z)
		return z->zone;
	z = arena_zalloc(g->arena, sizeof(*z));
	if (!z)
		return NULL;
	*z = (struct generation_zone){name, zone_new(name), g->zones};
	g->zones = z;
	return z->zone;
}

static void generation_set_zones(struct conf_generation *g)
{
	const char *usual = g->conf.daemon.timezone ? g->conf.daemon.timezone : g->timezone;

	for (size_t i = 0; i < g->conf.n_notifies; i++) {
		struct conf_notify *n = &g->conf.notifies[i];

		n->hours = generation_add_zone(g, n->timezone ? n->timezone : usual);
		if (n->type && !n->type->utc)
			n->zone = n->hours;
		n->quiet.zone = n->hours;
		if (n->quiet.timezone)
			n->quiet.zone = generation_add_zone(g, n->quiet.timezone);
	}
}

/* Its feed is never fetched. False: out of memory. */
static bool generation_add_canary(struct conf_generation *g, const struct conf_draft *d)
{
	struct conf *c = &g->conf;
	size_t *index = arena_zalloc(g->arena, sizeof(*index));

	if (!index)
		return false;
	c->canary = d->canary;
	for (size_t i = 0; i < c->n_notifies && d->canary.to.n; i++)
		if (str_is(d->canary.to.v[0], c->notifies[i].name))
			*index = i;
	c->watches[c->n_watches] = (struct conf_watch){.name = ALERT_CANARY,
		.title = "Canary",
		.priority = ALERT_LOW,
		.notify = d->canary.to,
		.notify_index = index};
	c->canary_feed = (struct conf_feed){.name = ALERT_CANARY,
		.url = "canary:",
		.title = "nightdesk",
		.source = "nightdesk",
		.every = d->canary.every,
		.first_run = CONF_FIRST_ALERT};
	return true;
}

static bool generation_index_domains(struct conf_generation *g)
{
	const struct conf *c = &g->conf;
	struct conf_budget_domain *v;
	size_t n = 0;

	for (size_t i = 0; i < c->n_budgets; i++)
		n += c->budgets[i].domains.n;
	v = arena_array(g->arena, n, sizeof(*v));
	n = 0;
	for (size_t i = 0; v && i < c->n_budgets; i++)
		for (size_t k = 0; k < c->budgets[i].domains.n; k++)
			v[n++] = (struct conf_budget_domain){
				c->budgets[i].domains.v[k].p, (uint32_t)i, (uint32_t)k};
	return generation_index(g, &g->domains, v, sizeof(*v), n);
}

static void generation_set_budgets(struct conf *c)
{
	char host[FEED_HOST_MAX];
	size_t domain;

	for (size_t i = 0; c->n_budgets > 0 && i < c->n_feeds; i++)
		if (feed_link_domain(str_of(c->feeds[i].url), host))
			c->feeds[i].budget = conf_find_budget(c, host, &domain);
}

int conf_generation_fill(struct conf_generation *g, const struct conf_draft *d)
{
	struct conf *c = &g->conf;

	c->daemon = d->daemon;
	c->poll = d->poll;
	c->heartbeat = d->heartbeat;
	c->corrections = d->corrections;
	c->story = d->story;
	c->websub = d->websub;
	c->burst = d->burst;
	c->burst_watch = (struct conf_watch){.name = CONF_BURST,
		.title = "Burst",
		.priority = d->burst.priority,
		.notify = d->burst.notify,
		.notify_index = d->burst_index};
	c->feeds = d->feeds;
	c->n_feeds = d->blocks[CONF_KIND_FEED].n;
	c->notifies = d->notifies;
	c->n_notifies = d->blocks[CONF_KIND_NOTIFY].n;
	c->budgets = d->budgets;
	c->n_budgets = d->blocks[CONF_KIND_BUDGET].n;
	generation_set_zones(g);
	c->n_watches = d->blocks[CONF_KIND_WATCH].n;
	c->watches = arena_array(g->arena, c->n_watches + 1, sizeof(*c->watches));
	for (size_t i = 0; c->watches && i < c->n_watches; i++)
		c->watches[i] = d->watches[i].watch;
	if (!c->watches || !generation_add_canary(g, d))
		return -ERR_NOMEM;
	if (!generation_index_domains(g))
		return -ERR_NOMEM;
	generation_set_budgets(c);
	if (generation_index(g, &g->feeds, c->feeds, sizeof(*c->feeds), c->n_feeds) &&
		generation_index(g, &g->watches, c->watches, sizeof(*c->watches), c->n_watches) &&
		generation_index(g, &g->notifies, c->notifies, sizeof(*c->notifies), c->n_notifies))
		return 0;
	return -ERR_NOMEM;
}
