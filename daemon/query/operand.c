/* SPDX-License-Identifier: MIT */
/* Parser for operands: terms, brackets, prefixes, functions. */
#include "base/ascii.h"
#include "parser.h"

#include "query/site.h"

void query_parse_complain(
	struct query_parser *p, const struct query_token *t, const char *help, const char *what)
{
	if (!p->gave_up)
		query_report(p->report, false, t->offset, t->length, help, "%s", what);
}

/* Placeholder for an invalid operand; never compiled, since the query has an error. */
static struct query_node *operand_stand_in(struct query_parser *p, const struct query_token *t)
{
	struct query_node *n = query_parse_node(p, QUERY_PHRASE, t, 0);

	if (n)
		n->fields = QUERY_FIELDS_DEFAULT;
	return n;
}

void query_parse_set_end(const struct query_parser *p, struct query_node *n)
{
	const struct query_token *last = &p->v[p->at ? p->at - 1 : 0];

	n->length = last->offset + last->length > n->offset
			    ? last->offset + last->length - n->offset
			    : 1;
}

static void operand_count_term(struct query_parser *p, const struct query_token *t)
{
	if (++p->out->n_terms == QUERY_TERMS_MAX + 1) {
		query_parse_complain(
			p, t, "make several watches of it", "a query of more than 10000 terms");
		p->gave_up = true;
	}
}

/* --- one operand --- */

static bool operand_enter_bracket(struct query_parser *p, const struct query_token *open)
{
	if (++p->level > p->out->depth)
		p->out->depth = p->level;
	if (p->level <= QUERY_DEPTH_MAX)
		return true;
	query_parse_complain(
		p, open, "put a part of it in a define", "brackets deeper than 100 levels");
	p->gave_up = true;
	return false;
}

/* Parses from after an opening bracket through the closing one. */
static struct query_node *parse_brackets(struct query_parser *p, const struct query_token *open)
{
	struct query_node *n = NULL;

	if (operand_enter_bracket(p, open))
		n = query_parse_expression(p, QUERY_TOKEN_CLOSE);
	p->level--;
	if (!n && !p->failed)
		n = operand_stand_in(p, open);
	if (p->gave_up || p->failed)
		return n;
	if (!query_parse_accept(p, QUERY_TOKEN_CLOSE))
		query_parse_complain(
			p, open, "put a ) where it ends", "a bracket that is never closed");
	return n;
}

static struct query_node *parse_term(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);
	struct query_node *n = query_parse_term(p, t);

	p->at++;
	if (!n)
		return p->failed ? NULL : operand_stand_in(p, t);
	if (p->fields) {
		n->fields = p->fields;
		n->fielded = true;
	}
	operand_count_term(p, t);
	return n;
}

static struct query_node *parse_ref(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);
	struct query_node *n = query_parse_node(p, QUERY_REF, t, 0);

	p->at++;
	if (!n)
		return NULL;
	n->value = t->inner;
	n->text = str_slice(p->text.p + t->offset, t->length);
	n->fields = p->fields;
	n->fielded = p->fields != 0;
	p->out->refs = true;
	return n;
}

/* Returns true if s can be a host name. IPv6 addresses in brackets are not checked. */
static bool operand_is_host(struct str s)
{
	if (s.n > QUERY_SITE_HOST_MAX || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n && s.p[0] != '['; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!ascii_is_alnum(c) && c < 0x80 && c != '-' && c != '.' && c != '_')
			return false;
	}
	return true;
}

static bool operand_is_tier(struct str value)
{
	for (size_t i = 0; query_tiers[i]; i++)
		if (str_eq_nocase(value, str_of(query_tiers[i])))
			return true;
	return false;
}

/* Reports wildcards and defines in an unquoted value, and an invalid site or tier. */
static void operand_check_value(
	struct query_parser *p, const struct query_prefix *f, const struct query_token *t)
{
	bool bare = t->inner.n == t->length;

	if (f->field == QUERY_ATTR_SITE && !operand_is_host(t->inner))
		query_parse_complain(p, t,
			"write site:bbc.co.uk, which takes in all hosts that end so, or "
			"url:bbc.co.uk/news for a part of the link",
			"not the name of a site");
	else if (f->field == QUERY_ATTR_SITE && !memchr(t->inner.p, '.', t->inner.n) &&
		 t->inner.p[0] != '[')
		query_report(p->report, true, t->offset, t->length,
			"write the whole name: site:bbc.co.uk", "a site without a dot");
	else if (bare && memchr(t->inner.p, '*', t->inner.n))
		query_parse_complain(p, t,
			f->field == QUERY_ATTR_URL
				? "leave it out: url: matches any part of the link"
				: "write it out, or a list: feed:(a OR b)",
			"a wildcard in a value");
	else if (bare && t->inner.p[0] == '@' && f->field != QUERY_ATTR_URL)
		query_parse_complain(p, t,
			"write the names out, or the field inside the define: (feed:a OR feed:b)",
			"a define instead of a name");
	else if (f->field == QUERY_ATTR_TIER && !operand_is_tier(t->inner))
		query_parse_complain(p, t, "tiers are official, wire, established and unverified",
			"no such tier");
}

static struct query_node *parse_value(struct query_parser *p, const struct query_prefix *f)
{
	const struct query_token *t = query_parse_peek(p);
	struct query_node *n;

	if (t->kind != QUERY_TOKEN_VALUE || t->inner.n == 0) {
		if (t->kind != QUERY_TOKEN_BAD)
			query_parse_complain(p, t->kind == QUERY_TOKEN_END && p->at ? t - 1 : t,
				"write the value directly after it: site:bbc.co.uk, feed:(a OR b)",
				"a value is missing");
		if (t->kind == QUERY_TOKEN_VALUE || t->kind == QUERY_TOKEN_BAD)
			p->at++;
		return operand_stand_in(p, t);
	}
	p->at++;
	operand_count_term(p, t);
	operand_check_value(p, f, t);
	n = query_parse_node(p, QUERY_ATTRIBUTE, t, 0);
	if (!n)
		return NULL;
	n->attribute = (enum query_attribute)f->field;
	n->value = t->inner;
	return n;
}

/* feed:(a OR b) */
static struct query_node *parse_value_list(struct query_parser *p, const struct query_prefix *f)
{
	const struct query_token *open = &p->v[p->at - 1];
	struct query_node *list;
	size_t n = 0, cap;

	for (cap = p->at;
		p->v[cap].kind == QUERY_TOKEN_VALUE || p->v[cap].kind == QUERY_TOKEN_OPERATOR;)
		cap++;
	list = query_parse_node(p, QUERY_OR, open, cap - p->at + 1);
	if (!list)
		return NULL;
	do {
		list->kids[n++] = parse_value(p, f);
	} while (query_parse_accept_op(p, QUERY_OR) && !p->failed);
	list->n_kids = n;
	if (!query_parse_accept(p, QUERY_TOKEN_CLOSE)) {
		query_parse_complain(p,
			query_parse_peek(p)->kind == QUERY_TOKEN_END ? open : query_parse_peek(p),
			"a list is written site:(a.com OR b.com)",
			"a list of values is not closed");
		while (query_parse_peek(p)->kind == QUERY_TOKEN_VALUE ||
			query_parse_peek(p)->kind == QUERY_TOKEN_OPERATOR ||
			query_parse_peek(p)->kind == QUERY_TOKEN_COMMA)
			p->at++;
		query_parse_accept(p, QUERY_TOKEN_CLOSE);
	}
	query_parse_set_end(p, list);
	return list;
}

static struct query_node *parse_field(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);
	struct query_node *n;
	unsigned outer = p->fields;
	const char *outer_prefix = p->prefix;

	p->at++;
	if (p->fields)
		query_parse_complain(p, t, "one field is enough: title:a, or (title:a AND body:b)",
			"a field inside a field");
	if (t->prefix->attribute) {
		n = query_parse_accept(p, QUERY_TOKEN_OPEN) ? parse_value_list(p, t->prefix)
							    : parse_value(p, t->prefix);
	} else {
		p->fields = t->prefix->field;
		p->prefix = t->prefix->name;
		if (query_parse_peek(p)->kind == QUERY_TOKEN_MINUS ||
			query_parse_at(p, QUERY_NOT)) {
			query_parse_complain(p, query_parse_peek(p),
				"write -title:word or NOT title:word",
				"the field comes before the minus");
			p->at++;
		}
		n = query_parse_operand(p);
		p->fields = outer;
		p->prefix = outer_prefix;
	}
	if (!n)
		return NULL;
	n->prefix = t->prefix->name;
	n->fielded = true;
	n->length += n->offset - t->offset;
	n->offset = t->offset;
	return n;
}

/* ATLEAST/2 embassy: the help shows the operator with the term after it. */
static void operand_report_brackets(struct query_parser *p, const struct query_token *t, bool list)
{
	const struct query_token *next = t + 1;
	struct str term = STR("embassy");

	if (next->kind == QUERY_TOKEN_BARE || next->kind == QUERY_TOKEN_QUOTED)
		term = str_slice(p->text.p + next->offset, next->length);
	if (term.n > 40)
		term = STR("…");
	if (list)
		term = STR("a, b, c");
	query_parse_complain(p, t,
		arena_printf(p->arena, "write what it holds in brackets: %s/%u(%.*s)",
			query_operators[t->op].word, t->number, STR_ARG(term)),
		"brackets are missing");
	p->commas |= list; /* those of the list that was meant are not reported */
}

/* Parses LEAD/50(a), or, if it is a list, ANY/2(a, b, c). */
static struct query_node *parse_function(struct query_parser *p, bool list)
{
	const struct query_token *t = query_parse_peek(p), *open = t + 1;
	struct query_node *n = query_parse_node(p, t->op, t, 0), *kid;
	size_t cap = 0;

	p->at++;
	if (!n)
		return NULL;
	if (!query_parse_accept(p, QUERY_TOKEN_OPEN)) {
		operand_report_brackets(p, t, list);
		return operand_stand_in(p, t);
	}
	if (operand_enter_bracket(p, open))
		do {
			kid = query_parse_expression(
				p, list ? QUERY_TOKEN_COMMA : QUERY_TOKEN_CLOSE);
			n->kids = arena_extend(
				p->arena, cap ? n->kids : NULL, n->n_kids, &cap, sizeof(*n->kids));
			p->failed = p->failed || !n->kids;
			if (p->failed || !kid)
				break;
			n->kids[n->n_kids++] = kid;
		} while (query_parse_accept(p, QUERY_TOKEN_COMMA) && !p->gave_up);
	p->level--;
	if (p->failed || p->gave_up)
		return operand_stand_in(p, t);
	if (!query_parse_accept(p, QUERY_TOKEN_CLOSE))
		query_parse_complain(
			p, open, "put a ) where it ends", "a bracket that is never closed");
	n->n = t->number;
	query_parse_set_end(p, n);
	if (list && n->n > n->n_kids)
		query_report(p->report, false, t->offset, t->length,
			"count the parts between the commas", "%u of %zu parts can never match",
			n->n, n->n_kids);
	return n;
}

static struct query_node *parse_plain(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);
	struct query_node *n;

	p->at++;
	if (p->fields)
		query_parse_complain(p, t, "write it outside of the brackets",
			"words, age and sources do not belong to a field");
	n = query_parse_node(p, t->op, t, 0);
	if (!n)
		return NULL;
	n->age = t->age;
	n->n = t->number;
	n->below = t->below;
	return n;
}

/* AND(a, b) as in other products: operators are between their terms. */
static const char *operand_help_between(struct query_parser *p, const struct query_token *t)
{
	const char *help = NULL;

	if (t->kind == QUERY_TOKEN_OPERATOR && t[1].kind == QUERY_TOKEN_OPEN)
		help = arena_printf(p->arena, "write it between its terms: a %.*s b",
			(int)t->length, p->text.p + t->offset);
	return help ? help : "write a term before it, or leave it out";
}

/* Reports an operator, bracket or end where a term is expected. Consumes no token. */
static struct query_node *operand_report_missing(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);
	const struct query_token *before = p->at ? t - 1 : t;

	if (query_parse_at(p, QUERY_NOT) && before != t) {
		bool twice = before->kind == QUERY_TOKEN_MINUS ||
			     (before->kind == QUERY_TOKEN_OPERATOR && before->op == QUERY_NOT);

		query_parse_complain(p, t,
			twice ? "one NOT is enough"
			      : "write a NOT NEAR/5 b, or a AND NOT (b NEAR/5 c)",
			"NOT where a term is expected");
	} else if (p->text.n && p->v[0].kind != QUERY_TOKEN_END) {
		if (t->kind == QUERY_TOKEN_END || t->kind == QUERY_TOKEN_CLOSE ||
			t->kind == QUERY_TOKEN_COMMA)
			query_parse_complain(p, before, "write a term after it, or leave it out",
				"something is missing here");
		else
			query_parse_complain(p, t, operand_help_between(p, t),
				"an operator without a term before it");
	} else {
		query_parse_complain(p, t, "write at least one word", "the query is empty");
	}
	return operand_stand_in(p, t);
}

/* Parses an operator at the start of an operand. */
static struct query_node *parse_operator(struct query_parser *p)
{
	switch (query_operators[query_parse_peek(p)->op].form) {
	case QUERY_FORM_FUNCTION: return parse_function(p, false);
	case QUERY_FORM_LIST: return parse_function(p, true);
	case QUERY_FORM_COMPARISON: return parse_plain(p);
	case QUERY_FORM_TERM:
	case QUERY_FORM_JOIN:
	case QUERY_FORM_NOT:
	case QUERY_FORM_CHAIN: break;
	}
	return operand_report_missing(p);
}

struct query_node *query_parse_operand(struct query_parser *p)
{
	const struct query_token *t = query_parse_peek(p);

	if (p->failed || p->gave_up)
		return NULL;
	switch (t->kind) {
	case QUERY_TOKEN_OPEN: {
		struct query_node *n;

		p->at++;
		n = parse_brackets(p, t);
		if (n) {
			n->offset = t->offset;
			query_parse_set_end(p, n);
		}
		return n;
	}
	case QUERY_TOKEN_BARE:
	case QUERY_TOKEN_QUOTED:
	case QUERY_TOKEN_BRACED:
	case QUERY_TOKEN_REGEX: return parse_term(p);
	case QUERY_TOKEN_REF: return parse_ref(p);
	case QUERY_TOKEN_PREFIX: return parse_field(p);
	case QUERY_TOKEN_OPERATOR: return parse_operator(p);
	case QUERY_TOKEN_BAD: p->at++; return operand_stand_in(p, t);
	case QUERY_TOKEN_MINUS:
		query_parse_complain(
			p, t, "one minus is enough", "a minus where a term is expected");
		p->at++;
		return operand_stand_in(p, t);
	case QUERY_TOKEN_END:
	case QUERY_TOKEN_CLOSE:
	case QUERY_TOKEN_COMMA:
	case QUERY_TOKEN_VALUE: break;
	}
	return operand_report_missing(p);
}
