/* SPDX-License-Identifier: MIT */
/*
 * Evaluates steps: whether an item satisfies them, and with which hits. Recursion is as deep as the
 * brackets of the query, which are limited.
 */
#include "base/clock.h"
#include "operator.h"
#include "scratch.h"

void watch_eval_begin(struct watch_scratch *s)
{
	watch_budget_begin_watch(&s->budget);
	s->spans.n_parts = 0;
	if (arena_used(s->spans.arena))
		arena_clear(s->spans.arena);
}

static bool eval_word(struct watch_scratch *s, uint32_t atom, unsigned fields, uint32_t lead)
{
	unsigned body = QUERY_FIELD_BIT(QUERY_BODY);
	uint32_t i;

	if (!watch_atom_occurs(&s->item, atom, fields))
		return false;
	if (lead == WATCH_NO_LEAD || s->item.atoms[atom].fields & fields & ~body)
		return true;
	for (i = s->item.atoms[atom].head; i != WATCH_NONE; i = s->item.occurrences[i].next) {
		uint32_t at = s->item.occurrences[i].position;

		if (watch_in_scope(&s->item, at, at, fields, lead))
			return true;
	}
	return false;
}

bool watch_eval_word(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	return eval_word(s, step->first, step->fields, lead);
}

bool watch_eval_words(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	const struct watch_step *word = &s->set->program.steps[step->first];

	for (uint32_t i = 0; i < step->count; i++)
		if (eval_word(s, word[i].first, word[i].fields, lead))
			return true;
	return false;
}

bool watch_eval_phrase(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	const struct watch_program *p = &s->set->program;
	const struct watch_phrase *ph = &p->phrases[step->first];
	const struct watch_span *spans;
	size_t n;

	for (uint32_t i = 0; i < ph->count; i++) {
		uint32_t atom = p->pieces[ph->first + i];

		if (atom != WATCH_NONE && !watch_atom_occurs(&s->item, atom, step->fields))
			return false;
	}
	spans = watch_phrase_spans(&s->item, &s->budget, step->first, &n);
	for (size_t i = 0; i < n; i++)
		if (watch_in_scope(&s->item, spans[i].first, spans[i].last, step->fields, lead))
			return true;
	return false;
}

/* --- regular expressions --- */

/* The text that a regular expression sees: under LEAD the body ends after its last word. */
static struct str eval_visible_text(const struct watch_region *r, uint32_t lead)
{
	const struct text_word *w;

	if (r->field != QUERY_BODY || lead >= r->count)
		return r->text;
	if (lead == 0)
		return str_slice(r->text.p, 0);
	w = &r->words->word[lead - 1];
	return str_slice(r->text.p, w->offset + (size_t)w->length);
}

static bool eval_find_regex(struct watch_scratch *s, const struct watch_step *step, struct str text,
	size_t from, size_t *begin, size_t *end)
{
	uint64_t given = watch_budget_regex(&s->budget, step->n), left = given;
	int rc = watch_regex_find(
		s->set->program.regexes[step->first], s->regex, text, from, &left, begin, end);

	watch_budget_spend_regex(&s->budget, step->n, given - left);
	if (rc == -(int)ERR_NOMEM)
		s->item.failed = true;
	else if (rc < 0)
		s->budget.overrun = true;
	return rc > 0;
}

bool watch_eval_regex(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	size_t begin, end;

	for (size_t i = 0; i < s->item.n_regions; i++)
		if (step->fields & QUERY_FIELD_BIT(s->item.regions[i].field) &&
			eval_find_regex(s, step, eval_visible_text(&s->item.regions[i], lead), 0,
				&begin, &end))
			return true;
	return false;
}

void watch_collect_regex(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	watch_hits_begin(&s->hits);
	for (size_t i = 0; i < s->item.n_regions && !watch_hits_enough(&s->hits); i++) {
		struct str text = eval_visible_text(&s->item.regions[i], lead);
		size_t from = 0, begin, end;

		if (!(step->fields & QUERY_FIELD_BIT(s->item.regions[i].field)))
			continue;
		while (from <= text.n && !watch_hits_enough(&s->hits) &&
			eval_find_regex(s, step, text, from, &begin, &end)) {
			if (end > begin)
				watch_hit_add_bytes(
					&s->hits, &s->item, i, begin, end - begin, step->text);
			from = end > from ? end : from;
			if (end == begin)
				for (from++; from < text.n &&
					     ((unsigned char)text.p[from] & 0xc0) == 0x80;)
					from++;
		}
	}
}

/* --- attributes --- */

bool watch_eval_attribute(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	(void)lead;
	return s->item.atoms[step->first].generation == s->item.generation;
}

bool watch_eval_url(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	struct str url = s->item.view->url, want = s->set->program.texts[step->text];

	(void)lead;
	for (size_t i = 0; i + want.n <= url.n; i++)
		if (str_eq_nocase(str_slice(url.p + i, want.n), want))
			return true;
	return false;
}

bool watch_eval_length(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	(void)lead;
	return step->first ? s->item.words_in_body < step->n : s->item.words_in_body > step->n;
}

bool watch_eval_age(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	const struct watch_view *v = s->item.view;
	int64_t since = v->published != STAMP_NONE ? v->published : v->first_seen;
	int64_t passed;

	(void)lead;
	return !__builtin_sub_overflow(v->now, since, &passed) && passed < watch_step_age(step);
}

bool watch_eval_sources(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	(void)lead;
	return s->item.sources >= step->n;
}

/* --- the tree --- */

static uint32_t eval_kid_of(
	const struct watch_scratch *s, const struct watch_step *step, uint32_t i)
{
	return watch_step_kid(&s->set->program, step, i);
}

bool watch_eval_some(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	uint32_t have = 0, needed = step->n;

	for (uint32_t i = 0; i < step->count && have < needed; i++) {
		if (step->count - i < needed - have)
			return false;
		have += watch_eval(s, eval_kid_of(s, step, i), lead);
	}
	return have >= needed;
}

bool watch_eval_not(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	return !watch_eval(s, eval_kid_of(s, step, 0), lead);
}

bool watch_eval_lead(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	return watch_eval(s, eval_kid_of(s, step, 0), lead < step->n ? lead : step->n);
}

bool watch_eval(struct watch_scratch *s, uint32_t at, uint32_t lead)
{
	const struct watch_step *step = &s->set->program.steps[at];

	return watch_operators[step->op].eval(s, step, lead);
}

uint32_t watch_count_needed(struct watch_scratch *s, uint32_t at)
{
	const struct watch_step *step = &s->set->program.steps[at];
	bool all = step->op == QUERY_AND;
	uint32_t needed = all ? 0 : WATCH_SOURCES_NEVER;

	if (step->op == QUERY_SOURCES)
		return step->n;
	if (!all && step->op != QUERY_OR)
		return watch_eval(s, at, WATCH_NO_LEAD) ? 0 : WATCH_SOURCES_NEVER;
	for (uint32_t i = 0; i < step->count; i++) {
		uint32_t kid = watch_count_needed(s, eval_kid_of(s, step, i));

		if (all ? kid > needed : kid < needed)
			needed = kid;
		if (needed == (all ? WATCH_SOURCES_NEVER : 0))
			break;
	}
	return needed;
}

void watch_collect_word(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	uint32_t i;

	if (!watch_atom_occurs(&s->item, step->first, step->fields))
		return;
	watch_hits_begin(&s->hits);
	for (i = s->item.atoms[step->first].head; i != WATCH_NONE && !watch_hits_enough(&s->hits);
		i = s->item.occurrences[i].next) {
		uint32_t at = s->item.occurrences[i].position;

		if (watch_in_scope(&s->item, at, at, step->fields, lead))
			watch_hit_add(&s->hits, &s->item, at, at, step->text);
	}
}

void watch_collect_phrase(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	const struct watch_span *spans;
	size_t n;

	spans = watch_phrase_spans(&s->item, &s->budget, step->first, &n);
	watch_hits_begin(&s->hits);
	for (size_t i = 0; i < n && !watch_hits_enough(&s->hits); i++)
		if (watch_in_scope(&s->item, spans[i].first, spans[i].last, step->fields, lead))
			watch_hit_add(
				&s->hits, &s->item, spans[i].first, spans[i].last, step->text);
}

void watch_collect_words(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	for (uint32_t i = 0; i < step->count; i++)
		watch_collect_word(s, &s->set->program.steps[step->first + i], lead);
}

void watch_collect_kids(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	for (uint32_t i = 0; i < step->count; i++)
		if (step->op == QUERY_AND || watch_eval(s, eval_kid_of(s, step, i), lead))
			watch_collect(s, eval_kid_of(s, step, i), lead);
}

void watch_collect_lead(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	watch_collect(s, eval_kid_of(s, step, 0), lead < step->n ? lead : step->n);
}

void watch_collect(struct watch_scratch *s, uint32_t at, uint32_t lead)
{
	const struct watch_step *step = &s->set->program.steps[at];

	if (watch_operators[step->op].collect)
		watch_operators[step->op].collect(s, step, lead);
}
