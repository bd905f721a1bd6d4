/* SPDX-License-Identifier: MIT */
/*
 * Configurations that a reload has replaced. Freeing 100,000 watches takes longer than a callback
 * on the loop may: each one is kept until no poll or delivery refers to it any more, then freed on
 * the desk thread.
 */
#ifndef SERVE_RETIRED_CONF_H
#define SERVE_RETIRED_CONF_H

#include "io/loop.h"

struct retired_confs;

struct retired_confs *retired_confs_new(struct loop *l, struct port_job desk); /* NULL: no memory */
void retired_confs_add(struct retired_confs *r, struct conf *conf); /* takes the reference */
void retired_confs_free(struct retired_confs *r); /* and all it still holds; NULL is fine */

#endif
