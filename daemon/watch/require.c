/* SPDX-License-Identifier: MIT */
/*
 * Required terms: what must occur in an item for a watch to match, and the cheapest choice of it.
 */
#include <stdlib.h>

#include "index.h"
#include "operator.h"

struct require_search {
	const struct watch_program *p;
	const struct watch_frequencies *frequencies;
};

static double require_step(const struct require_search *q, uint32_t at, struct watch_terms *out);

static double require_guess_cost(const struct watch_atom *a)
{
	struct str form = a->kind == WATCH_ATOM_STEM ? a->stems[0].stem : a->form;
	double cost = 400.0;

	/* A longer word is rarer: about half as common with each letter. */
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

double watch_atom_cost(
	const struct watch_program *p, const struct watch_frequencies *frequencies, uint32_t atom)
{
	/* Between words never seen, the guess decides. */
	if (frequencies->items && frequencies->counts[atom])
		return (double)frequencies->counts[atom] * 1000.0 / (double)frequencies->items;
	return frequencies->items
		       ? require_guess_cost(&p->atoms[atom]) * 0.01 / (double)frequencies->items
		       : require_guess_cost(&p->atoms[atom]);
}

uint32_t watch_phrase_rarest(const struct watch_program *p,
	const struct watch_frequencies *frequencies, const struct watch_phrase *ph, double *cost)
{
	uint32_t rarest = 0;

	*cost = WATCH_REQUIRE_NONE;
	for (uint32_t i = 0; i < ph->count; i++) {
		uint32_t atom = p->pieces[ph->first + i];
		double one = atom == WATCH_NONE ? WATCH_REQUIRE_NONE
						: watch_atom_cost(p, frequencies, atom);

		if (one < *cost) {
			*cost = one;
			rarest = i;
		}
	}
	return rarest;
}

static bool require_push_term(struct watch_terms *out, uint32_t atom)
{
	if (!array_room(&out->v, out->n, &out->cap, 1, sizeof(*out->v)))
		return false;
	out->v[out->n++] = atom;
	return true;
}

static double require_atom(const struct require_search *q, uint32_t atom, struct watch_terms *out)
{
	return require_push_term(out, atom) ? watch_atom_cost(q->p, q->frequencies, atom) : -1;
}

/* All words of a phrase are required, in a row: it is much rarer than its rarest word. */
static double require_phrase(
	const struct require_search *q, uint32_t phrase, struct watch_terms *out)
{
	const struct watch_phrase *ph = &q->p->phrases[phrase];
	uint32_t term = (uint32_t)q->p->n_atoms + phrase;
	double least;
	uint32_t rarest = watch_phrase_rarest(q->p, q->frequencies, ph, &least);

	if (ph->slop >= 0)
		return require_push_term(out, q->p->pieces[ph->first + rarest]) ? least * 0.3 : -1;
	if (q->frequencies->items && q->frequencies->counts[term])
		least = (double)q->frequencies->counts[term] * 1000.0 /
			(double)q->frequencies->items;
	else
		least *= 0.1;
	return require_push_term(out, term) ? least : -1;
}

/* Chooses the cheapest of the kids. */
static double require_one(const struct require_search *q, const struct watch_step *s,
	uint32_t n_kids, struct watch_terms *out)
{
	double least = WATCH_REQUIRE_NONE;
	size_t start = out->n, best = start;

	for (uint32_t i = 0; i < n_kids; i++) {
		size_t before = out->n;
		double cost = require_step(q, q->p->kids[s->first + i].step, out);

		if (cost < 0)
			return cost;
		if (cost >= least) {
			out->n = before;
			continue;
		}
		/* The better choice replaces the previous one. */
		memmove(out->v + start, out->v + before, (out->n - before) * sizeof(*out->v));
		out->n = start + (out->n - before);
		best = out->n;
		least = cost;
	}
	out->n = best;
	return least;
}

/* All kids, or as many of them that one must match if `needed` of them do. */
static double require_any(const struct require_search *q, const struct watch_step *s,
	uint32_t needed, struct watch_terms *out)
{
	size_t start = out->n;
	uint32_t want = s->count - needed + 1, have = 0;
	double sum = 0;

	for (uint32_t i = 0; i < s->count && have < want; i++) {
		double cost = require_step(q, q->p->kids[s->first + i].step, out);

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
	const struct require_search *q, const struct watch_step *s, struct watch_terms *out)
{
	double sum = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t atom = q->p->steps[s->first + i].first;

		if (!require_push_term(out, atom))
			return -1;
		sum += watch_atom_cost(q->p, q->frequencies, atom);
	}
	return sum;
}

static double require_step(const struct require_search *q, uint32_t at, struct watch_terms *out)
{
	const struct watch_step *s = &q->p->steps[at];

	switch (watch_operators[s->op].needs) {
	case WATCH_NEEDS_NOTHING: break;
	case WATCH_NEEDS_ATOM: return require_atom(q, s->first, out);
	case WATCH_NEEDS_PHRASE: return require_phrase(q, s->first, out);
	case WATCH_NEEDS_WORDS: return require_words(q, s, out);
	case WATCH_NEEDS_FIRST: return require_one(q, s, 1, out);
	case WATCH_NEEDS_ALL: return require_one(q, s, s->count, out);
	case WATCH_NEEDS_SOME: return require_any(q, s, s->n, out);
	}
	return WATCH_REQUIRE_NONE;
}

double watch_require(const struct watch_program *p, const struct watch_frequencies *frequencies,
	uint32_t root, struct watch_terms *atoms)
{
	struct require_search q = {p, frequencies};

	return require_step(&q, root, atoms);
}

bool watch_require_exact(const struct watch_program *p, uint32_t at)
{
	const struct watch_step *s = &p->steps[at];

	bool everywhere = (p->fields & ~(unsigned)s->fields) == 0;

	switch (watch_operators[s->op].needs) {
	case WATCH_NEEDS_ATOM: return everywhere || p->atoms[s->first].kind == WATCH_ATOM_ATTRIBUTE;
	case WATCH_NEEDS_WORDS: return everywhere;
	case WATCH_NEEDS_PHRASE: return everywhere && p->phrases[s->first].slop < 0;
	case WATCH_NEEDS_SOME:
		for (uint32_t i = 0; i < s->count; i++)
			if (s->n > 1 || !watch_require_exact(p, p->kids[s->first + i].step))
				return false;
		return true;
	case WATCH_NEEDS_NOTHING:
	case WATCH_NEEDS_FIRST:
	case WATCH_NEEDS_ALL: break;
	}
	return false;
}
