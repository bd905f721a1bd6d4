/* SPDX-License-Identifier: MIT */
/* Trees to steps. */
#include <stdlib.h>

#include "base/digest.h"
#include "program.h"
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
	free(p->languages);
	table_release(&p->atom_table);
	table_release(&p->phrase_table);
	*p = (struct watch_program){0};
}

static uint32_t fail(struct watch_compiler *c)
{
	c->failed = true;
	return WATCH_NONE;
}

static uint32_t add_steps(struct watch_compiler *c, size_t n)
{
	struct watch_program *p = c->program;
	uint32_t at = (uint32_t)p->n_steps;

	if (!WATCH_ROOM(p, steps, n))
		return fail(c);
	memset(p->steps + at, 0, n * sizeof(*p->steps));
	p->n_steps += n;
	return at;
}

static uint32_t add_kids(struct watch_compiler *c, size_t n)
{
	struct watch_program *p = c->program;
	uint32_t at = (uint32_t)p->n_kids;

	if (!WATCH_ROOM(p, kids, n))
		return fail(c);
	memset(p->kids + at, 0, n * sizeof(*p->kids));
	p->n_kids += n;
	return at;
}

static uint32_t add_text(struct watch_compiler *c, struct str text)
{
	struct watch_program *p = c->program;
	uint32_t at = (uint32_t)p->n_texts;

	if (!WATCH_ROOM(p, texts, 1) || !(p->texts[at] = arena_str(p->arena, text)).p)
		return fail(c);
	p->n_texts++;
	return at;
}

static uint32_t intern_phrase(struct watch_compiler *c, const uint32_t *pieces, size_t n, int slop)
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
		return fail(c);
	p->phrases[id] = (struct watch_phrase){
		.first = (uint32_t)p->n_pieces, .count = (uint32_t)n, .slop = slop};
	memcpy(p->pieces + p->n_pieces, pieces, n * sizeof(*pieces));
	p->n_pieces += n;
	p->n_phrases++;
	return id;
}

static uint32_t phrase_of(struct watch_compiler *c, const struct query_node *n)
{
	uint32_t few[32];
	uint32_t *pieces = n->n_pieces <= 32 ? few : calloc(n->n_pieces, sizeof(*pieces));
	uint32_t id = WATCH_NONE;

	if (!pieces)
		return fail(c);
	for (size_t i = 0; i < n->n_pieces && !c->failed; i++)
		pieces[i] = watch_atom_of_piece(c, &n->pieces[i]);
	if (!c->failed)
		id = intern_phrase(c, pieces, n->n_pieces, n->slop);
	if (pieces != few)
		free(pieces);
	return id;
}

static void compile_phrase(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_step s = {.fields = (uint8_t)n->fields, .text = add_text(c, n->text)};

	c->program->fields |= n->fields;
	if (n->n_pieces == 1) {
		s.op = WATCH_STEP_WORD;
		s.first = watch_atom_of_piece(c, &n->pieces[0]);
	} else {
		s.op = WATCH_STEP_PHRASE;
		s.first = phrase_of(c, n);
	}
	if (!c->failed)
		c->program->steps[at] = s;
}

static void compile_regex(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_program *p = c->program;
	struct watch_regex *re = NULL;

	p->fields |= n->fields;
	if (!WATCH_ROOM(p, regexes, 1) || watch_regex_compile(n->value, n->nocase, &re, NULL) < 0) {
		fail(c);
		return;
	}
	p->regexes[p->n_regexes] = re;
	p->steps[at] = (struct watch_step){
		.op = WATCH_STEP_REGEX,
		.fields = (uint8_t)n->fields,
		.n = c->first_regex,
		.first = (uint32_t)p->n_regexes++,
		.text = add_text(c, n->text),
	};
}

static void compile_attribute(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_step s = {.op = WATCH_STEP_ATTRIBUTE};

	if (n->attribute == QUERY_ATTR_URL) {
		s.op = WATCH_STEP_URL;
		s.text = add_text(c, n->value);
	} else {
		s.first = watch_atom_of_attribute(c, n->attribute, n->value);
	}
	if (!c->failed)
		c->program->steps[at] = s;
}

static void compile_into(struct watch_compiler *c, const struct query_node *n, uint32_t at);

/* Is it an OR of single words in the same fields, over which the matcher can run in one loop? */
static bool all_words(const struct query_node *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		if (n->kids[i]->op != QUERY_PHRASE || n->kids[i]->n_pieces != 1 ||
			n->kids[i]->fields != n->kids[0]->fields)
			return false;
	return n->op == QUERY_OR;
}

static enum watch_step_op step_of(const struct query_node *n)
{
	switch (n->op) {
	case QUERY_AND: return WATCH_STEP_AND;
	case QUERY_OR: return all_words(n) ? WATCH_STEP_WORDS : WATCH_STEP_OR;
	case QUERY_NOT: return WATCH_STEP_NOT;
	case QUERY_NEAR: return WATCH_STEP_NEAR;
	case QUERY_NOT_NEAR: return WATCH_STEP_NOT_NEAR;
	case QUERY_SENT: return WATCH_STEP_SENT;
	case QUERY_PARA: return WATCH_STEP_PARA;
	case QUERY_LEAD: return WATCH_STEP_LEAD;
	case QUERY_ATLEAST: return WATCH_STEP_ATLEAST;
	case QUERY_SOME: return WATCH_STEP_SOME;
	case QUERY_LENGTH: return n->below ? WATCH_STEP_SHORTER : WATCH_STEP_LONGER;
	case QUERY_AGE: return WATCH_STEP_AGE;
	case QUERY_PHRASE:
	case QUERY_REGEX:
	case QUERY_ATTRIBUTE:
	case QUERY_REF: break;
	}
	return WATCH_STEP_WORD; /* not asked for these */
}

static void compile_inner(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	struct watch_step s = {.op = (uint8_t)step_of(n), .n = n->n, .count = (uint32_t)n->n_kids};
	uint32_t base = add_steps(c, n->n_kids);

	if (n->op == QUERY_LENGTH)
		c->program->fields |= QUERY_FIELD_BIT(QUERY_BODY);
	if (s.op == WATCH_STEP_AGE) {
		s.first = (uint32_t)(uint64_t)n->age;
		s.count = (uint32_t)((uint64_t)n->age >> 32);
	} else if (s.op == WATCH_STEP_WORDS) {
		s.first = base;
		s.fields = (uint8_t)n->kids[0]->fields;
	} else {
		s.first = add_kids(c, n->n_kids);
	}
	if (c->failed)
		return;
	c->program->steps[at] = s;
	for (size_t i = 0; i < n->n_kids; i++) {
		if (s.op != WATCH_STEP_WORDS && s.op != WATCH_STEP_AGE) {
			struct watch_kid *kid = &c->program->kids[s.first + i];

			kid->step = base + (uint32_t)i;
			if (n->links && i > 0)
				kid->link = n->links[i].n * 2 + n->links[i].ordered;
		}
		compile_into(c, n->kids[i], base + (uint32_t)i);
		if (c->failed)
			return;
	}
}

static void compile_into(struct watch_compiler *c, const struct query_node *n, uint32_t at)
{
	if (n->op == QUERY_PHRASE)
		compile_phrase(c, n, at);
	else if (n->op == QUERY_REGEX)
		compile_regex(c, n, at);
	else if (n->op == QUERY_ATTRIBUTE)
		compile_attribute(c, n, at);
	else
		compile_inner(c, n, at);
}

uint32_t watch_compile(struct watch_compiler *c, const struct query_node *n)
{
	uint32_t at = add_steps(c, 1);

	c->first_regex = (uint32_t)c->program->n_regexes;
	if (!c->failed)
		compile_into(c, n, at);
	return c->failed ? WATCH_NONE : at;
}
