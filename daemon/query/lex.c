/* SPDX-License-Identifier: MIT */
#include "lex.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/delimiter.h"

struct query_lexer {
	struct arena *arena;
	struct query_reporter *report;
	struct str text;
	size_t at;
	struct query_token *v;
	size_t n, cap;
	bool failed; /* out of memory */
};

/* Length of an ASCII hyphen, or of a typographic dash; or 0. */
static size_t lex_dash_length(const char *p, size_t n)
{
	return n >= 1 && *p == '-' ? 1 : text_dash_length(p, n);
}

static bool lex_is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

static struct query_token *lex_push_token(
	struct query_lexer *l, enum query_token_kind kind, size_t from)
{
	static struct query_token nowhere; /* write-only: the caller checks l->failed */

	l->v = arena_extend(l->arena, l->v, l->n, &l->cap, sizeof(*l->v));
	if (!l->v) {
		l->n = l->cap = 0;
		l->failed = true;
		return &nowhere;
	}
	l->v[l->n] = (struct query_token){
		.kind = kind, .offset = from, .length = l->at - from, .tilde = -1};
	return &l->v[l->n++];
}

/* Reports `length` bytes from `from`; the invalid token ends here. */
static void lex_reject(
	struct query_lexer *l, size_t from, size_t length, const char *help, const char *what)
{
	query_report(l->report, false, from, length, help, "%s", what);
	lex_push_token(l, QUERY_TOKEN_BAD, from);
}

/* Pushes a bracket or comma and returns its kind; QUERY_TOKEN_END at anything else. */
static enum query_token_kind lex_read_punctuation(struct query_lexer *l)
{
	enum query_token_kind kind;

	switch (l->text.p[l->at]) {
	case '(': kind = QUERY_TOKEN_OPEN; break;
	case ')': kind = QUERY_TOKEN_CLOSE; break;
	case ',': kind = QUERY_TOKEN_COMMA; break;
	default: return QUERY_TOKEN_END;
	}
	l->at++;
	lex_push_token(l, kind, l->at - 1);
	return kind;
}

static struct str lex_slice(const struct query_lexer *l, size_t from, size_t to)
{
	return str_slice(l->text.p + from, to - from);
}

static size_t lex_bare_end(const struct query_lexer *l);

/* Parses ~ and its number, if any, into *tilde. Returns false after a report. */
static bool lex_tilde(struct query_lexer *l, int *tilde)
{
	size_t from = l->at, digits;
	uint32_t n = 0;

	if (l->at == l->text.n || l->text.p[l->at] != '~')
		return true;
	for (l->at++; l->at < l->text.n && ascii_is_digit(l->text.p[l->at]); l->at++)
		n = n <= QUERY_NUMBER_MAX ? n * 10 + (uint32_t)(l->text.p[l->at] - '0') : n;
	digits = l->at - from - 1;
	l->at = lex_bare_end(l);
	if (digits && digits == l->at - from - 1) {
		*tilde = (int)(n < QUERY_NUMBER_MAX ? n : QUERY_NUMBER_MAX);
		return true;
	}
	query_report(l->report, false, from, l->at - from,
		"write a number after it, then a space: zelensky~1, \"buildup troops\"~3",
		digits ? "~ with more than a number" : "~ without a number");
	return false;
}

static void lex_quoted(struct query_lexer *l)
{
	size_t from = l->at, start, end, q = 0;
	struct query_token *t;
	int tilde = -1;

	l->at += text_quote_at(l->text, l->at);
	start = l->at;
	while (l->at < l->text.n && !(q = text_quote_at(l->text, l->at)))
		l->at++;
	if (l->at == l->text.n) {
		lex_reject(l, from, 1, "put a \" where the phrase ends",
			"a quote that is never closed");
		return;
	}
	end = l->at;
	l->at += q;
	t = lex_push_token(l, lex_tilde(l, &tilde) ? QUERY_TOKEN_QUOTED : QUERY_TOKEN_BAD, from);
	t->inner = lex_slice(l, start, end);
	t->tilde = tilde;
}

static void lex_braced(struct query_lexer *l)
{
	size_t from = l->at;
	const char *end = memchr(l->text.p + from, '}', l->text.n - from);

	if (!end) {
		l->at = l->text.n;
		lex_reject(
			l, from, 1, "put a } where the spelling ends", "a { that is never closed");
		return;
	}
	l->at = (size_t)(end - l->text.p) + 1;
	lex_push_token(l, QUERY_TOKEN_BRACED, from)->inner = lex_slice(l, from + 1, l->at - 1);
}

static void lex_regex(struct query_lexer *l)
{
	size_t from = l->at, end;
	struct query_token *t;

	for (l->at++; l->at < l->text.n && l->text.p[l->at] != '/'; l->at++)
		if (l->text.p[l->at] == '\\' && l->at + 1 < l->text.n)
			l->at++;
	if (l->at >= l->text.n) {
		l->at = l->text.n;
		lex_reject(l, from, 1,
			from + 1 < l->text.n && ascii_is_digit(l->text.p[from + 1])
				? "for a distance write NEAR/5; an expression is written /…/"
				: "a term that starts with / is a regular expression; end it "
				  "with /",
			"a regular expression that is never closed");
		return;
	}
	end = l->at++;
	while (l->at < l->text.n && ascii_is_alnum(l->text.p[l->at]))
		l->at++;
	t = lex_push_token(l, QUERY_TOKEN_REGEX, from);
	t->inner = lex_slice(l, from + 1, end);
	t->nocase = l->at == end + 2 && l->text.p[end + 1] == 'i';
	if (l->at > end + 1 && !t->nocase) {
		t->kind = QUERY_TOKEN_BAD;
		query_report(l->report, false, end + 1, l->at - end - 1,
			"i, for case ignored, is the only flag",
			"an unknown flag on a regular expression");
	}
}

/* @name */
static void lex_ref(struct query_lexer *l)
{
	size_t from = l->at++;

	while (l->at < l->text.n &&
		(lex_is_name_char(l->text.p[l->at]) || l->text.p[l->at] == '.' ||
			(unsigned char)l->text.p[l->at] >= 0x80))
		l->at++;
	if (l->at == from + 1) {
		lex_reject(l, from, 1, "write @ and the name of a define", "@ without a name");
		return;
	}
	lex_push_token(l, QUERY_TOKEN_REF, from)->inner = lex_slice(l, from + 1, l->at);
}

/*
 * One value after feed: site: url: …, quoted or up to white space or a bracket. A comma ends it, as
 * in ANY/2(site:a.com, b); a link may contain commas, but not end with one.
 */
static void lex_value(struct query_lexer *l, bool link)
{
	size_t from = l->at;
	const char *p = l->text.p;

	if (text_quote_at(l->text, from)) {
		lex_quoted(l);
		if (!l->failed && l->v[l->n - 1].kind == QUERY_TOKEN_QUOTED)
			l->v[l->n - 1].kind = QUERY_TOKEN_VALUE;
		return;
	}
	while (l->at < l->text.n && p[l->at] != '(' && p[l->at] != ')' &&
		(link || p[l->at] != ',') && !text_space_length(p + l->at, l->text.n - l->at) &&
		!text_quote_at(l->text, l->at))
		l->at++;
	while (l->at > from && p[l->at - 1] == ',')
		l->at--;
	lex_push_token(l, QUERY_TOKEN_VALUE, from)->inner = lex_slice(l, from, l->at);
}

/* Marks of direction come along with text that is pasted. */
static void lex_skip_space(struct query_lexer *l)
{
	size_t n;

	while ((n = text_space_length(l->text.p + l->at, l->text.n - l->at)) > 0 ||
		(n = text_direction_length(l->text.p + l->at, l->text.n - l->at)) > 0)
		l->at += n;
}

static struct str lex_trim_direction(struct str s)
{
	size_t end = s.n;

	while (end > 0) {
		while (end > 0 && (s.p[--end] & 0xC0) == 0x80)
			;
		if (text_direction_length(s.p + end, s.n - end) != s.n - end)
			break;
		s.n = end;
	}
	return s;
}

/* feed:x or feed:(x OR "y z") */
static void lex_values(struct query_lexer *l, bool link)
{
	lex_skip_space(l);
	if (l->at == l->text.n || l->text.p[l->at] != '(') {
		if (l->at < l->text.n && l->text.p[l->at] != ')' && l->text.p[l->at] != ',')
			lex_value(l, link);
		return;
	}
	lex_read_punctuation(l);
	for (;;) {
		enum query_token_kind kind;
		size_t from;

		lex_skip_space(l);
		if (l->at == l->text.n)
			return;
		kind = lex_read_punctuation(l);
		if (kind == QUERY_TOKEN_CLOSE || kind == QUERY_TOKEN_OPEN)
			return; /* the parser reports a second ( */
		if (kind == QUERY_TOKEN_COMMA)
			continue;
		from = l->at;
		lex_value(l, link);
		if (!l->failed && str_is(lex_slice(l, from, l->at), "OR"))
			l->v[l->n - 1] = (struct query_token){
				.kind = QUERY_TOKEN_OPERATOR,
				.op = QUERY_OR,
				.offset = from,
				.length = l->at - from,
			};
	}
}

/*
 * Returns true at a prefix such as "title:", letters and a colon, and sets *end to the byte after
 * the colon. 10:30 and l'UE:n are terms.
 */
static bool lex_at_prefix(const struct query_lexer *l, size_t *end)
{
	size_t n = text_letters_length(l->text.p + l->at, l->text.n - l->at);

	*end = l->at + n + 1;
	return n && l->at + n < l->text.n && l->text.p[l->at + n] == ':';
}

static void lex_prefix(struct query_lexer *l, size_t end)
{
	size_t from = l->at;
	struct str name = lex_slice(l, from, end - 1), term;
	const struct query_prefix *f = query_prefix_find(name);

	term = lex_slice(l, from, lex_bare_end(l));
	l->at = end;
	if (f) {
		lex_push_token(l, QUERY_TOKEN_PREFIX, from)->prefix = f;
		if (f->attribute)
			lex_values(l, f->field == QUERY_ATTR_URL);
		return;
	}
	query_report(l->report, false, from, name.n, query_prefix_help(l->arena, name, term),
		"unknown field %.*s:", STR_ARG(utf8_cut(name, 60)));
	/* The text after an unknown prefix is parsed without it, to report its errors too. */
}

/* Returns the end of a bare term that starts at l->at. */
static size_t lex_bare_end(const struct query_lexer *l)
{
	const char *p = l->text.p;
	size_t i = l->at;

	while (i < l->text.n) {
		char c = p[i];

		if (c == '(' || c == ')' || c == '{' || c == '}' || c == '~' ||
			text_space_length(p + i, l->text.n - i) || text_quote_at(l->text, i))
			break;
		if (c == ',' && !(i > l->at && ascii_is_digit(p[i - 1]) && i + 1 < l->text.n &&
					ascii_is_digit(p[i + 1])))
			break;
		i++;
	}
	return i;
}

static bool lex_is_dashes(struct str s)
{
	size_t i = 0, n;

	while (i < s.n && (n = lex_dash_length(s.p + i, s.n - i)) > 0)
		i += n;
	return i == s.n && s.n > 0;
}

/* Signs of other products, which are only punctuation here. */
static void lex_warn_foreign(struct query_lexer *l, const struct query_token *t)
{
	const char *boost = memchr(t->inner.p, '^', t->inner.n);
	const char *semicolon = memchr(t->inner.p, ';', t->inner.n);

	if (boost)
		query_report(l->report, true, (size_t)(boost - l->text.p), 1,
			"leave it out, or set dialect to the product the query comes from",
			"^ has no effect");
	if (semicolon)
		query_report(l->report, true, (size_t)(semicolon - l->text.p), 1,
			"write OR or AND between terms, or put the text in quotes",
			"; separates no terms");
}

/* title = embassy */
static const char *lex_equals_help(struct query_lexer *l)
{
	const struct query_token *before = l->n > 1 ? &l->v[l->n - 2] : NULL;
	const char *help = NULL;

	if (before && before->kind == QUERY_TOKEN_BARE && query_prefix_find(before->inner))
		help = arena_printf(l->arena, "write the field with a colon: %.*s:embassy",
			STR_ARG(before->inner));
	return help ? help
		    : "write =leave, with one word directly after it; {Le Monde} is never stemmed";
}

static void lex_bare(struct query_lexer *l)
{
	size_t from = l->at;
	struct query_token *t;
	struct str word;
	int tilde = -1;

	l->at = lex_bare_end(l);
	word = lex_trim_direction(lex_slice(l, from, l->at));
	if (lex_is_dashes(word)) {
		lex_reject(l, from, word.n,
			"to leave something out write -word without a space, or NOT word",
			"a dash on its own");
		return;
	}
	t = lex_push_token(l, QUERY_TOKEN_BARE, from);
	t->inner = word;
	if (query_operator_read(l->arena, l->text, l->report, t))
		return;
	if (!lex_tilde(l, &tilde))
		t->kind = QUERY_TOKEN_BAD;
	t->tilde = tilde;
	t->length = l->at - from;
	lex_warn_foreign(l, t);
	if (t->inner.n && t->inner.p[0] == '=') {
		t->exact = true;
		t->inner = str_slice(t->inner.p + 1, t->inner.n - 1);
	} else if (t->inner.n && (t->inner.p[0] == '$' || t->inner.p[0] == '#')) {
		t->sign = t->inner.p[0];
	}
	if (t->exact && t->inner.n == 0) {
		t->kind = QUERY_TOKEN_BAD;
		query_report(l->report, false, from, 1, lex_equals_help(l), "= without a word");
	}
}

/* Returns true if a term or a bracket follows the - at l->at. */
static bool lex_takes_minus(const struct query_lexer *l)
{
	const char *p = l->text.p + l->at + 1;
	size_t left = l->text.n - l->at - 1;

	if (!left || *p == ')' || text_space_length(p, left))
		return false;
	if (*p == '(' || *p == '{' || text_quote_at(l->text, l->at + 1))
		return true;
	return !lex_is_dashes(lex_slice(l, l->at, lex_bare_end(l)));
}

/* Reports and skips a typographic dash directly before a term; returns false at anything else. */
static bool lex_reject_dash(struct query_lexer *l)
{
	size_t n = text_dash_length(l->text.p + l->at, l->text.n - l->at), after = l->at + n;
	bool around = after < l->text.n && (l->text.p[after] == '(' || l->text.p[after] == '{' ||
						   text_quote_at(l->text, after));

	if (!n || (!around && lex_is_dashes(lex_slice(l, l->at, lex_bare_end(l)))))
		return false;
	query_report(l->report, false, l->at, n,
		"write -word, with the minus of the keyboard, or NOT word",
		"a typographic dash before a term");
	l->at = after;
	return true;
}

static void lex_one(struct query_lexer *l)
{
	size_t from = l->at, end, left = l->text.n - l->at;
	const char *p = l->text.p + l->at;

	if (lex_read_punctuation(l) != QUERY_TOKEN_END)
		return;
	if (text_quote_at(l->text, from)) {
		lex_quoted(l);
	} else if (*p == '{') {
		lex_braced(l);
	} else if (*p == '}' || *p == '~') {
		l->at++;
		query_report(l->report, false, from, 1, NULL, "a %c that belongs to nothing", *p);
	} else if (*p == '/' && left > 1) {
		lex_regex(l);
	} else if (*p == '@') {
		lex_ref(l);
	} else if (lex_reject_dash(l)) {
		return;
	} else if (*p == '-' && lex_takes_minus(l)) {
		l->at++;
		lex_push_token(l, QUERY_TOKEN_MINUS, from);
	} else if (lex_at_prefix(l, &end)) {
		lex_prefix(l, end);
	} else {
		lex_bare(l);
	}
}

const struct query_token *query_lex(struct arena *a, struct str text, struct query_reporter *r)
{
	struct query_lexer l = {.arena = a, .report = r, .text = text};

	for (;;) {
		lex_skip_space(&l);
		if (l.at >= text.n || l.failed)
			break;
		lex_one(&l);
	}
	lex_push_token(&l, QUERY_TOKEN_END, text.n);
	if (l.failed)
		return NULL;
	query_operator_warn(r, l.v, l.n);
	return l.v;
}
