/* SPDX-License-Identifier: MIT */
/* The plain evaluator of item.h, last part: operators, hits, whole queries. */
#ifndef LIB_PLAIN_QUERY_H
#define LIB_PLAIN_QUERY_H

#include "lib/plain_spans.h"

/* Does the item match? Hits in order, each place once, in p->hits. */
bool plain_match(struct plain *p, const struct query_node *root);

#endif
