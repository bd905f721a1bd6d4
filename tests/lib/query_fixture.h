/* SPDX-License-Identifier: MIT */
/* One query compiled and matched with one item, with its messages, for tests of the language. */
#ifndef LIB_QUERY_FIXTURE_H
#define LIB_QUERY_FIXTURE_H

#include "lib/unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "watch/watch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct query_fixture {
	struct buf diags; /* "offset text\n" for each */
	struct watch_set *set;
	struct buf hits; /* "field offset text|" for each */
	bool matched;
	struct watch_view view;
};

int query_fixture_build(struct query_fixture *w, const char *query, const char *stem);

void query_fixture_release(struct query_fixture *w);

void query_fixture_run(struct query_fixture *w, const struct watch_view *v);

/* --- a table of them --- */

struct query_row {
	const char *query, *title, *body;
	const char *hits; /* NULL: no match */
	const char *stem;
};

void query_fixture_check_row(const struct query_row *r);

/* Expected results of queries for one item. */
struct query_answer {
	const char *query;
	bool match;
};

void query_fixture_check_answers(
	const struct query_answer *rows, size_t n, const struct watch_view *v);

void query_fixture_on_diag(void *ctx, const struct query_diag *d);

void query_fixture_on_match(void *ctx, const struct watch_match *m);

#endif
