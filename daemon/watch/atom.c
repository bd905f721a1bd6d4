/* SPDX-License-Identifier: MIT */
/* Atoms: ways of comparing one word, interned so that all watches share them. */
#include <stdlib.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "program.h"
#include "query/site.h"
#include "text/stem.h"
#include "text/words.h"

static uint64_t atom_key_of(const struct watch_atom *a)
{
	uint64_t key = (uint64_t)a->kind * 16 + a->edits;

	/* The key is the hash that the splitter computes for each word of an item. */
	if (a->kind == WATCH_ATOM_EXACT)
		return text_word_hash(a->form);
	if (a->kind == WATCH_ATOM_ATTRIBUTE)
		return watch_attribute_key((enum query_attribute)a->edits, a->form);
	key = digest_fast64(a->form, key + ((uint64_t)(unsigned char)a->sign << 32));
	key = digest_fast64(a->spelt, key);
	for (size_t i = 0; i < a->n_stems; i++)
		key = digest_fast64(a->stems[i].stem, key + a->stems[i].language);
	return key;
}

static bool atom_is_same(const struct watch_atom *a, const struct watch_atom *b)
{
	if (a->kind != b->kind || a->edits != b->edits || a->n_stems != b->n_stems ||
		a->sign != b->sign || !str_eq(a->form, b->form) || !str_eq(a->spelt, b->spelt))
		return false;
	for (size_t i = 0; i < a->n_stems; i++)
		if (a->stems[i].language != b->stems[i].language ||
			!str_eq(a->stems[i].stem, b->stems[i].stem))
			return false;
	return true;
}

static bool atom_copy_from(
	struct arena *arena, const struct watch_atom *like, struct watch_atom *out)
{
	*out = *like;
	out->form = arena_str(arena, like->form);
	out->spelt = arena_str(arena, like->spelt);
	if ((like->form.p && !out->form.p) || (like->spelt.p && !out->spelt.p))
		return false;
	if (!like->n_stems)
		return true;
	out->stems = arena_array(arena, like->n_stems, sizeof(*out->stems));
	for (size_t i = 0; out->stems && i < like->n_stems; i++) {
		out->stems[i].language = like->stems[i].language;
		out->stems[i].stem = arena_str(arena, like->stems[i].stem);
		if (!out->stems[i].stem.p)
			return false;
	}
	return out->stems != NULL;
}

/* Returns the existing atom, or inserts a new one. */
static uint32_t atom_intern_new(struct watch_compiler *c, const struct watch_atom *like)
{
	struct watch_program *p = c->program;
	uint64_t key = atom_key_of(like);
	uint32_t id;

	if (p->atom_table.slots) {
		size_t at = table_start(&p->atom_table, key);

		while ((id = table_next(&p->atom_table, key, &at)) != TABLE_NONE)
			if (atom_is_same(&p->atoms[id], like))
				return id;
	}
	id = (uint32_t)p->n_atoms;
	if (!WATCH_ROOM(p, atoms, 1) || !atom_copy_from(p->arena, like, &p->atoms[id]) ||
		!table_add(&p->atom_table, key, id)) {
		c->failed = true;
		return WATCH_NONE;
	}
	p->atoms[id].key = key;
	p->n_atoms++;
	return id;
}

bool watch_compiler_language(struct watch_compiler *c, const char *algorithm)
{
	struct watch_program *p = c->program;
	uint32_t id = 0;

	while (id < p->n_languages && p->languages[id] != algorithm)
		id++;
	if (id == p->n_languages) {
		if (id == WATCH_LANGUAGES_MAX || !WATCH_ROOM(p, languages, 1) ||
			!(c->stemmers[id] = text_stemmer_new(algorithm)))
			return false;
		p->languages[p->n_languages++] = algorithm;
	}
	for (size_t i = 0; i < c->n_languages; i++)
		if (c->languages[i] == id)
			return true;
	c->languages[c->n_languages++] = id;
	return true;
}

void watch_compiler_release(struct watch_compiler *c)
{
	for (size_t i = 0; i < WATCH_LANGUAGES_MAX; i++)
		text_stemmer_free(c->stemmers[i]);
	buf_release(&c->scratch);
}

/* Returns an atom with the word's stem in each language of the watch. */
static uint32_t atom_add_stems(struct watch_compiler *c, const struct query_piece *piece)
{
	struct watch_atom_stem stems[WATCH_LANGUAGES_MAX];
	struct watch_atom like = {.kind = WATCH_ATOM_STEM, .stems = stems};

	for (size_t i = 0; i < c->n_languages; i++) {
		struct text_stemmer *s = c->stemmers[c->languages[i]];
		struct str stem = text_stemmer_stem(s, piece->spelt);

		stems[i].language = c->languages[i];
		stems[i].stem = stem.p ? arena_str(c->program->arena, stem) : STR_NONE;
		if (!stems[i].stem.p) {
			c->failed = true;
			return WATCH_NONE;
		}
	}
	like.n_stems = c->n_languages;
	return atom_intern_new(c, &like);
}

uint32_t watch_atom_of_piece(struct watch_compiler *c, const struct query_piece *piece)
{
	struct watch_atom like = {.form = piece->form, .sign = piece->sign};

	switch (piece->kind) {
	case QUERY_PLAIN:
		if (c->n_languages)
			return atom_add_stems(c, piece);
		break;
	case QUERY_EXACT:
		if (piece->sign)
			like.kind = WATCH_ATOM_SPELLED;
		break;
	case QUERY_SPELLED:
		like.kind = WATCH_ATOM_SPELLED;
		like.spelt = piece->spelt;
		break;
	case QUERY_GLOB: like.kind = WATCH_ATOM_GLOB; break;
	case QUERY_FUZZY:
		like.kind = WATCH_ATOM_FUZZY;
		like.edits = piece->edits;
		break;
	case QUERY_ANY_WORD: return WATCH_NONE;
	}
	return atom_intern_new(c, &like);
}

uint64_t watch_attribute_key(enum query_attribute a, struct str value)
{
	return digest_fast64(value, 0x6e69676874ULL + (uint64_t)a);
}

uint32_t watch_atom_of_attribute(struct watch_compiler *c, enum query_attribute a, struct str value)
{
	struct watch_atom like = {.kind = WATCH_ATOM_ATTRIBUTE, .edits = (unsigned)a};
	char host[QUERY_SITE_FORM_MAX];

	buf_clear(&c->scratch);
	if (a == QUERY_ATTR_SITE)
		buf_add(&c->scratch, host, query_site_form(value, host));
	for (size_t i = 0; i < value.n && a != QUERY_ATTR_SITE; i++) {
		char ch = value.p[i];

		if (a == QUERY_ATTR_LANG)
			ch = ch == '_' ? '-' : ascii_lower(ch);
		else if (a == QUERY_ATTR_SOURCE || a == QUERY_ATTR_TIER)
			ch = ascii_lower(ch);
		buf_addc(&c->scratch, ch);
	}
	if (buf_failed(&c->scratch)) {
		c->failed = true;
		return WATCH_NONE;
	}
	like.form = buf_str(&c->scratch);
	return atom_intern_new(c, &like);
}
