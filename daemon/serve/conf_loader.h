/* SPDX-License-Identifier: MIT */
/*
 * Reads a configuration on a thread of its own, because 100,000 watches take seconds to compile,
 * and returns it to the loop.
 */
#ifndef SERVE_CONF_LOADER_H
#define SERVE_CONF_LOADER_H

#include "conf/conf.h"
#include "io/loop.h"

struct conf_loader;

/*
 * Runs on the loop; the callback owns the reference to conf. conf is NULL if the configuration has
 * errors; diags are released after the callback returns. The loader is freed by then.
 */
typedef void conf_loader_fn(void *arg, struct conf *conf, const struct conf_diags *diags);

/* dir and env must live until the callback. NULL: no thread could be started. */
struct conf_loader *conf_loader_start(
	struct loop *l, const char *dir, const struct conf_env *env, conf_loader_fn *fn, void *arg);
/*
 * Waits for the thread and frees the result without the callback. Only when the loop will not run
 * again. NULL is fine.
 */
void conf_loader_cancel(struct conf_loader *r);

/*
 * Returns free heap memory to the system after a configuration was freed. glibc keeps it in the
 * arena of each thread that allocated some of it, so that reloads would leave the process with the
 * memory of several configurations. Takes about 30 ms after 100,000 watches: not on the loop.
 */
void conf_loader_trim_heap(void);

#endif
