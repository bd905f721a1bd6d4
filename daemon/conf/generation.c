/* SPDX-License-Identifier: MIT */
#include "generation.h"

#include <stdlib.h>

#define ARENA_MAX ((size_t)1 << 31)

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
	if (!g->conf.dir || (env->credentials_directory && !g->credentials_directory)) {
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
	arena_free(g->arena);
	free(g);
}

static struct str generation_feed_name(const void *ctx, size_t i)
{
	return str_of(((const struct conf *)ctx)->feeds[i].name);
}

static struct str generation_watch_name(const void *ctx, size_t i)
{
	return str_of(((const struct conf *)ctx)->watches[i].name);
}

static struct str generation_notify_name(const void *ctx, size_t i)
{
	return str_of(((const struct conf *)ctx)->notifies[i].name);
}

const struct conf_feed *conf_find_feed(const struct conf *c, struct str name)
{
	size_t i =
		table_find_name(&generation_of_const(c)->feed_names, name, generation_feed_name, c);

	return i == TABLE_NONE ? NULL : &c->feeds[i];
}

const struct conf_watch *conf_find_watch(const struct conf *c, struct str name)
{
	size_t i = table_find_name(
		&generation_of_const(c)->watch_names, name, generation_watch_name, c);

	return i == TABLE_NONE ? NULL : &c->watches[i];
}

const struct conf_notify *conf_find_notify(const struct conf *c, struct str name)
{
	size_t i = table_find_name(
		&generation_of_const(c)->notify_names, name, generation_notify_name, c);

	return i == TABLE_NONE ? NULL : &c->notifies[i];
}

static bool generation_allocate(struct conf_generation *g, const struct conf_draft *d)
{
	struct conf *c = &g->conf;

	c->feeds = arena_array(g->arena, d->n_feeds, sizeof(*c->feeds));
	c->watches = arena_array(g->arena, d->n_watches, sizeof(*c->watches));
	c->notifies = arena_array(g->arena, d->n_notifies, sizeof(*c->notifies));
	return c->feeds && c->watches && c->notifies &&
	       table_init(&g->feed_names, d->n_feeds, g->arena) &&
	       table_init(&g->watch_names, d->n_watches, g->arena) &&
	       table_init(&g->notify_names, d->n_notifies, g->arena);
}

int conf_generation_fill(struct conf_generation *g, const struct conf_draft *d)
{
	struct conf *c = &g->conf;

	if (!generation_allocate(g, d))
		return -ERR_NOMEM;
	c->daemon = d->daemon;
	c->poll = d->poll;
	for (; c->n_feeds < d->n_feeds; c->n_feeds++) {
		c->feeds[c->n_feeds] = d->feeds[c->n_feeds].feed;
		table_add_name(&g->feed_names, str_of(c->feeds[c->n_feeds].name), c->n_feeds);
	}
	for (; c->n_watches < d->n_watches; c->n_watches++) {
		c->watches[c->n_watches] = d->watches[c->n_watches].watch;
		table_add_name(
			&g->watch_names, str_of(c->watches[c->n_watches].name), c->n_watches);
	}
	for (; c->n_notifies < d->n_notifies; c->n_notifies++) {
		c->notifies[c->n_notifies] = d->notifies[c->n_notifies].notify;
		table_add_name(
			&g->notify_names, str_of(c->notifies[c->n_notifies].name), c->n_notifies);
	}
	return 0;
}
