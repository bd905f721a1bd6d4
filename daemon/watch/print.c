/* SPDX-License-Identifier: MIT */
/* Prints steps as a query in the native language, with all brackets that could matter. */
#include "print.h"

#include "operator.h"
#include "text/delimiter.h"
#include "query/operator.h"

struct watch_printer {
	const struct watch_program *p;
	struct buf *out;
	bool fielded;	/* inside the brackets of a field */
	uint32_t chain; /* step of which only `first` operands are printed; WATCH_NONE */
	uint32_t most;
};

static void print_step(struct watch_printer *x, uint32_t at, bool inner);

/*
 * Returns the fields of all terms below in *fields; false if they differ, or if some are not terms.
 */
static bool print_one_field(const struct watch_printer *x, uint32_t at, unsigned *fields)
{
	const struct watch_step *s = &x->p->steps[at];

	if (s->count == 0) {
		bool same = s->fields && (*fields == 0 || *fields == s->fields);

		*fields = s->fields;
		return same;
	}
	for (uint32_t i = 0; i < s->count; i++)
		if (!print_one_field(x, watch_step_kid(x->p, s, i), fields))
			return false;
	return true;
}

static const char *print_prefix_of(unsigned fields)
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

void watch_print_text(struct watch_printer *x, const struct watch_step *s)
{
	buf_adds(x->out, x->p->texts[s->text]);
}

void watch_print_url(struct watch_printer *x, const struct watch_step *s)
{
	buf_addz(x->out, "url:");
	print_value(x->out, x->p->texts[s->text]);
}

void watch_print_attribute(struct watch_printer *x, const struct watch_step *s)
{
	static const char *const names[] = {
		"feed:", "group:", "lang:", "site:", "url:", "source:", "tier:"};
	const struct watch_atom *a = &x->p->atoms[s->first];

	buf_addz(x->out, names[a->edits]);
	print_value(x->out, a->form);
}

void watch_print_length(struct watch_printer *x, const struct watch_step *s)
{
	buf_printf(x->out, "words%c%u", s->first ? '<' : '>', s->n);
}

void watch_print_age(struct watch_printer *x, const struct watch_step *s)
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

void watch_print_sources(struct watch_printer *x, const struct watch_step *s)
{
	buf_printf(x->out, "sources>=%u", s->n);
}

/* The operator of the query language for the step; WORDS are an OR. */
static const struct query_operator *print_operator_of(const struct watch_step *s)
{
	return &query_operators[s->op < QUERY_OPS ? s->op : QUERY_OR];
}

/* The operator between two kids, before kid i. */
static void print_joint(const struct watch_printer *x, const struct watch_step *s, uint32_t i)
{
	const struct query_operator *o = print_operator_of(s);
	uint32_t link;

	if (o->form == QUERY_FORM_LIST) {
		buf_addz(x->out, ", ");
	} else if (s->op == QUERY_AND && x->p->steps[watch_step_kid(x->p, s, i)].op == QUERY_NOT) {
		buf_addc(x->out, ' ');
	} else if (o->number_most) {
		link = x->p->kids[s->first + i].link;
		buf_printf(x->out, " %s/%u ", link & 1 ? o->ordered : o->word, link / 2);
	} else {
		buf_printf(x->out, " %s ", o->word);
	}
}

static void print_kids(struct watch_printer *x, uint32_t at, bool inner)
{
	const struct watch_step *s = &x->p->steps[at];
	const struct query_operator *o = print_operator_of(s);
	uint32_t count = at == x->chain ? x->most : s->count;
	bool function = o->form == QUERY_FORM_FUNCTION || o->form == QUERY_FORM_LIST;
	bool brackets = !function && inner && count > 1;

	if (function)
		buf_printf(x->out, "%s/%u", o->word, s->n);
	buf_addz(x->out, brackets || function ? "(" : "");
	if (o->form == QUERY_FORM_NOT)
		buf_printf(x->out, "%s ", o->word);
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			print_joint(x, s, i);
		print_step(x, watch_step_kid(x->p, s, i), !function);
	}
	buf_addz(x->out, brackets || function ? ")" : "");
}

static void print_plain(struct watch_printer *x, uint32_t at, bool inner)
{
	const struct watch_step *s = &x->p->steps[at];

	if (watch_operators[s->op].print)
		watch_operators[s->op].print(x, s);
	else
		print_kids(x, at, inner);
}

static void print_step(struct watch_printer *x, uint32_t at, bool inner)
{
	unsigned fields = 0;
	const char *prefix = NULL;

	/* NOT title:x rather than title:(NOT x) */
	if (!x->fielded && x->p->steps[at].op != QUERY_NOT && print_one_field(x, at, &fields))
		prefix = print_prefix_of(fields);
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
	struct watch_printer x = {.p = p, .out = out, .chain = WATCH_NONE};

	print_step(&x, step, inner);
}

void watch_print_chain(const struct watch_program *p, uint32_t step, uint32_t n, struct buf *out)
{
	struct watch_printer x = {.p = p, .out = out, .chain = step, .most = n};

	print_step(&x, step, false);
}
