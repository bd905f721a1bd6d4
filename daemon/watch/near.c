/* SPDX-License-Identifier: MIT */
/* NEAR, NOT NEAR, SENT, PARA, ATLEAST over lists of matches. */
#include "spans.h"

/* Could an operand have a match at all? Spares most items the making of lists. */
static bool possible(struct watch_scratch *s, uint32_t at)
{
	const struct watch_program *p = &s->set->program;
	const struct watch_step *step = &p->steps[at];
	const struct watch_phrase *ph;

	switch ((enum watch_step_op)step->op) {
	case WATCH_STEP_WORD: return watch_atom_occurs(s, step->first, step->fields);
	case WATCH_STEP_PHRASE:
		ph = &p->phrases[step->first];
		return watch_atom_occurs(s, p->pieces[ph->first + ph->rarest], step->fields);
	case WATCH_STEP_WORDS:
		for (uint32_t i = 0; i < step->count; i++)
			if (possible(s, step->first + i))
				return true;
		return false;
	case WATCH_STEP_OR:
		for (uint32_t i = 0; i < step->count; i++)
			if (possible(s, p->kids[step->first + i].step))
				return true;
		return false;
	case WATCH_STEP_NEAR:
		for (uint32_t i = 0; i < step->count; i++)
			if (!possible(s, p->kids[step->first + i].step))
				return false;
		return true;
	case WATCH_STEP_AND:
	case WATCH_STEP_NOT:
	case WATCH_STEP_NOT_NEAR:
	case WATCH_STEP_SENT:
	case WATCH_STEP_PARA:
	case WATCH_STEP_REGEX:
	case WATCH_STEP_ATTRIBUTE:
	case WATCH_STEP_URL:
	case WATCH_STEP_LEAD:
	case WATCH_STEP_ATLEAST:
	case WATCH_STEP_SOME:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: break;
	}
	return true;
}

/* Both sides of an operator; marks are set while hits are collected. */
struct sides {
	struct watch_near x;
	const struct watch_step *step;
	struct watch_spans *left, *right;
	bool found;
};

static bool mark(struct sides *p, uint32_t i, uint32_t j)
{
	p->found = true;
	return watch_spans_mark(&p->x, p->left, i) && watch_spans_mark(&p->x, p->right, j);
}

/* Pairs of the last link of a chain. Only the first is looked for unless hits are wanted. */
static void pair_near(struct sides *p, uint32_t link)
{
	uint32_t distance = link / 2;

	for (uint32_t i = 0; i < p->left->n; i++) {
		const struct watch_span *a = &p->left->v[i];
		uint32_t reach = a->first > distance + 1 ? a->first - distance - 1 : 0;

		for (uint32_t j = watch_spans_from(p->right, reach); j < p->right->n; j++) {
			const struct watch_span *b = &p->right->v[j];

			if (b->first > a->last + distance + 1)
				break;
			if (!watch_spend(p->x.s, 1))
				return;
			if (!watch_spans_linked(&p->x, a, b, distance, link & 1))
				continue;
			if (!p->x.trace) {
				p->found = true;
				return;
			}
			if (!mark(p, i, j))
				return;
		}
	}
}

/* Is some B within the distance of this A? One that shares a word is. */
static bool crowded(struct sides *p, const struct watch_span *a, uint32_t distance)
{
	uint32_t reach = a->first > distance + 1 ? a->first - distance - 1 : 0;

	for (uint32_t j = watch_spans_from(p->right, reach); j < p->right->n; j++) {
		const struct watch_span *b = &p->right->v[j];

		if (b->first > a->last + distance + 1)
			return false;
		if (!watch_spend(p->x.s, 1))
			return true;
		if (b->last + distance + 1 >= a->first)
			return true;
	}
	return false;
}

static void pair_not_near(struct sides *p)
{
	for (uint32_t i = 0; i < p->left->n && !p->x.s->overrun; i++) {
		if (crowded(p, &p->left->v[i], p->step->n))
			continue;
		p->found = true;
		if (!p->x.trace || !watch_spans_mark(&p->x, p->left, i))
			return;
	}
}

/* The sentence or paragraph of a position, in the order of the line. */
static uint64_t place_of(const struct sides *p, uint32_t position)
{
	const struct watch_region *r = watch_region_at(p->x.s, position);
	const struct text_place *place = &r->words->place[position - r->base];

	return (uint64_t)(r - p->x.s->regions) << 32 |
	       (p->step->op == WATCH_STEP_SENT ? place->sentence : place->paragraph);
}

static bool need_places(struct watch_scratch *s)
{
	for (size_t i = 0; i < s->n_regions; i++)
		if (text_words_places(s->regions[i].words, NULL) < 0)
			s->failed = true;
	return !s->failed;
}

static void pair_place(struct sides *p)
{
	uint32_t start = 0;

	for (uint32_t i = 0; i < p->left->n; i++) {
		const struct watch_span *a = &p->left->v[i];
		uint64_t place = place_of(p, a->first);

		if (place_of(p, a->last) != place)
			continue;
		while (start < p->right->n && place_of(p, p->right->v[start].first) < place)
			start++;
		for (uint32_t j = start; j < p->right->n; j++) {
			const struct watch_span *b = &p->right->v[j];

			if (!watch_spend(p->x.s, 1) || place_of(p, b->first) != place)
				break;
			if (place_of(p, b->last) != place || !watch_spans_apart(&p->x, a, b))
				continue;
			if (!p->x.trace) {
				p->found = true;
				return;
			}
			if (!mark(p, i, j))
				return;
		}
	}
}

static void pair_enough(struct sides *p)
{
	p->found = p->left->n >= p->step->n;
	for (uint32_t i = 0; p->found && p->x.trace && i < p->left->n; i++)
		if (!watch_spans_mark(&p->x, p->left, i))
			return;
}

static bool make_sides(struct sides *p)
{
	const struct watch_step *step = p->step;
	const struct watch_kid *kids = &p->x.s->set->program.kids[step->first];

	for (uint32_t i = 0; i < step->count; i++) {
		if (step->op == WATCH_STEP_NOT_NEAR && i)
			break;
		if (!possible(p->x.s, kids[i].step))
			return false;
	}
	if (step->op == WATCH_STEP_NEAR)
		p->left = watch_spans_chain(&p->x, step, step->count - 1);
	else
		p->left = watch_spans_of(&p->x, kids[0].step);
	if (!p->left || p->left->n == 0)
		return false;
	if (step->op == WATCH_STEP_ATLEAST)
		return true;
	p->right = watch_spans_of(&p->x, kids[step->count - 1].step);
	return p->right != NULL;
}

static bool run(struct sides *p)
{
	const struct watch_step *step = p->step;
	struct watch_scratch *s = p->x.s;

	if (!make_sides(p))
		return false;
	if (step->op == WATCH_STEP_NEAR)
		pair_near(p, s->set->program.kids[step->first + step->count - 1].link);
	else if (step->op == WATCH_STEP_NOT_NEAR)
		pair_not_near(p);
	else if (step->op == WATCH_STEP_ATLEAST)
		pair_enough(p);
	else if (need_places(s))
		pair_place(p);
	return p->found;
}

bool watch_near_eval(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	struct sides p = {.x = {.s = s, .lead = lead, .exact = true}, .step = step};
	bool before = s->overrun, found;

	s->overrun = false;
	found = run(&p);
	/* What could not be looked through to the end does not match. */
	found = found && !s->overrun && !s->failed;
	s->overrun = s->overrun || before;
	return found;
}

void watch_near_collect(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	struct sides p = {.x = {.s = s, .lead = lead, .exact = true, .trace = true}, .step = step};

	if (!run(&p))
		return;
	watch_spans_tell(&p.x, p.left);
	if (p.right)
		watch_spans_tell(&p.x, p.right);
}
