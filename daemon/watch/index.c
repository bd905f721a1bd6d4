/* SPDX-License-Identifier: MIT */
#include "watch/index.h"

#include <stdlib.h>

static void set_rarest(struct watch_program *p)
{
	for (size_t i = 0; i < p->n_phrases; i++) {
		struct watch_phrase *ph = &p->phrases[i];
		double least = WATCH_REQUIRE_NONE;

		for (uint32_t k = 0; k < ph->count; k++) {
			uint32_t atom = p->pieces[ph->first + k];
			double cost =
				atom == WATCH_NONE ? WATCH_REQUIRE_NONE : watch_atom_cost(p, atom);

			if (cost < least) {
				least = cost;
				ph->rarest = k;
			}
		}
	}
}

/* Pairs of atom and watch, in order of watch. */
struct pairs {
	uint32_t *atoms, *watches;
	size_t n, cap_atoms, cap_watches;
};

static bool has_regex(const struct watch_program *p, uint32_t at)
{
	const struct watch_step *s = &p->steps[at];

	switch ((enum watch_step_op)s->op) {
	case WATCH_STEP_REGEX: return true;
	case WATCH_STEP_AND:
	case WATCH_STEP_OR:
	case WATCH_STEP_SOME:
	case WATCH_STEP_NOT:
	case WATCH_STEP_LEAD:
		for (uint32_t i = 0; i < s->count; i++)
			if (has_regex(p, p->kids[s->first + i].step))
				return true;
		return false;
	case WATCH_STEP_NEAR:
	case WATCH_STEP_NOT_NEAR:
	case WATCH_STEP_SENT:
	case WATCH_STEP_PARA:
	case WATCH_STEP_ATLEAST:
	case WATCH_STEP_WORDS:
	case WATCH_STEP_WORD:
	case WATCH_STEP_PHRASE:
	case WATCH_STEP_ATTRIBUTE:
	case WATCH_STEP_URL:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: break;
	}
	return false;
}

/* A wildcard at the start is tried on every new word: no literal rules items out beforehand. */
static bool scans(const struct watch_program *p, const struct watch_atom_list *atoms)
{
	for (size_t i = 0; i < atoms->n; i++) {
		const struct watch_atom *a = &p->atoms[atoms->v[i]];

		if (a->kind == WATCH_ATOM_GLOB && (a->form.p[0] == '*' || a->form.p[0] == '?'))
			return true;
	}
	return false;
}

static bool add_pairs(struct pairs *pairs, const struct watch_atom_list *atoms, uint32_t watch)
{
	if (!watch_program_room(
		    &pairs->atoms, pairs->n, &pairs->cap_atoms, atoms->n, sizeof(*pairs->atoms)) ||
		!watch_program_room(&pairs->watches, pairs->n, &pairs->cap_watches, atoms->n,
			sizeof(*pairs->watches)))
		return false;
	for (size_t i = 0; i < atoms->n; i++) {
		pairs->atoms[pairs->n] = atoms->v[i];
		pairs->watches[pairs->n++] = watch;
	}
	return true;
}

/* Every watch to its required atoms, or on the list of those that every item is tried on. */
static int choose(struct watch_set *s, struct pairs *pairs)
{
	struct watch_program *p = &s->program;
	struct watch_atom_list atoms = {0};
	int rc = 0;

	s->always = calloc(p->n_watches + 1, sizeof(*s->always));
	if (!s->always)
		return -(int)ERR_NOMEM;
	for (size_t w = 0; w < p->n_watches && rc == 0; w++) {
		double cost;

		atoms.n = 0;
		cost = watch_require(p, p->watches[w].root, &atoms);
		if (cost < 0)
			rc = -(int)ERR_NOMEM;
		else if (atoms.n == 0)
			s->always[s->n_always++] = (uint32_t)w;
		else if (!add_pairs(pairs, &atoms, (uint32_t)w))
			rc = -(int)ERR_NOMEM;
		if (atoms.n == 0)
			p->watches[w].cost = has_regex(p, p->watches[w].root) ? WATCH_COST_SLOW
									      : WATCH_COST_SCAN;
		else
			p->watches[w].cost =
				scans(p, &atoms) ? WATCH_COST_SCAN : WATCH_COST_INDEXED;
	}
	free(atoms.v);
	return rc;
}

/* By atom; watches stay in order within one. */
static int make_postings(struct watch_set *s, const struct pairs *pairs)
{
	size_t n = s->program.n_atoms;
	uint32_t sum = 0;

	s->starts = calloc(n + 2, sizeof(*s->starts));
	s->postings = calloc(pairs->n + 1, sizeof(*s->postings));
	if (!s->starts || !s->postings)
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < pairs->n; i++)
		s->starts[pairs->atoms[i] + 1]++;
	for (size_t i = 0; i <= n; i++) {
		sum += s->starts[i];
		s->starts[i] = sum;
	}
	for (size_t i = 0; i < pairs->n; i++)
		s->postings[s->starts[pairs->atoms[i]]++] = pairs->watches[i];
	for (size_t i = n; i > 0; i--)
		s->starts[i] = s->starts[i - 1];
	s->starts[0] = 0;
	return 0;
}

int watch_index_make(struct watch_program *p, struct watch_set **out)
{
	struct watch_set *s = calloc(1, sizeof(*s));
	struct pairs pairs = {0};
	int rc;

	if (!s)
		return -(int)ERR_NOMEM;
	s->program = *p;
	*p = (struct watch_program){0};
	set_rarest(&s->program);
	rc = choose(s, &pairs);
	if (rc == 0)
		rc = make_postings(s, &pairs);
	if (rc == 0)
		rc = watch_vocabulary_make(&s->vocabulary, &s->program);
	free(pairs.atoms);
	free(pairs.watches);
	if (rc < 0)
		watch_set_free(s);
	else
		*out = s;
	return rc;
}

void watch_set_free(struct watch_set *s)
{
	if (!s)
		return;
	watch_vocabulary_release(&s->vocabulary);
	watch_program_release(&s->program);
	free(s->starts);
	free(s->postings);
	free(s->always);
	free(s);
}

size_t watch_set_count(const struct watch_set *s)
{
	return s->program.n_watches;
}

struct str watch_set_name(const struct watch_set *s, size_t watch)
{
	return s->program.watches[watch].name;
}

const char *watch_set_cost(const struct watch_set *s, size_t watch)
{
	static const char *const names[] = {"indexed", "scan", "slow"};

	return names[s->program.watches[watch].cost];
}
