/* SPDX-License-Identifier: MIT */
/* Lexer for all products: words, operators, fields, comments. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "reader.h"
#include "text/delimiter.h"

static bool lexer_at_comment(const struct dialect_reader *r, size_t i)
{
	return r->d->comments && r->text.n - i >= 3 && memcmp(r->text.p + i, "<<<", 3) == 0;
}

/* Length of a comment at r->at; or 0. */
static size_t lexer_comment_length(struct dialect_reader *r)
{
	const char *p = r->text.p + r->at, *end;

	if (!lexer_at_comment(r, r->at))
		return 0;
	end = memmem(p, r->text.n - r->at, ">>>", 3);
	if (end)
		return (size_t)(end - p) + 3;
	dialect_report(r, r->at, 3, "put a >>> where it ends", "a comment that is never closed");
	return r->text.n - r->at;
}

bool dialect_at_end(struct dialect_reader *r)
{
	size_t n;

	while ((n = text_space_length(r->text.p + r->at, r->text.n - r->at)) > 0 ||
		(n = lexer_comment_length(r)) > 0)
		r->at += n;
	return r->at == r->text.n;
}

bool dialect_at(struct dialect_reader *r, char c)
{
	return !dialect_at_end(r) && r->text.p[r->at] == c;
}

/* Length of an operator such as /N5/ or /F50/ at i; or 0. */
static size_t lexer_slashed_length(const struct dialect_reader *r, size_t i)
{
	size_t end = i + 2;

	if (!r->d->slashed || r->text.n - i < 4 || r->text.p[i] != '/' ||
		!memchr("nNfF", r->text.p[i + 1], 4))
		return 0;
	while (end < r->text.n && ascii_is_digit(r->text.p[end]))
		end++;
	return end > i + 2 && end < r->text.n && r->text.p[end] == '/' ? end + 1 - i : 0;
}

static bool lexer_at_word_end(const struct dialect_reader *r, size_t i)
{
	char c = i < r->text.n ? r->text.p[i] : ' ';

	if (memchr("(){}[]", c, 6) || text_space_length(&c, 1) ||
		(i < r->text.n && lexer_at_comment(r, i)))
		return true;
	return text_quote_at(r->text, i) || text_space_length(r->text.p + i, r->text.n - i) ||
	       (c == '^' && r->d->boost);
}

struct str dialect_peek_word(const struct dialect_reader *r)
{
	size_t end = r->at, n = r->at < r->text.n ? lexer_slashed_length(r, r->at) : 0;

	if (n)
		return str_slice(r->text.p + r->at, n);
	if (r->word_cache && r->at >= r->word_cache->from && r->at < r->word_cache->end)
		return str_slice(r->text.p + r->at, r->word_cache->end - r->at);
	while (!lexer_at_word_end(r, end) && !lexer_slashed_length(r, end))
		end += r->d->escapes && r->text.p[end] == '\\' && end + 1 < r->text.n ? 2 : 1;
	if (r->word_cache)
		*r->word_cache = (struct dialect_word_cache){r->at, end};
	return str_slice(r->text.p + r->at, end - r->at);
}

/* Returns true if s is this keyword, in any case if the product allows that. */
static bool lexer_is_name(const struct dialect_reader *r, struct str s, const char *name)
{
	return str_eq_nocase(s, str_of(name)) &&
	       (r->d->any_case || s.n == 0 || !ascii_is_lower(s.p[0]));
}

void dialect_report(
	struct dialect_reader *r, size_t from, size_t n, const char *help, const char *what)
{
	size_t left = r->text.n - from; /* 0 at the end of the text */
	struct str s;

	n = n < left ? n : left;
	s = str_trim(utf8_cut(str_slice(r->text.p + from, n), 60));
	query_report(r->report, false, from, n ? n : 1, help, "%.*s%s%s (%s)", (int)s.n, s.p,
		s.n ? ": " : "", what, r->d->name);
}

bool dialect_parse_number(struct str s, unsigned *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		*n = *n < QUERY_NUMBER_MAX ? *n * 10 + (unsigned)(s.p[i] - '0') : *n;
	}
	return s.n > 0;
}

bool dialect_parse_at_least(const struct dialect_reader *r, struct str s, unsigned *n)
{
	const struct str name = STR("atleast");

	return r->d->adjacent_phrase && s.n > name.n &&
	       str_eq_nocase(str_slice(s.p, name.n), name) &&
	       dialect_parse_number(str_slice(s.p + name.n, s.n - name.n), n);
}

static bool lexer_is_operator(
	const struct dialect_reader *r, const struct dialect_operator *o, struct str s, unsigned *n)
{
	size_t head = strlen(o->name), tail = o->tail ? strlen(o->tail) : 0;

	*n = o->number_default;
	if (!o->number || (o->number_default && s.n == head))
		return lexer_is_name(r, s, o->name);
	if (s.n <= head + tail || !lexer_is_name(r, str_slice(s.p, head), o->name))
		return false;
	if (tail && !str_eq(str_slice(s.p + s.n - tail, tail), str_of(o->tail)))
		return false;
	return dialect_parse_number(str_slice(s.p + head, s.n - head - tail), n);
}

const struct dialect_operator *dialect_find_operator(
	const struct dialect_reader *r, struct str s, unsigned *n)
{
	for (const struct dialect_operator *o = r->d->operators; o->name; o++)
		if (lexer_is_operator(r, o, s, n))
			return o;
	return NULL;
}

bool dialect_is_lower_case(const struct dialect_reader *r, struct str s)
{
	struct dialect_reader any = *r;
	struct dialect d = *r->d;
	unsigned n;

	d.any_case = true;
	any.d = &d;
	return !r->d->any_case && s.n && ascii_is_lower(s.p[0]) &&
	       (dialect_find_operator(&any, s, &n) || lexer_is_name(&any, s, "not"));
}

bool dialect_at_not(const struct dialect_reader *r)
{
	return lexer_is_name(r, dialect_peek_word(r), "not");
}

bool dialect_at_but_not(const struct dialect_reader *r)
{
	struct dialect_reader peek = *r;

	if (!r->d->segments || !str_eq_nocase(dialect_peek_word(r), STR("but")))
		return false;
	peek.at += 3;
	dialect_at_end(&peek);
	return dialect_at_not(&peek);
}

void dialect_skip_boost(struct dialect_reader *r)
{
	if (!r->d->boost || r->at == r->text.n || r->text.p[r->at] != '^')
		return;
	for (r->at++;
		r->at < r->text.n && (ascii_is_digit(r->text.p[r->at]) || r->text.p[r->at] == '.');)
		r->at++;
}

/* --- fields --- */

/* Field of Nexis, "headline (", with white space allowed. *n: length with the bracket. */
static bool lexer_is_segment(struct str s, const char *name, size_t *n)
{
	size_t head = strlen(name) - 1, i = head, space;

	if (s.n < head || !str_eq_nocase(str_slice(s.p, head), str_slice(name, head)))
		return false;
	while (i < s.n && (space = text_space_length(s.p + i, s.n - i)) > 0)
		i += space;
	*n = i + 1;
	return i > head && i < s.n && s.p[i] == '(';
}

const struct dialect_field *dialect_find_field(
	const struct dialect_reader *r, size_t *n, bool *unknown)
{
	struct str s = str_slice(r->text.p + r->at, r->text.n - r->at);
	size_t i = 0;

	for (const struct dialect_field *f = r->d->fields; f->name; f++) {
		*n = strlen(f->name);
		if (s.n >= *n && str_eq_nocase(str_slice(s.p, *n), str_of(f->name)))
			return f;
		if (r->d->segments && lexer_is_segment(s, f->name, n))
			return f;
	}
	while (i < s.n &&
		(ascii_is_alpha(s.p[i]) || (i && memchr("-_.", s.p[i], 3)) ||
			(i && ascii_is_digit(s.p[i])) || (r->d->escapes && s.p[i] == '_')))
		i++;
	*n = i + 1;
	*unknown = i && i < s.n && s.p[i] == (r->d->adjacent_phrase ? '=' : ':');
	if (r->d->segments && i && i < s.n && s.p[i] == '(') {
		struct str word = str_slice(s.p, i);
		unsigned number;

		*unknown =
			!dialect_find_operator(r, word, &number) && !lexer_is_name(r, word, "not");
	}
	return NULL;
}

/* --- wc>300, length > 300 --- */

/* Parses < > = or, if words_too, a word for it. Returns 0 at anything else. */
static char lexer_read_sign(struct dialect_reader *r, bool words_too)
{
	static const struct {
		const char *word;
		char sign;
	} words[] = {{"aft", '>'}, {"bef", '<'}, {"is", '='}};
	struct str s;

	if (dialect_at_end(r))
		return 0;
	s = dialect_peek_word(r);
	for (size_t i = 0; words_too && i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(s, str_of(words[i].word))) {
			r->at += s.n;
			return words[i].sign;
		}
	return memchr("<>=", r->text.p[r->at], 3) ? r->text.p[r->at++] : 0;
}

bool dialect_read_sign(struct dialect_reader *r, const char *name, bool *bracket, char *how)
{
	struct str s = dialect_peek_word(r);
	size_t from = r->at, n = name ? strlen(name) : 0;

	*bracket = false;
	if (!n || s.n < n || !str_eq_nocase(str_slice(s.p, n), str_of(name)))
		return false;
	r->at += n;
	if (r->d->segments && dialect_at(r, '(')) {
		r->at++;
		*bracket = true;
	}
	*how = lexer_read_sign(r, r->d->segments && (*bracket || s.n == n));
	if (!*how)
		r->at = from;
	return *how != 0;
}

bool dialect_at_comparison(const struct dialect_reader *r)
{
	struct dialect_reader peek = *r;
	bool bracket;
	char how;

	return (r->d->segments && dialect_read_sign(&peek, "date", &bracket, &how)) ||
	       dialect_read_sign(&peek, r->d->length, &bracket, &how);
}

bool dialect_is_special(const struct dialect_reader *r)
{
	struct str s = dialect_peek_word(r);
	bool unknown = false;
	size_t n;
	unsigned number;

	return dialect_find_field(r, &n, &unknown) || unknown ||
	       dialect_find_operator(r, s, &number) || dialect_at_not(r) ||
	       dialect_at_comparison(r) || dialect_at_but_not(r) ||
	       (r->d->slashed && lexer_slashed_length(r, r->at)) ||
	       dialect_parse_at_least(r, s, &number);
}
