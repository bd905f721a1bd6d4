/* SPDX-License-Identifier: MIT */
#include "conf_loader.h"

#include <malloc.h>
#include <stdlib.h>

#include "io/thread.h"

struct conf_loader {
	struct loop_post back;
	struct loop *loop;
	pthread_t id;
	const char *dir;
	const struct conf_env *env;
	/* Written by the thread until it posts, then read by the loop. */
	struct conf *conf;
	struct conf_diags diags;
	conf_loader_fn *fn;
	void *arg;
};

void conf_loader_trim_heap(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

static void *conf_loader_main(void *arg)
{
	struct conf_loader *r = arg;

	if (conf_load(r->dir, r->env, &r->conf, &r->diags))
		conf_loader_trim_heap();
	loop_post(r->loop, &r->back);
	return NULL;
}

static void conf_loader_finish(void *arg)
{
	struct conf_loader *r = arg;

	pthread_join(r->id, NULL);
	r->fn(r->arg, r->conf, &r->diags);
	conf_diags_release(&r->diags);
	free(r);
}

struct conf_loader *conf_loader_start(
	struct loop *l, const char *dir, const struct conf_env *env, conf_loader_fn *fn, void *arg)
{
	struct conf_loader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct conf_loader){.loop = l, .dir = dir, .env = env, .fn = fn, .arg = arg};
	r->back = (struct loop_post){.fn = conf_loader_finish, .arg = r};
	if (thread_start(&r->id, 0, conf_loader_main, r)) {
		free(r);
		return NULL;
	}
	return r;
}

/* A post may stay in the queue of the loop, which will not run it any more. */
void conf_loader_cancel(struct conf_loader *r)
{
	if (!r)
		return;
	pthread_join(r->id, NULL);
	conf_unref(r->conf);
	conf_diags_release(&r->diags);
	free(r);
}
