/* SPDX-License-Identifier: MIT */
/* One generation of the configuration: the public struct conf, its reference counter and arena. */
#ifndef CONF_GENERATION_H
#define CONF_GENERATION_H

#include <stdatomic.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "draft.h"

struct conf_generation {
	struct conf conf; /* first: a struct conf pointer is cast to this */
	atomic_size_t references;
	struct arena *arena;		   /* owns all memory of the generation */
	const char *credentials_directory; /* NULL: none */
	const char *timezone;		   /* of struct conf_env */
	struct generation_zone *zones;	   /* of the receivers, without duplicates */
	struct conf_index {
		struct table names;
		const void *v; /* array of blocks; the name is the first member of each */
		size_t size;   /* of one */
		size_t n;
	} feeds, watches, notifies, domains;
};

/* A domain of a budget. */
struct conf_budget_domain {
	const char *name;
	uint32_t budget, domain; /* indices into conf.budgets and its domains */
};

/* Returns an empty generation with one reference, arena and dir set. NULL: out of memory. */
struct conf_generation *conf_generation_new(const char *dir, const struct conf_env *env);
/* Copies a linked draft that was allocated in g->arena. Returns 0 or -ERR_NOMEM. */
int conf_generation_fill(struct conf_generation *g, const struct conf_draft *d);

#endif
