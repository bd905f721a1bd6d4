/* SPDX-License-Identifier: MIT */
/* Checks of one node, for the rows of query_operators. */
#ifndef QUERY_CHECK_H
#define QUERY_CHECK_H

#include "query/operator.h"

/* Kids may be any expression. */
void query_check_kids(struct query_checker *c, const struct query_node *n);
/* AND: NOT is allowed, but not alone. */
void query_check_and(struct query_checker *c, const struct query_node *n);
/* NOT outside of AND. */
void query_check_not(struct query_checker *c, const struct query_node *n);
/* Kids are operands: their positions are compared or counted. */
void query_check_operands(struct query_checker *c, const struct query_node *n);
void query_check_regex(struct query_checker *c, const struct query_node *n);

/* matches_empty of query_operators, by how many kids must match. */
bool query_empty_all(const struct query_node *n);
bool query_empty_any(const struct query_node *n);
bool query_empty_some(const struct query_node *n); /* n->n of them */
bool query_empty_not(const struct query_node *n);
bool query_empty_always(const struct query_node *n);

#endif
