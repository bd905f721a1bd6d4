/* SPDX-License-Identifier: MIT */
#include "spans.h"

#include <stdlib.h>

#include "operator.h"

/* Cost of sorting a match, in steps. */
#define SORT_STEPS UINT64_C(3)

static void *spans_out_of_memory(struct watch_near *x)
{
	x->s->item.failed = true;
	return NULL;
}

static struct watch_spans *spans_new_list(struct watch_near *x, enum watch_spans_kind kind)
{
	struct watch_spans *list = arena_zalloc(x->s->spans.arena, sizeof(*list));

	if (!list)
		return spans_out_of_memory(x);
	list->kind = kind;
	return list;
}

static bool spans_push_match(struct watch_near *x, struct watch_spans *list, struct watch_span span)
{
	if (list->n == list->cap) {
		uint32_t cap = list->cap ? list->cap * 2 : 8;
		struct watch_span *v = arena_grow(
			x->s->spans.arena, list->v, list->cap * sizeof(*v), cap * sizeof(*v));

		if (!v)
			return spans_out_of_memory(x) != NULL;
		list->v = v;
		list->cap = cap;
	}
	if (span.last - span.first > list->longest)
		list->longest = span.last - span.first;
	list->v[list->n++] = span;
	return true;
}

static bool spans_push_origin(struct watch_near *x, struct watch_spans *list, struct watch_origin o)
{
	if (list->n_origins == list->cap_origins) {
		uint32_t cap = list->cap_origins ? list->cap_origins * 2 : 8;
		struct watch_origin *v = arena_grow(x->s->spans.arena, list->origins,
			list->cap_origins * sizeof(*v), cap * sizeof(*v));

		if (!v)
			return spans_out_of_memory(x) != NULL;
		list->origins = v;
		list->cap_origins = cap;
	}
	list->origins[list->n_origins++] = o;
	return true;
}

/* --- sets of words --- */

/* Returns run i of a match: runs are words without a gap. */
static struct watch_span spans_run_of(
	const struct watch_near *x, const struct watch_span *a, uint32_t i)
{
	const uint32_t *parts;

	if (a->n_parts == 0)
		return *a;
	parts = x->s->spans.parts + a->parts;
	return (struct watch_span){.first = parts[2 * i], .last = parts[2 * i + 1]};
}

static uint32_t spans_runs_of(const struct watch_span *a)
{
	return a->n_parts ? a->n_parts : 1;
}

bool watch_spans_disjoint(
	const struct watch_near *x, const struct watch_span *a, const struct watch_span *b)
{
	uint32_t i = 0, j = 0;

	if (!x->exact || a->last < b->first || b->last < a->first)
		return true;
	while (i < spans_runs_of(a) && j < spans_runs_of(b)) {
		struct watch_span p = spans_run_of(x, a, i), q = spans_run_of(x, b, j);

		if (p.last < q.first)
			i++;
		else if (q.last < p.first)
			j++;
		else
			return false;
	}
	return true;
}

static bool spans_push_part(struct watch_scratch *s, uint32_t first, uint32_t last, bool join)
{
	if (join && s->spans.parts[s->spans.n_parts - 1] + 1 == first) {
		s->spans.parts[s->spans.n_parts - 1] = last;
		return true;
	}
	if (!array_room(&s->spans.parts, s->spans.n_parts, &s->spans.cap_parts, 2,
		    sizeof(*s->spans.parts)))
		return false;
	s->spans.parts[s->spans.n_parts++] = first;
	s->spans.parts[s->spans.n_parts++] = last;
	return true;
}

/*
 * The union of two sets that share no word. Adjacent runs are joined, so that a set has only one
 * representation.
 */
static bool spans_unite_matches(struct watch_near *x, const struct watch_span *a,
	const struct watch_span *b, struct watch_span *out)
{
	struct watch_scratch *s = x->s;
	uint32_t i = 0, j = 0, start = (uint32_t)s->spans.n_parts;

	*out = (struct watch_span){
		.first = a->first < b->first ? a->first : b->first,
		.last = a->last > b->last ? a->last : b->last,
	};
	if (!x->exact)
		return true;
	while (i < spans_runs_of(a) || j < spans_runs_of(b)) {
		bool left = j == spans_runs_of(b) ||
			    (i < spans_runs_of(a) &&
				    spans_run_of(x, a, i).first < spans_run_of(x, b, j).first);
		struct watch_span run = left ? spans_run_of(x, a, i) : spans_run_of(x, b, j);

		i += left;
		j += !left;
		if (!spans_push_part(s, run.first, run.last, s->spans.n_parts > start))
			return spans_out_of_memory(x) != NULL;
	}
	out->parts = start;
	out->n_parts = (uint32_t)(s->spans.n_parts - start) / 2;
	if (out->n_parts == 1) { /* a single run needs no parts */
		s->spans.n_parts = start;
		out->n_parts = 0;
	}
	return true;
}

static int spans_compare_matches(
	const struct watch_near *x, const struct watch_span *a, const struct watch_span *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	if (a->n_parts != b->n_parts)
		return a->n_parts < b->n_parts ? -1 : 1;
	if (a->n_parts == 0)
		return 0;
	return memcmp(x->s->spans.parts + a->parts, x->s->spans.parts + b->parts,
		2 * (size_t)a->n_parts * sizeof(*x->s->spans.parts));
}

/* --- sorting and uniting --- */

struct spans_sort_key {
	struct watch_span span;
	uint32_t at;
};

static int spans_compare_keys(const void *a, const void *b, void *ctx)
{
	const struct spans_sort_key *p = a, *q = b;
	int c = spans_compare_matches(ctx, &p->span, &q->span);

	return c ? c : (p->at > q->at) - (p->at < q->at);
}

/* Sorts the list, drops duplicates, and updates origins to the new indices. */
static bool spans_sort_list(struct watch_near *x, struct watch_spans *list)
{
	struct spans_sort_key *keys =
		arena_alloc(x->s->spans.arena, (list->n + (size_t)1) * sizeof(*keys));
	uint32_t *moved = arena_alloc(x->s->spans.arena, (list->n + (size_t)1) * sizeof(*moved));
	uint32_t kept = 0;

	if (!keys || !moved)
		return spans_out_of_memory(x) != NULL;
	if (!watch_budget_spend(&x->s->budget, list->n * SORT_STEPS))
		return false;
	for (uint32_t i = 0; i < list->n; i++)
		keys[i] = (struct spans_sort_key){list->v[i], i};
	qsort_r(keys, list->n, sizeof(*keys), spans_compare_keys, x);
	for (uint32_t i = 0; i < list->n; i++) {
		if (i == 0 || spans_compare_matches(x, &keys[i].span, &list->v[kept - 1]) != 0)
			list->v[kept++] = keys[i].span;
		moved[keys[i].at] = kept - 1;
	}
	list->n = kept;
	for (uint32_t i = 0; i < list->n_origins; i++)
		list->origins[i].to = moved[list->origins[i].to];
	return true;
}

struct watch_spans *watch_spans_of_word(struct watch_near *x, const struct watch_step *step)
{
	struct watch_scratch *s = x->s;
	struct watch_spans *list = spans_new_list(x, WATCH_SPANS_TERM);
	uint32_t i;

	if (!list)
		return NULL;
	list->text = step->text;
	if (!watch_atom_occurs(&s->item, step->first, step->fields))
		return list;
	for (i = s->item.atoms[step->first].head; i != WATCH_NONE;
		i = s->item.occurrences[i].next) {
		uint32_t at = s->item.occurrences[i].position;

		if (!watch_budget_spend(&s->budget, 1))
			return NULL;
		if (watch_in_scope(&s->item, at, at, step->fields, x->lead) &&
			!spans_push_match(x, list, (struct watch_span){.first = at, .last = at}))
			return NULL;
	}
	return list;
}

struct watch_spans *watch_spans_of_phrase(struct watch_near *x, const struct watch_step *step)
{
	struct watch_scratch *s = x->s;
	struct watch_spans *list = spans_new_list(x, WATCH_SPANS_TERM);
	const struct watch_span *spans;
	size_t n;

	if (!list)
		return NULL;
	list->text = step->text;
	spans = watch_phrase_spans(&s->item, &s->budget, step->first, &n);
	for (size_t i = 0; i < n; i++)
		if (watch_in_scope(
			    &s->item, spans[i].first, spans[i].last, step->fields, x->lead) &&
			!spans_push_match(x, list, spans[i]))
			return NULL;
	return s->budget.overrun ? NULL : list;
}

static bool spans_add_kid(struct watch_near *x, struct watch_spans *list, uint32_t step)
{
	struct watch_spans *kid = watch_spans_of(x, step);

	if (!kid)
		return false;
	for (uint32_t i = 0; i < kid->n; i++) {
		struct watch_origin o = {list->n_kids, i, list->n};

		if (!watch_budget_spend(&x->s->budget, 1) ||
			!spans_push_match(x, list, kid->v[i]) ||
			(x->trace && !spans_push_origin(x, list, o)))
			return false;
	}
	if (kid->n)
		list->kids[list->n_kids++] = kid;
	return true;
}

struct watch_spans *watch_spans_of_any(struct watch_near *x, const struct watch_step *step)
{
	const struct watch_program *p = &x->s->set->program;
	struct watch_spans *list = spans_new_list(x, WATCH_SPANS_UNION);

	if (!list)
		return NULL;
	list->kids = arena_array(x->s->spans.arena, step->count, sizeof(struct watch_spans *));
	if (!list->kids)
		return spans_out_of_memory(x);
	for (uint32_t i = 0; i < step->count; i++) {
		const struct watch_step *kid = &p->steps[watch_step_kid(p, step, i)];

		if (kid->op == WATCH_STEP_WORD &&
			!watch_atom_occurs(&x->s->item, kid->first, kid->fields))
			continue;
		if (!spans_add_kid(x, list, watch_step_kid(p, step, i)))
			return NULL;
	}
	return spans_sort_list(x, list) ? list : NULL;
}

struct watch_spans *watch_spans_of(struct watch_near *x, uint32_t at)
{
	const struct watch_step *step = &x->s->set->program.steps[at];

	return watch_operators[step->op].spans(x, step);
}

/* --- NEAR --- */

bool watch_spans_linked(const struct watch_near *x, const struct watch_span *a,
	const struct watch_span *b, unsigned distance, bool ordered)
{
	if (a->last < b->first)
		return b->first - a->last - 1 <= distance;
	if (ordered)
		return false;
	if (b->last < a->first)
		return a->first - b->last - 1 <= distance;
	return watch_spans_disjoint(x, a, b);
}

uint32_t watch_spans_from(const struct watch_spans *list, uint32_t position)
{
	uint32_t least = position > list->longest ? position - list->longest : 0, low = 0;
	uint32_t high = list->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list->v[middle].first < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Joins one match of the left side with all matches of the right side that satisfy the link. */
static bool spans_join_match(
	struct watch_near *x, struct watch_spans *out, uint32_t i, uint32_t link)
{
	const struct watch_span *a = &out->left->v[i];
	uint32_t distance = link / 2;
	uint32_t reach = a->first > distance + 1 ? a->first - distance - 1 : 0;

	for (uint32_t j = watch_spans_from(out->right, reach); j < out->right->n; j++) {
		const struct watch_span *b = &out->right->v[j];
		struct watch_span both;

		if (b->first > a->last + distance + 1)
			break;
		if (!watch_budget_spend(&x->s->budget, 1))
			return false;
		if (!watch_spans_linked(x, a, b, distance, link & 1))
			continue;
		if (!spans_unite_matches(x, a, b, &both) || !spans_push_match(x, out, both) ||
			(x->trace && !spans_push_origin(
					     x, out, (struct watch_origin){i, j, out->n - 1})))
			return false;
	}
	return true;
}

struct watch_spans *watch_spans_chain(
	struct watch_near *x, const struct watch_step *step, uint32_t n)
{
	const struct watch_kid *kids = &x->s->set->program.kids[step->first];
	struct watch_spans *left = watch_spans_of(x, kids[0].step);

	for (uint32_t k = 1; k < n && left; k++) {
		struct watch_spans *out = spans_new_list(x, WATCH_SPANS_NEAR);

		if (!out)
			return NULL;
		out->left = left;
		out->right = watch_spans_of(x, kids[k].step);
		if (!out->right)
			return NULL;
		for (uint32_t i = 0; i < left->n; i++)
			if (!spans_join_match(x, out, i, kids[k].link))
				return NULL;
		if (!spans_sort_list(x, out))
			return NULL;
		left = out;
	}
	return left;
}

struct watch_spans *watch_spans_of_near(struct watch_near *x, const struct watch_step *step)
{
	return watch_spans_chain(x, step, step->count);
}

/* --- from marks to hits --- */

bool watch_spans_mark(struct watch_near *x, struct watch_spans *list, uint32_t i)
{
	if (!list->marks) {
		list->marks = arena_zalloc(x->s->spans.arena, list->n + (size_t)1);
		if (!list->marks)
			return spans_out_of_memory(x) != NULL;
	}
	list->marks[i] = true;
	return true;
}

static bool spans_pass_marks(struct watch_near *x, struct watch_spans *list)
{
	for (uint32_t i = 0; i < list->n_origins; i++) {
		const struct watch_origin *o = &list->origins[i];

		if (!list->marks[o->to])
			continue;
		if (list->kind == WATCH_SPANS_UNION) {
			if (!watch_spans_mark(x, list->kids[o->from], o->other))
				return false;
		} else if (!watch_spans_mark(x, list->left, o->from) ||
			   !watch_spans_mark(x, list->right, o->other)) {
			return false;
		}
	}
	return true;
}

/* Iterates over left sides: a chain may be as long as the query, but brackets are limited. */
void watch_spans_collect(struct watch_near *x, struct watch_spans *list)
{
	while (list && list->marks && !x->s->item.failed) {
		if (list->kind == WATCH_SPANS_TERM) {
			watch_hits_begin(&x->s->hits);
			for (uint32_t i = 0; i < list->n && !watch_hits_enough(&x->s->hits); i++)
				if (list->marks[i])
					watch_hit_add(&x->s->hits, &x->s->item, list->v[i].first,
						list->v[i].last, list->text);
			return;
		}
		if (!spans_pass_marks(x, list))
			return;
		if (list->kind == WATCH_SPANS_UNION) {
			for (uint32_t i = 0; i < list->n_kids; i++)
				watch_spans_collect(x, list->kids[i]);
			return;
		}
		watch_spans_collect(x, list->right);
		list = list->left;
	}
}
