/* SPDX-License-Identifier: MIT */
/* Why a watch does not match an item: the parts that fail, and how near they came. */
#include "base/utf8.h"
#include "watch/print.h"
#include "watch/spans.h"

#define REASONS_MAX 20
#define PART_MAX    160

struct telling {
	const struct watch_program *p;
	struct watch_scratch *s;
	struct buf *out;
	unsigned told;
};

static void start(struct telling *t, uint32_t step)
{
	struct buf part;

	t->told++;
	buf_init(&part, (size_t)1 << 20);
	watch_print_step(t->p, step, false, &part);
	if (part.len > PART_MAX) {
		buf_adds(t->out, utf8_cut(buf_str(&part), PART_MAX));
		buf_addz(t->out, "…");
	} else {
		buf_adds(t->out, buf_str(&part));
	}
	buf_release(&part);
	buf_addz(t->out, ": ");
}

/* The least number of words between a match of each, UINT32_MAX when they never share a text. */
static uint32_t least_gap(const struct telling *t, const struct watch_spans *a,
	const struct watch_spans *b, bool ordered)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t j = 0; j < b->n && watch_spend(t->s, 1); j++) {
			const struct watch_span *p = &a->v[i], *q = &b->v[j];
			uint32_t gap = UINT32_MAX;

			if (watch_region_at(t->s, p->first) != watch_region_at(t->s, q->first))
				continue;
			if (p->last < q->first)
				gap = q->first - p->last - 1;
			else if (!ordered && q->last < p->first)
				gap = p->first - q->last - 1;
			least = gap < least ? gap : least;
		}
	return least;
}

/* The operands before the last one may be a chain that itself is not fulfilled. */
static void tell_near(struct telling *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	const struct watch_kid *kids = &t->p->kids[s->first];
	struct watch_near x = {.s = t->s, .lead = lead, .exact = true};
	struct watch_spans *left = NULL, *right = NULL;
	uint32_t n, gap;

	for (uint32_t i = 0; i < s->count; i++) {
		watch_eval_begin(t->s);
		right = watch_spans_of(&x, kids[i].step);
		if (!right || right->n == 0) {
			start(t, kids[i].step);
			buf_addz(t->out, "does not occur\n");
			return;
		}
	}
	start(t, at);
	for (n = 1; n < s->count; n++) {
		watch_eval_begin(t->s);
		left = watch_spans_chain(&x, s, n + 1);
		if (left && left->n == 0)
			break;
	}
	if (n == s->count) {
		buf_addz(t->out, "more combinations than can be looked at\n");
		return;
	}
	watch_eval_begin(t->s);
	left = watch_spans_chain(&x, s, n);
	right = watch_spans_of(&x, kids[n].step);
	gap = left && right ? least_gap(t, left, right, kids[n].link & 1) : UINT32_MAX;
	if (gap == UINT32_MAX)
		buf_addz(t->out, kids[n].link & 1 ? "they occur, but not in this order\n"
						  : "they occur, but not in one text or only as "
						    "the same words\n");
	else
		buf_printf(t->out, "at the nearest %u words lie between, %u may\n", gap,
			kids[n].link / 2);
}

static void tell_place(struct telling *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	struct watch_near x = {.s = t->s, .lead = lead, .exact = true};

	for (uint32_t i = 0; i < s->count; i++) {
		struct watch_spans *list = watch_spans_of(&x, watch_step_kid(t->p, s, i));

		if (!list || list->n == 0) {
			start(t, watch_step_kid(t->p, s, i));
			buf_addz(t->out, "does not occur\n");
			return;
		}
		if (s->op == WATCH_STEP_NOT_NEAR)
			break;
	}
	start(t, at);
	if (s->op == WATCH_STEP_NOT_NEAR)
		buf_addz(t->out, "never stands free of the other\n");
	else
		buf_printf(t->out, "both occur, but in no %s together\n",
			s->op == WATCH_STEP_SENT ? "sentence" : "paragraph");
}

static void tell_atleast(struct telling *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	struct watch_near x = {.s = t->s, .lead = lead, .exact = true};
	struct watch_spans *list = watch_spans_of(&x, watch_step_kid(t->p, s, 0));

	start(t, at);
	buf_printf(t->out, "%u match%s, %u are needed\n", list ? list->n : 0,
		list && list->n == 1 ? "" : "es", s->n);
}

static void tell(struct telling *t, uint32_t at, uint32_t lead);

/* Parts of which "none of these" says all there is to say. */
static bool is_single(const struct watch_step *s)
{
	return s->op == WATCH_STEP_WORD || s->op == WATCH_STEP_PHRASE ||
	       s->op == WATCH_STEP_WORDS || s->op == WATCH_STEP_ATTRIBUTE ||
	       s->op == WATCH_STEP_URL;
}

static void tell_some(struct telling *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];
	uint32_t have = 0;

	if (s->count == 1) {
		tell(t, watch_step_kid(t->p, s, 0), lead);
		return;
	}
	for (uint32_t i = 0; i < s->count; i++)
		have += watch_eval(t->s, watch_step_kid(t->p, s, i), lead);
	start(t, at);
	if (s->op == WATCH_STEP_SOME)
		buf_printf(t->out, "%u part%s, %u are needed\n", have,
			have == 1 ? " matches" : "s match", s->n);
	else
		buf_addz(t->out, "none of these match\n");
	/* How near its parts came says most about NEAR; single words say nothing more. */
	for (uint32_t i = 0; i < s->count && t->told < REASONS_MAX; i++) {
		const struct watch_step *part = &t->p->steps[watch_step_kid(t->p, s, i)];

		if (!is_single(part) && !watch_eval(t->s, watch_step_kid(t->p, s, i), lead))
			tell(t, watch_step_kid(t->p, s, i), lead);
	}
}

static void tell_item(struct telling *t, uint32_t at)
{
	const struct watch_step *s = &t->p->steps[at];

	start(t, at);
	if (s->op == WATCH_STEP_LONGER || s->op == WATCH_STEP_SHORTER)
		buf_printf(t->out, "the body has %zu words\n", t->s->words_in_body);
	else if (s->op == WATCH_STEP_AGE)
		buf_addz(t->out, "it is older than that\n");
	else
		buf_addz(t->out, "not so for this item\n");
}

static void tell_absent(struct telling *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];

	start(t, at);
	if (lead != WATCH_NO_LEAD && watch_eval(t->s, at, WATCH_NO_LEAD))
		buf_printf(t->out, "occurs, but not in the first %u words\n", lead);
	else if (s->op == WATCH_STEP_WORD && watch_atom_occurs(t->s, s->first, UINT8_MAX))
		buf_addz(t->out, "occurs, but in another field\n");
	else if (s->op == WATCH_STEP_REGEX && t->s->overrun)
		buf_addz(t->out, "ran over its budget\n");
	else
		buf_addz(t->out, "does not occur\n");
}

/* The step fails: says where. */
static void tell(struct telling *t, uint32_t at, uint32_t lead)
{
	const struct watch_step *s = &t->p->steps[at];

	if (t->told >= REASONS_MAX)
		return;
	switch ((enum watch_step_op)s->op) {
	case WATCH_STEP_AND:
		for (uint32_t i = 0; i < s->count; i++)
			if (!watch_eval(t->s, watch_step_kid(t->p, s, i), lead))
				tell(t, watch_step_kid(t->p, s, i), lead);
		break;
	case WATCH_STEP_LEAD: tell(t, watch_step_kid(t->p, s, 0), lead < s->n ? lead : s->n); break;
	case WATCH_STEP_OR:
	case WATCH_STEP_WORDS:
	case WATCH_STEP_SOME: tell_some(t, at, lead); break;
	case WATCH_STEP_NOT:
		start(t, at);
		buf_addz(t->out, "what must not be there is there\n");
		break;
	case WATCH_STEP_NEAR: tell_near(t, at, lead); break;
	case WATCH_STEP_NOT_NEAR:
	case WATCH_STEP_SENT:
	case WATCH_STEP_PARA: tell_place(t, at, lead); break;
	case WATCH_STEP_ATLEAST: tell_atleast(t, at, lead); break;
	case WATCH_STEP_WORD:
	case WATCH_STEP_PHRASE:
	case WATCH_STEP_REGEX: tell_absent(t, at, lead); break;
	case WATCH_STEP_ATTRIBUTE:
	case WATCH_STEP_URL:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: tell_item(t, at); break;
	}
}

int watch_explain(const struct watch_set *set, struct watch_scratch *s, const struct watch_view *v,
	size_t watch, struct buf *out, struct err *e)
{
	uint32_t root = set->program.watches[watch].root;
	struct telling t = {.p = &set->program, .s = s, .out = out};
	bool matched;
	int rc = watch_item_read(s, v, e);

	if (rc < 0)
		return rc;
	watch_eval_begin(s);
	matched = watch_eval(s, root, WATCH_NO_LEAD);
	if (!matched)
		tell(&t, root, WATCH_NO_LEAD);
	if (s->failed || buf_failed(out))
		return watch_item_failure(s, e);
	return matched;
}

void watch_set_print(const struct watch_set *set, size_t watch, struct buf *out)
{
	watch_print_step(&set->program, set->program.watches[watch].root, false, out);
}
