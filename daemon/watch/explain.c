/* SPDX-License-Identifier: MIT */
/* Explains why a watch does not match an item: the parts that fail, and how close they came. */
#include "base/utf8.h"
#include "explain.h"
#include "operator.h"
#include "print.h"
#include "spans.h"

static const char *explain_plural_of(uint32_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* Evaluates a part as if it were the whole query, with the full budget of the watch. */
static bool explain_holds_step(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	watch_eval_begin(t->s);
	return watch_eval(t->s, at, lead);
}

static void explain_put_step(struct watch_explainer *t, uint32_t at, uint32_t lead);

static void explain_put_nearest(
	struct watch_explainer *t, uint32_t words, const char *where, uint32_t most)
{
	buf_printf(t->out, "at the nearest %u %s %s, %u may\n", words,
		explain_plural_of(words, "word lies", "words lie"), where, most);
}

/* How close the matches of two operands come. */
struct explain_miss {
	uint32_t least; /* words between, in the requested order; UINT32_MAX: never in that order */
	bool in_one_text, apart;
};

static struct explain_miss explain_find_nearest(const struct watch_near *x,
	const struct watch_spans *a, const struct watch_spans *b, bool ordered)
{
	struct explain_miss m = {.least = UINT32_MAX};

	for (uint32_t i = 0; i < a->n; i++) {
		const struct watch_span *p = &a->v[i];
		uint32_t reach = p->first > m.least ? p->first - m.least : 0;

		for (uint32_t j = watch_spans_from(b, reach);
			j < b->n && watch_budget_spend(&x->s->budget, 1); j++) {
			const struct watch_span *q = &b->v[j];
			uint32_t gap = UINT32_MAX;

			/* All that follow are farther away than the nearest so far. */
			if (q->first > (uint64_t)p->last + m.least)
				break;
			if (watch_region_at(&x->s->item, p->first) !=
				watch_region_at(&x->s->item, q->first))
				continue;
			m.in_one_text = true;
			if (!watch_spans_disjoint(x, p, q))
				continue;
			m.apart = true;
			if (p->last < q->first)
				gap = q->first - p->last - 1;
			else if (!ordered && q->last < p->first)
				gap = p->first - q->last - 1;
			m.least = gap < m.least ? gap : m.least;
		}
	}
	return m;
}

/* Explains the first operand that does not match. False: all do. */
static bool explain_missing_operand(
	struct watch_explainer *t, const struct watch_step *s, uint32_t n, uint32_t lead)
{
	for (uint32_t i = 0; i < n; i++)
		if (!explain_holds_step(t, watch_step_kid(t->p, s, i), lead)) {
			explain_put_step(t, watch_step_kid(t->p, s, i), lead);
			return true;
		}
	return false;
}

static void explain_put_miss(struct watch_explainer *t, const struct explain_miss *m, uint32_t link)
{
	if (t->s->budget.overrun)
		buf_addz(t->out, "more combinations than can be looked at\n");
	else if (m->least != UINT32_MAX)
		explain_put_nearest(t, m->least, "between", link / 2);
	else if (m->apart)
		buf_addz(t->out, "they occur, but not in this order\n");
	else if (m->in_one_text)
		buf_addz(t->out, "they occur, but only as the same words\n");
	else
		buf_addz(t->out, "they occur, but not in one text\n");
}

/* The operands before the last may form a chain that does not match. */
void watch_explain_near(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	const struct watch_kid *kids = &t->p->kids[s->first];
	struct watch_near x = {.s = t->s, .lead = lead, .exact = true};
	struct watch_spans *left = NULL, *right;
	struct explain_miss m = {0};
	uint32_t n;

	if (explain_missing_operand(t, s, s->count, lead))
		return;
	for (n = 1; n < s->count; n++) {
		watch_eval_begin(t->s);
		left = watch_spans_chain(&x, s, n + 1);
		if (!left || left->n == 0)
			break;
	}
	watch_explain_start_chain(t, at, n < s->count ? n + 1 : n);
	if (left && n < s->count) {
		watch_eval_begin(t->s);
		left = watch_spans_chain(&x, s, n);
		right = watch_spans_of(&x, kids[n].step);
		if (left && right)
			m = explain_find_nearest(&x, left, right, kids[n].link & 1);
	} else {
		t->s->budget.overrun = true;
	}
	explain_put_miss(t, &m, n < s->count ? kids[n].link : 0);
}

void watch_explain_not_near(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	if (explain_missing_operand(t, &t->p->steps[at], 1, lead))
		return;
	watch_explain_start_line(t, "", at, false);
	buf_addz(t->out, "never stands free of the other\n");
}

void watch_explain_place(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];

	if (explain_missing_operand(t, s, s->count, lead))
		return;
	watch_explain_start_line(t, "", at, false);
	buf_printf(t->out, "both occur, but in no %s together\n",
		s->op == QUERY_SENT ? "sentence" : "paragraph");
}

static void explain_put_scope(struct watch_explainer *t, uint32_t lead)
{
	if (lead != WATCH_NO_LEAD)
		buf_printf(t->out, " in the first %u %s", lead,
			explain_plural_of(lead, "word", "words"));
}

void watch_explain_atleast(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	struct watch_near x = {.s = t->s, .lead = lead, .exact = true};
	struct watch_spans *list;
	uint32_t n;

	watch_eval_begin(t->s);
	list = watch_spans_of(&x, watch_step_kid(t->p, s, 0));
	n = list ? list->n : 0;
	watch_explain_start_line(t, "", at, false);
	if (t->s->budget.overrun) {
		buf_addz(t->out, "more combinations than can be looked at\n");
		return;
	}
	buf_printf(t->out, "%u %s", n, explain_plural_of(n, "match", "matches"));
	explain_put_scope(t, lead);
	buf_printf(t->out, ", %u %s needed\n", s->n, explain_plural_of(s->n, "is", "are"));
}

void watch_explain_some(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	uint32_t have = 0;

	if (s->count == 1) {
		explain_put_step(t, watch_step_kid(t->p, s, 0), lead);
		return;
	}
	for (uint32_t i = 0; i < s->count; i++)
		have += explain_holds_step(t, watch_step_kid(t->p, s, i), lead);
	watch_explain_start_line(t, "", at, false);
	if (s->op == QUERY_SOME)
		buf_printf(t->out, "%u %s, %u %s needed\n", have,
			explain_plural_of(have, "part matches", "parts match"), s->n,
			explain_plural_of(s->n, "is", "are"));
	else
		buf_addz(t->out, "none of these match\n");
	/* For NEAR, how close its parts came is most useful; single words add nothing. */
	for (uint32_t i = 0; i < s->count && t->told < WATCH_REASONS_MAX; i++) {
		const struct watch_step *part = &t->p->steps[watch_step_kid(t->p, s, i)];

		if (!watch_operators[part->op].brief &&
			!explain_holds_step(t, watch_step_kid(t->p, s, i), lead))
			explain_put_step(t, watch_step_kid(t->p, s, i), lead);
	}
}

static void explain_put_quoted(struct watch_explainer *t, struct str text)
{
	buf_addc(t->out, '"');
	utf8_escape(t->out, text, WATCH_FOUND_MAX, false);
	buf_addc(t->out, '"');
}

/* The sources (feeds and groups) of the watch do not match. */
static void explain_put_sources(struct watch_explainer *t, uint32_t at)
{
	const struct watch_view *v = t->s->item.view;

	watch_explain_start_line(t, "only ", at, false);
	watch_explain_put_value(t, "the item's feed", v->feed);
}

/* Shows the first hit of a part that must not match. */
static void explain_put_unwanted(
	struct watch_explainer *t, uint32_t at, uint32_t lead, const char *name)
{
	uint32_t inner = watch_step_kid(t->p, &t->p->steps[at], 0);
	const struct watch_hit *h;

	watch_eval_begin(t->s);
	t->s->hits.n = 0;
	watch_collect(t->s, inner, lead);
	if (!watch_hits_finish(&t->s->hits))
		t->s->item.failed = true;
	h = t->s->hits.found;
	watch_explain_start_line(t, name, inner, true);
	if (t->s->item.failed || t->s->hits.n_found == 0) {
		buf_addz(t->out, "what must not be there is there\n");
		return;
	}
	buf_printf(t->out, "the %s has ", query_field_name(h->field));
	explain_put_quoted(t, h->text);
	buf_addc(t->out, '\n');
}

void watch_explain_not(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	explain_put_unwanted(t, at, lead, "NOT ");
}

static void explain_put_phrase(struct watch_explainer *t, const struct watch_step *s, uint32_t lead)
{
	const struct watch_program *p = t->p;
	const struct watch_phrase *ph = &p->phrases[s->first];
	uint32_t least;

	for (uint32_t i = 0; i < ph->count; i++) {
		uint32_t atom = p->pieces[ph->first + i];

		if (atom != WATCH_NONE && !watch_atom_occurs(&t->s->item, atom, s->fields)) {
			buf_addz(t->out, "does not occur\n");
			return;
		}
	}
	watch_eval_begin(t->s);
	least = ph->slop < 0 ? UINT32_MAX
			     : watch_sloppy_least(&t->s->item, &t->s->budget, ph, s->fields, lead);
	if (least != UINT32_MAX)
		explain_put_nearest(t, least, "among them", (uint32_t)ph->slop);
	else
		buf_printf(t->out, "its words occur, but not %s\n",
			ph->slop < 0 ? "in a row" : "so near each other");
}

void watch_explain_term(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];

	watch_explain_start_line(t, "", at, false);
	if (t->s->budget.overrun)
		buf_addz(t->out, "ran over its budget\n");
	else if (s->op == QUERY_PHRASE)
		explain_put_phrase(t, s, lead);
	else if (s->op == WATCH_STEP_WORD && watch_atom_occurs(&t->s->item, s->first, UINT8_MAX))
		buf_addz(t->out, "occurs, but in another field\n");
	else
		buf_addz(t->out, "does not occur\n");
}

/* Does the step match beyond the words that LEAD allows? */
static bool explain_beyond_lead(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];

	if (lead == WATCH_NO_LEAD || watch_operators[s->op].by_parts ||
		!explain_holds_step(t, at, WATCH_NO_LEAD))
		return false;
	watch_explain_start_line(t, "", at, false);
	buf_printf(t->out, "%s, but not in the first %u %s\n",
		s->fields && s->count == 0 ? "occurs" : "matches", lead,
		explain_plural_of(lead, "word", "words"));
	return true;
}

void watch_explain_and(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	bool whole = at == t->watch->root;

	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t part = watch_step_kid(t->p, s, i);

		if (t->told >= WATCH_REASONS_MAX || explain_holds_step(t, part, lead))
			continue;
		if (whole && t->watch->excluding && i == s->count - 1)
			explain_put_unwanted(t, part, lead, "exclude ");
		else if (whole && t->watch->sourced && i == 1)
			explain_put_sources(t, part);
		else
			explain_put_step(t, part, lead);
	}
}

void watch_explain_lead(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];

	explain_put_step(t, watch_step_kid(t->p, s, 0), lead < s->n ? lead : s->n);
}

/* Explains a step that does not match. */
static void explain_put_step(struct watch_explainer *t, uint32_t at, uint32_t lead)
{
	if (t->told < WATCH_REASONS_MAX && !explain_beyond_lead(t, at, lead))
		watch_operators[t->p->steps[at].op].explain(t, at, lead);
}

int watch_explain(const struct watch_set *set, struct watch_scratch *s, const struct watch_view *v,
	size_t watch, struct buf *out, struct err *e)
{
	const struct watch_entry *w = &set->program.watches[watch];
	struct watch_explainer t = {.p = &set->program, .s = s, .watch = w, .out = out};
	bool matched;
	int rc = watch_scratch_read(s, v, e);

	if (rc < 0)
		return rc;
	watch_eval_begin(s);
	matched = watch_eval(s, w->root, WATCH_NO_LEAD);
	if (!matched)
		explain_put_step(&t, w->root, WATCH_NO_LEAD);
	if (s->item.failed || buf_failed(out))
		return watch_scratch_failure(s, e);
	return matched;
}

bool watch_excluded(const struct watch_set *set, struct watch_scratch *s, size_t watch)
{
	const struct watch_entry *w = &set->program.watches[watch];
	const struct watch_step *root = &set->program.steps[w->root];

	if (!w->excluding)
		return false;
	for (uint32_t i = 0; i + 1 < root->count; i++) {
		watch_eval_begin(s);
		if (!watch_eval(s, watch_step_kid(&set->program, root, i), WATCH_NO_LEAD))
			return false;
	}
	return true;
}

void watch_set_print(const struct watch_set *set, size_t watch, struct buf *out)
{
	watch_print_step(&set->program, set->program.watches[watch].root, false, out);
}
