/* SPDX-License-Identifier: MIT */
/*
 * The match workload: items.txt (title, tab, body: one item a line) and watches.tsv (groups split
 * by tabs: '+' any term must match, '-' none may; terms split by '|': words, or 'a ~10 b').
 */
#ifndef LIB_WORKLOAD_H
#define LIB_WORKLOAD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

struct workload_item {
	struct str title, body, all;
};

struct workload {
	char *text;
	size_t bytes;
	struct workload_item *items;
	size_t n_items;
};

/* The whole file and a NUL; its size in *n. Ends the program when it cannot be read. */
char *workload_slurp(const char *dir, const char *name, size_t *n);

void workload_read_items(struct workload *l, const char *dir);

void workload_release(struct workload *l);

/* The next line of watches.tsv, which is cut up, as a query. False: that was all. */
bool workload_next_query(char **rest, struct buf *q);

#endif
