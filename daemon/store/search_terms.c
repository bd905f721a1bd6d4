/* SPDX-License-Identifier: MIT */
#include "search_terms.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/utf8.h"
#include "fulltext.h"
#include "text/delimiter.h"

#define WORDS_MAX    ((size_t)256)
#define TEXT_MAX     ((size_t)16 * 1024)
#define PREFIX_MIN   ((size_t)3)
#define PREFIX_ALONE ((size_t)2)

struct term_piece {
	struct str form;
	bool prefix;
};

struct search_term {
	struct term_piece *pieces; /* of a phrase */
	size_t n;
	struct str written;
};

struct archive_terms {
	struct arena *arena;
	struct search_term *terms;
	size_t n, n_pieces;
};

/* --- parser --- */

static int piece_check(struct term_piece *p, struct str written, struct err *e)
{
	if (p->form.n && p->form.p[p->form.n - 1] == '*') {
		p->prefix = true;
		p->form.n--;
	}
	for (size_t i = 0; i < p->form.n; i++)
		if (p->form.p[i] == '*' || p->form.p[i] == '?')
			return err_set(e, ERR_INPUT,
				"a search allows * at the end of a word only, and no ?: %.*s",
				STR_ARG(written));
	if (p->form.n == 0)
		return err_set(e, ERR_INPUT, "a * needs the beginning of a word before it");
	return 0;
}

static int terms_add(struct archive_terms *t, struct str text, struct err *e)
{
	struct search_term *term = &t->terms[t->n];
	struct text_words words;
	int rc;

	text_words_init(&words);
	rc = text_words_split_pattern(&words, text, e);
	if (!rc && words.count == 0)
		rc = err_set(e, ERR_INPUT, "there is no word in %.*s", STR_ARG(text));
	if (!rc && words.count > WORDS_MAX - t->n_pieces)
		rc = err_set(e, ERR_INPUT, "more than %zu words are too many", WORDS_MAX);
	if (!rc) {
		term->written = text;
		term->pieces = arena_array(t->arena, words.count, sizeof(*term->pieces));
		if (!term->pieces)
			rc = err_nomem(e);
	}
	for (size_t i = 0; !rc && i < words.count; i++) {
		struct term_piece *p = &term->pieces[i];

		*p = (struct term_piece){.form = arena_str(t->arena, text_words_form(&words, i))};
		rc = p->form.p ? piece_check(p, text, e) : err_nomem(e);
	}
	term->n = words.count;
	t->n_pieces += words.count;
	t->n++;
	text_words_release(&words);
	return rc;
}

static size_t terms_space_length(struct str s, size_t at)
{
	return text_space_length(s.p + at, s.n - at);
}

static size_t terms_quote_length(struct str s, size_t at)
{
	return text_quote_at(s, at);
}

/* Returns the next term of s from *at on; an empty one at the end. */
static int terms_next(struct str s, size_t *at, struct str *out, struct err *e)
{
	size_t from, n;

	while ((n = terms_space_length(s, *at)) > 0)
		*at += n;
	from = *at;
	n = terms_quote_length(s, from);
	if (!n) {
		while (*at < s.n && !terms_space_length(s, *at) && !terms_quote_length(s, *at))
			++*at;
		*out = str_slice(s.p + from, *at - from);
		return 0;
	}
	from = *at += n;
	while (*at < s.n && !terms_quote_length(s, *at))
		++*at;
	if (*at == s.n)
		return err_set(e, ERR_INPUT, "a \" is not closed");
	*out = str_slice(s.p + from, *at - from);
	*at += terms_quote_length(s, *at);
	return out->n ? 0 : err_set(e, ERR_INPUT, "there is nothing between two \"");
}

static int terms_parse(struct archive_terms *t, struct str words, struct err *e)
{
	struct str text = STR_NONE;
	size_t at = 0;
	int rc;

	if (words.n > TEXT_MAX || !utf8_valid(words))
		return err_set(e, ERR_INPUT, "a search is at most 16 KiB of UTF-8");
	words = arena_str(t->arena, words);
	t->terms = arena_array(t->arena, WORDS_MAX, sizeof(*t->terms));
	if (!words.p || !t->terms)
		return err_nomem(e);
	while (!(rc = terms_next(words, &at, &text, e)) && text.n) {
		if (t->n == WORDS_MAX)
			return err_set(e, ERR_INPUT, "more than %zu words are too many", WORDS_MAX);
		rc = terms_add(t, text, e);
		if (rc)
			return rc;
	}
	if (!rc && t->n == 0)
		rc = err_set(e, ERR_INPUT, "there is no word to look for");
	return rc;
}

int archive_terms_new(struct archive_terms **out, struct str words, struct err *e)
{
	struct archive_terms *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (!t)
		return err_nomem(e);
	t->arena = arena_new((size_t)4 * 1024 * 1024);
	rc = t->arena ? terms_parse(t, words, e) : err_nomem(e);
	if (rc)
		archive_terms_free(t);
	else
		*out = t;
	return rc;
}

void archive_terms_free(struct archive_terms *t)
{
	if (!t)
		return;
	arena_free(t->arena);
	free(t);
}

/* --- index query --- */

/* Omits prefixes of fewer than `shortest` bytes. The index does not know which words are a phrase.
 */
static void terms_put_query(const struct archive_terms *t, size_t shortest, struct buf *out)
{
	for (size_t k = 0; k < t->n; k++) {
		const struct search_term *term = &t->terms[k];

		for (size_t i = 0; i < term->n; i++) {
			if (term->pieces[i].prefix && term->pieces[i].form.n < shortest)
				continue;
			if (out->len)
				buf_addz(out, " AND ");
			words_put_query(out, term->pieces[i].form, term->pieces[i].prefix);
		}
	}
}

/*
 * FTS5 merges the posting lists of all words with a prefix. A short prefix is used only if there is
 * no other term, a single letter never.
 */
bool terms_query(const struct archive_terms *t, struct buf *out)
{
	terms_put_query(t, PREFIX_MIN, out);
	if (out->len == 0)
		terms_put_query(t, PREFIX_ALONE, out);
	if (out->len == 0)
		return false;
	words_end_query(out);
	return true;
}

/* --- matching a text --- */

int terms_reader_init(struct terms_reader *r, const struct archive_terms *t, struct err *e)
{
	*r = (struct terms_reader){.terms = t, .seen = calloc(t->n, sizeof(bool))};
	text_words_init(&r->words);
	return r->seen ? 0 : err_nomem(e);
}

void terms_reader_release(struct terms_reader *r)
{
	text_words_release(&r->words);
	free(r->hits);
	free(r->seen);
}

static bool term_matches_at(const struct text_words *w, const struct search_term *term, size_t at)
{
	if (term->n > w->count - at)
		return false;
	for (size_t i = 0; i < term->n; i++) {
		const struct term_piece *p = &term->pieces[i];
		struct str form = text_words_form(w, at + i);

		if (p->prefix ? !str_starts(form, p->form) : !str_eq(form, p->form))
			return false;
	}
	return true;
}

static int terms_add_hit(struct terms_reader *r, enum query_field field, size_t at,
	const struct search_term *term, struct err *e)
{
	const struct text_word *first = &r->words.word[at], *last = first + term->n - 1;
	size_t length = last->offset + last->length - first->offset;

	if (r->n_hits && r->hits[r->n_hits - 1].field == field &&
		r->hits[r->n_hits - 1].offset == first->offset &&
		r->hits[r->n_hits - 1].length == length)
		return 0;
	if (!array_room(&r->hits, r->n_hits, &r->room, 1, sizeof(*r->hits)))
		return err_nomem(e);
	r->hits[r->n_hits++] = (struct watch_hit){.field = field,
		.offset = first->offset,
		.length = length,
		.text = str_slice(r->words.text.p + first->offset, length),
		.term = term->written};
	return 0;
}

static int terms_read_field(
	struct terms_reader *r, enum query_field field, struct str text, struct err *e)
{
	int rc = text_words_split(&r->words, text, e);

	for (size_t at = 0; !rc && at < r->words.count; at++)
		for (size_t k = 0; !rc && k < r->terms->n; k++) {
			if (!term_matches_at(&r->words, &r->terms->terms[k], at))
				continue;
			r->seen[k] = true;
			rc = terms_add_hit(r, field, at, &r->terms->terms[k], e);
		}
	return rc;
}

int terms_read(
	struct terms_reader *r, struct str title, struct str body, bool *holds, struct err *e)
{
	int rc;

	r->n_hits = 0;
	memset(r->seen, 0, r->terms->n * sizeof(*r->seen));
	rc = terms_read_field(r, QUERY_TITLE, title, e);
	if (!rc)
		rc = terms_read_field(r, QUERY_BODY, body, e);
	*holds = !rc;
	for (size_t k = 0; k < r->terms->n; k++)
		*holds = *holds && r->seen[k];
	return rc;
}
