/* SPDX-License-Identifier: MIT */
/*
 * The slow check of the database: a slice an hour, on a thread that exists for that time. A small
 * database is checked whole in one slice, a large one table by table.
 */
#ifndef IO_DATABASE_CHECK_H
#define IO_DATABASE_CHECK_H

#include "io/loop.h"
#include "store/check.h"

/* On the loop thread, for each table that was checked. damage: what was found unless it is sound.
 */
typedef void database_checked_fn(
	void *arg, size_t part, enum store_health health, const struct err *damage);

struct database_check;

/* NULL: out of memory. */
struct database_check *database_check_new(
	struct loop *l, const char *path, database_checked_fn *checked, void *arg);
/* Checks this table next, in a second: it was rebuilt. */
void database_check_again(struct database_check *c, size_t part);
/* A check that is under way ends by itself, without a callback. NULL is fine. */
void database_check_free(struct database_check *c);

#endif
