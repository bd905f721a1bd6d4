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

/* Reads the whole file and appends a NUL; sets *n to its size. Exits if it cannot be read. */
char *workload_slurp(const char *dir, const char *name, size_t *n);

void workload_read_items(struct workload *l, const char *dir);

void workload_release(struct workload *l);

/* Parses the next line of watches.tsv, modifying it, to a query. Returns false at the end. */
bool workload_next_query(char **rest, struct buf *q);

#endif
