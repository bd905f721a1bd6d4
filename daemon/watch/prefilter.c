/* SPDX-License-Identifier: MIT */
/*
 * Condition by which a full-text index can exclude items. It must be certain: the index knows
 * normal forms in title and body, prefixes for stems, and no other fields. Of parts that are all
 * required, unknown ones are left out; if any of several parts suffices, one unknown part makes the
 * whole unknown.
 */
#include <string.h>

#include "index.h"
#include "operator.h"
#include "watch/watch.h"

/* A shorter prefix selects nearly all items, at great cost. */
#define PREFIX_MIN 3
/*
 * For these languages Snowball removes endings, and adds at most two letters that are not in the
 * word (lying: lie, ability: able): so the rest of a stem is a prefix of every word that has it.
 * Finnish and Dutch change letters further inside, Indonesian and Arabic remove prefixes.
 */
static const char *const plain_endings[] = {"danish", "english", "french", "german", "italian",
	"norwegian", "portuguese", "russian", "spanish", "swedish"};
#define STEM_END  2
/* The caller may need to nest the condition, too. */
#define DEPTH_MAX 12

struct prefilter_walk {
	const struct watch_program *p;
	watch_prefilter_fn *fn;
	void *ctx;
};

static bool prefilter_has_plain_endings(const char *language)
{
	for (size_t i = 0; i < sizeof(plain_endings) / sizeof(plain_endings[0]); i++)
		if (strcmp(language, plain_endings[i]) == 0)
			return true;
	return false;
}

static struct str prefilter_cut_letter(struct str s)
{
	while (s.n && ((unsigned char)s.p[--s.n] & 0xc0) == 0x80)
		;
	return s;
}

static size_t prefilter_common_length(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	while (n && n < a.n && ((unsigned char)a.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* The common prefix of all words that have a stem of the atom. */
static struct str prefilter_stem_prefix(const struct watch_program *p, const struct watch_atom *a)
{
	struct str all = STR_NONE;

	for (size_t i = 0; i < a->n_stems; i++) {
		struct str stem = a->stems[i].stem;

		if (!prefilter_has_plain_endings(p->languages[a->stems[i].language]))
			return STR_NONE;
		for (int k = 0; k < STEM_END; k++)
			stem = prefilter_cut_letter(stem);
		if (i)
			stem.n = prefilter_common_length(stem, all);
		all = stem;
	}
	return all;
}

/* False: the index does not know the atom. */
static bool prefilter_of_atom(
	const struct watch_program *p, uint32_t atom, struct watch_prefilter *out)
{
	const struct watch_atom *a;
	size_t n = 0;

	if (atom == WATCH_NONE)
		return false;
	a = &p->atoms[atom];
	*out = (struct watch_prefilter){.op = WATCH_PREFILTER_WORD, .form = a->form};
	switch (a->kind) {
	case WATCH_ATOM_EXACT:
	case WATCH_ATOM_SPELLED: return true;
	case WATCH_ATOM_GLOB:
		while (n < a->form.n && a->form.p[n] != '*' && a->form.p[n] != '?')
			n++;
		out->form.n = n;
		out->op = WATCH_PREFILTER_BEGINNING;
		return n >= PREFIX_MIN;
	case WATCH_ATOM_STEM:
		out->form = prefilter_stem_prefix(p, a);
		out->op = WATCH_PREFILTER_BEGINNING;
		return out->form.n >= PREFIX_MIN;
	case WATCH_ATOM_FUZZY:
	case WATCH_ATOM_ATTRIBUTE: break;
	}
	return false;
}

/* Returns the number of words of the phrase that the index knows. */
static size_t prefilter_count_words(const struct prefilter_walk *t, const struct watch_phrase *ph)
{
	struct watch_prefilter need;
	size_t n = 0;

	for (uint32_t i = 0; i < ph->count; i++)
		n += prefilter_of_atom(t->p, t->p->pieces[ph->first + i], &need);
	return n;
}

static bool prefilter_is_known(const struct prefilter_walk *t, uint32_t at, unsigned depth);

static uint32_t prefilter_count_kids(
	const struct prefilter_walk *t, const struct watch_step *s, unsigned depth)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->count; i++)
		n += prefilter_is_known(t, watch_step_kid(t->p, s, i), depth + 1);
	return n;
}

static bool prefilter_is_known(const struct prefilter_walk *t, uint32_t at, unsigned depth)
{
	const struct watch_step *s = &t->p->steps[at];
	bool plain = (s->fields & ~QUERY_FIELDS_DEFAULT) == 0;
	struct watch_prefilter need;

	if (depth > DEPTH_MAX)
		return false;
	switch (watch_operators[s->op].needs) {
	case WATCH_NEEDS_NOTHING: return false;
	case WATCH_NEEDS_ATOM: return plain && prefilter_of_atom(t->p, s->first, &need);
	case WATCH_NEEDS_PHRASE:
		return plain && prefilter_count_words(t, &t->p->phrases[s->first]) > 0;
	case WATCH_NEEDS_FIRST: return prefilter_is_known(t, watch_step_kid(t->p, s, 0), depth);
	case WATCH_NEEDS_ALL: return prefilter_count_kids(t, s, depth) > 0;
	/* Since n of them match, one of the known ones does. */
	case WATCH_NEEDS_WORDS:
	case WATCH_NEEDS_SOME: return prefilter_count_kids(t, s, depth) > s->count - s->n;
	}
	return false;
}

static bool prefilter_put_group(
	const struct prefilter_walk *t, enum watch_prefilter_op op, size_t n)
{
	const struct watch_prefilter need = {.op = op, .n = n};

	return n == 1 || t->fn(t->ctx, &need);
}

static bool prefilter_put_phrase(const struct prefilter_walk *t, const struct watch_phrase *ph)
{
	struct watch_prefilter need;
	bool on = prefilter_put_group(t, WATCH_PREFILTER_ALL, prefilter_count_words(t, ph));

	for (uint32_t i = 0; on && i < ph->count; i++)
		if (prefilter_of_atom(t->p, t->p->pieces[ph->first + i], &need))
			on = t->fn(t->ctx, &need);
	return on;
}

/* The step must be known. */
static bool prefilter_put_step(const struct prefilter_walk *t, uint32_t at, unsigned depth)
{
	const struct watch_step *s = &t->p->steps[at];
	enum watch_prefilter_op op = WATCH_PREFILTER_ANY;
	struct watch_prefilter need;
	bool on;

	switch (watch_operators[s->op].needs) {
	case WATCH_NEEDS_NOTHING: return false;
	case WATCH_NEEDS_ATOM:
		return prefilter_of_atom(t->p, s->first, &need) && t->fn(t->ctx, &need);
	case WATCH_NEEDS_PHRASE: return prefilter_put_phrase(t, &t->p->phrases[s->first]);
	case WATCH_NEEDS_FIRST: return prefilter_put_step(t, watch_step_kid(t->p, s, 0), depth);
	case WATCH_NEEDS_ALL: op = WATCH_PREFILTER_ALL; break;
	case WATCH_NEEDS_WORDS:
	case WATCH_NEEDS_SOME: break;
	}
	on = prefilter_put_group(t, op, prefilter_count_kids(t, s, depth));
	for (uint32_t i = 0; on && i < s->count; i++)
		if (prefilter_is_known(t, watch_step_kid(t->p, s, i), depth + 1))
			on = prefilter_put_step(t, watch_step_kid(t->p, s, i), depth + 1);
	return on;
}

bool watch_set_prefilter(const struct watch_set *s, size_t watch, watch_prefilter_fn *fn, void *ctx)
{
	const struct prefilter_walk t = {&s->program, fn, ctx};
	uint32_t root = s->program.watches[watch].root;

	return prefilter_is_known(&t, root, 0) && prefilter_put_step(&t, root, 0);
}
