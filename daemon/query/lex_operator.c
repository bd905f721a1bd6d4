/* SPDX-License-Identifier: MIT */
#include "lex.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "text/delimiter.h"

/* Returns true if s is a decimal number of at most max. */
static bool operator_parse_number(struct str s, uint32_t max, uint32_t *out)
{
	uint64_t n = 0;

	if (s.n == 0 || s.n > 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = (uint32_t)n;
	return n <= max;
}

static struct str operator_skip(struct str s, size_t n)
{
	return str_slice(s.p + n, s.n - n);
}

static bool operator_report(
	struct query_reporter *r, struct query_token *t, const char *help, const char *what)
{
	struct str s = t->inner;

	query_report(r, false, t->offset, t->length, help, "%.*s: %s", (int)(s.n < 60 ? s.n : 60),
		s.p, what);
	t->kind = QUERY_TOKEN_BAD;
	return true;
}

static void operator_set_token(struct query_token *t, const struct query_operator *o)
{
	t->kind = QUERY_TOKEN_OPERATOR;
	t->op = (enum query_op)(o - query_operators);
}

/* --- words and numbers: AND, NEAR/4, LEAD/50( --- */

/* The token stays the operator, so that what it holds is parsed as such. */
static bool operator_report_number(struct query_reporter *r, struct query_token *t,
	const struct query_operator *o, const char *what)
{
	operator_report(r, t, o->number_help, what);
	operator_set_token(t, o);
	t->number = o->number_default ? o->number_default : o->number_least;
	return true;
}

/* Returns true if an opening bracket follows the token. */
static bool operator_before_bracket(struct str text, const struct query_token *t)
{
	size_t next = t->offset + t->length, space;

	while (next < text.n && (space = text_space_length(text.p + next, text.n - next)) > 0)
		next += space;
	return next < text.n && text.p[next] == '(';
}

/*
 * Parses the token as this keyword and its number. NEAR/4f is the same as ONEAR/4. LEAD and other
 * functions are keywords only before a bracket or a slash. Returns false if it is another word.
 */
static bool operator_read_word(struct str text, struct query_reporter *r, struct query_token *t,
	const struct query_operator *o, const char *word)
{
	bool chain = o->form == QUERY_FORM_CHAIN, ordered = word == o->ordered;
	struct str rest;

	if (!str_starts(t->inner, str_of(word)))
		return false;
	rest = operator_skip(t->inner, strlen(word));
	if (rest.n && (rest.p[0] != '/' || !o->number_most))
		return false;
	if (rest.n == 0 && o->number_most && !chain && !operator_before_bracket(text, t))
		return false;
	operator_set_token(t, o);
	t->number = o->number_default;
	t->ordered = ordered;
	if (rest.n == 0)
		return !o->number_most || o->number_default ||
		       operator_report_number(r, t, o, "a number is missing");
	rest = operator_skip(rest, 1);
	if (o->ordered && !ordered && rest.n && rest.p[rest.n - 1] == 'f') {
		t->ordered = true;
		rest.n--;
	}
	if (!operator_parse_number(rest, o->number_most, &t->number) || t->number < o->number_least)
		return operator_report_number(r, t, o, o->number_wrong);
	return true;
}

/* --- comparisons: words>300, age<2h --- */

bool query_lex_length(struct query_token *t, struct str rest)
{
	t->below = rest.p[0] == '<';
	return operator_parse_number(
		operator_skip(rest, 1), query_operators[QUERY_LENGTH].number_most, &t->number);
}

bool query_lex_age(struct query_token *t, struct str rest)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {{'s', CLOCK_SECOND}, {'m', CLOCK_MINUTE}, {'h', CLOCK_HOUR}, {'d', CLOCK_DAY}};
	struct str value = operator_skip(rest, 1);
	uint32_t n;

	if (rest.p[0] != '<' || value.n < 2 ||
		!operator_parse_number(str_slice(value.p, value.n - 1), QUERY_NUMBER_MAX, &n) ||
		n == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (value.p[value.n - 1] == units[i].unit) {
			t->age = n * units[i].ms;
			return true;
		}
	return false;
}

bool query_lex_sources(struct query_token *t, struct str rest)
{
	return str_starts(rest, STR(">=")) &&
	       operator_parse_number(operator_skip(rest, 2), QUERY_SOURCES_MAX, &t->number) &&
	       t->number > 0;
}

/* The bytes before the first sign of a comparison; s.n if there is none. */
static size_t operator_find_sign(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '<' || s.p[i] == '>')
			return i;
	return s.n;
}

/* words=300 and sources≥3: the sign is none of ours, but a comparison is meant. */
static bool operator_has_other_sign(struct str rest)
{
	return str_starts(rest, STR("=")) || str_starts(rest, STR("≥")) ||
	       str_starts(rest, STR("≤"));
}

static bool operator_read_comparison(struct query_reporter *r, struct query_token *t)
{
	struct str s = t->inner;
	size_t i = operator_find_sign(s);

	for (size_t k = 0; k < QUERY_OPS; k++) {
		const struct query_operator *o = &query_operators[k];

		if (o->form != QUERY_FORM_COMPARISON || !str_starts(s, str_of(o->word)))
			continue;
		if (operator_has_other_sign(operator_skip(s, strlen(o->word))))
			return operator_report(r, t, o->number_help, "no such comparison");
		if (i == s.n || i != strlen(o->word))
			continue;
		operator_set_token(t, o);
		return o->compare(t, operator_skip(s, i)) ||
		       operator_report(r, t, o->number_help, o->number_wrong);
	}
	return i < s.n && operator_report(r, t,
				  "comparisons are words>300, words<50, age<2h and sources>=3, "
				  "without spaces",
				  "no such comparison");
}

/* --- other products --- */

static const struct {
	const char *name, *ours;
} foreign[] = {{"w/", "NEAR"}, {"pre/", "ONEAR"}, {"adj", "ONEAR"}, {"near", "NEAR"}};

#define N_FOREIGN (sizeof(foreign) / sizeof(foreign[0]))

/* Returns true if s starts with the keyword, in any case, and no letter follows. */
static bool operator_starts_with(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && str_eq_nocase(str_slice(s.p, n), str_of(word)) &&
	       (s.n == n || !ascii_is_alpha(s.p[n]));
}

/* Operators of other products: an error whose help names ours. */
static bool operator_read_foreign(struct arena *a, struct query_reporter *r, struct query_token *t)
{
	struct str s = t->inner;
	uint32_t n;

	if (s.n && s.p[0] == '!')
		return operator_report(r, t, "to leave a word out write -word or NOT word",
			"! means nothing here");
	if (str_is(s, "&") || str_is(s, "&&"))
		return operator_report(r, t, "write AND", "not an operator here");
	if (str_is(s, "|") || str_is(s, "||"))
		return operator_report(r, t, "write OR", "not an operator here");
	for (size_t i = 0; i < N_FOREIGN; i++) {
		const char *help;

		if (!operator_starts_with(s, foreign[i].name) ||
			!operator_parse_number(
				operator_skip(s, strlen(foreign[i].name)), QUERY_DISTANCE_MAX, &n))
			continue;
		help = arena_printf(a,
			"write %s/%u (n counts the words between), or set dialect to the product "
			"the query comes from",
			foreign[i].ours, n > 0 ? n - 1 : 0);
		return operator_report(r, t, help, "an operator of another product");
	}
	return false;
}

bool query_operator_read(
	struct arena *a, struct str text, struct query_reporter *r, struct query_token *t)
{
	/* Keywords are in capitals, most words are not. */
	for (size_t i = 0; i < QUERY_OPS && ascii_is_upper(t->inner.p[0]); i++) {
		const struct query_operator *o = &query_operators[i];

		if (o->form == QUERY_FORM_TERM || o->form == QUERY_FORM_COMPARISON)
			continue;
		if (operator_read_word(text, r, t, o, o->word) ||
			(o->ordered && operator_read_word(text, r, t, o, o->ordered)))
			return true;
	}
	return operator_read_comparison(r, t) || operator_read_foreign(a, r, t);
}

bool query_operator_resembles(struct str word)
{
	for (size_t i = 0; i < QUERY_OPS; i++) {
		const struct query_operator *o = &query_operators[i];

		if (o->form != QUERY_FORM_TERM && o->form != QUERY_FORM_COMPARISON &&
			(operator_starts_with(word, o->word) ||
				(o->ordered && operator_starts_with(word, o->ordered))))
			return true;
	}
	for (size_t i = 0; i < N_FOREIGN; i++)
		if (operator_starts_with(word, foreign[i].name))
			return true;
	return false;
}

/* --- warnings --- */

static bool operator_is_operand(const struct query_token *t)
{
	return t->kind == QUERY_TOKEN_BARE || t->kind == QUERY_TOKEN_QUOTED ||
	       t->kind == QUERY_TOKEN_BRACED || t->kind == QUERY_TOKEN_REF ||
	       t->kind == QUERY_TOKEN_REGEX || t->kind == QUERY_TOKEN_VALUE ||
	       t->kind == QUERY_TOKEN_BAD;
}

/* Returns true if the word, up to a slash, is an operator in lower case. */
static bool operator_is_lower_case(struct str s)
{
	const char *slash = memchr(s.p, '/', s.n);
	struct str head = slash ? str_slice(s.p, (size_t)(slash - s.p)) : s;

	for (size_t i = 0; i < QUERY_OPS; i++) {
		const struct query_operator *o = &query_operators[i];
		const char *const words[] = {o->word, o->ordered};

		for (size_t k = 0; o->warn_lower_case && k < 2 && words[k]; k++)
			if (str_eq_nocase(head, str_of(words[k])) && (!slash || o->number_most) &&
				!str_starts(s, str_of(words[k])))
				return true;
	}
	return false;
}

/* Returns the operator that the token is, in capitals, if it takes a number and has none; or NULL.
 */
static const char *operator_without_number(const struct query_token *t)
{
	for (size_t i = 0; i < QUERY_OPS; i++) {
		const struct query_operator *o = &query_operators[i];
		const char *word = t->ordered ? o->ordered : o->word;

		if (o->form == QUERY_FORM_COMPARISON || !o->number_most)
			continue;
		if (t->kind == QUERY_TOKEN_OPERATOR && t->op == (enum query_op)i)
			return t->length == strlen(word) ? word : NULL;
		if (t->kind == QUERY_TOKEN_BARE && str_is(t->inner, o->word))
			return word;
	}
	return NULL;
}

/* Warns about NEAR 5 and LEAD 50 (a). */
static void operator_warn_number(
	struct query_reporter *r, const struct query_token *t, const struct query_token *next)
{
	const char *word = operator_without_number(t);
	char help[64];
	uint32_t number;

	if (!word || next->kind != QUERY_TOKEN_BARE || next->exact ||
		!operator_parse_number(next->inner, QUERY_NUMBER_MAX, &number))
		return;
	snprintf(help, sizeof(help), "write it with a slash: %s/%u", word, number);
	query_report(
		r, true, next->offset, next->length, help, "%u is read as a word here", number);
}

static const struct {
	const char *theirs, *help;
} operators_elsewhere[] = {
	{"XOR", "write (a OR b) AND NOT (a AND b)"},
	{"ADJ", "write ONEAR/0, directly after it, or a phrase in quotes"},
	{"NEXT", "write ONEAR/0, directly after it, or a phrase in quotes"},
	{"BEFORE", "write ONEAR/5: at most 5 words between, in this order"},
	{"WITHIN", "write NEAR/5: at most 5 words between"},
	{"SAME", "write PARA, in the same paragraph, or SENT, in the same sentence"},
	{"SENTENCE", "write SENT"},
	{"PARAGRAPH", "write PARA"},
	{"ANDNOT", "write AND NOT"},
	{"BUT", "write AND, or AND NOT"},
	{"EXCEPT", "write NOT"},
	{"WITHOUT", "write NOT"},
	{"UND", "write AND"},
	{"ODER", "write OR"},
	{"ET", "write AND"},
	{"OU", "write OR"},
	{"SAUF", "write NOT"},
	{"NICHT", "write NOT"},
};

/* Warns of XOR and of NAER/5 between two terms. */
static void operator_warn_capitals(struct query_reporter *r, const struct query_token *t)
{
	const char *slash = memchr(t->inner.p, '/', t->inner.n), *help = NULL;
	struct nearest near;
	char text[64];

	for (size_t i = 0; i < sizeof(operators_elsewhere) / sizeof(operators_elsewhere[0]); i++)
		if (str_is(t->inner, operators_elsewhere[i].theirs))
			help = operators_elsewhere[i].help;
	nearest_init(&near, slash ? str_slice(t->inner.p, (size_t)(slash - t->inner.p)) : STR(""));
	for (size_t i = 0; i < QUERY_OPS && slash && near.word.n > 2; i++)
		if (query_operators[i].number_most && ascii_is_upper(query_operators[i].word[0]))
			nearest_try(&near, str_of(query_operators[i].word));
	for (size_t i = 0; slash && i < near.word.n; i++)
		if (!ascii_is_upper(near.word.p[i]))
			near.best = STR_NONE;
	if (str_present(near.best)) {
		snprintf(text, sizeof(text), "did you mean %.*s%.*s?", STR_ARG(near.best),
			(int)(t->inner.n - near.word.n < 12 ? t->inner.n - near.word.n : 12),
			slash);
		help = text;
	}
	if (help)
		query_report(r, true, t->offset, t->length, help, "%.*s is read as a word here",
			STR_ARG(utf8_cut(t->inner, 60)));
}

void query_operator_warn(struct query_reporter *r, const struct query_token *v, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		operator_warn_number(r, &v[i], &v[i + 1]);
	for (size_t i = 0; i + 1 < n; i++) {
		bool after = i > 0 &&
			     (operator_is_operand(&v[i - 1]) || v[i - 1].kind == QUERY_TOKEN_CLOSE);
		bool before = operator_is_operand(&v[i + 1]) || v[i + 1].kind == QUERY_TOKEN_OPEN ||
			      v[i + 1].kind == QUERY_TOKEN_PREFIX;

		if (v[i].kind != QUERY_TOKEN_BARE || v[i].exact)
			continue;
		if ((after && before) || v[i + 1].kind == QUERY_TOKEN_OPEN)
			operator_warn_capitals(r, &v[i]);
		if (after && before && operator_is_lower_case(v[i].inner))
			query_report(r, true, v[i].offset, v[i].length,
				"operators are written in capitals", "%.*s is read as a word here",
				(int)(v[i].inner.n), v[i].inner.p);
	}
}
