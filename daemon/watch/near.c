/* SPDX-License-Identifier: MIT */
/* NEAR, NOT NEAR, SENT, PARA, ATLEAST, evaluated over lists of matches. */
#include "near.h"

#include "operator.h"

/* Can the operand have a match at all? Avoids building the lists for most items. */
static bool near_is_possible(struct watch_scratch *s, uint32_t at)
{
	const struct watch_program *p = &s->set->program;
	const struct watch_step *step = &p->steps[at];
	const struct watch_phrase *ph;

	switch (watch_operators[step->op].needs) {
	case WATCH_NEEDS_ATOM: return watch_atom_occurs(&s->item, step->first, step->fields);
	case WATCH_NEEDS_PHRASE:
		ph = &p->phrases[step->first];
		return watch_atom_occurs(&s->item, p->pieces[ph->first + ph->rarest], step->fields);
	case WATCH_NEEDS_WORDS:
	case WATCH_NEEDS_SOME:
		for (uint32_t i = 0; i < step->count; i++)
			if (near_is_possible(s, watch_step_kid(p, step, i)))
				return true;
		return false;
	case WATCH_NEEDS_ALL:
		for (uint32_t i = 0; i < step->count; i++)
			if (!near_is_possible(s, p->kids[step->first + i].step))
				return false;
		return true;
	case WATCH_NEEDS_FIRST: return near_is_possible(s, p->kids[step->first].step);
	case WATCH_NEEDS_NOTHING: break;
	}
	return true;
}

bool watch_pairing_mark(struct watch_pairing *p, uint32_t i, uint32_t j)
{
	p->found = true;
	return p->x.trace && watch_spans_mark(&p->x, p->left, i) &&
	       watch_spans_mark(&p->x, p->right, j);
}

/* The link before the last operand. */
static uint32_t near_last_link(const struct watch_pairing *p)
{
	return p->x.s->set->program.kids[p->step->first + p->step->count - 1].link;
}

/* Stops at the first pair of the last link unless hits are collected. */
void watch_pair_near(struct watch_pairing *p)
{
	uint32_t link = near_last_link(p), distance = link / 2;

	for (uint32_t i = 0; i < p->left->n; i++) {
		const struct watch_span *a = &p->left->v[i];
		uint32_t reach = a->first > distance + 1 ? a->first - distance - 1 : 0;

		for (uint32_t j = watch_spans_from(p->right, reach); j < p->right->n; j++) {
			const struct watch_span *b = &p->right->v[j];

			if (b->first > a->last + distance + 1)
				break;
			if (!watch_budget_spend(&p->x.s->budget, 1))
				return;
			if (!watch_spans_linked(&p->x, a, b, distance, link & 1))
				continue;
			if (!watch_pairing_mark(p, i, j))
				return;
		}
	}
}

/* Is there a match of B within the distance of this A? One that shares a word counts. */
static bool near_has_neighbour(
	struct watch_pairing *p, const struct watch_span *a, uint32_t distance)
{
	uint32_t reach = a->first > distance + 1 ? a->first - distance - 1 : 0;

	for (uint32_t j = watch_spans_from(p->right, reach); j < p->right->n; j++) {
		const struct watch_span *b = &p->right->v[j];

		if (b->first > a->last + distance + 1)
			return false;
		if (!watch_budget_spend(&p->x.s->budget, 1))
			return true;
		if (b->last + distance + 1 >= a->first)
			return true;
	}
	return false;
}

void watch_pair_not_near(struct watch_pairing *p)
{
	uint32_t distance = near_last_link(p) / 2;

	for (uint32_t i = 0; i < p->left->n && !p->x.s->budget.overrun; i++) {
		if (near_has_neighbour(p, &p->left->v[i], distance))
			continue;
		p->found = true;
		if (!p->x.trace || !watch_spans_mark(&p->x, p->left, i))
			return;
	}
}

/* Number of the sentence or paragraph of a position, ascending along the axis. */
static uint64_t near_place_of(const struct watch_pairing *p, uint32_t position)
{
	const struct watch_region *r = watch_region_at(&p->x.s->item, position);
	const struct text_place *place = &r->words->place[position - r->base];

	return (uint64_t)(r - p->x.s->item.regions) << 32 |
	       (p->step->op == QUERY_SENT ? place->sentence : place->paragraph);
}

static bool near_find_places(struct watch_scratch *s)
{
	for (size_t i = 0; i < s->item.n_regions; i++)
		if (text_words_places(s->item.regions[i].words, NULL) < 0)
			s->item.failed = true;
	return !s->item.failed;
}

void watch_pair_place(struct watch_pairing *p)
{
	uint32_t start = 0;

	if (!near_find_places(p->x.s))
		return;
	for (uint32_t i = 0; i < p->left->n; i++) {
		const struct watch_span *a = &p->left->v[i];
		uint64_t place = near_place_of(p, a->first);

		if (near_place_of(p, a->last) != place)
			continue;
		while (start < p->right->n && near_place_of(p, p->right->v[start].first) < place)
			start++;
		for (uint32_t j = start; j < p->right->n; j++) {
			const struct watch_span *b = &p->right->v[j];

			if (!watch_budget_spend(&p->x.s->budget, 1) ||
				near_place_of(p, b->first) != place)
				break;
			if (near_place_of(p, b->last) != place ||
				!watch_spans_disjoint(&p->x, a, b))
				continue;
			if (!watch_pairing_mark(p, i, j))
				return;
		}
	}
}

void watch_pair_atleast(struct watch_pairing *p)
{
	p->found = p->left->n >= p->step->n;
	for (uint32_t i = 0; p->found && p->x.trace && i < p->left->n; i++)
		if (!watch_spans_mark(&p->x, p->left, i))
			return;
}

static bool near_make_sides(struct watch_pairing *p)
{
	const struct watch_step *step = p->step;
	const struct watch_kid *kids = &p->x.s->set->program.kids[step->first];
	bool all = watch_operators[step->op].needs == WATCH_NEEDS_ALL;

	for (uint32_t i = 0; i < (all ? step->count : 1); i++)
		if (!near_is_possible(p->x.s, kids[i].step))
			return false;
	p->left = watch_spans_chain(&p->x, step, step->count - 1);
	if (!p->left || p->left->n == 0)
		return false;
	if (step->count == 1)
		return true;
	p->right = watch_spans_of(&p->x, kids[step->count - 1].step);
	return p->right != NULL;
}

static bool near_run_pairing(struct watch_pairing *p)
{
	if (!near_make_sides(p))
		return false;
	watch_operators[p->step->op].pair(p);
	return p->found;
}

bool watch_eval_near(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	struct watch_pairing p = {.x = {.s = s, .lead = lead, .exact = true}, .step = step};
	bool before = s->budget.overrun, found;

	s->budget.overrun = false;
	found = near_run_pairing(&p);
	/* If the budget did not suffice, it does not match. */
	found = found && !s->budget.overrun && !s->item.failed;
	s->budget.overrun = s->budget.overrun || before;
	return found;
}

void watch_collect_near(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	struct watch_pairing p = {
		.x = {.s = s, .lead = lead, .exact = true, .trace = true}, .step = step};

	if (!near_run_pairing(&p))
		return;
	watch_spans_collect(&p.x, p.left);
	if (p.right)
		watch_spans_collect(&p.x, p.right);
}
