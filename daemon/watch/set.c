/* SPDX-License-Identifier: MIT */
/* A program with its index and vocabulary: immutable and shared. */
#include <stdlib.h>

#include "index.h"

/* Frequencies of terms are unknown. */
static const struct watch_frequencies nothing = {NULL, 0};

static bool cost_has_regex(const struct watch_program *p, uint32_t at)
{
	const struct watch_step *s = &p->steps[at];

	for (uint32_t i = 0; i < s->count; i++)
		if (cost_has_regex(p, watch_step_kid(p, s, i)))
			return true;
	return s->op == QUERY_REGEX;
}

static bool cost_is_loose(const struct watch_program *p, uint32_t atom)
{
	const struct watch_atom *a;

	if (atom == WATCH_NONE)
		return true;
	a = &p->atoms[atom];
	return a->kind == WATCH_ATOM_GLOB && (a->form.p[0] == '*' || a->form.p[0] == '?');
}

/* Does every word of the term start with a wildcard, so that no prefix can exclude items? */
static bool cost_is_scan(const struct watch_program *p, uint32_t term)
{
	const struct watch_phrase *ph;

	if (term < p->n_atoms)
		return cost_is_loose(p, term);
	ph = &p->phrases[term - p->n_atoms];
	for (uint32_t i = 0; i < ph->count; i++)
		if (!cost_is_loose(p, p->pieces[ph->first + i]))
			return false;
	return true;
}

static enum watch_cost cost_judge_terms(
	const struct watch_program *p, uint32_t root, const struct watch_terms *terms)
{
	if (terms->n == 0)
		return cost_has_regex(p, root) ? WATCH_COST_SLOW : WATCH_COST_SCAN;
	for (size_t i = 0; i < terms->n; i++)
		if (cost_is_scan(p, terms->v[i]))
			return WATCH_COST_SCAN;
	return WATCH_COST_INDEXED;
}

int watch_cost_of(const struct watch_program *p, uint32_t root, enum watch_cost *cost)
{
	struct watch_terms terms = {0};
	int rc = watch_require(p, &nothing, root, &terms) < 0 ? -(int)ERR_NOMEM : 0;

	*cost = cost_judge_terms(p, root, &terms);
	free(terms.v);
	return rc;
}

static int set_watch_costs(struct watch_program *p)
{
	int rc = 0;

	for (size_t w = 0; w < p->n_watches && rc == 0; w++)
		rc = watch_cost_of(p, p->watches[w].root, &p->watches[w].cost);
	return rc;
}

static void set_rarest_words(struct watch_program *p)
{
	for (size_t i = 0; i < p->n_phrases; i++) {
		double cost;

		p->phrases[i].rarest = watch_phrase_rarest(p, &nothing, &p->phrases[i], &cost);
	}
}

int watch_set_make(struct watch_program *p, struct watch_set **out)
{
	struct watch_set *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return -(int)ERR_NOMEM;
	s->program = *p;
	*p = (struct watch_program){0};
	set_rarest_words(&s->program);
	rc = set_watch_costs(&s->program);
	if (rc == 0)
		rc = watch_index_make(&s->index, &s->program, &nothing);
	if (rc == 0)
		rc = watch_vocabulary_make(&s->vocabulary, &s->program);
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
	watch_index_release(&s->index);
	free(s);
}

bool watch_set_counts_sources(const struct watch_set *s)
{
	return s->program.counts_sources;
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
