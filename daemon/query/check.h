/* SPDX-License-Identifier: MIT */
/* Callbacks of query_operators that check one node and its kids. */
#ifndef QUERY_CHECK_H
#define QUERY_CHECK_H

#include "query/operator.h"

/* Kids may be any valid expression. */
void query_check_kids(struct query_checker *c, const struct query_node *n);
/* AND: a kid may be a NOT, but not all of them. */
void query_check_and(struct query_checker *c, const struct query_node *n);
/* NOT outside of AND is an error. */
void query_check_not(struct query_checker *c, const struct query_node *n);
/* Kids must be operands, whose positions can be compared. */
void query_check_operands(struct query_checker *c, const struct query_node *n);
void query_check_regex(struct query_checker *c, const struct query_node *n);

/* Callbacks matches_empty of query_operators, by the number of kids that must match. */
bool query_empty_all(const struct query_node *n);
bool query_empty_any(const struct query_node *n);
bool query_empty_some(const struct query_node *n); /* n->n kids */
bool query_empty_not(const struct query_node *n);
bool query_empty_always(const struct query_node *n);

#endif
