/* SPDX-License-Identifier: MIT */
/*
 * Where sources>=n, source: and tier: may be written. A watch waits for further sources of a story,
 * which is only clear where they restrict the whole query: in AND at its top. A block raise is
 * asked again for each further source, so that it also has OR, and what no source changes in NOT
 * and ANY.
 */
#include "place.h"

#include <stdio.h>

#include "query/operator.h"

struct place_check {
	struct query_reporter *report;
	enum query_use use;
};

static bool place_is_attribute(const struct query_node *n, enum query_attribute a)
{
	return n->op == QUERY_ATTRIBUTE && n->attribute == a;
}

/* The list source:(a OR b), which may also be written (source:a OR source:b). */
static bool place_is_list(const struct query_node *n, enum query_attribute a)
{
	for (size_t i = 0; i < n->n_kids; i++)
		if (!place_is_attribute(n->kids[i], a))
			return false;
	return n->op == QUERY_OR && n->n_kids;
}

static bool place_is_fact(const struct query_node *n)
{
	return n->op == QUERY_SOURCES || place_is_attribute(n, QUERY_ATTR_SOURCE) ||
	       place_is_attribute(n, QUERY_ATTR_TIER) || place_is_list(n, QUERY_ATTR_SOURCE) ||
	       place_is_list(n, QUERY_ATTR_TIER);
}

/* Whether the term is valid below an operator, at any depth. */
static bool place_allows(const struct place_check *c, const struct query_node *n, enum query_op op)
{
	if (op == QUERY_AND)
		return true;
	if (c->use != QUERY_USE_RAISE)
		return false;
	return op == QUERY_OR || ((op == QUERY_NOT || op == QUERY_SOME) && n->op != QUERY_SOURCES);
}

static const char *place_help(
	const struct place_check *c, const struct query_node *n, enum query_op inside)
{
	bool sources = n->op == QUERY_SOURCES;

	if (sources && inside == QUERY_NOT && c->use != QUERY_USE_EXCLUDE)
		return "a story only gains sources: what has few of them matches at once, without "
		       "a term for it";
	if (c->use == QUERY_USE_EXCLUDE)
		return sources ? "write it into query: (a OR b) AND sources>=3"
			       : "name its feeds or groups here: feed:(a OR b), group:c";
	if (c->use == QUERY_USE_RAISE)
		return sources ? "it joins by AND and OR only: tier:official OR sources>=3"
			       : "write it as a part of its own: tier:wire AND LEAD/50(a)";
	if (sources)
		return "write it at the top of the query, joined by AND: (a OR b) AND sources>=3; "
		       "if only one part needs it, make that a query of its own: query = { 'a', 'b "
		       "AND sources>=3' }";
	if (n->attribute == QUERY_ATTR_SOURCE)
		return "write it at the top of the query, joined by AND: (a OR b) AND "
		       "source:(c OR d); elsewhere name feeds or groups: feed:c, group:d";
	return "write it at the top of the query, joined by AND: (a OR b) AND tier:(official OR "
	       "wire); elsewhere name feeds or groups: feed:c, group:d";
}

static void place_report(
	const struct place_check *c, const struct query_node *n, enum query_op inside)
{
	const struct query_node *leaf = n;
	char term[24] = "tier:";
	const char *where = c->use == QUERY_USE_EXCLUDE ? "exclude" : query_operators[inside].word;

	while (leaf->n_kids)
		leaf = leaf->kids[0];
	if (leaf->op == QUERY_SOURCES)
		snprintf(term, sizeof(term), "sources>=%u", leaf->n);
	else if (leaf->attribute == QUERY_ATTR_SOURCE)
		snprintf(term, sizeof(term), "source:");
	query_report(c->report, false, n->offset, n->length, place_help(c, leaf, inside),
		"%s inside %s", term, where);
}

/*
 * inside: the operator around n that allows least. What operators of positions contain is checked
 * as their operands.
 */
static void place_check_node(
	const struct place_check *c, const struct query_node *n, enum query_op inside)
{
	if (place_is_fact(n)) {
		if (!place_allows(c, n, inside) || c->use == QUERY_USE_EXCLUDE)
			place_report(c, n, inside);
		return;
	}
	switch (query_operators[n->op].form) {
	case QUERY_FORM_JOIN:
		if (inside == QUERY_AND)
			inside = n->op;
		break;
	case QUERY_FORM_NOT:
	case QUERY_FORM_LIST:
		if (inside != QUERY_LEAD)
			inside = n->op;
		break;
	case QUERY_FORM_FUNCTION:
		if (n->op != QUERY_LEAD)
			return;
		inside = n->op;
		break;
	case QUERY_FORM_TERM:
	case QUERY_FORM_CHAIN:
	case QUERY_FORM_COMPARISON: return;
	}
	for (size_t i = 0; i < n->n_kids; i++)
		place_check_node(c, n->kids[i], inside);
}

void query_check_places(
	const struct query_node *root, enum query_use use, struct query_reporter *report)
{
	const struct place_check c = {.report = report, .use = use};

	place_check_node(&c, root, QUERY_AND);
}
