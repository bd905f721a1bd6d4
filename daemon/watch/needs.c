/* SPDX-License-Identifier: MIT */
/*
 * What a full-text index may rule an item out by. Only where it is certain: the index knows normal
 * forms in title and body, no stems, no other fields.
 */
#include <stdlib.h>

#include "watch/index.h"
#include "watch/watch.h"

/* A beginning shorter than this proposes nearly everything. */
#define PREFIX_MIN 2

static bool is_plain(const struct watch_program *p, uint32_t at)
{
	const struct watch_step *s = &p->steps[at];

	switch ((enum watch_step_op)s->op) {
	case WATCH_STEP_WORD:
	case WATCH_STEP_PHRASE:
	case WATCH_STEP_WORDS: return (s->fields & ~WATCH_FIELDS_PLAIN) == 0;
	case WATCH_STEP_AND:
	case WATCH_STEP_OR:
	case WATCH_STEP_NOT:
	case WATCH_STEP_NEAR:
	case WATCH_STEP_NOT_NEAR:
	case WATCH_STEP_SENT:
	case WATCH_STEP_PARA:
	case WATCH_STEP_LEAD:
	case WATCH_STEP_ATLEAST:
	case WATCH_STEP_SOME:
		for (uint32_t i = 0; i < s->count; i++)
			if (!is_plain(p, p->kids[s->first + i].step))
				return false;
		return true;
	case WATCH_STEP_REGEX:
	case WATCH_STEP_ATTRIBUTE:
	case WATCH_STEP_URL:
	case WATCH_STEP_LONGER:
	case WATCH_STEP_SHORTER:
	case WATCH_STEP_AGE: break;
	}
	return true;
}

static bool form_of(const struct watch_program *p, uint32_t atom, struct str *form, bool *prefix)
{
	const struct watch_atom *a;
	size_t n = 0;

	if (atom == WATCH_NONE)
		return false;
	a = &p->atoms[atom];
	*form = a->form;
	*prefix = false;
	switch (a->kind) {
	case WATCH_ATOM_EXACT:
	case WATCH_ATOM_SPELLED: return true;
	case WATCH_ATOM_GLOB:
		while (n < a->form.n && a->form.p[n] != '*' && a->form.p[n] != '?')
			n++;
		form->n = n;
		*prefix = true;
		return n >= PREFIX_MIN;
	case WATCH_ATOM_FUZZY:
	case WATCH_ATOM_STEM:
	case WATCH_ATOM_ATTRIBUTE: break;
	}
	return false;
}

/* Of a phrase, one word: all of them must be there. */
static bool form_of_term(
	const struct watch_program *p, uint32_t term, struct str *form, bool *prefix)
{
	const struct watch_phrase *ph;

	if (term < p->n_atoms)
		return form_of(p, term, form, prefix);
	ph = &p->phrases[term - p->n_atoms];
	if (form_of(p, p->pieces[ph->first + ph->rarest], form, prefix))
		return true;
	for (uint32_t i = 0; i < ph->count; i++)
		if (form_of(p, p->pieces[ph->first + i], form, prefix))
			return true;
	return false;
}

bool watch_set_needs(const struct watch_set *s, size_t watch, watch_need_fn *fn, void *ctx)
{
	static const struct watch_census nothing = {NULL, 0};
	const struct watch_program *p = &s->program;
	uint32_t root = p->watches[watch].root;
	struct watch_terms terms = {0};
	bool told = false;

	if (is_plain(p, root) && watch_require(p, &nothing, root, &terms) >= 0)
		told = terms.n > 0;
	for (size_t i = 0; told && i < terms.n; i++) {
		struct str form;
		bool prefix;

		told = form_of_term(p, terms.v[i], &form, &prefix) && fn(ctx, form, prefix);
	}
	free(terms.v);
	return told;
}
