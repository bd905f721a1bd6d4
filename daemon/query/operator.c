/* SPDX-License-Identifier: MIT */
/* The table of operators, and the semantic checks of a parsed query that its rows name. */
#include "query/operator.h"

#include <stdio.h>

#include "lex.h"
#include "place.h"

struct query_checker {
	struct query_reporter *report;
	query_regex_fn *regex;
	struct str text;
};

static void operator_report_inside(struct query_checker *c, const struct query_node *n,
	const char *help, const char *what, enum query_op where)
{
	query_report(c->report, false, n->offset, n->length, help, "%s inside %s", what,
		query_operators[where].word);
}

#define SPLIT "write it as a part of its own, joined by AND"

/* Returns the help for n as invalid operand of `where`. */
static const char *operator_get_help(const struct query_node *n, enum query_op where)
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
static bool operator_is_attribute(const struct query_node *n)
{
	while (n->op == QUERY_OR && n->n_kids)
		n = n->kids[0];
	return n->op == QUERY_ATTRIBUTE;
}

static void operator_report_field(
	struct query_checker *c, const struct query_node *n, enum query_op where)
{
	char help[120];

	snprintf(help, sizeof(help), "write %s:%s, the field around all of it", n->prefix,
		query_operators[where].form == QUERY_FORM_CHAIN ? "(a NEAR/3 b)" : "ATLEAST/2(a)");
	operator_report_inside(
		c, n, operator_is_attribute(n) ? SPLIT : help, "a field prefix", where);
}

/* Operands of NEAR, SENT, PARA and ATLEAST are terms, ORs of operands, and NEAR. */
static void operator_check_operand(
	struct query_checker *c, const struct query_node *n, enum query_op where)
{
	const struct query_operator *o = &query_operators[n->op];

	if (n->prefix) {
		operator_report_field(c, n, where);
		return;
	}
	if (!o->operand) {
		operator_report_inside(c, n, operator_get_help(n, where), o->word, where);
		return;
	}
	for (size_t i = 0; i < n->n_kids; i++)
		operator_check_operand(c, n->kids[i], o->form == QUERY_FORM_CHAIN ? n->op : where);
}

static void operator_check_operands(struct query_checker *c, const struct query_node *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		operator_check_operand(c, n->kids[i], n->op);
}

static void operator_check_node(struct query_checker *c, const struct query_node *n)
{
	const struct query_operator *o = &query_operators[n->op];

	if (o->check)
		o->check(c, n);
}

/* Kids may be any valid expression. */
static void operator_check_kids(struct query_checker *c, const struct query_node *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		operator_check_node(c, n->kids[i]);
}

/* AND: a kid may be a NOT, but not all of them. */
static void operator_check_and(struct query_checker *c, const struct query_node *n)
{
	size_t negative = 0;

	for (size_t i = 0; i < n->n_kids; i++) {
		const struct query_node *kid = n->kids[i];

		negative += kid->op == QUERY_NOT;
		operator_check_node(c, kid->op == QUERY_NOT ? kid->kids[0] : kid);
	}
	if (negative == n->n_kids)
		query_report(c->report, false, n->offset, n->length,
			"write what must be there beside it: embassy NOT football",
			"NOT without anything that must be there");
}

/* NOT outside of AND is an error. */
static void operator_check_not(struct query_checker *c, const struct query_node *n)
{
	query_report(c->report, false, n->offset, n->length,
		"NOT takes something away from an AND: write embassy NOT football",
		"NOT without anything that must be there");
}

static void operator_check_regex(struct query_checker *c, const struct query_node *n)
{
	struct query_regex_fault fault;
	bool here = n->value.p >= c->text.p && n->value.p < c->text.p + c->text.n;

	/* An expression inside a define is reported at the @name. */
	if (c->regex && c->regex(n->value, n->nocase, &fault) == -(int)ERR_CONF)
		query_report(c->report, false,
			here ? (size_t)(n->value.p - c->text.p) + fault.offset : n->offset, 1,
			"expressions are those of Perl, as PCRE2 has them", "%s", fault.text);
}

/* --- the table --- */

#define ASIDE "write it as a part of its own: (a SENT b) AND (b NEAR/5 c)"
#define COUNT "write it as a part of its own: ATLEAST/2(a) AND (a SENT b)"

/* A row; more members may follow. */
#define OPERATOR(op_, word_, form_, ...)                                                           \
	[QUERY_##op_] = {.word = (word_), .form = QUERY_FORM_##form_, __VA_ARGS__}

const struct query_operator query_operators[QUERY_OPS] = {
	OPERATOR(AND, "AND", JOIN, .warn_lower_case = true, .check = operator_check_and,
		.empty = QUERY_EMPTY_ALL,
		.inside_chain = "write (a NEAR/5 c) AND (b NEAR/5 c) for (a AND b) NEAR/5 c",
		.inside_function = "write ATLEAST/2(a) AND ATLEAST/2(b) for ATLEAST/2(a AND b)"),
	OPERATOR(OR, "OR", JOIN, .warn_lower_case = true, .check = operator_check_kids,
		.empty = QUERY_EMPTY_ANY, .operand = true),
	OPERATOR(NOT, "NOT", NOT, .warn_lower_case = true, .check = operator_check_not,
		.empty = QUERY_EMPTY_NOT,
		.inside_chain = "write a NOT NEAR/5 b, or a AND NOT (b NEAR/5 c)",
		.inside_function = "write ATLEAST/2(a) AND NOT b"),
	OPERATOR(NEAR, "NEAR", CHAIN, .ordered = "ONEAR", .number_most = QUERY_DISTANCE_MAX,
		.number_default = QUERY_DISTANCE_DEFAULT,
		.number_help = "write the maximum number of words between, 0 to 500: NEAR/5",
		.number_wrong = "no such distance", .negated = QUERY_NOT_NEAR,
		.warn_lower_case = true, .check = operator_check_operands, .operand = true),
	/* two tokens, never one word: see negated */
	OPERATOR(NOT_NEAR, "NOT NEAR", CHAIN, .number_most = QUERY_DISTANCE_MAX,
		.check = operator_check_operands, .inside_chain = ASIDE, .inside_function = COUNT),
	OPERATOR(SENT, "SENT", CHAIN, .check = operator_check_operands, .inside_chain = ASIDE,
		.inside_function = COUNT),
	OPERATOR(PARA, "PARA", CHAIN, .check = operator_check_operands, .inside_chain = ASIDE,
		.inside_function = COUNT),
	OPERATOR(PHRASE, "term", TERM, .operand = true),
	OPERATOR(REGEX, "regular expression", TERM, .check = operator_check_regex),
	OPERATOR(ATTRIBUTE, "attribute", TERM),
	OPERATOR(LEAD, "LEAD", FUNCTION, .number_least = 1, .number_most = QUERY_NUMBER_MAX,
		.number_default = QUERY_LEAD_DEFAULT,
		.number_help = "write how many words of the body count: LEAD/50(…)",
		.number_wrong = "not a number from 1", .check = operator_check_kids,
		.empty = QUERY_EMPTY_ALL, .inside_chain = "write it around: LEAD/50(a NEAR/5 b)",
		.inside_function = "write it around: LEAD/50(ATLEAST/2(a))"),
	OPERATOR(ATLEAST, "ATLEAST", FUNCTION, .number_least = 1, .number_most = QUERY_NUMBER_MAX,
		.number_help = "write how many matches are needed: ATLEAST/3(…)",
		.number_wrong = "not a number from 1", .check = operator_check_operands,
		.inside_chain = "write it around: ATLEAST/2(a NEAR/5 b)",
		.inside_function = "one number is enough: ATLEAST/3(a)"),
	OPERATOR(SOME, "ANY", LIST, .number_least = 1, .number_most = QUERY_NUMBER_MAX,
		.number_help = "write how many parts must match: ANY/2(a, b, c)",
		.number_wrong = "not a number from 1", .check = operator_check_kids,
		.empty = QUERY_EMPTY_SOME),
	OPERATOR(LENGTH, "words", COMPARISON, .compare = query_lex_length, .number_most = 100000000,
		.number_help = "write words>300 or words<50",
		.number_wrong = "not a length in words", .empty = QUERY_EMPTY_ALWAYS),
	OPERATOR(AGE, "age", COMPARISON, .compare = query_lex_age,
		.number_help = "write age<2h; units are s m h d", .number_wrong = "not an age",
		.empty = QUERY_EMPTY_ALWAYS),
	OPERATOR(SOURCES, "sources", COMPARISON, .compare = query_lex_sources,
		.number_help = "write sources>=3: at least so many, from 1 to 1000",
		.number_wrong = "not a number of sources", .empty = QUERY_EMPTY_ALWAYS),
	OPERATOR(REF, "define", TERM, .operand = true),
};

/* Returns true if an item without any of its terms and attributes can match n. */
static bool operator_matches_empty(const struct query_node *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_kids; i++)
		count += operator_matches_empty(n->kids[i]);
	switch (query_operators[n->op].empty) {
	case QUERY_EMPTY_NEVER: return false;
	case QUERY_EMPTY_ALL: return count == n->n_kids;
	case QUERY_EMPTY_ANY: return count > 0;
	case QUERY_EMPTY_SOME: return count >= n->n;
	case QUERY_EMPTY_NOT: return count == 0;
	case QUERY_EMPTY_ALWAYS: return true;
	}
	return false;
}

/* Whether n names a feed, a group or a source, and the warning if there is no such. */
static bool operator_get_name(
	const struct query_node *n, enum query_name *kind, const char **unknown)
{
	*kind = QUERY_NAME_FEED;
	*unknown = "there is no feed";
	if (n->op != QUERY_ATTRIBUTE)
		return false;
	switch (n->attribute) {
	case QUERY_ATTR_FEED: return true;
	case QUERY_ATTR_GROUP:
		*kind = QUERY_NAME_GROUP;
		*unknown = "no feed is in the group";
		return true;
	case QUERY_ATTR_SOURCE:
		*kind = QUERY_NAME_SOURCE;
		*unknown = "no feed has the source";
		return true;
	case QUERY_ATTR_LANG:
	case QUERY_ATTR_SITE:
	case QUERY_ATTR_URL:
	case QUERY_ATTR_TIER: break;
	}
	return false;
}

static void operator_check_sources(
	const struct query_node *n, query_known_fn *known, void *ctx, struct query_reporter *r)
{
	const char *unknown;
	enum query_name kind;

	for (size_t i = 0; i < n->n_kids; i++)
		operator_check_sources(n->kids[i], known, ctx, r);
	if (operator_get_name(n, &kind, &unknown) && !known(ctx, kind, n->value))
		query_report(r, true, n->offset, n->length, NULL, "%s %.*s", unknown,
			(int)(n->value.n < 60 ? n->value.n : 60), n->value.p);
}

void query_sources(
	const struct query *q, query_known_fn *known, void *ctx, struct query_reporter *r)
{
	operator_check_sources(q->root, known, ctx, r);
}

int query_check(const struct query *q, enum query_use use, bool require, query_regex_fn *regex,
	struct query_reporter *r)
{
	struct query_checker c = {.report = r, .regex = regex, .text = q->text};
	size_t before = r->errors;

	operator_check_node(&c, q->root);
	query_check_places(q->root, use, r);
	if (r->errors == before && require && operator_matches_empty(q->root))
		query_report(r, false, q->root->offset, q->root->length,
			"name a word, a feed or a site that must be there",
			"a query that requires nothing would match every item");
	return r->errors == before ? 0 : -(int)ERR_CONF;
}
