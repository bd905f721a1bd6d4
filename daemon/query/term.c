/* SPDX-License-Identifier: MIT */
/* Builds the node of a term: splits it into words in the form in which they are compared. */
#include "parser.h"

#include "base/utf8.h"

#define FUZZY_LETTERS_1 4
#define FUZZY_LETTERS_2 6
#define GLOB_LETTERS	2

/* A term being built. */
struct term_build {
	struct query_parser *p;
	const struct query_token *t;
	struct query_node *node;
};

struct query_node *query_parse_node(
	struct query_parser *p, enum query_op op, const struct query_token *t, size_t n_kids)
{
	struct query_node *n = arena_zalloc(p->arena, sizeof(*n));

	if (!n || !(n->kids = arena_array(p->arena, n_kids ? n_kids : 1, sizeof(*n->kids)))) {
		p->failed = true;
		return NULL;
	}
	n->op = op;
	n->n_kids = n_kids;
	n->slop = -1;
	n->level = p->level;
	n->offset = t->offset;
	n->length = t->length;
	return n;
}

static bool term_fail_memory(struct term_build *k)
{
	k->p->failed = true;
	return false;
}

static bool term_report(struct term_build *k, const char *help, const char *what)
{
	query_report(k->p->report, false, k->t->offset, k->t->length, help, "%s", what);
	return false;
}

static size_t term_count_letters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80 && s.p[i] != '*' && s.p[i] != '?' &&
		     s.p[i] != '\'' && s.p[i] != '.';
	return n;
}

static bool term_has_wildcard(struct str s)
{
	return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n);
}

/* Returns true if s consists of c alone, as the segmentation of a pattern such as 大使* leaves it.
 */
static bool term_is_only(struct str s, char c)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != c)
			return false;
	return s.n > 0;
}

/* Collapses ** to *, so that equal patterns have equal forms. */
static struct str term_tidy_glob(struct arena *a, struct str form)
{
	char *p = arena_alloc(a, form.n + 1);
	size_t n = 0;

	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < form.n; i++)
		if (!(form.p[i] == '*' && n && p[n - 1] == '*'))
			p[n++] = form.p[i];
	p[n] = '\0';
	return str_slice(p, n);
}

/* A pattern's form may end in 's, which a normal form never does. */
static bool term_set_glob(
	struct term_build *k, struct query_piece *piece, struct str form, bool alone, char sign)
{
	if (term_is_only(form, '?') && form.n == 1 && !alone) {
		piece->kind = QUERY_ANY_WORD;
		return true;
	}
	piece->kind = QUERY_GLOB;
	piece->sign = sign;
	piece->form = term_tidy_glob(k->p->arena, form);
	if (!piece->form.p)
		return term_fail_memory(k);
	if (term_count_letters(form) < GLOB_LETTERS)
		return term_report(k,
			term_is_only(form, '*')
				? "for any words between write \"a\" ONEAR/5 \"b\"; for one "
				  "word write ?"
				: "a wildcard alone would match almost every word",
			"a wildcard needs two letters or digits beside it");
	return true;
}

static bool term_set_plain(struct term_build *k, struct query_piece *piece, size_t i, char sign)
{
	const struct text_words *w = &k->p->words;

	piece->kind = k->t->exact || sign ? QUERY_EXACT : QUERY_PLAIN;
	piece->sign = sign;
	piece->form = arena_str(k->p->arena, text_words_form(w, i));
	piece->spelt = arena_str(k->p->arena, text_words_source(w, i));
	return (piece->form.p && piece->spelt.p) || term_fail_memory(k);
}

static bool term_set_spelled(struct term_build *k, struct query_piece *piece, size_t i)
{
	struct buf spelling;

	buf_init(&spelling, QUERY_BYTES_MAX * 4);
	text_word_spelling(text_words_source(&k->p->words, i), &spelling);
	piece->kind = QUERY_SPELLED;
	piece->form = arena_str(k->p->arena, text_words_form(&k->p->words, i));
	piece->spelt =
		buf_failed(&spelling) ? STR_NONE : arena_str(k->p->arena, buf_str(&spelling));
	buf_release(&spelling);
	return (piece->form.p && piece->spelt.p) || term_fail_memory(k);
}

static bool term_add_piece(struct term_build *k, size_t i, bool alone)
{
	struct query_piece *piece = &k->node->pieces[k->node->n_pieces];
	struct str form = text_words_form(&k->p->words, i);
	char sign = i == 0 ? k->t->sign : 0;

	if (k->t->kind == QUERY_TOKEN_BRACED) {
		if (!term_set_spelled(k, piece, i))
			return false;
	} else if (!term_has_wildcard(form)) {
		if (!term_set_plain(k, piece, i, sign))
			return false;
	} else if (k->t->kind == QUERY_TOKEN_BARE && term_is_only(form, '*') && !alone &&
		   (i == 0 || i + 1 == k->p->words.count)) {
		return true; /* 大使*: drop it; each ideograph is a word by itself */
	} else if (!term_set_glob(k, piece, form, alone, sign)) {
		return false;
	}
	k->node->n_pieces++;
	return true;
}

/* Returns false for a phrase of wildcards only: "? ?" */
static bool term_has_word(const struct query_node *n)
{
	for (size_t i = 0; i < n->n_pieces; i++)
		if (n->pieces[i].kind != QUERY_ANY_WORD)
			return true;
	return false;
}

/* A sign between terms has a meaning in other products. */
static const char *term_sign_help(struct str s)
{
	if (str_is(s, "+"))
		return "write AND, or leave it out: all words side by side must be there";
	if (str_is(s, "#"))
		return "a query has no comments; write them above its key, outside of the quotes";
	if (str_is(s, "*") || str_is(s, "?"))
		return "write it at a word: embass* or wom?n";
	return "a term needs a letter or a digit";
}

static bool term_report_empty(struct term_build *k)
{
	if (k->t->kind == QUERY_TOKEN_BRACED)
		return term_report(k, "write the spelling between the braces: {WHO}",
			"a spelling without any word");
	if (k->t->kind == QUERY_TOKEN_QUOTED)
		return term_report(k, "a phrase needs at least one word: \"draw down\"",
			"a phrase without any word");
	return term_report(k, term_sign_help(k->t->inner), "a term without any word");
}

/* Returns true if the first word follows the sign directly, and is more than a lone ? of a phrase.
 */
static bool term_begins_with_sign(const struct term_build *k)
{
	const struct text_words *w = &k->p->words;
	struct str with;

	return text_words_sign(w, 0, &with) && with.p == k->t->inner.p &&
	       (w->count == 1 || !str_is(text_words_form(w, 0), "?"));
}

static bool term_split_pieces(struct term_build *k)
{
	struct text_words *w = &k->p->words;
	struct err e = {0};
	int rc;

	if (k->t->kind == QUERY_TOKEN_BRACED)
		rc = text_words_split(w, k->t->inner, &e);
	else
		rc = text_words_split_pattern(w, k->t->inner, &e);
	if (rc < 0)
		return term_fail_memory(k);
	if (w->count == 0)
		return term_report_empty(k);
	if (k->t->sign && !term_begins_with_sign(k))
		return term_report(k,
			"write the word directly after it: $GM, #brief; in quotes it is ignored",
			"a sign without a word directly after it");
	k->node->pieces = arena_array(k->p->arena, w->count, sizeof(*k->node->pieces));
	if (!k->node->pieces)
		return term_fail_memory(k);
	for (size_t i = 0; i < w->count; i++)
		if (!term_add_piece(k, i, w->count == 1))
			return false;
	return term_has_word(k->node) || term_report_empty(k);
}

static bool term_set_fuzzy(struct term_build *k)
{
	struct query_piece *piece = &k->node->pieces[0];
	int edits = k->t->tilde;

	if (k->node->n_pieces != 1)
		return term_report(k,
			"for words in any order write \"a b\"~3; ~ alone is for one word",
			"~ on a term of several words");
	if (piece->sign)
		return term_report(k, "write the spellings out: ($GM OR $GMC)",
			"~ on a word with a sign before it");
	if (piece->kind != QUERY_PLAIN)
		return term_report(k, "choose one of them",
			piece->kind == QUERY_EXACT ? "= and ~ contradict each other"
						   : "~ on a word with a wildcard");
	if (edits != 1 && edits != 2)
		return term_report(k, "write ~1 or ~2, the number of letters that may differ",
			"no such number of edits");
	if (term_count_letters(piece->form) < (edits == 1 ? FUZZY_LETTERS_1 : FUZZY_LETTERS_2))
		return term_report(k, "write the spellings out: (kyiv OR kiev)",
			edits == 1 ? "~1 needs a word of at least 4 letters"
				   : "~2 needs a word of at least 6 letters");
	piece->kind = QUERY_FUZZY;
	piece->edits = (unsigned)edits;
	return true;
}

static bool term_set_slop(struct term_build *k)
{
	if (k->t->tilde > (int)QUERY_DISTANCE_MAX)
		return term_report(k, "write a number from 0 to 500", "no such distance");
	if (k->node->n_pieces < 2)
		return term_report(k,
			"~ on a phrase needs two words; for spellings write zelensky~1",
			"~ on a phrase of one word");
	for (size_t i = 0; i < k->node->n_pieces; i++)
		if (k->node->pieces[i].kind == QUERY_ANY_WORD)
			return term_report(k,
				"leave the ? out: the number after ~ is the maximum distance",
				"? alone in a phrase with ~");
	k->node->slop = k->t->tilde;
	return true;
}

static bool term_build(struct term_build *k)
{
	if (k->t->kind == QUERY_TOKEN_REGEX) {
		if (k->t->inner.n == 0)
			return term_report(k,
				"write the expression between the slashes; a query has no comments",
				"an empty regular expression");
		k->node->op = QUERY_REGEX;
		k->node->nocase = k->t->nocase;
		k->node->value = k->t->inner;
		return true;
	}
	if (!term_split_pieces(k))
		return false;
	if (k->t->tilde < 0)
		return true;
	return k->t->kind == QUERY_TOKEN_BARE ? term_set_fuzzy(k) : term_set_slop(k);
}

struct query_node *query_parse_term(struct query_parser *p, const struct query_token *t)
{
	struct term_build k = {.p = p, .t = t, .node = query_parse_node(p, QUERY_PHRASE, t, 0)};

	if (!k.node)
		return NULL;
	k.node->fields = QUERY_FIELDS_DEFAULT;
	k.node->text = str_slice(p->text.p + t->offset, t->length);
	return term_build(&k) ? k.node : NULL;
}
