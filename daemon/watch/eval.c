/* SPDX-License-Identifier: MIT */
/* Does an item satisfy a step, and where. Depth is that of the query's brackets, which is capped.
 */
#include "base/clock.h"
#include "operator.h"
#include "scratch.h"

/* Of a watch: its own share, and what it may use with what the pool gives. */
#define STEPS_OWN  ((uint64_t)1 << 12)
#define STEPS_MOST ((uint64_t)1 << 21) /* some 60 ms */
#define REGEX_OWN  100000	       /* of watch_regex_find */
#define REGEX_MOST 1300000
/* Of the pool: a second each, at most. */
#define STEPS_POOL ((uint64_t)1 << 25)
#define REGEX_POOL ((uint64_t)1000000000)

static uint64_t at_most(uint64_t n, uint64_t most)
{
	return n < most ? n : most;
}

static void fill(struct watch_pool *p, unsigned parts)
{
	p->steps = at_most(p->steps + STEPS_POOL / parts, STEPS_POOL);
	p->regex_cost = at_most(p->regex_cost + REGEX_POOL / parts, REGEX_POOL);
}

static void settle_steps(struct watch_scratch *s)
{
	uint64_t spent = s->steps_given - s->steps;

	s->pool.steps -= spent - at_most(spent, STEPS_OWN);
	s->steps = s->steps_given = 0;
}

void watch_pool_begin(struct watch_scratch *s)
{
	settle_steps(s);
	if (!s->pool.kept)
		fill(&s->pool, 1);
}

void watch_scratch_fill(struct watch_scratch *s, unsigned parts)
{
	settle_steps(s);
	fill(&s->pool, parts);
	s->pool.kept = true;
}

void watch_eval_begin(struct watch_scratch *s)
{
	settle_steps(s);
	s->steps = s->steps_given = at_most(STEPS_OWN + s->pool.steps, STEPS_MOST);
	s->overrun = false;
	s->n_parts = 0;
	if (arena_used(s->lists))
		arena_clear(s->lists);
}

bool watch_in_scope(const struct watch_scratch *s, uint32_t first, uint32_t last, unsigned fields,
	uint32_t lead)
{
	const struct watch_region *r = watch_region_at(s, first);

	if (!(fields & QUERY_FIELD_BIT(r->field)))
		return false;
	return lead == WATCH_NO_LEAD || r->field != QUERY_BODY || last - r->base < lead;
}

static bool eval_word(struct watch_scratch *s, uint32_t atom, unsigned fields, uint32_t lead)
{
	unsigned body = QUERY_FIELD_BIT(QUERY_BODY);
	uint32_t i;

	if (!watch_atom_occurs(s, atom, fields))
		return false;
	if (lead == WATCH_NO_LEAD || s->atoms[atom].fields & fields & ~body)
		return true;
	for (i = s->atoms[atom].head; i != WATCH_NONE; i = s->occurrences[i].next) {
		uint32_t at = s->occurrences[i].position;

		if (watch_in_scope(s, at, at, fields, lead))
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

		if (atom != WATCH_NONE && !watch_atom_occurs(s, atom, step->fields))
			return false;
	}
	spans = watch_phrase_spans(s, step->first, &n);
	for (size_t i = 0; i < n; i++)
		if (watch_in_scope(s, spans[i].first, spans[i].last, step->fields, lead))
			return true;
	return false;
}

/* --- regular expressions --- */

/* What of a region a regex sees: under LEAD the body ends behind its last word. */
static struct str visible(const struct watch_region *r, uint32_t lead)
{
	const struct text_word *w;

	if (r->field != QUERY_BODY || lead >= r->count)
		return r->text;
	if (lead == 0)
		return str_slice(r->text.p, 0);
	w = &r->words->word[lead - 1];
	return str_slice(r->text.p, w->offset + (size_t)w->length);
}

/* One for all expressions of a watch. */
static struct watch_regex_state *regex_state(struct watch_scratch *s, const struct watch_step *step)
{
	struct watch_regex_state *state = &s->regexes[step->n];

	if (state->generation != s->generation)
		*state = (struct watch_regex_state){s->generation, REGEX_MOST, REGEX_OWN};
	return state;
}

static int find(struct watch_scratch *s, const struct watch_step *step, struct str text,
	size_t from, size_t *begin, size_t *end)
{
	struct watch_regex_state *state = regex_state(s, step);
	uint64_t given = at_most(state->own + s->pool.regex_cost, state->budget), left = given;
	int rc = watch_regex_find(
		s->set->program.regexes[step->first], s->regex, text, from, &left, begin, end);
	uint64_t own = at_most(given - left, state->own);

	state->budget -= given - left;
	state->own -= own;
	s->pool.regex_cost -= given - left - own;
	if (rc == -(int)ERR_NOMEM)
		s->failed = true;
	else if (rc < 0)
		s->overrun = true;
	return rc > 0;
}

bool watch_eval_regex(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	size_t begin, end;

	for (size_t i = 0; i < s->n_regions; i++)
		if (step->fields & QUERY_FIELD_BIT(s->regions[i].field) &&
			find(s, step, visible(&s->regions[i], lead), 0, &begin, &end))
			return true;
	return false;
}

void watch_collect_regex(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	watch_hits_begin(s);
	for (size_t i = 0; i < s->n_regions && !watch_hits_enough(s); i++) {
		struct str text = visible(&s->regions[i], lead);
		size_t from = 0, begin, end;

		if (!(step->fields & QUERY_FIELD_BIT(s->regions[i].field)))
			continue;
		while (from <= text.n && !watch_hits_enough(s) &&
			find(s, step, text, from, &begin, &end)) {
			if (end > begin)
				watch_hit_add_bytes(s, i, begin, end - begin, step->text);
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
	return s->atoms[step->first].generation == s->generation;
}

bool watch_eval_url(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	struct str url = s->view->url, want = s->set->program.texts[step->text];

	(void)lead;
	for (size_t i = 0; i + want.n <= url.n; i++)
		if (str_eq_nocase(str_slice(url.p + i, want.n), want))
			return true;
	return false;
}

bool watch_eval_length(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	(void)lead;
	return step->first ? s->words_in_body < step->n : s->words_in_body > step->n;
}

bool watch_eval_age(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	const struct watch_view *v = s->view;
	int64_t since = v->published != STAMP_NONE ? v->published : v->first_seen;
	int64_t passed;

	(void)lead;
	return !__builtin_sub_overflow(v->now, since, &passed) && passed < watch_step_age(step);
}

/* --- the tree --- */

static uint32_t kid(const struct watch_scratch *s, const struct watch_step *step, uint32_t i)
{
	return watch_step_kid(&s->set->program, step, i);
}

bool watch_eval_some(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	uint32_t have = 0, needed = step->n;

	for (uint32_t i = 0; i < step->count && have < needed; i++) {
		if (step->count - i < needed - have)
			return false;
		have += watch_eval(s, kid(s, step, i), lead);
	}
	return have >= needed;
}

bool watch_eval_not(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	return !watch_eval(s, kid(s, step, 0), lead);
}

bool watch_eval_lead(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	return watch_eval(s, kid(s, step, 0), lead < step->n ? lead : step->n);
}

bool watch_eval(struct watch_scratch *s, uint32_t at, uint32_t lead)
{
	const struct watch_step *step = &s->set->program.steps[at];

	return watch_operators[step->op].eval(s, step, lead);
}

void watch_collect_word(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	uint32_t i;

	if (!watch_atom_occurs(s, step->first, step->fields))
		return;
	watch_hits_begin(s);
	for (i = s->atoms[step->first].head; i != WATCH_NONE && !watch_hits_enough(s);
		i = s->occurrences[i].next) {
		uint32_t at = s->occurrences[i].position;

		if (watch_in_scope(s, at, at, step->fields, lead))
			watch_hit_add(s, at, at, step->text);
	}
}

void watch_collect_phrase(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	const struct watch_span *spans;
	size_t n;

	spans = watch_phrase_spans(s, step->first, &n);
	watch_hits_begin(s);
	for (size_t i = 0; i < n && !watch_hits_enough(s); i++)
		if (watch_in_scope(s, spans[i].first, spans[i].last, step->fields, lead))
			watch_hit_add(s, spans[i].first, spans[i].last, step->text);
}

void watch_collect_words(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	for (uint32_t i = 0; i < step->count; i++)
		watch_collect_word(s, &s->set->program.steps[step->first + i], lead);
}

void watch_collect_kids(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	for (uint32_t i = 0; i < step->count; i++)
		if (step->op == QUERY_AND || watch_eval(s, kid(s, step, i), lead))
			watch_collect(s, kid(s, step, i), lead);
}

void watch_collect_lead(struct watch_scratch *s, const struct watch_step *step, uint32_t lead)
{
	watch_collect(s, kid(s, step, 0), lead < step->n ? lead : step->n);
}

void watch_collect(struct watch_scratch *s, uint32_t at, uint32_t lead)
{
	const struct watch_step *step = &s->set->program.steps[at];

	if (watch_operators[step->op].collect)
		watch_operators[step->op].collect(s, step, lead);
}
