/* SPDX-License-Identifier: MIT */
/* An item's texts to words, its words to atoms, its atoms to candidates. */
#include <stdlib.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "watch/scratch.h"

#define LEXEMES_MAX ((size_t)1 << 20)
#define MEMO_BYTES  ((size_t)64 << 20)
#define AHEAD	    16 /* words */

const struct watch_region *watch_region_at(const struct watch_scratch *s, uint32_t position)
{
	size_t low = 0, high = s->n_regions;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (s->regions[middle].base <= position)
			low = middle;
		else
			high = middle;
	}
	return &s->regions[low];
}

static bool add_region(struct watch_scratch *s, enum watch_field field, struct str text)
{
	if (!str_present(text) || !(s->set->program.fields & WATCH_FIELD_BIT(field)))
		return true;
	if (!watch_program_room(
		    &s->regions, s->n_regions, &s->cap_regions, 1, sizeof(*s->regions)) ||
		!watch_program_room(&s->words, s->n_words, &s->cap_words,
			s->n_regions + 1 > s->n_words ? 1 : 0, sizeof(*s->words)))
		return false;
	if (s->n_regions == s->n_words)
		watch_words_init(&s->words[s->n_words++]);
	s->regions[s->n_regions++] = (struct watch_region){.field = field, .text = text};
	return true;
}

static bool add_regions(struct watch_scratch *s, const struct watch_view *v)
{
	s->n_regions = 0;
	if (!add_region(s, WATCH_TITLE, v->title) || !add_region(s, WATCH_BODY, v->body) ||
		!add_region(s, WATCH_AUTHOR, v->author))
		return false;
	for (size_t i = 0; i < v->n_categories && i < WATCH_REGIONS_MAX; i++)
		if (!add_region(s, WATCH_CATEGORY, v->categories[i]))
			return false;
	return true;
}

/* Room was made. */
static void first_occurrence(struct watch_scratch *s, uint32_t atom)
{
	s->terms[s->n_terms++] = atom;
	s->present[atom / 64] |= (uint64_t)1 << atom % 64;
}

/* For n more occurrences, each of which may be a first one. */
static bool make_room(struct watch_scratch *s, size_t n)
{
	return watch_program_room(&s->occurrences, s->n_occurrences, &s->cap_occurrences, n,
		       sizeof(*s->occurrences)) &&
	       watch_program_room(&s->terms, s->n_terms, &s->cap_terms, n, sizeof(*s->terms));
}

static void count(struct watch_atom_state *a)
{
	if (a->count < WATCH_COUNT_MAX)
		a->count = (a->count + 1u) & WATCH_COUNT_MAX;
}

/* The atom occurs at a position behind all that were noted before. Room for it was made. */
static inline void note(struct watch_scratch *s, uint32_t atom, uint32_t position, unsigned field)
{
	struct watch_atom_state *a = &s->atoms[atom];
	uint32_t at = (uint32_t)s->n_occurrences++;

	s->occurrences[at] = (struct watch_occurrence){position, WATCH_NONE};
	if (a->generation == s->generation) {
		s->occurrences[a->tail].next = at;
		a->tail = at;
		a->fields |= (uint8_t)field;
		return;
	}
	a->generation = s->generation;
	a->head = a->tail = at;
	a->fields = (uint8_t)field;
	count(a);
	first_occurrence(s, atom);
}

static bool note_list(struct watch_scratch *s, uint32_t ref, uint32_t position, unsigned field)
{
	const uint32_t *list = s->memo.lists + (ref & ~WATCH_REF_LIST);
	uint32_t n = *list++;

	if (!make_room(s, n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		note(s, list[i], position, field);
	return true;
}

/* What the words of a region refer to. */
static bool note_refs(struct watch_scratch *s, const struct watch_region *r, const uint32_t *refs)
{
	unsigned field = WATCH_FIELD_BIT(r->field);

	if (!make_room(s, r->count))
		return false;
	for (uint32_t i = 0; i < r->count; i++) {
		if (refs[i] == WATCH_NONE)
			continue;
		if (!(refs[i] & WATCH_REF_LIST))
			note(s, refs[i], r->base + i, field);
		else if (!note_list(s, refs[i], r->base + i, field) || !make_room(s, r->count - i))
			return false;
	}
	return true;
}

/* --- words that were looked up before --- */

static void forget(struct watch_memo *m)
{
	watch_table_clear(&m->table);
	arena_clear(m->arena);
	m->n_lexemes = m->n_lists = 0;
}

/* The atoms found as one reference. */
static bool make_ref(struct watch_scratch *s, uint32_t *ref)
{
	struct watch_memo *m = &s->memo;
	const struct watch_found *f = &s->found;

	*ref = f->n ? f->v[0] : WATCH_NONE;
	if (f->n < 2)
		return true;
	if (!watch_program_room(&m->lists, m->n_lists, &m->cap_lists, f->n + 1, sizeof(*m->lists)))
		return false;
	*ref = (uint32_t)m->n_lists | WATCH_REF_LIST;
	m->lists[m->n_lists++] = (uint32_t)f->n;
	memcpy(m->lists + m->n_lists, f->v, f->n * sizeof(*f->v));
	m->n_lists += f->n;
	return true;
}

static bool remember(struct watch_scratch *s, const struct watch_lookup *word, uint64_t key,
	bool by_source, uint32_t *ref)
{
	struct watch_memo *m = &s->memo;
	struct watch_lexeme l = {.hash = key};

	s->found.n = 0;
	if (!watch_vocabulary_find(&s->set->vocabulary, word, s->stemmers, &s->found) ||
		!make_ref(s, ref))
		return false;
	l.ref = *ref;
	l.form = arena_str(m->arena, word->form);
	if (by_source)
		l.source = arena_str(m->arena, word->source);
	if (!l.form.p || (by_source && !l.source.p))
		return arena_overflowed(m->arena); /* not remembered, but right */
	if (!watch_program_room(
		    &m->lexemes, m->n_lexemes, &m->cap_lexemes, 1, sizeof(*m->lexemes)) ||
		!watch_table_add(&m->table, key, (uint32_t)m->n_lexemes))
		return false;
	m->lexemes[m->n_lexemes++] = l;
	return true;
}

/*
 * Spellings and stems depend on the word as it stands in the text, so there it is part of the key,
 * unless it is its own normal form.
 */
static bool recall(struct watch_scratch *s, const struct watch_lookup *word, uint32_t *ref)
{
	struct watch_memo *m = &s->memo;
	bool by_source = s->set->vocabulary.spellings && !str_eq(word->source, word->form);
	uint64_t key = by_source ? digest_fast64(word->source, word->hash) : word->hash;
	uint32_t i;
	size_t at;

	if (m->table.slots) {
		at = watch_table_start(&m->table, key);
		while ((i = watch_table_next(&m->table, key, &at)) != WATCH_TABLE_NONE) {
			const struct watch_lexeme *l = &m->lexemes[i];

			if (str_eq(l->form, word->form) && by_source == (l->source.p != NULL) &&
				(!by_source || str_eq(l->source, word->source))) {
				*ref = l->ref;
				return true;
			}
		}
	}
	return remember(s, word, key, by_source, ref);
}

/*
 * Where every atom is a plain word. In three rounds, so that no branch and no memory keeps the next
 * word waiting: most words are none of ours; the rest are looked up; those found are noted.
 */
static bool read_exact(struct watch_scratch *s, const struct watch_region *r, uint32_t *refs)
{
	const struct watch_vocabulary *v = &s->set->vocabulary;
	const struct watch_words *w = r->words;
	unsigned field = WATCH_FIELD_BIT(r->field);
	uint32_t likely = 0, found = 0, *at;

	if (!make_room(s, r->count) ||
		!watch_program_room(&s->likely, 0, &s->cap_likely, r->count, sizeof(*s->likely)))
		return false;
	at = s->likely;
	for (uint32_t i = 0; i < r->count; i++) {
		refs[i] = WATCH_NONE;
		at[likely] = i;
		likely += watch_vocabulary_likely(v, w->word[i].hash);
	}
	for (uint32_t k = 0; k < likely; k++) {
		uint32_t i = at[k];
		struct watch_lookup word = {
			.hash = w->word[i].hash, .form = watch_words_form(w, i)};

		if (k + AHEAD < likely)
			__builtin_prefetch(&v->exact.slots[watch_table_start(
				&v->exact, w->word[at[k + AHEAD]].hash)]);
		refs[i] = watch_vocabulary_exact(v, &word);
		at[found] = i;
		if (refs[i] != WATCH_NONE)
			__builtin_prefetch(&s->atoms[refs[at[found++]]]);
	}
	for (uint32_t k = 0; k < found; k++)
		note(s, refs[at[k]], r->base + at[k], field);
	return true;
}

/* Where a word may satisfy several atoms. */
static bool read_classes(struct watch_scratch *s, const struct watch_region *r, uint32_t *refs)
{
	for (size_t i = 0; i < r->count; i++) {
		struct watch_lookup word = {
			.form = watch_words_form(r->words, i),
			.source = watch_words_source(r->words, i),
			.hash = r->words->word[i].hash,
		};

		if (!recall(s, &word, &refs[i]))
			return false;
	}
	return note_refs(s, r, refs);
}

/* Positions of a region begin a gap behind the one before. */
static int place_region(struct watch_scratch *s, size_t at, struct err *e)
{
	struct watch_region *r = &s->regions[at];

	r->count = (uint32_t)r->words->count;
	r->dense = (uint32_t)s->n_refs;
	if (at) {
		const struct watch_region *before = &s->regions[at - 1];
		uint64_t base = (uint64_t)before->base + before->count + WATCH_GAP;

		if (base + r->count > UINT32_MAX - WATCH_GAP)
			return err_set(e, ERR_LIMIT, "an item with too much text to be matched");
		r->base = (uint32_t)base;
	}
	if (r->field == WATCH_BODY)
		s->words_in_body = r->count;
	if (!watch_program_room(
		    &s->refs, s->n_refs, &s->cap_refs, r->count + (size_t)1, sizeof(*s->refs)))
		return err_nomem(e);
	return 0;
}

static int read_region(struct watch_scratch *s, size_t at, struct err *e)
{
	struct watch_region *r = &s->regions[at];
	uint32_t *refs;
	int rc;

	r->words = &s->words[at];
	rc = watch_words_split(r->words, r->text, e);
	if (rc == 0)
		rc = place_region(s, at, e);
	if (rc < 0)
		return rc;
	refs = s->refs + s->n_refs;
	if (!(s->set->vocabulary.classes ? read_classes : read_exact)(s, r, refs))
		return err_nomem(e);
	refs[r->count] = WATCH_NONE;
	s->n_refs += r->count + (size_t)1;
	return 0;
}

bool watch_word_is(const struct watch_scratch *s, uint32_t dense, uint32_t atom)
{
	uint32_t ref = s->refs[dense];
	const uint32_t *list;

	if (atom == WATCH_NONE)
		return true;
	if (ref == WATCH_NONE || !(ref & WATCH_REF_LIST))
		return ref == atom;
	list = s->memo.lists + (ref & ~WATCH_REF_LIST);
	for (uint32_t i = 1; i <= *list; i++)
		if (list[i] == atom)
			return true;
	return false;
}

/* --- attributes --- */

static void note_attribute(struct watch_scratch *s, enum watch_attribute a, struct str value)
{
	const struct watch_program *p = &s->set->program;
	uint64_t key = watch_attribute_key(a, value);
	uint32_t id;
	size_t at;

	if (!p->atom_table.slots || value.n == 0)
		return;
	at = watch_table_start(&p->atom_table, key);
	while ((id = watch_table_next(&p->atom_table, key, &at)) != WATCH_TABLE_NONE) {
		const struct watch_atom *atom = &p->atoms[id];

		if (atom->kind != WATCH_ATOM_ATTRIBUTE || atom->edits != (unsigned)a ||
			!str_eq(atom->form, value) || s->atoms[id].generation == s->generation)
			continue;
		s->atoms[id].generation = s->generation;
		s->atoms[id].head = s->atoms[id].tail = WATCH_NONE;
		s->atoms[id].fields = UINT8_MAX;
		count(&s->atoms[id]);
		if (make_room(s, 1))
			first_occurrence(s, id);
		else
			s->failed = true;
	}
}

/* en-gb is also en; www.bbc.co.uk also bbc.co.uk, co.uk, uk. Folded into buf first. */
static void note_parts(struct watch_scratch *s, enum watch_attribute a, struct str value)
{
	char folded[256];
	size_t n = value.n < sizeof(folded) ? value.n : 0;

	for (size_t i = 0; i < n; i++) {
		char c = value.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		folded[i] = a == WATCH_ATTR_LANG && c == '_' ? '-' : c;
	}
	note_attribute(s, a, str_slice(folded, n));
	for (size_t i = 0; i < n; i++) {
		if (a == WATCH_ATTR_LANG && folded[i] == '-')
			note_attribute(s, a, str_slice(folded, i));
		if (a == WATCH_ATTR_SITE && folded[i] == '.')
			note_attribute(s, a, str_slice(folded + i + 1, n - i - 1));
	}
}

static void note_attributes(struct watch_scratch *s, const struct watch_view *v)
{
	note_attribute(s, WATCH_ATTR_FEED, v->feed);
	for (size_t i = 0; i < v->n_groups; i++)
		note_attribute(s, WATCH_ATTR_GROUP, v->groups[i]);
	note_parts(s, WATCH_ATTR_LANG, v->lang);
	note_parts(s, WATCH_ATTR_SITE, v->site);
}

/* --- the whole item --- */

static void forget_terms(struct watch_scratch *s)
{
	for (size_t i = 0; i < s->n_terms; i++)
		s->present[s->terms[i] / 64] = 0;
	s->n_terms = 0;
}

static void next_generation(struct watch_scratch *s)
{
	const struct watch_program *p = &s->set->program;

	if (++s->generation != 0)
		return;
	for (size_t i = 0; i < p->n_atoms; i++)
		s->atoms[i].generation = 0;
	memset(s->phrases, 0, p->n_phrases * sizeof(*s->phrases));
	memset(s->regexes, 0, p->n_regexes * sizeof(*s->regexes));
	memset(s->seen, 0, p->n_watches * sizeof(*s->seen));
	s->generation = 1;
}

int watch_item_read(struct watch_scratch *s, const struct watch_view *v, struct err *e)
{
	int rc = 0;

	if (s->items++ == s->tune_at)
		watch_scratch_tune(s);
	forget_terms(s);
	next_generation(s);
	arena_clear(s->arena);
	s->view = v;
	s->n_refs = s->n_occurrences = s->n_parts = s->n_candidates = s->n_overruns = 0;
	s->words_in_body = 0;
	s->failed = false;
	if (s->memo.n_lexemes > LEXEMES_MAX || arena_used(s->memo.arena) > MEMO_BYTES)
		forget(&s->memo);
	if (!add_regions(s, v))
		return err_nomem(e);
	for (size_t i = 0; i < s->n_regions && rc == 0; i++)
		rc = read_region(s, i, e);
	if (rc < 0)
		return rc;
	note_attributes(s, v);
	if (s->failed)
		return err_nomem(e);
	watch_item_raise(s);
	return 0;
}
