/* SPDX-License-Identifier: MIT */
/*
 * Reads a configuration on a thread of its own, since a hundred thousand watches take seconds, and
 * brings it back to the loop.
 */
#ifndef IO_LOADER_H
#define IO_LOADER_H

#include "conf/conf.h"
#include "io/loop.h"

struct loader;

/*
 * On the loop. conf NULL: refused, *diags says why. The callback keeps the reference on conf; diags
 * are released after it returns. The loader is dead then.
 */
typedef void loader_fn(void *arg, struct conf *conf, const struct conf_diags *diags);

/* dir and env live until the callback. NULL: no thread could be started. */
struct loader *loader_start(
	struct loop *l, const char *dir, const struct conf_env *env, loader_fn *fn, void *arg);
/*
 * Waits until the thread is done; the callback does not run. Only when the loop will not run again.
 * NULL is fine.
 */
void loader_cancel(struct loader *r);

/*
 * Any thread, after a configuration was freed: what it took goes back to the system. glibc keeps it
 * for each thread that made some of it, so that a daemon would be left with the memory of several.
 * Takes some 30 ms after a hundred thousand watches, so never the loop.
 */
void loader_give_back(void);

#endif
