/* SPDX-License-Identifier: MIT */
/* The queries of a draft to a set of compiled watches; what is wrong in them, shown in their file.
 */
#ifndef CONF_COMPILE_H
#define CONF_COMPILE_H

#include "draft.h"
#include "watch/watch.h"

/*
 * *out: the set, whose watch i is the draft's watch i; NULL when the draft had errors before or has
 * some now. 0 or -ERR_NOMEM.
 */
int conf_compile(struct conf_draft *d, const struct conf_source *first, struct watch_set **out);

#endif
