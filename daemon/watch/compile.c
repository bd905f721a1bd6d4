/* SPDX-License-Identifier: MIT */
/* Compiles query trees into steps. */
#include <stdlib.h>

#include "base/digest.h"
#include "operator.h"
#include "regex.h"

#define ARENA_MAX ((size_t)4 << 30)

int watch_program_init(struct watch_program *p)
{
	*p = (struct watch_program){.arena = arena_new(ARENA_MAX)};
	return p->arena ? 0 : -(int)ERR_NOMEM;
}

void watch_program_release(struct watch_program *p)
{
	for (size_t i = 0; i < p->n_regexes; i++)
		watch_regex_free(p->regexes[i]);
	arena_free(p->arena);
	free(p->atoms);
	free(p->phrases);
	free(p->pieces);
	free(p->steps);
	free(p->kids);
	free(p->texts);
	free(p->regexes);
	free(p->watches);
	free(p->raises);
	free(p->languages);
	table_release(&p->atom_table);
	table_release(&p->phrase_table);
	*p = (struct watch_program){0};
}

static uint32_t compile_fail(struct watch_compiler *c)
{
	c->failed = true;
	return WATCH_NONE;
}

static uint32_t compile_add_steps(struct watch_compiler *c, size_t n)
{
	struct watch_program *p = c->program;
	uint32_t at = (uint32_t)p->n_steps;

	if (!WATCH_ROOM(p, steps, n))
		return compile_fail(c);
	memset(p->steps + at, 0, n * sizeof(*p->steps));
	p->n_steps += n;
	return at;
}

static uint32_t compile_add_kids(struct watch_compiler *c, size_t n)
{
	struct watch_program *p = c->program;
	uint32_t at = (uint32_t)p->n_kids;

	if (!WATCH_ROOM(p, kids, n))
		return compile_fail(c);
	memset(p->kids + at, 0, n * sizeof(*p->kids));
	p->n_kids += n;
	return at;
}

static uint32_t compile_add_text(struct watch_compiler *c, struct str text)
{
	struct watch_program *p = c->program;
	uint32_t at = (uint32_t)p->n_texts;

	if (!WATCH_ROOM(p, texts, 1) || !(p->texts[at] = arena_str(p->arena, text)).p)
		return compile_fail(c);
	p->n_texts++;
	return at;
}

static uint32_t compile_intern_phrase(
	struct watch_compiler *c, const uint32_t *pieces, size_t n, int slop)
{
	struct watch_program *p = c->program;
	uint64_t key = digest_fast64(
		str_slice((const char *)pieces, n * sizeof(*pieces)), (uint64_t)(int64_t)slop);
	uint32_t id;

	if (p->phrase_table.slots) {
		size_t at = table_start(&p->phrase_table, key);

		while ((id = table_next(&p->phrase_table, key, &at)) != TABLE_NONE) {
			const struct watch_phrase *ph = &p->phrases[id];

			if (ph->slop == slop && ph->count == n &&
				memcmp(p->pieces + ph->first, pieces, n * sizeof(*pieces)) == 0)
				return id;
		}
	}
	id = (uint32_t)p->n_phrases;
	if (!WATCH_ROOM(p, phrases, 1) || !WATCH_ROOM(p, pieces, n) ||
		!table_add(&p->phrase_table, key, id))
		return compile_fail(c);
	p->phrases[id] = (struct watch_phrase){
		.first = (uint32_t)p->n_pieces, .count = (uint32_t)n, .slop = slop};
	memcpy(p->pieces + p->n_pieces, pieces, n * sizeof(*pieces));
	p->n_pieces += n;
	p->n_phrases++;
	return id;
}

static uint32_t compile_phrase_of(struct watch_compiler *c, const struct query_node *n)
{
	uint32_t few[32];
	uint32_t *pieces = n->n_pieces <= 32 ? few : calloc(n->n_pieces, sizeof(*pieces));
	uint32_t id = WATCH_NONE;

	if (!pieces)
		return compile_fail(c);
	for (size_t i = 0; i < n->n_pieces && !c->failed; i++)
		pieces[i] = watch_atom_of_piece(c, &n->pieces[i]);
	if (!c->failed)
		id = compile_intern_phrase(c, pieces, n->n_pieces, n->slop);
	if (pieces != few)
		free(pieces);
	return id;
}

void watch_compile_phrase(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_step s = {.fields = (uint8_t)n->fields, .text = compile_add_text(c, n->text)};

	c->program->fields |= n->fields;
	if (n->n_pieces == 1) {
		s.op = WATCH_STEP_WORD;
		s.first = watch_atom_of_piece(c, &n->pieces[0]);
	} else {
		s.op = QUERY_PHRASE;
		s.first = compile_phrase_of(c, n);
	}
	if (!c->failed)
		c->program->steps[at] = s;
}

void watch_compile_regex(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_program *p = c->program;
	struct watch_regex *re = NULL;

	p->fields |= n->fields;
	if (!WATCH_ROOM(p, regexes, 1) || watch_regex_compile(n->value, n->nocase, &re, NULL) < 0) {
		compile_fail(c);
		return;
	}
	p->regexes[p->n_regexes] = re;
	p->steps[at] = (struct watch_step){
		.op = QUERY_REGEX,
		.fields = (uint8_t)n->fields,
		.n = c->first_regex,
		.first = (uint32_t)p->n_regexes++,
		.text = compile_add_text(c, n->text),
	};
}

void watch_compile_attribute(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_step s = {.op = QUERY_ATTRIBUTE};

	if (n->attribute == QUERY_ATTR_URL) {
		s.op = WATCH_STEP_URL;
		s.text = compile_add_text(c, n->value);
	} else {
		s.first = watch_atom_of_attribute(c, n->attribute, n->value);
	}
	if (!c->failed)
		c->program->steps[at] = s;
}

/* Is it an OR of single words in the same fields, which can be evaluated in one loop? */
static bool compile_is_all_words(const struct query_node *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		if (n->kids[i]->op != QUERY_PHRASE || n->kids[i]->n_pieces != 1 ||
			n->kids[i]->fields != n->kids[0]->fields)
			return false;
	return true;
}

static void compile_node_into(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	watch_operators[n->op].compile(c, n, at);
}

/* number: of the step, see watch_step.n */
static void compile_node(
	struct watch_compiler *c, const struct query_node *n, uint32_t at, uint32_t number)
{
	uint32_t base = compile_add_steps(c, n->n_kids), first = compile_add_kids(c, n->n_kids);

	if (c->failed)
		return;
	c->program->steps[at] = (struct watch_step){
		.op = (uint8_t)n->op,
		.n = number,
		.first = first,
		.count = (uint32_t)n->n_kids,
	};
	for (size_t i = 0; i < n->n_kids && !c->failed; i++) {
		struct watch_kid *kid = &c->program->kids[first + i];

		kid->step = base + (uint32_t)i;
		if (n->links && i > 0)
			kid->link = n->links[i].n * 2 + n->links[i].ordered;
		compile_node_into(c, n->kids[i], base + (uint32_t)i);
	}
}

void watch_compile_kids(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	compile_node(c, n, at, n->n);
}

void watch_compile_and(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	compile_node(c, n, at, (uint32_t)n->n_kids);
}

static void compile_words(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	uint32_t base = compile_add_steps(c, n->n_kids);

	if (c->failed)
		return;
	c->program->steps[at] = (struct watch_step){
		.op = WATCH_STEP_WORDS,
		.fields = (uint8_t)n->kids[0]->fields,
		.n = 1,
		.first = base,
		.count = (uint32_t)n->n_kids,
	};
	for (size_t i = 0; i < n->n_kids && !c->failed; i++)
		compile_node_into(c, n->kids[i], base + (uint32_t)i);
}

void watch_compile_or(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	if (compile_is_all_words(n))
		compile_words(c, n, at);
	else
		compile_node(c, n, at, 1);
}

void watch_compile_length(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	c->program->fields |= QUERY_FIELD_BIT(QUERY_BODY);
	c->program->steps[at] =
		(struct watch_step){.op = QUERY_LENGTH, .n = n->n, .first = n->below};
}

void watch_compile_age(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	c->program->steps[at] = (struct watch_step){
		.op = QUERY_AGE,
		.first = (uint32_t)(uint64_t)n->age,
		.text = (uint32_t)((uint64_t)n->age >> 32),
	};
}

void watch_compile_sources(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	c->counts_sources = c->program->counts_sources = true;
	c->program->steps[at] = (struct watch_step){.op = QUERY_SOURCES, .n = n->n};
}

uint32_t watch_compile(struct watch_compiler *c, const struct query_node *n)
{
	uint32_t at = compile_add_steps(c, 1);

	c->first_regex = (uint32_t)c->program->n_regexes;
	if (!c->failed)
		compile_node_into(c, n, at);
	return c->failed ? WATCH_NONE : at;
}
