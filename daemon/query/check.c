/* SPDX-License-Identifier: MIT */
/* Semantic checks of a parsed query. */
#include <stdio.h>

#include "check.h"

struct query_checker {
	struct query_reporter *report;
	query_regex_fn *regex;
	struct str text;
};

static void check_report_inside(struct query_checker *c, const struct query_node *n,
	const char *help, const char *what, enum query_op where)
{
	query_report(c->report, false, n->offset, n->length, help, "%s inside %s", what,
		query_operators[where].word);
}

#define SPLIT "write it as a part of its own, joined by AND"

/* Returns the help for n as invalid operand of `where`. */
static const char *check_get_help(const struct query_node *n, enum query_op where)
{
	bool chain = query_operators[where].form == QUERY_FORM_CHAIN;
	const struct query_operator *o = &query_operators[n->op];
	const char *help = chain ? o->inside_chain : o->inside_function;

	if (n->minus && chain)
		return "- binds to the next term alone; write a AND -(b NEAR/5 c), or a NOT "
		       "NEAR/5 b";
	return help ? help : SPLIT;
}

/* A list such as site:(a OR b) is an OR of attributes. */
static bool check_is_attribute(const struct query_node *n)
{
	while (n->op == QUERY_OR && n->n_kids)
		n = n->kids[0];
	return n->op == QUERY_ATTRIBUTE;
}

static void check_report_field(
	struct query_checker *c, const struct query_node *n, enum query_op where)
{
	char help[120];

	snprintf(help, sizeof(help), "write %s:%s, the field around all of it", n->prefix,
		query_operators[where].form == QUERY_FORM_CHAIN ? "(a NEAR/3 b)" : "ATLEAST/2(a)");
	check_report_inside(c, n, check_is_attribute(n) ? SPLIT : help, "a field prefix", where);
}

/* Operands of NEAR, SENT, PARA and ATLEAST are terms, ORs of operands, and NEAR. */
static void check_operand(struct query_checker *c, const struct query_node *n, enum query_op where)
{
	const struct query_operator *o = &query_operators[n->op];

	if (n->prefix) {
		check_report_field(c, n, where);
		return;
	}
	if (!o->operand) {
		check_report_inside(c, n, check_get_help(n, where), o->word, where);
		return;
	}
	for (size_t i = 0; i < n->n_kids; i++)
		check_operand(c, n->kids[i], o->form == QUERY_FORM_CHAIN ? n->op : where);
}

void query_check_operands(struct query_checker *c, const struct query_node *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		check_operand(c, n->kids[i], n->op);
}

static void check_node(struct query_checker *c, const struct query_node *n)
{
	const struct query_operator *o = &query_operators[n->op];

	if (o->check)
		o->check(c, n);
}

void query_check_kids(struct query_checker *c, const struct query_node *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		check_node(c, n->kids[i]);
}

void query_check_and(struct query_checker *c, const struct query_node *n)
{
	size_t negative = 0;

	for (size_t i = 0; i < n->n_kids; i++) {
		const struct query_node *kid = n->kids[i];

		negative += kid->op == QUERY_NOT;
		check_node(c, kid->op == QUERY_NOT ? kid->kids[0] : kid);
	}
	if (negative == n->n_kids)
		query_report(c->report, false, n->offset, n->length,
			"write what must be there beside it: embassy NOT football",
			"NOT without anything that must be there");
}

void query_check_not(struct query_checker *c, const struct query_node *n)
{
	query_report(c->report, false, n->offset, n->length,
		"NOT takes something away from an AND: write embassy NOT football",
		"NOT without anything that must be there");
}

void query_check_regex(struct query_checker *c, const struct query_node *n)
{
	struct query_regex_fault fault;
	bool here = n->value.p >= c->text.p && n->value.p < c->text.p + c->text.n;

	/* An expression inside a define is reported at the @name. */
	if (c->regex && c->regex(n->value, n->nocase, &fault) == -(int)ERR_CONF)
		query_report(c->report, false,
			here ? (size_t)(n->value.p - c->text.p) + fault.offset : n->offset, 1,
			"expressions are those of Perl, as PCRE2 has them", "%s", fault.text);
}

/* Returns true if an item without any of its terms and attributes can match n. */
static bool matches_empty(const struct query_node *n)
{
	const struct query_operator *o = &query_operators[n->op];

	return o->matches_empty && o->matches_empty(n);
}

static size_t count_empty(const struct query_node *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_kids; i++)
		count += matches_empty(n->kids[i]);
	return count;
}

bool query_empty_all(const struct query_node *n)
{
	return count_empty(n) == n->n_kids;
}

bool query_empty_any(const struct query_node *n)
{
	return count_empty(n) > 0;
}

bool query_empty_some(const struct query_node *n)
{
	return count_empty(n) >= n->n;
}

bool query_empty_not(const struct query_node *n)
{
	return !matches_empty(n->kids[0]);
}

bool query_empty_always(const struct query_node *n)
{
	(void)n;
	return true;
}

static void check_sources(
	const struct query_node *n, query_known_fn *known, void *ctx, struct query_reporter *r)
{
	bool group = n->attribute == QUERY_ATTR_GROUP;

	for (size_t i = 0; i < n->n_kids; i++)
		check_sources(n->kids[i], known, ctx, r);
	if (n->op != QUERY_ATTRIBUTE || (!group && n->attribute != QUERY_ATTR_FEED) ||
		known(ctx, group, n->value))
		return;
	query_report(r, true, n->offset, n->length, NULL,
		group ? "no feed is in the group %.*s" : "there is no feed %.*s",
		(int)(n->value.n < 60 ? n->value.n : 60), n->value.p);
}

void query_sources(
	const struct query *q, query_known_fn *known, void *ctx, struct query_reporter *r)
{
	check_sources(q->root, known, ctx, r);
}

int query_check(
	const struct query *q, bool require, query_regex_fn *regex, struct query_reporter *r)
{
	struct query_checker c = {.report = r, .regex = regex, .text = q->text};
	size_t before = r->errors;

	check_node(&c, q->root);
	if (r->errors == before && require && matches_empty(q->root))
		query_report(r, false, q->root->offset, q->root->length,
			"name a word, a feed or a site that must be there",
			"a query that requires nothing would match every item");
	return r->errors == before ? 0 : -(int)ERR_CONF;
}
