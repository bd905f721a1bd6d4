/* SPDX-License-Identifier: MIT */
/* What a tree may hold where. */
#include <stdio.h>

#include "query/query.h"

struct checker {
	struct query_reporter *report;
	query_regex_fn *regex;
	struct str text;
};

static const char *op_name(enum query_op op)
{
	switch (op) {
	case QUERY_AND: return "AND";
	case QUERY_OR: return "OR";
	case QUERY_NOT: return "NOT";
	case QUERY_NEAR: return "NEAR";
	case QUERY_NOT_NEAR: return "NOT NEAR";
	case QUERY_SENT: return "SENT";
	case QUERY_PARA: return "PARA";
	case QUERY_PHRASE: return "term";
	case QUERY_REGEX: return "regular expression";
	case QUERY_ATTRIBUTE: return "attribute";
	case QUERY_LEAD: return "LEAD";
	case QUERY_ATLEAST: return "ATLEAST";
	case QUERY_SOME: return "ANY";
	case QUERY_LENGTH: return "words";
	case QUERY_AGE: return "age";
	case QUERY_REF: return "define";
	}
	return "";
}

static void wrong(struct checker *c, const struct query_node *n, const char *help, const char *what,
	enum query_op where)
{
	query_report(
		c->report, false, n->offset, n->length, help, "%s inside %s", what, op_name(where));
}

#define SPLIT "write it as a part of its own, joined by AND"
#define ASIDE "write it as a part of its own: (a SENT b) AND (b NEAR/5 c)"
#define COUNT "write it as a part of its own: ATLEAST/2(a) AND (a SENT b)"

/* What to write instead of n inside ATLEAST, or the NEAR, SENT … node. */
static const char *instead(const struct query_node *n, enum query_op where)
{
	static const struct {
		const char *near, *count;
	} helps[] = {
		[QUERY_AND] = {"write (a NEAR/5 c) AND (b NEAR/5 c) for (a AND b) NEAR/5 c",
			"write ATLEAST/2(a) AND ATLEAST/2(b) for ATLEAST/2(a AND b)"},
		[QUERY_NOT] = {"write a NOT NEAR/5 b, or a AND NOT (b NEAR/5 c)",
			"write ATLEAST/2(a) AND NOT b"},
		[QUERY_SENT] = {ASIDE, COUNT},
		[QUERY_PARA] = {ASIDE, COUNT},
		[QUERY_NOT_NEAR] = {ASIDE, COUNT},
		[QUERY_LEAD] = {"write it around: LEAD/50(a NEAR/5 b)",
			"write it around: LEAD/50(ATLEAST/2(a))"},
		[QUERY_ATLEAST] = {"write it around: ATLEAST/2(a NEAR/5 b)",
			"one number is enough: ATLEAST/3(a)"},
		[QUERY_REF] = {NULL, NULL},
	};
	const char *help = where == QUERY_ATLEAST ? helps[n->op].count : helps[n->op].near;

	if (n->op == QUERY_NOT && n->minus && where != QUERY_ATLEAST)
		return "- binds to the next term alone; write a AND -(b NEAR/5 c), or a NOT "
		       "NEAR/5 b";
	return help ? help : SPLIT;
}

/* feed: site: and their like hold for the item: they stand around no words. */
static bool is_attribute(const struct query_node *n)
{
	while (n->op == QUERY_OR && n->n_kids)
		n = n->kids[0];
	return n->op == QUERY_ATTRIBUTE;
}

static void wrong_field(struct checker *c, const struct query_node *n, enum query_op where)
{
	char help[120];

	snprintf(help, sizeof(help), "write %s:%s, the field around all of it", n->prefix,
		where == QUERY_ATLEAST ? "ATLEAST/2(a)" : "(a NEAR/3 b)");
	wrong(c, n, is_attribute(n) ? SPLIT : help, "a field prefix", where);
}

/* An operand of NEAR, SENT, PARA, ATLEAST: terms, ORs of operands, NEAR. */
static void check_operand(struct checker *c, const struct query_node *n, enum query_op where)
{
	if (n->prefix) {
		wrong_field(c, n, where);
		return;
	}
	if (n->op != QUERY_PHRASE && n->op != QUERY_REF && n->op != QUERY_OR &&
		n->op != QUERY_NEAR) {
		wrong(c, n, instead(n, where), op_name(n->op), where);
		return;
	}
	for (size_t i = 0; i < n->n_kids; i++)
		check_operand(c, n->kids[i], n->op == QUERY_NEAR ? QUERY_NEAR : where);
}

static void check_node(struct checker *c, const struct query_node *n);

static void check_and(struct checker *c, const struct query_node *n)
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

static void check_regex(struct checker *c, const struct query_node *n)
{
	struct query_regex_fault fault;
	bool here = n->value.p >= c->text.p && n->value.p < c->text.p + c->text.n;

	/* In a define the place is that of its @name. */
	if (c->regex && c->regex(n->value, n->nocase, &fault) == -(int)ERR_CONF)
		query_report(c->report, false,
			here ? (size_t)(n->value.p - c->text.p) + fault.offset : n->offset, 1,
			"expressions are those of Perl, as PCRE2 has them", "%s", fault.text);
}

static void check_node(struct checker *c, const struct query_node *n)
{
	switch (n->op) {
	case QUERY_AND: check_and(c, n); return;
	case QUERY_NOT:
		query_report(c->report, false, n->offset, n->length,
			"NOT takes something away from an AND: write embassy NOT football",
			"NOT without anything that must be there");
		return;
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
	case QUERY_SENT:
	case QUERY_PARA:
	case QUERY_ATLEAST:
		for (size_t i = 0; i < n->n_kids; i++)
			check_operand(c, n->kids[i], n->op);
		return;
	case QUERY_OR:
	case QUERY_LEAD:
	case QUERY_SOME:
		for (size_t i = 0; i < n->n_kids; i++)
			check_node(c, n->kids[i]);
		return;
	case QUERY_REGEX: check_regex(c, n); return;
	case QUERY_PHRASE:
	case QUERY_ATTRIBUTE:
	case QUERY_LENGTH:
	case QUERY_AGE:
	case QUERY_REF: return;
	}
}

/* Can n hold for an item that has none of its terms and attributes? */
static bool holds_for_nothing(const struct query_node *n)
{
	size_t holding = 0;

	switch (n->op) {
	case QUERY_AND:
	case QUERY_OR:
	case QUERY_SOME:
		for (size_t i = 0; i < n->n_kids; i++)
			holding += holds_for_nothing(n->kids[i]);
		if (n->op == QUERY_AND)
			return holding == n->n_kids;
		return holding >= (n->op == QUERY_OR ? 1 : n->n);
	case QUERY_NOT: return !holds_for_nothing(n->kids[0]);
	case QUERY_LEAD: return holds_for_nothing(n->kids[0]);
	case QUERY_LENGTH:
	case QUERY_AGE: return true;
	case QUERY_NEAR:
	case QUERY_NOT_NEAR:
	case QUERY_SENT:
	case QUERY_PARA:
	case QUERY_ATLEAST:
	case QUERY_PHRASE:
	case QUERY_REGEX:
	case QUERY_ATTRIBUTE:
	case QUERY_REF: break;
	}
	return false;
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
	struct checker c = {.report = r, .regex = regex, .text = q->text};
	size_t before = r->errors;

	check_node(&c, q->root);
	if (r->errors == before && require && holds_for_nothing(q->root))
		query_report(r, false, q->root->offset, q->root->length,
			"name a word, a feed or a site that must be there",
			"a query that requires nothing would match every item");
	return r->errors == before ? 0 : -(int)ERR_CONF;
}
