/* SPDX-License-Identifier: MIT */
/* Steps back to a query in our language, every bracket that could matter written. */
#include "print.h"

#include "query/lex.h"
#include "text/delimiter.h"

struct printer {
	const struct watch_program *p;
	struct buf *out;
	bool fielded;	/* inside of a field's brackets */
	uint32_t chain; /* the step of which only so many operands are wanted; WATCH_NONE */
	uint32_t most;
};

static void print(struct printer *x, uint32_t at, bool inner);

static bool is_leaf(const struct watch_step *s)
{
	return s->op == WATCH_STEP_WORD || s->op == WATCH_STEP_PHRASE || s->op == WATCH_STEP_REGEX;
}

static bool has_kids(const struct watch_step *s)
{
	return !is_leaf(s) && s->op != WATCH_STEP_ATTRIBUTE && s->op != WATCH_STEP_URL &&
	       s->op != WATCH_STEP_LONGER && s->op != WATCH_STEP_SHORTER && s->op != WATCH_STEP_AGE;
}

/* The fields that every term below looks in, *fields; false where they differ or are not terms. */
static bool one_field(const struct printer *x, uint32_t at, unsigned *fields)
{
	const struct watch_step *s = &x->p->steps[at];

	if (is_leaf(s)) {
		bool same = *fields == 0 || *fields == s->fields;

		*fields = s->fields;
		return same;
	}
	if (!has_kids(s))
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		if (!one_field(x, watch_step_kid(x->p, s, i), fields))
			return false;
	return true;
}

static const char *prefix_of(unsigned fields)
{
	for (unsigned f = QUERY_TITLE; f <= QUERY_CATEGORY; f++)
		if (fields == QUERY_FIELD_BIT(f))
			return query_field_name((enum query_field)f);
	return NULL;
}

static void print_value(struct buf *out, struct str value)
{
	bool plain = value.n > 0 && value.p[0] != '@';

	for (size_t i = 0; i < value.n; i++)
		plain = plain && !memchr("(),*", value.p[i], 4) &&
			!text_space_length(value.p + i, value.n - i);
	buf_addz(out, plain ? "" : "\"");
	buf_adds(out, value);
	buf_addz(out, plain ? "" : "\"");
}

static void print_attribute(const struct printer *x, const struct watch_step *s)
{
	static const char *const names[] = {"feed:", "group:", "lang:", "site:", "url:"};
	const struct watch_atom *a;

	if (s->op == WATCH_STEP_URL) {
		buf_addz(x->out, "url:");
		print_value(x->out, x->p->texts[s->text]);
		return;
	}
	a = &x->p->atoms[s->first];
	buf_addz(x->out, names[a->edits]);
	print_value(x->out, a->form);
}

static void print_age(const struct printer *x, const struct watch_step *s)
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}, {1000, 's'}};
	int64_t age = watch_step_age(s);
	size_t i = 0;

	while (i < 3 && age % units[i].ms)
		i++;
	buf_printf(x->out, "age<%lld%c", (long long)(age / units[i].ms), units[i].unit);
}

static void print_joint(const struct printer *x, const struct watch_step *s, uint32_t i)
{
	uint32_t link;

	switch ((enum watch_step_op)s->op) {
	case WATCH_STEP_AND:
		if (x->p->steps[watch_step_kid(x->p, s, i)].op != WATCH_STEP_NOT)
			buf_addz(x->out, " AND ");
		else
			buf_addc(x->out, ' ');
		return;
	case WATCH_STEP_NEAR:
		link = x->p->kids[s->first + i].link;
		buf_printf(x->out, " %sNEAR/%u ", link & 1 ? "O" : "", link / 2);
		return;
	case WATCH_STEP_NOT_NEAR: buf_printf(x->out, " NOT NEAR/%u ", s->n); return;
	case WATCH_STEP_SENT: buf_addz(x->out, " SENT "); return;
	case WATCH_STEP_PARA: buf_addz(x->out, " PARA "); return;
	case WATCH_STEP_SOME: buf_addz(x->out, ", "); return;
	case WATCH_STEP_OR:
	case WATCH_STEP_WORDS: buf_addz(x->out, " OR "); return;
	case WATCH_STEP_NOT:
	case WATCH_STEP_WORD:
	case WATCH_STEP_PHRASE:
	case WATCH_STEP_REGEX:
	case WATCH_STEP_ATTRIBUTE:
	case WATCH_STEP_URL:
	case WATCH_STEP_LEAD:
	case WATCH_STEP_ATLEAST:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: break;
	}
}

/* Names what stands before the bracket; true when there is such a thing. */
static bool print_function(const struct printer *x, const struct watch_step *s)
{
	switch ((enum watch_step_op)s->op) {
	case WATCH_STEP_LEAD: buf_printf(x->out, "LEAD/%u(", s->n); return true;
	case WATCH_STEP_ATLEAST: buf_printf(x->out, "ATLEAST/%u(", s->n); return true;
	case WATCH_STEP_SOME: buf_printf(x->out, "ANY/%u(", s->n); return true;
	case WATCH_STEP_AND:
	case WATCH_STEP_OR:
	case WATCH_STEP_WORDS:
	case WATCH_STEP_NOT:
	case WATCH_STEP_NEAR:
	case WATCH_STEP_NOT_NEAR:
	case WATCH_STEP_SENT:
	case WATCH_STEP_PARA:
	case WATCH_STEP_WORD:
	case WATCH_STEP_PHRASE:
	case WATCH_STEP_REGEX:
	case WATCH_STEP_ATTRIBUTE:
	case WATCH_STEP_URL:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: break;
	}
	return false;
}

static void print_kids(struct printer *x, uint32_t at, bool inner)
{
	const struct watch_step *s = &x->p->steps[at];
	uint32_t count = at == x->chain ? x->most : s->count;
	bool function = print_function(x, s);
	bool brackets = !function && inner && count > 1;

	buf_addz(x->out, brackets ? "(" : "");
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			print_joint(x, s, i);
		print(x, watch_step_kid(x->p, s, i), !function);
	}
	buf_addz(x->out, brackets || function ? ")" : "");
}

static void print_plain(struct printer *x, uint32_t at, bool inner)
{
	const struct watch_step *s = &x->p->steps[at];

	if (is_leaf(s)) {
		buf_adds(x->out, x->p->texts[s->text]);
	} else if (s->op == WATCH_STEP_NOT) {
		buf_addz(x->out, "NOT ");
		print(x, watch_step_kid(x->p, s, 0), true);
	} else if (s->op == WATCH_STEP_ATTRIBUTE || s->op == WATCH_STEP_URL) {
		print_attribute(x, s);
	} else if (s->op == WATCH_STEP_AGE) {
		print_age(x, s);
	} else if (s->op == WATCH_STEP_LONGER || s->op == WATCH_STEP_SHORTER) {
		buf_printf(x->out, "words%c%u", s->op == WATCH_STEP_LONGER ? '>' : '<', s->n);
	} else {
		print_kids(x, at, inner);
	}
}

static void print(struct printer *x, uint32_t at, bool inner)
{
	unsigned fields = 0;
	const char *prefix = NULL;

	/* NOT title:x rather than title:(NOT x) */
	if (!x->fielded && x->p->steps[at].op != WATCH_STEP_NOT && one_field(x, at, &fields))
		prefix = prefix_of(fields);
	if (!prefix) {
		print_plain(x, at, inner);
		return;
	}
	x->fielded = true;
	buf_printf(x->out, "%s:", prefix);
	print_plain(x, at, true);
	x->fielded = false;
}

void watch_print_step(const struct watch_program *p, uint32_t step, bool inner, struct buf *out)
{
	struct printer x = {.p = p, .out = out, .chain = WATCH_NONE};

	print(&x, step, inner);
}

void watch_print_chain(const struct watch_program *p, uint32_t step, uint32_t n, struct buf *out)
{
	struct printer x = {.p = p, .out = out, .chain = step, .most = n};

	print(&x, step, false);
}
