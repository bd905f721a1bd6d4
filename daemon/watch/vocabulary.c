/* SPDX-License-Identifier: MIT */
#include "vocabulary.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "text/words.h"

#define KEY_START   1
#define KEY_END	    2
#define KEY_SPELLED 3
#define KEY_FUZZY   4
#define KEY_STEM    16 /* plus the language */
#define LENGTHS	    63 /* longer literals are entered by their first bytes */

static size_t vocabulary_first_wildcard(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '*' && s.p[i] != '?')
		i++;
	return i;
}

static size_t vocabulary_last_wildcard(struct str s)
{
	size_t i = s.n;

	while (i && s.p[i - 1] != '*' && s.p[i - 1] != '?')
		i--;
	return s.n - i; /* bytes after it */
}

static void vocabulary_set_bit(uint64_t *bitmap, unsigned bit)
{
	bitmap[bit / 64] |= (uint64_t)1 << bit % 64;
}

/*
 * Words that begin with start may satisfy an atom; whole: only words equal to it, if it is short.
 */
static void vocabulary_add_opening(struct watch_vocabulary *v, struct str start, bool whole)
{
	char padded[4] = {0};
	size_t n = start.n < 3 ? start.n : 3;
	unsigned rest = whole ? 1 : 1u << 5 * (3 - n);

	memcpy(padded, start.p, n);
	for (unsigned i = 0; i < rest; i++) {
		for (size_t k = n; k < 3; k++)
			padded[k] = (char)(i >> 5 * (k - n) & 31);
		vocabulary_set_bit(v->openings, watch_opening(padded, 3));
	}
}

/* The same by four bytes. All words begin like one of which less than three bytes are known. */
static void vocabulary_add_beginning(struct watch_vocabulary *v, struct str start, bool whole)
{
	char padded[4] = {0};
	size_t n = start.n < 4 ? start.n : 4;

	memcpy(padded, start.p, n);
	if (n < 3 && !whole)
		memset(v->beginnings, 0xff, sizeof(v->beginnings));
	for (unsigned i = 0; i < (n == 3 && !whole ? 256 : 1); i++) {
		vocabulary_set_bit(v->beginnings, watch_beginning(padded, 4));
		padded[3]++;
	}
}

static void vocabulary_add_start(struct watch_vocabulary *v, struct str start, bool whole)
{
	vocabulary_add_opening(v, start, whole);
	vocabulary_add_beginning(v, start, whole);
}

static bool vocabulary_add_glob(struct watch_vocabulary *v, uint32_t id, struct str form)
{
	size_t start = vocabulary_first_wildcard(form), end = vocabulary_last_wildcard(form);

	vocabulary_add_start(v, str_slice(form.p, start), false);
	if (start) {
		start = start < LENGTHS ? start : LENGTHS;
		v->start_lengths |= (uint64_t)1 << start;
		return table_add(
			&v->starts, digest_fast64(str_slice(form.p, start), KEY_START), id);
	}
	if (end) {
		end = end < LENGTHS ? end : LENGTHS;
		v->end_lengths |= (uint64_t)1 << end;
		return table_add(&v->ends,
			digest_fast64(str_slice(form.p + form.n - end, end), KEY_END), id);
	}
	if (!array_room(&v->loose, v->n_loose, &v->cap_loose, 1, sizeof(*v->loose)))
		return false;
	v->loose[v->n_loose++] = id;
	return true;
}

static uint64_t vocabulary_fuzzy_key(struct str form, size_t length)
{
	uint32_t cp = 0;

	utf8_decode(form.p, form.n, &cp);
	return digest_fast64(str_slice((const char *)&cp, sizeof(cp)), KEY_FUZZY + (length << 8));
}

static size_t vocabulary_count_points(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static bool vocabulary_add_fuzzy(
	struct watch_vocabulary *v, uint32_t id, const struct watch_atom *a)
{
	size_t n = vocabulary_count_points(a->form), first = 1;

	while (first < a->form.n && ((unsigned char)a->form.p[first] & 0xc0) == 0x80)
		first++;
	vocabulary_add_start(v, str_slice(a->form.p, first), false);
	for (size_t length = n > a->edits ? n - a->edits : 1; length <= n + a->edits; length++)
		if (!table_add(&v->fuzzy, vocabulary_fuzzy_key(a->form, length), id))
			return false;
	return true;
}

static uint64_t vocabulary_stem_key(uint32_t language, struct str stem)
{
	return digest_fast64(stem, KEY_STEM + language);
}

static bool vocabulary_add_stems(
	struct watch_vocabulary *v, uint32_t id, const struct watch_atom *a)
{
	vocabulary_add_start(v, STR(""), false); /* a stem need not be a prefix of its words */
	for (size_t i = 0; i < a->n_stems; i++)
		if (!table_add(&v->stems,
			    vocabulary_stem_key(a->stems[i].language, a->stems[i].stem), id))
			return false;
	return true;
}

static bool vocabulary_add_exact(
	struct watch_vocabulary *v, uint32_t id, const struct watch_atom *a)
{
	char padded[WATCH_WORD_HEAD_BYTES] = {0};

	memcpy(padded, a->form.p, a->form.n < sizeof(padded) ? a->form.n : sizeof(padded));
	v->known[id].head = watch_word_head_of(str_slice(padded, a->form.n));
	v->known[id].tag = watch_tag(a->key);
	v->known[id].exact = true;
	return table_add(&v->exact, a->key, id);
}

static bool vocabulary_add_atom(struct watch_vocabulary *v, uint32_t id)
{
	const struct watch_atom *a = &v->program->atoms[id];

	v->signs = v->signs || a->sign;
	switch (a->kind) {
	case WATCH_ATOM_EXACT: return vocabulary_add_exact(v, id, a);
	case WATCH_ATOM_ATTRIBUTE: return true;
	case WATCH_ATOM_SPELLED:
		v->inexact = true;
		v->spellings = v->spellings || str_present(a->spelt);
		vocabulary_add_start(v, a->form, true);
		return table_add(&v->spelled, digest_fast64(a->form, KEY_SPELLED), id);
	case WATCH_ATOM_GLOB: v->inexact = true; return vocabulary_add_glob(v, id, a->form);
	case WATCH_ATOM_FUZZY: v->inexact = true; return vocabulary_add_fuzzy(v, id, a);
	case WATCH_ATOM_STEM:
		v->inexact = v->spellings = true;
		return vocabulary_add_stems(v, id, a);
	}
	return true;
}

int watch_vocabulary_make(struct watch_vocabulary *v, const struct watch_program *p)
{
	*v = (struct watch_vocabulary){
		.program = p, .known = calloc(p->n_atoms + 1, sizeof(*v->known))};
	if (!v->known)
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < p->n_atoms; i++)
		if (!vocabulary_add_atom(v, (uint32_t)i)) {
			watch_vocabulary_release(v);
			return -(int)ERR_NOMEM;
		}
	return 0;
}

void watch_vocabulary_release(struct watch_vocabulary *v)
{
	table_release(&v->exact);
	free(v->known);
	table_release(&v->spelled);
	table_release(&v->starts);
	table_release(&v->ends);
	table_release(&v->fuzzy);
	table_release(&v->stems);
	free(v->loose);
	*v = (struct watch_vocabulary){0};
}

/* --- looking up --- */

bool watch_vocabulary_same(const struct watch_vocabulary *v, uint32_t atom, struct str form)
{
	return str_eq(v->program->atoms[atom].form, form);
}

static bool vocabulary_keep_atom(struct watch_found *out, uint32_t id)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i] == id)
			return true; /* two stems of a word may lead to the same atom */
	if (!array_room(&out->v, out->n, &out->cap, 1, sizeof(*out->v)))
		return false;
	out->v[out->n++] = id;
	return true;
}

static bool vocabulary_atom_matches(const struct watch_atom *a, const struct watch_lookup *word,
	struct str spelling, struct str stem)
{
	if (a->sign && a->sign != word->sign)
		return false;
	switch (a->kind) {
	case WATCH_ATOM_GLOB: return watch_glob_match(a->form, word->form);
	case WATCH_ATOM_FUZZY: return watch_fuzzy_match(a->form, word->form, a->edits);
	case WATCH_ATOM_SPELLED:
		return str_present(a->spelt) ? text_spelling_matches(a->spelt, spelling)
					     : str_eq(a->form, word->form);
	case WATCH_ATOM_STEM:
		for (size_t i = 0; i < a->n_stems; i++)
			if (str_eq(a->stems[i].stem, stem))
				return true;
		return false;
	case WATCH_ATOM_EXACT:
	case WATCH_ATOM_ATTRIBUTE: break;
	}
	return false;
}

static bool vocabulary_collect_key(const struct watch_vocabulary *v, const struct table *t,
	uint64_t key, const struct watch_lookup *word, struct str extra, struct watch_found *out)
{
	uint32_t id;
	size_t at;

	if (!t->slots)
		return true;
	at = table_start(t, key);
	while ((id = table_next(t, key, &at)) != TABLE_NONE)
		if (vocabulary_atom_matches(&v->program->atoms[id], word, extra, extra) &&
			!vocabulary_keep_atom(out, id))
			return false;
	return true;
}

static bool vocabulary_find_globs(
	const struct watch_vocabulary *v, const struct watch_lookup *word, struct watch_found *out)
{
	struct str f = word->form;
	size_t most = f.n < LENGTHS ? f.n : LENGTHS;

	for (size_t n = 1; n <= most; n++) {
		if (v->start_lengths >> n & 1 &&
			!vocabulary_collect_key(v, &v->starts,
				digest_fast64(str_slice(f.p, n), KEY_START), word, STR_NONE, out))
			return false;
		if (v->end_lengths >> n & 1 &&
			!vocabulary_collect_key(v, &v->ends,
				digest_fast64(str_slice(f.p + f.n - n, n), KEY_END), word, STR_NONE,
				out))
			return false;
	}
	for (size_t i = 0; i < v->n_loose; i++)
		if (vocabulary_atom_matches(
			    &v->program->atoms[v->loose[i]], word, STR_NONE, STR_NONE) &&
			!vocabulary_keep_atom(out, v->loose[i]))
			return false;
	return true;
}

static bool vocabulary_find_spelled(
	const struct watch_vocabulary *v, const struct watch_lookup *word, struct watch_found *out)
{
	struct buf spelling;
	bool ok;

	if (!v->spelled.slots)
		return true;
	buf_init(&spelling, TEXT_FIELD_MAX);
	text_word_spelling(word->source, &spelling);
	ok = !buf_failed(&spelling) &&
	     vocabulary_collect_key(v, &v->spelled, digest_fast64(word->form, KEY_SPELLED), word,
		     buf_str(&spelling), out);
	buf_release(&spelling);
	return ok;
}

static bool vocabulary_find_stems(const struct watch_vocabulary *v, const struct watch_lookup *word,
	struct text_stemmer *const *stemmers, struct watch_found *out)
{
	if (!v->stems.slots)
		return true;
	for (uint32_t i = 0; i < v->program->n_languages; i++) {
		struct str stem = text_stemmer_stem(stemmers[i], word->source);

		if (!stem.p || !vocabulary_collect_key(
				       v, &v->stems, vocabulary_stem_key(i, stem), word, stem, out))
			return false;
	}
	return true;
}

bool watch_vocabulary_find(const struct watch_vocabulary *v, const struct watch_lookup *word,
	struct text_stemmer *const *stemmers, struct watch_found *out)
{
	if (!vocabulary_find_globs(v, word, out) || !vocabulary_find_spelled(v, word, out) ||
		!vocabulary_find_stems(v, word, stemmers, out))
		return false;
	if (!v->fuzzy.slots)
		return true;
	return vocabulary_collect_key(v, &v->fuzzy,
		vocabulary_fuzzy_key(word->form, vocabulary_count_points(word->form)), word,
		STR_NONE, out);
}
