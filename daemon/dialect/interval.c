/* SPDX-License-Identifier: MIT */
/* Lucene's functions of intervals, fn:maxgaps(3 fn:ordered(a b)): those that are NEARs here. */
#include "reader.h"
#include "text/delimiter.h"

#define SOURCES_MAX 16

/* A name and what stands in the bracket behind it, or one letter. */
static void skip_function(struct dialect_reader *r)
{
	size_t depth = 0;

	r->at += dialect_word(r).n;
	do {
		if (r->at < r->text.n && r->text.p[r->at] == '(')
			depth++;
		else if (r->at < r->text.n && r->text.p[r->at] == ')' && depth)
			depth--;
		r->at += r->at < r->text.n;
	} while (depth && r->at < r->text.n);
}

/* A word or phrase among the sources of an interval. */
static struct dialect_node *read_source(struct dialect_reader *r)
{
	size_t from = r->at;

	struct dialect_node *n = NULL;

	if (text_quote_length(r->text.p + from, r->text.n - from))
		n = dialect_lucene_quoted(r);
	else if (dialect_word(r).n && !str_starts(dialect_word(r), STR("fn:")))
		n = dialect_lucene_word(r);
	else
		skip_function(r);
	if (r->nomem || (n && n->kind == DIALECT_LEAF))
		return n;
	return dialect_unknown(r, from, "write words or phrases into it", "more than words");
}

/* Up to the closing bracket. */
static size_t read_sources(struct dialect_reader *r, struct dialect_node **v)
{
	size_t n = 0, from = r->at;

	while (!dialect_at_end(r) && !dialect_at(r, ')') && n < SOURCES_MAX && !r->nomem)
		v[n++] = read_source(r);
	if (dialect_at(r, ')'))
		r->at++;
	else
		dialect_wrong(r, from, 1, "put a ) where it ends",
			n < SOURCES_MAX ? "a bracket that is never closed" : "too many sources");
	return n;
}

/* The name behind fn: with its bracket; consumed where it is that one. */
static bool function(struct dialect_reader *r, const char *name)
{
	struct str s;

	dialect_at_end(r);
	s = dialect_word(r);
	if (s.n < 4 || !str_starts(s, STR("fn:")) || !str_is(str_slice(s.p + 3, s.n - 3), name) ||
		r->at + s.n == r->text.n || r->text.p[r->at + s.n] != '(')
		return false;
	r->at += s.n + 1;
	return true;
}

static bool read_number(struct dialect_reader *r, unsigned *n)
{
	struct str s;

	dialect_at_end(r);
	s = dialect_word(r);
	r->at += s.n;
	return dialect_digits(s, n);
}

/* fn:maxgaps(3 fn:ordered(a b)), fn:maxwidth(5 fn:unordered(a b)) */
static struct dialect_node *read_window(struct dialect_reader *r, size_t from, bool width)
{
	struct dialect_node *v[SOURCES_MAX], *all;
	bool counted, in_order;
	unsigned n;
	size_t k;

	counted = read_number(r, &n);
	in_order = function(r, "ordered");
	if (!counted || (!in_order && !function(r, "unordered"))) {
		r->at = from;
		skip_function(r);
		return dialect_unknown(r, from, "write fn:maxgaps(3 fn:ordered(a b))",
			"a function that is not known here");
	}
	k = read_sources(r, v);
	if (dialect_at(r, ')'))
		r->at++;
	else
		dialect_wrong(
			r, from, 1, "put a ) where it ends", "a bracket that is never closed");
	if (r->nomem)
		return NULL;
	for (size_t i = 0; width && i < k; i++) /* one word each, or the width is another */
		if (v[i]->text.p[0] == '"')
			return dialect_unknown(r, from, "write maxgaps", "a phrase in maxwidth");
	if (k < 2 || (width && n < k) || n > QUERY_DISTANCE_MAX)
		return dialect_unknown(r, from, "write two words or more, and room for them",
			k < 2 ? "fewer than two words" : "no such distance");
	n -= width ? (unsigned)k : 0;
	if (in_order)
		return dialect_apart(r, v, k, n, true);
	all = v[0];
	if (k == 2) {
		const char *near = arena_printf(r->arena, "NEAR/%u", n);

		r->nomem = r->nomem || !near;
		return dialect_chain(
			r, DIALECT_CLOSE, (struct dialect_joint){str_of(near), from, 1}, all, v[1]);
	}
	return dialect_unknown(
		r, from, "write \"a b c\"~3 in our own language", "three words in any order");
}

struct dialect_node *dialect_interval(struct dialect_reader *r)
{
	struct dialect_node *v[SOURCES_MAX], *all = NULL;
	size_t from = r->at, k;
	unsigned n = 0;
	bool some;

	if (function(r, "maxgaps"))
		return read_window(r, from, false);
	if (function(r, "maxwidth"))
		return read_window(r, from, true);
	some = function(r, "atLeast");
	if (some ? !read_number(r, &n) : !function(r, "or")) {
		r->at = from;
		skip_function(r);
		return dialect_unknown(r, from,
			"known are fn:maxgaps and fn:maxwidth of fn:ordered and fn:unordered, "
			"fn:or, fn:atLeast",
			"a function that is not known here");
	}
	k = read_sources(r, v);
	for (size_t i = 0; i < k; i++)
		all = all ? dialect_chain(r, some ? DIALECT_COMMA : DIALECT_OR,
				    (struct dialect_joint){0}, all, v[i])
			  : v[i];
	if (!k)
		return dialect_unknown(r, from, "write words into it", "something is missing here");
	if (some && all) {
		const char *any = arena_printf(r->arena, "ANY/%u(", n);

		r->nomem = r->nomem || !any;
		return any ? dialect_within(r, any, all, from) : NULL;
	}
	return all;
}
