/* SPDX-License-Identifier: MIT */
/* One generation of the configuration: what conf.h shows, and what keeps it alive. */
#ifndef CONF_GENERATION_H
#define CONF_GENERATION_H

#include <stdatomic.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "draft.h"

struct conf_generation {
	struct conf conf; /* first: a struct conf * is one of these */
	atomic_size_t references;
	struct arena *arena;		   /* holds all of it, and this struct's strings */
	const char *credentials_directory; /* NULL: none */
	struct conf_names feed_names, watch_names, notify_names;
};

/* An empty one with one reference, its arena and dir set. NULL: out of memory. */
struct conf_generation *conf_generation_new(const char *dir, const struct conf_env *env);
/* Takes over what a linked draft, whose arena is the generation's, holds. 0 or -ERR_NOMEM. */
int conf_generation_fill(struct conf_generation *g, const struct conf_draft *d);

#endif
