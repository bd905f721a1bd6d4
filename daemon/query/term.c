/* SPDX-License-Identifier: MIT */
#include "term.h"

#include "base/utf8.h"

#define FUZZY_LETTERS_1 4
#define FUZZY_LETTERS_2 6
#define GLOB_LETTERS	2

/* What the making of one term needs. */
struct making {
	struct query_term_maker *m;
	const struct query_token *t;
	struct query_node *node;
};

static bool nomem(struct making *k)
{
	k->m->failed = true;
	return false;
}

static bool wrong(struct making *k, const char *help, const char *what)
{
	query_report(k->m->report, false, k->t->offset, k->t->length, help, "%s", what);
	return false;
}

static size_t letters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80 && s.p[i] != '*' && s.p[i] != '?' &&
		     s.p[i] != '\'' && s.p[i] != '.';
	return n;
}

static bool has_wildcard(struct str s)
{
	return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n);
}

/* Only wildcards and no letter: what segmentation left of a pattern such as 大使*. */
static bool only(struct str s, char c)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != c)
			return false;
	return s.n > 0;
}

/* ** is *, so that a pattern has one form. */
static struct str tidy_glob(struct arena *a, struct str form)
{
	struct str s = arena_str(a, form);
	char *p;
	size_t n = 0;

	if (!s.p)
		return s;
	p = arena_alloc(a, s.n + 1);
	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] == '*' && n && p[n - 1] == '*'))
			p[n++] = s.p[i];
	p[n] = '\0';
	return str_slice(p, n);
}

/* The form without a final 's, which a normal form never has but the split of a pattern may. */
static bool piece_glob(struct making *k, struct query_piece *piece, struct str form, bool alone)
{
	if (only(form, '?') && form.n == 1 && !alone) {
		piece->kind = QUERY_ANY_WORD;
		return true;
	}
	piece->kind = QUERY_GLOB;
	piece->form = tidy_glob(k->m->arena, form);
	if (!piece->form.p)
		return nomem(k);
	if (letters(form) < GLOB_LETTERS)
		return wrong(k,
			only(form, '*')
				? "for any words between write \"a\" ONEAR/5 \"b\"; for one "
				  "word write ?"
				: "a wildcard alone would match almost every word",
			"a wildcard needs two letters or digits beside it");
	return true;
}

static bool piece_plain(struct making *k, struct query_piece *piece, size_t i)
{
	const struct text_words *w = &k->m->words;

	piece->kind = k->t->exact ? QUERY_EXACT : QUERY_PLAIN;
	piece->form = arena_str(k->m->arena, text_words_form(w, i));
	piece->spelt = arena_str(k->m->arena, text_words_source(w, i));
	return (piece->form.p && piece->spelt.p) || nomem(k);
}

static bool piece_spelled(struct making *k, struct query_piece *piece, size_t i)
{
	struct buf spelling;

	buf_init(&spelling, QUERY_BYTES_MAX * 4);
	text_word_spelling(text_words_source(&k->m->words, i), &spelling);
	piece->kind = QUERY_SPELLED;
	piece->form = arena_str(k->m->arena, text_words_form(&k->m->words, i));
	piece->spelt =
		buf_failed(&spelling) ? STR_NONE : arena_str(k->m->arena, buf_str(&spelling));
	buf_release(&spelling);
	return (piece->form.p && piece->spelt.p) || nomem(k);
}

static bool make_piece(struct making *k, size_t i, bool alone)
{
	struct query_piece *piece = &k->node->pieces[k->node->n_pieces];
	struct str form = text_words_form(&k->m->words, i);

	if (k->t->kind == QUERY_TOKEN_BRACED) {
		if (!piece_spelled(k, piece, i))
			return false;
	} else if (!has_wildcard(form)) {
		if (!piece_plain(k, piece, i))
			return false;
	} else if (k->t->kind == QUERY_TOKEN_BARE && only(form, '*') && !alone &&
		   (i == 0 || i + 1 == k->m->words.count)) {
		return true; /* 大使*: each ideograph is a word, nothing can follow inside it */
	} else if (!piece_glob(k, piece, form, alone)) {
		return false;
	}
	k->node->n_pieces++;
	return true;
}

/* Any word that says something? "? ?" says nothing. */
static bool has_word(const struct query_node *n)
{
	for (size_t i = 0; i < n->n_pieces; i++)
		if (n->pieces[i].kind != QUERY_ANY_WORD)
			return true;
	return false;
}

static bool no_word(struct making *k)
{
	if (k->t->kind == QUERY_TOKEN_BRACED)
		return wrong(k, "write the spelling between the braces: {WHO}",
			"a spelling without any word");
	if (k->t->kind == QUERY_TOKEN_QUOTED)
		return wrong(k, "a phrase needs at least one word: \"draw down\"",
			"a phrase without any word");
	return wrong(k, "a term needs a letter or a digit", "a term without any word");
}

static bool make_pieces(struct making *k)
{
	struct text_words *w = &k->m->words;
	struct err e = {0};
	int rc;

	if (k->t->kind == QUERY_TOKEN_BRACED)
		rc = text_words_split(w, k->t->inner, &e);
	else
		rc = text_words_split_pattern(w, k->t->inner, &e);
	if (rc < 0)
		return nomem(k);
	if (w->count == 0)
		return no_word(k);
	k->node->pieces = arena_array(k->m->arena, w->count, sizeof(*k->node->pieces));
	if (!k->node->pieces)
		return nomem(k);
	for (size_t i = 0; i < w->count; i++)
		if (!make_piece(k, i, w->count == 1))
			return false;
	return has_word(k->node) || no_word(k);
}

static bool make_fuzzy(struct making *k)
{
	struct query_piece *piece = &k->node->pieces[0];
	int edits = k->t->tilde;

	if (k->node->n_pieces != 1)
		return wrong(k, "for words in any order write \"a b\"~3; ~ alone is for one word",
			"~ on a term of several words");
	if (piece->kind != QUERY_PLAIN)
		return wrong(k, "choose one of them",
			piece->kind == QUERY_EXACT ? "= and ~ contradict each other"
						   : "~ on a word with a wildcard");
	if (edits != 1 && edits != 2)
		return wrong(
			k, "write ~1 or ~2: so many letters may differ", "no such number of edits");
	if (letters(piece->form) < (edits == 1 ? FUZZY_LETTERS_1 : FUZZY_LETTERS_2))
		return wrong(k, "write the spellings out: (kyiv OR kiev)",
			edits == 1 ? "~1 needs a word of at least 4 letters"
				   : "~2 needs a word of at least 6 letters");
	piece->kind = QUERY_FUZZY;
	piece->edits = (unsigned)edits;
	return true;
}

static bool make_sloppy(struct making *k)
{
	if (k->t->tilde > (int)QUERY_DISTANCE_MAX)
		return wrong(k, "write a number from 0 to 500", "no such distance");
	if (k->node->n_pieces < 2)
		return wrong(k, "~ on a phrase needs two words; for spellings write zelensky~1",
			"~ on a phrase of one word");
	for (size_t i = 0; i < k->node->n_pieces; i++)
		if (k->node->pieces[i].kind == QUERY_ANY_WORD)
			return wrong(k, "leave the ? out: the number behind ~ says how far apart",
				"? alone in a phrase with ~");
	k->node->slop = k->t->tilde;
	return true;
}

static bool make(struct making *k)
{
	if (k->t->kind == QUERY_TOKEN_REGEX) {
		if (k->t->inner.n == 0)
			return wrong(k, "write the expression between the slashes",
				"an empty regular expression");
		k->node->op = QUERY_REGEX;
		k->node->nocase = k->t->nocase;
		k->node->value = k->t->inner;
		return true;
	}
	if (!make_pieces(k))
		return false;
	if (k->t->tilde < 0)
		return true;
	return k->t->kind == QUERY_TOKEN_BARE ? make_fuzzy(k) : make_sloppy(k);
}

struct query_node *query_term(
	struct query_term_maker *m, const struct query_token *t, struct str text)
{
	struct making k = {.m = m, .t = t};

	k.node = arena_zalloc(m->arena, sizeof(*k.node));
	if (!k.node) {
		m->failed = true;
		return NULL;
	}
	k.node->op = QUERY_PHRASE;
	k.node->fields = QUERY_FIELDS_PLAIN;
	k.node->slop = -1;
	k.node->offset = t->offset;
	k.node->length = t->length;
	k.node->text = str_slice(text.p + t->offset, t->length);
	return make(&k) ? k.node : NULL;
}
