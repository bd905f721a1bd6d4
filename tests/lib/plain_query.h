/* SPDX-License-Identifier: MIT */
/* Reference evaluator, part 3: operators, hits, whole queries. */
#ifndef LIB_PLAIN_QUERY_H
#define LIB_PLAIN_QUERY_H

#include "lib/plain_spans.h"

/* Returns whether the item matches. p->hits has the hits in order, each place once. */
bool plain_match(struct plain *p, const struct query_node *root);

#endif
