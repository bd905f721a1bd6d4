/* SPDX-License-Identifier: MIT */
/* One operand of a query: a term, a bracket, a field, a function. */
#include "watch/parser.h"

#include "watch/site.h"

void watch_parse_complain(
	struct watch_parser *p, const struct watch_token *t, const char *help, const char *what)
{
	if (!p->gave_up)
		watch_report(p->report, false, t->offset, t->length, help, "%s", what);
}

struct watch_node *watch_parse_node(struct watch_parser *p, enum watch_op op, size_t n_kids)
{
	struct watch_node *n = arena_zalloc(p->arena, sizeof(*n));

	if (!n || !(n->kids = arena_array(p->arena, n_kids ? n_kids : 1, sizeof(*n->kids)))) {
		p->failed = true;
		return NULL;
	}
	n->op = op;
	n->n_kids = n_kids;
	n->slop = -1;
	n->level = p->level;
	return n;
}

/* What could not be read; nobody looks at it, since the query has an error. */
static struct watch_node *stand_in(struct watch_parser *p, const struct watch_token *t)
{
	struct watch_node *n = watch_parse_node(p, WATCH_PHRASE, 0);

	if (n) {
		n->offset = t->offset;
		n->length = t->length;
		n->fields = WATCH_FIELDS_PLAIN;
	}
	return n;
}

void watch_parse_set_end(const struct watch_parser *p, struct watch_node *n)
{
	const struct watch_token *last = &p->v[p->at ? p->at - 1 : 0];

	n->length = last->offset + last->length > n->offset
			    ? last->offset + last->length - n->offset
			    : 1;
}

static void count_term(struct watch_parser *p, const struct watch_token *t)
{
	if (++p->out->n_terms == WATCH_TERMS_MAX + 1) {
		watch_parse_complain(
			p, t, "make several watches of it", "a query of more than 10000 terms");
		p->gave_up = true;
	}
}

/* --- one operand --- */

static bool enter(struct watch_parser *p, const struct watch_token *open)
{
	if (++p->level > p->out->depth)
		p->out->depth = p->level;
	if (p->level <= WATCH_DEPTH_MAX)
		return true;
	watch_parse_complain(
		p, open, "put a part of it in a define", "brackets deeper than 100 levels");
	p->gave_up = true;
	return false;
}

/* Behind an opening bracket, up to and with the closing one. */
static struct watch_node *parse_brackets(struct watch_parser *p, const struct watch_token *open)
{
	struct watch_node *n = NULL;

	if (enter(p, open))
		n = watch_parse_any(p, WATCH_TOKEN_CLOSE);
	p->level--;
	if (!n && !p->failed)
		n = stand_in(p, open);
	if (p->gave_up || p->failed)
		return n;
	if (!watch_parse_accept(p, WATCH_TOKEN_CLOSE))
		watch_parse_complain(
			p, open, "put a ) where it ends", "a bracket that is never closed");
	return n;
}

static struct watch_node *parse_term(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *n = watch_term(&p->maker, t, p->text);

	p->at++;
	if (p->maker.failed)
		p->failed = true;
	if (!n)
		return p->failed ? NULL : stand_in(p, t);
	if (p->fields) {
		n->fields = p->fields;
		n->fielded = true;
	}
	n->level = p->level;
	count_term(p, t);
	return n;
}

static struct watch_node *parse_ref(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *n = watch_parse_node(p, WATCH_REF, 0);

	p->at++;
	if (!n)
		return NULL;
	n->offset = t->offset;
	n->length = t->length;
	n->value = t->inner;
	n->text = str_slice(p->text.p + t->offset, t->length);
	n->fields = p->fields;
	n->fielded = p->fields != 0;
	n->prefix = NULL;
	p->out->refs = true;
	return n;
}

/* Could a link's host be called so? Else site: could never match. Addresses are left alone. */
static bool is_host(struct str s)
{
	if (s.n > WATCH_SITE_HOST_MAX || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n && s.p[0] != '['; i++) {
		unsigned char c = (unsigned char)s.p[i], small = c | 0x20;

		if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') && c < 0x80 &&
			c != '-' && c != '.' && c != '_')
			return false;
	}
	return true;
}

/* A value that looks as if more were meant than a name. In quotes it is what it is. */
static void check_value(
	struct watch_parser *p, const struct watch_field_name *f, const struct watch_token *t)
{
	bool bare = t->inner.n == t->length;

	if (f->field == WATCH_ATTR_SITE && !is_host(t->inner))
		watch_parse_complain(p, t,
			"write site:bbc.co.uk, which takes in all hosts that end so, or "
			"url:bbc.co.uk/news for a part of the link",
			"not the name of a site");
	else if (bare && memchr(t->inner.p, '*', t->inner.n))
		watch_parse_complain(p, t,
			f->field == WATCH_ATTR_URL ? "leave it out: any part of the link will do"
						   : "write it out, or a list: feed:(a OR b)",
			"a wildcard in what is no word");
	else if (bare && t->inner.p[0] == '@' && f->field != WATCH_ATTR_URL)
		watch_parse_complain(p, t,
			"write the names out, or the field inside the define: (feed:a OR feed:b)",
			"a define where a name should stand");
}

static struct watch_node *parse_value(struct watch_parser *p, const struct watch_field_name *f)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *n;

	if (t->kind != WATCH_TOKEN_VALUE || t->inner.n == 0) {
		if (t->kind != WATCH_TOKEN_BAD)
			watch_parse_complain(p, t->kind == WATCH_TOKEN_END && p->at ? t - 1 : t,
				"write the value right behind it: site:bbc.co.uk, feed:(a OR b)",
				"a value is missing");
		if (t->kind == WATCH_TOKEN_VALUE || t->kind == WATCH_TOKEN_BAD)
			p->at++;
		return stand_in(p, t);
	}
	p->at++;
	count_term(p, t);
	check_value(p, f, t);
	n = watch_parse_node(p, WATCH_ATTRIBUTE, 0);
	if (!n)
		return NULL;
	n->attribute = (enum watch_attribute)f->field;
	n->value = t->inner;
	n->offset = t->offset;
	n->length = t->length;
	return n;
}

/* feed:(a OR b) */
static struct watch_node *parse_value_list(struct watch_parser *p, const struct watch_field_name *f)
{
	const struct watch_token *open = &p->v[p->at - 1];
	struct watch_node *list;
	size_t n = 0, cap;

	for (cap = p->at; p->v[cap].kind == WATCH_TOKEN_VALUE || p->v[cap].kind == WATCH_TOKEN_OR;)
		cap++;
	list = watch_parse_node(p, WATCH_OR, cap - p->at + 1);
	if (!list)
		return NULL;
	list->offset = open->offset;
	do {
		list->kids[n++] = parse_value(p, f);
	} while (watch_parse_accept(p, WATCH_TOKEN_OR) && !p->failed);
	list->n_kids = n;
	if (!watch_parse_accept(p, WATCH_TOKEN_CLOSE)) {
		watch_parse_complain(p,
			watch_parse_now(p)->kind == WATCH_TOKEN_END ? open : watch_parse_now(p),
			"a list is written site:(a.com OR b.com)",
			"a list of values is not closed");
		while (watch_parse_now(p)->kind == WATCH_TOKEN_VALUE ||
			watch_parse_now(p)->kind == WATCH_TOKEN_OR ||
			watch_parse_now(p)->kind == WATCH_TOKEN_COMMA)
			p->at++;
		watch_parse_accept(p, WATCH_TOKEN_CLOSE);
	}
	watch_parse_set_end(p, list);
	return list;
}

static struct watch_node *parse_field(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *n;
	unsigned outer = p->fields;
	const char *outer_prefix = p->prefix;

	p->at++;
	if (p->fields)
		watch_parse_complain(p, t, "one field is enough: title:a, or (title:a AND body:b)",
			"a field inside a field");
	if (t->field->attribute) {
		n = watch_parse_accept(p, WATCH_TOKEN_OPEN) ? parse_value_list(p, t->field)
							    : parse_value(p, t->field);
	} else {
		p->fields = t->field->field;
		p->prefix = t->field->name;
		if (watch_parse_now(p)->kind == WATCH_TOKEN_MINUS ||
			watch_parse_now(p)->kind == WATCH_TOKEN_NOT) {
			watch_parse_complain(p, watch_parse_now(p),
				"write -title:word or NOT title:word",
				"the field comes before the minus");
			p->at++;
		}
		n = watch_parse_operand(p);
		p->fields = outer;
		p->prefix = outer_prefix;
	}
	if (!n)
		return NULL;
	n->prefix = t->field->name;
	n->fielded = true;
	n->length += n->offset - t->offset;
	n->offset = t->offset;
	return n;
}

static struct watch_node *parse_function(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *kid, *n;

	p->at++;
	if (watch_parse_now(p)->kind != WATCH_TOKEN_OPEN) {
		watch_parse_complain(p, t, "write what it holds in brackets: LEAD/50(embassy)",
			"brackets are missing");
		return stand_in(p, t);
	}
	p->at++;
	kid = parse_brackets(p, &p->v[p->at - 1]);
	n = watch_parse_node(p, t->kind == WATCH_TOKEN_LEAD ? WATCH_LEAD : WATCH_ATLEAST, 1);
	if (!n || !kid)
		return NULL;
	n->kids[0] = kid;
	n->n = t->number;
	n->offset = t->offset;
	watch_parse_set_end(p, n);
	return n;
}

/* ANY/2(a, b, c) */
static struct watch_node *parse_some(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p), *open;
	struct watch_node *n = watch_parse_node(p, WATCH_SOME, 0);
	size_t cap = 0;

	p->at++;
	if (!n)
		return NULL;
	open = watch_parse_now(p);
	if (!watch_parse_accept(p, WATCH_TOKEN_OPEN)) {
		watch_parse_complain(p, t, "write the parts in brackets: ANY/2(a, b, c)",
			"brackets are missing");
		return stand_in(p, t);
	}
	if (enter(p, open))
		do {
			struct watch_node *kid = watch_parse_any(p, WATCH_TOKEN_COMMA);

			if (n->n_kids == cap) {
				size_t more = cap ? cap * 2 : 8;

				n->kids = arena_grow(p->arena, cap ? n->kids : NULL,
					cap * sizeof(*n->kids), more * sizeof(*n->kids));
				cap = more;
			}
			if (!n->kids || !kid) {
				p->failed = p->failed || !n->kids;
				break;
			}
			n->kids[n->n_kids++] = kid;
		} while (watch_parse_accept(p, WATCH_TOKEN_COMMA) && !p->failed && !p->gave_up);
	p->level--;
	if (p->failed || p->gave_up)
		return stand_in(p, t);
	if (!watch_parse_accept(p, WATCH_TOKEN_CLOSE))
		watch_parse_complain(
			p, open, "put a ) where the list ends", "a bracket that is never closed");
	n->n = t->number;
	n->offset = t->offset;
	watch_parse_set_end(p, n);
	if (n->n > n->n_kids)
		watch_report(p->report, false, t->offset, t->length,
			"count the parts between the commas", "%u of %zu parts can never match",
			n->n, n->n_kids);
	return n;
}

static struct watch_node *parse_plain(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	struct watch_node *n;

	p->at++;
	if (p->fields)
		watch_parse_complain(p, t, "write it outside of the brackets",
			"words and age are no part of a field");
	n = watch_parse_node(p, t->kind == WATCH_TOKEN_AGE ? WATCH_AGE : WATCH_LENGTH, 0);
	if (!n)
		return NULL;
	n->age = t->age;
	n->n = t->number;
	n->below = t->below;
	n->offset = t->offset;
	n->length = t->length;
	return n;
}

/* An operator, bracket or end where a term should be. Nothing is consumed. */
static struct watch_node *missing(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);
	const struct watch_token *before = p->at ? t - 1 : t;

	if (t->kind == WATCH_TOKEN_NOT && before != t) {
		bool twice = before->kind == WATCH_TOKEN_NOT || before->kind == WATCH_TOKEN_MINUS;

		watch_parse_complain(p, t,
			twice ? "one NOT is enough"
			      : "write a NOT NEAR/5 b, or a AND NOT (b NEAR/5 c)",
			"NOT where a term should stand");
	} else if (p->text.n && p->v[0].kind != WATCH_TOKEN_END) {
		if (t->kind == WATCH_TOKEN_END || t->kind == WATCH_TOKEN_CLOSE ||
			t->kind == WATCH_TOKEN_COMMA)
			watch_parse_complain(p, before, "write a term behind it, or leave it out",
				"something is missing here");
		else
			watch_parse_complain(p, t, "write a term before it, or leave it out",
				"an operator without a term before it");
	} else {
		watch_parse_complain(p, t, "write at least one word", "the query is empty");
	}
	return stand_in(p, t);
}

struct watch_node *watch_parse_operand(struct watch_parser *p)
{
	const struct watch_token *t = watch_parse_now(p);

	if (p->failed || p->gave_up)
		return NULL;
	switch (t->kind) {
	case WATCH_TOKEN_OPEN: {
		struct watch_node *n;

		p->at++;
		n = parse_brackets(p, t);
		if (n) {
			n->offset = t->offset;
			watch_parse_set_end(p, n);
		}
		return n;
	}
	case WATCH_TOKEN_BARE:
	case WATCH_TOKEN_QUOTED:
	case WATCH_TOKEN_BRACED:
	case WATCH_TOKEN_REGEX: return parse_term(p);
	case WATCH_TOKEN_REF: return parse_ref(p);
	case WATCH_TOKEN_FIELD: return parse_field(p);
	case WATCH_TOKEN_LEAD:
	case WATCH_TOKEN_ATLEAST: return parse_function(p);
	case WATCH_TOKEN_SOME: return parse_some(p);
	case WATCH_TOKEN_LENGTH:
	case WATCH_TOKEN_AGE: return parse_plain(p);
	case WATCH_TOKEN_BAD: p->at++; return stand_in(p, t);
	case WATCH_TOKEN_MINUS:
		watch_parse_complain(
			p, t, "one minus is enough", "a minus where a term should stand");
		p->at++;
		return stand_in(p, t);
	case WATCH_TOKEN_END:
	case WATCH_TOKEN_CLOSE:
	case WATCH_TOKEN_COMMA:
	case WATCH_TOKEN_AND:
	case WATCH_TOKEN_OR:
	case WATCH_TOKEN_NOT:
	case WATCH_TOKEN_NEAR:
	case WATCH_TOKEN_SENT:
	case WATCH_TOKEN_PARA:
	case WATCH_TOKEN_VALUE: break;
	}
	return missing(p);
}
