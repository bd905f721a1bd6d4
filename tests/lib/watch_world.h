/* SPDX-License-Identifier: MIT */
/* One query compiled and matched with one item, with its messages, for tests of the language. */
#ifndef LIB_WATCH_WORLD_H
#define LIB_WATCH_WORLD_H

#include "lib/unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "watch/watch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct world {
	struct buf diags; /* "offset text\n" for each */
	struct watch_set *set;
	struct buf hits; /* "field offset text|" for each */
	bool matched;
	struct watch_view view;
};

int world_build(struct world *w, const char *query, const char *stem);

void world_done(struct world *w);

void world_run(struct world *w, const struct watch_view *v);

/* --- a table of them --- */

struct world_row {
	const char *query, *title, *body;
	const char *hits; /* NULL: no match */
	const char *stem;
};

void world_check_row(const struct world_row *r);

/* Expected results of queries for one item. */
struct world_answer {
	const char *query;
	bool match;
};

void world_check_answers(const struct world_answer *rows, size_t n, const struct watch_view *v);

void world_on_diag(void *ctx, const struct query_diag *d);

void world_on_match(void *ctx, const struct watch_match *m);

#endif
