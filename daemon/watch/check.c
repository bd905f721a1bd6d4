/* SPDX-License-Identifier: MIT */
/* What a tree may hold where. */
#include <stdio.h>

#include "watch/query.h"
#include "watch/regex.h"

struct checker {
	struct watch_reporter *report;
	struct str text;
};

static const char *op_name(enum watch_op op)
{
	switch (op) {
	case WATCH_AND: return "AND";
	case WATCH_OR: return "OR";
	case WATCH_NOT: return "NOT";
	case WATCH_NEAR: return "NEAR";
	case WATCH_NOT_NEAR: return "NOT NEAR";
	case WATCH_SENT: return "SENT";
	case WATCH_PARA: return "PARA";
	case WATCH_PHRASE: return "term";
	case WATCH_REGEX: return "regular expression";
	case WATCH_ATTRIBUTE: return "attribute";
	case WATCH_LEAD: return "LEAD";
	case WATCH_ATLEAST: return "ATLEAST";
	case WATCH_SOME: return "ANY";
	case WATCH_LENGTH: return "words";
	case WATCH_AGE: return "age";
	case WATCH_REF: return "define";
	}
	return "";
}

static void wrong(struct checker *c, const struct watch_node *n, const char *help, const char *what,
	enum watch_op where)
{
	watch_report(
		c->report, false, n->offset, n->length, help, "%s inside %s", what, op_name(where));
}

#define SPLIT "write it as a part of its own, joined by AND"
#define ASIDE "write it as a part of its own: (a SENT b) AND (b NEAR/5 c)"
#define COUNT "write it as a part of its own: ATLEAST/2(a) AND (a SENT b)"

/* What to write instead of n inside ATLEAST, or the NEAR, SENT … node. */
static const char *instead(const struct watch_node *n, enum watch_op where)
{
	static const struct {
		const char *near, *count;
	} helps[] = {
		[WATCH_AND] = {"write (a NEAR/5 c) AND (b NEAR/5 c) for (a AND b) NEAR/5 c",
			"write ATLEAST/2(a) AND ATLEAST/2(b) for ATLEAST/2(a AND b)"},
		[WATCH_NOT] = {"write a NOT NEAR/5 b, or a AND NOT (b NEAR/5 c)",
			"write ATLEAST/2(a) AND NOT b"},
		[WATCH_SENT] = {ASIDE, COUNT},
		[WATCH_PARA] = {ASIDE, COUNT},
		[WATCH_NOT_NEAR] = {ASIDE, COUNT},
		[WATCH_LEAD] = {"write it around: LEAD/50(a NEAR/5 b)",
			"write it around: LEAD/50(ATLEAST/2(a))"},
		[WATCH_ATLEAST] = {"write it around: ATLEAST/2(a NEAR/5 b)",
			"one number is enough: ATLEAST/3(a)"},
		[WATCH_REF] = {NULL, NULL},
	};
	const char *help = where == WATCH_ATLEAST ? helps[n->op].count : helps[n->op].near;

	if (n->op == WATCH_NOT && n->minus && where != WATCH_ATLEAST)
		return "- binds to the next term alone; write a AND -(b NEAR/5 c), or a NOT "
		       "NEAR/5 b";
	return help ? help : SPLIT;
}

/* feed: site: and their like hold for the item: they stand around no words. */
static bool is_attribute(const struct watch_node *n)
{
	while (n->op == WATCH_OR && n->n_kids)
		n = n->kids[0];
	return n->op == WATCH_ATTRIBUTE;
}

static void wrong_field(struct checker *c, const struct watch_node *n, enum watch_op where)
{
	char help[120];

	snprintf(help, sizeof(help), "write %s:%s, the field around all of it", n->prefix,
		where == WATCH_ATLEAST ? "ATLEAST/2(a)" : "(a NEAR/3 b)");
	wrong(c, n, is_attribute(n) ? SPLIT : help, "a field prefix", where);
}

/* An operand of NEAR, SENT, PARA, ATLEAST: terms, ORs of operands, NEAR. */
static void check_operand(struct checker *c, const struct watch_node *n, enum watch_op where)
{
	if (n->prefix) {
		wrong_field(c, n, where);
		return;
	}
	if (n->op != WATCH_PHRASE && n->op != WATCH_REF && n->op != WATCH_OR &&
		n->op != WATCH_NEAR) {
		wrong(c, n, instead(n, where), op_name(n->op), where);
		return;
	}
	for (size_t i = 0; i < n->n_kids; i++)
		check_operand(c, n->kids[i], n->op == WATCH_NEAR ? WATCH_NEAR : where);
}

static void check_node(struct checker *c, const struct watch_node *n);

static void check_and(struct checker *c, const struct watch_node *n)
{
	size_t negative = 0;

	for (size_t i = 0; i < n->n_kids; i++) {
		const struct watch_node *kid = n->kids[i];

		negative += kid->op == WATCH_NOT;
		check_node(c, kid->op == WATCH_NOT ? kid->kids[0] : kid);
	}
	if (negative == n->n_kids)
		watch_report(c->report, false, n->offset, n->length,
			"write what must be there beside it: embassy NOT football",
			"NOT without anything that must be there");
}

static void check_regex(struct checker *c, const struct watch_node *n)
{
	struct watch_regex_fault fault;
	struct watch_regex *re = NULL;
	bool here = n->value.p >= c->text.p && n->value.p < c->text.p + c->text.n;

	/* In a define the place is that of its @name. */
	if (watch_regex_compile(n->value, n->nocase, &re, &fault) == -(int)ERR_CONF)
		watch_report(c->report, false,
			here ? (size_t)(n->value.p - c->text.p) + fault.offset : n->offset, 1,
			"expressions are those of Perl, as PCRE2 has them", "%s", fault.text);
	watch_regex_free(re);
}

static void check_node(struct checker *c, const struct watch_node *n)
{
	switch (n->op) {
	case WATCH_AND: check_and(c, n); return;
	case WATCH_NOT:
		watch_report(c->report, false, n->offset, n->length,
			"NOT takes something away from an AND: write embassy NOT football",
			"NOT without anything that must be there");
		return;
	case WATCH_NEAR:
	case WATCH_NOT_NEAR:
	case WATCH_SENT:
	case WATCH_PARA:
	case WATCH_ATLEAST:
		for (size_t i = 0; i < n->n_kids; i++)
			check_operand(c, n->kids[i], n->op);
		return;
	case WATCH_OR:
	case WATCH_LEAD:
	case WATCH_SOME:
		for (size_t i = 0; i < n->n_kids; i++)
			check_node(c, n->kids[i]);
		return;
	case WATCH_REGEX: check_regex(c, n); return;
	case WATCH_PHRASE:
	case WATCH_ATTRIBUTE:
	case WATCH_LENGTH:
	case WATCH_AGE:
	case WATCH_REF: return;
	}
}

/* Can n hold for an item that has none of its terms and attributes? */
static bool holds_for_nothing(const struct watch_node *n)
{
	size_t holding = 0;

	switch (n->op) {
	case WATCH_AND:
	case WATCH_OR:
	case WATCH_SOME:
		for (size_t i = 0; i < n->n_kids; i++)
			holding += holds_for_nothing(n->kids[i]);
		if (n->op == WATCH_AND)
			return holding == n->n_kids;
		return holding >= (n->op == WATCH_OR ? 1 : n->n);
	case WATCH_NOT: return !holds_for_nothing(n->kids[0]);
	case WATCH_LEAD: return holds_for_nothing(n->kids[0]);
	case WATCH_LENGTH:
	case WATCH_AGE: return true;
	case WATCH_NEAR:
	case WATCH_NOT_NEAR:
	case WATCH_SENT:
	case WATCH_PARA:
	case WATCH_ATLEAST:
	case WATCH_PHRASE:
	case WATCH_REGEX:
	case WATCH_ATTRIBUTE:
	case WATCH_REF: break;
	}
	return false;
}

static void check_sources(
	const struct watch_node *n, watch_known_fn *known, void *ctx, struct watch_reporter *r)
{
	bool group = n->attribute == WATCH_ATTR_GROUP;

	for (size_t i = 0; i < n->n_kids; i++)
		check_sources(n->kids[i], known, ctx, r);
	if (n->op != WATCH_ATTRIBUTE || (!group && n->attribute != WATCH_ATTR_FEED) ||
		known(ctx, group, n->value))
		return;
	watch_report(r, true, n->offset, n->length, NULL,
		group ? "no feed is in the group %.*s" : "there is no feed %.*s",
		(int)(n->value.n < 60 ? n->value.n : 60), n->value.p);
}

void watch_query_sources(
	const struct watch_query *q, watch_known_fn *known, void *ctx, struct watch_reporter *r)
{
	check_sources(q->root, known, ctx, r);
}

int watch_query_check(const struct watch_query *q, bool require, struct watch_reporter *r)
{
	struct checker c = {.report = r, .text = q->text};
	size_t before = r->errors;

	check_node(&c, q->root);
	if (r->errors == before && require && holds_for_nothing(q->root))
		watch_report(r, false, q->root->offset, q->root->length,
			"name a word, a feed or a site that must be there",
			"a query that requires nothing would match every item");
	return r->errors == before ? 0 : -(int)ERR_CONF;
}
