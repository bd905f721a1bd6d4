/* SPDX-License-Identifier: MIT */
/* What must occur in an item for a watch to match, and the cheapest choice of it. */
#include <stdlib.h>

#include "watch/index.h"

static double require(const struct watch_program *p, uint32_t at, struct watch_atom_list *out);

double watch_atom_cost(const struct watch_program *p, uint32_t atom)
{
	const struct watch_atom *a = &p->atoms[atom];
	struct str form = a->kind == WATCH_ATOM_STEM ? a->stems[0].stem : a->form;
	double cost = 400.0;

	/* A word is the rarer the longer it is: halved with each letter, roughly. */
	for (size_t i = 1; i < form.n && i < 12; i++)
		cost *= form.p[i] == '*' || form.p[i] == '?' ? 2.0 : 0.6;
	switch (a->kind) {
	case WATCH_ATOM_EXACT: return cost;
	case WATCH_ATOM_SPELLED: return cost * 0.8;
	case WATCH_ATOM_STEM: return cost * 2 * (double)a->n_stems;
	case WATCH_ATOM_FUZZY: return cost * 3;
	case WATCH_ATOM_GLOB: return cost * 4;
	case WATCH_ATOM_ATTRIBUTE: return 50.0;
	}
	return cost;
}

static bool push(struct watch_atom_list *out, uint32_t atom)
{
	if (!watch_program_room(&out->v, out->n, &out->cap, 1, sizeof(*out->v)))
		return false;
	out->v[out->n++] = atom;
	return true;
}

static double require_atom(
	const struct watch_program *p, uint32_t atom, struct watch_atom_list *out)
{
	return push(out, atom) ? watch_atom_cost(p, atom) : -1;
}

static double require_phrase(
	const struct watch_program *p, const struct watch_phrase *ph, struct watch_atom_list *out)
{
	uint32_t best = WATCH_NONE;
	double least = WATCH_REQUIRE_NONE;

	for (uint32_t i = 0; i < ph->count; i++) {
		uint32_t atom = p->pieces[ph->first + i];
		double cost = atom == WATCH_NONE ? WATCH_REQUIRE_NONE : watch_atom_cost(p, atom);

		if (cost < least) {
			least = cost;
			best = atom;
		}
	}
	if (best == WATCH_NONE)
		return WATCH_REQUIRE_NONE;
	/* All words of it must come, so it is rarer than its rarest word. */
	return push(out, best) ? least * 0.5 : -1;
}

/* The cheapest of the kids. */
static double require_one(const struct watch_program *p, const struct watch_step *s,
	uint32_t n_kids, struct watch_atom_list *out)
{
	double least = WATCH_REQUIRE_NONE;
	size_t start = out->n, best = start;

	for (uint32_t i = 0; i < n_kids; i++) {
		size_t before = out->n;
		double cost = require(p, p->kids[s->first + i].step, out);

		if (cost < 0)
			return cost;
		if (cost >= least) {
			out->n = before;
			continue;
		}
		/* The better choice takes the place of the one so far. */
		memmove(out->v + start, out->v + before, (out->n - before) * sizeof(*out->v));
		out->n = start + (out->n - before);
		best = out->n;
		least = cost;
	}
	out->n = best;
	return least;
}

/* Every kid, or as many of them that one must be there when `needed` of them match. */
static double require_any(const struct watch_program *p, const struct watch_step *s,
	uint32_t needed, struct watch_atom_list *out)
{
	size_t start = out->n;
	uint32_t want = s->count - needed + 1, have = 0;
	double sum = 0;

	for (uint32_t i = 0; i < s->count && have < want; i++) {
		double cost = require(p, p->kids[s->first + i].step, out);

		if (cost < 0)
			return cost;
		if (cost < WATCH_REQUIRE_NONE) {
			sum += cost;
			have++;
		}
	}
	if (have == want)
		return sum;
	out->n = start;
	return WATCH_REQUIRE_NONE;
}

static double require_words(
	const struct watch_program *p, const struct watch_step *s, struct watch_atom_list *out)
{
	double sum = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t atom = p->steps[s->first + i].first;

		if (!push(out, atom))
			return -1;
		sum += watch_atom_cost(p, atom);
	}
	return sum;
}

static double require(const struct watch_program *p, uint32_t at, struct watch_atom_list *out)
{
	const struct watch_step *s = &p->steps[at];

	switch ((enum watch_step_op)s->op) {
	case WATCH_STEP_AND:
	case WATCH_STEP_NEAR:
	case WATCH_STEP_SENT:
	case WATCH_STEP_PARA: return require_one(p, s, s->count, out);
	case WATCH_STEP_NOT_NEAR:
	case WATCH_STEP_LEAD:
	case WATCH_STEP_ATLEAST: return require_one(p, s, 1, out);
	case WATCH_STEP_OR: return require_any(p, s, 1, out);
	case WATCH_STEP_SOME: return require_any(p, s, s->n, out);
	case WATCH_STEP_WORDS: return require_words(p, s, out);
	case WATCH_STEP_WORD:
	case WATCH_STEP_ATTRIBUTE: return require_atom(p, s->first, out);
	case WATCH_STEP_PHRASE: return require_phrase(p, &p->phrases[s->first], out);
	case WATCH_STEP_NOT:
	case WATCH_STEP_REGEX:
	case WATCH_STEP_URL:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: break;
	}
	return WATCH_REQUIRE_NONE;
}

double watch_require(const struct watch_program *p, uint32_t root, struct watch_atom_list *atoms)
{
	return require(p, root, atoms);
}
