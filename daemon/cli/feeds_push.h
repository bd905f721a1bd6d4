/* SPDX-License-Identifier: MIT */
/* What `feeds show` and `feeds list --json` say of the hub of a feed. */
#ifndef CLI_FEEDS_PUSH_H
#define CLI_FEEDS_PUSH_H

#include <jansson.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "store/store.h"

/* store: NULL: there is none yet. Adds nothing where the feed has no subscription. 0, or as store.
 */
int feeds_push_add(
	json_t *feed, struct store *store, const char *name, struct arena *a, struct err *e);
int feeds_push_print(struct store *store, const char *name, struct arena *a, struct err *e);

#endif
