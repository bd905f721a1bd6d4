/* SPDX-License-Identifier: MIT */
/*
 * A list of rows whose cells are columns. On a terminal each column is as wide as its widest cell.
 * If a row would be wider than the terminal, the columns that may be cut become narrower, the
 * widest first; if that is not enough, the last columns go to a second line, which is indented. A
 * cell that is cut ends with "…". Elsewhere rows are printed at once and nothing is cut.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "alert/alert.h"
#include "command.h"

#define COLUMNS_MAX 8

struct column {
	size_t pad;   /* least width outside a terminal */
	size_t least; /* on a terminal it may be cut to this width; 0: it is never cut */
	bool below;   /* begins a line of its own */
};

struct columns {
	const struct column *spec;
	size_t n;
	size_t width;	 /* of the terminal; 0: none */
	struct buf text; /* the cells of all rows that wait, each ended by NUL */
	size_t cells;	 /* that are complete */
	bool failed;	 /* for lack of memory; rows are missing */
};

/* spec: n columns, at most COLUMNS_MAX; must outlive t. */
void columns_init(struct columns *t, const struct cli *cli, const struct column *spec, size_t n);
/*
 * These append to the current cell; control characters of s are escaped. A caller may also append
 * escaped text to t->text itself.
 */
void columns_add(struct columns *t, struct str s);
void columns_add_stamp(struct columns *t, int64_t ms); /* as print_stamp() */
/* The whole title, or the first words of the text. */
void columns_add_headline(struct columns *t, const struct alert *a);
/* Ends the cell. An empty cell is left out if it ends the row or there is no terminal. */
void columns_next(struct columns *t);
/* Prints the rows that wait and frees all. Returns 0 or -ERR_NOMEM: rows are missing. */
int columns_end(struct columns *t);

#endif
