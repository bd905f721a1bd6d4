/* SPDX-License-Identifier: MIT */
/* Words and phrases of other products. */
#include "base/utf8.h"
#include "watch/dialect_reader.h"
#include "watch/lex.h"

void watch_dialect_space(struct watch_dialect_reader *r)
{
	size_t n;

	while ((n = watch_lex_space(r->text.p + r->at, r->text.n - r->at)) > 0)
		r->at += n;
}

static bool ends_word(const struct watch_dialect_reader *r, size_t i)
{
	char c = i < r->text.n ? r->text.p[i] : ' ';

	return c == '(' || c == ')' || c == '{' || c == '}' || c == '[' || c == ']' ||
	       watch_lex_space(&c, 1) ||
	       (i < r->text.n && (watch_lex_quote(r->text.p + i, r->text.n - i) ||
					 watch_lex_space(r->text.p + i, r->text.n - i)));
}

/* The word at hand, not consumed. */
struct str watch_dialect_word(const struct watch_dialect_reader *r)
{
	size_t end = r->at;

	while (!ends_word(r, end))
		end++;
	return str_slice(r->text.p + r->at, end - r->at);
}

bool watch_dialect_is(const struct watch_dialect_reader *r, struct str s, const char *name)
{
	if (r->d->any_case)
		return str_eq_nocase(s, str_of(name));
	/* Operators are capitals there; the table has them small. */
	return str_eq_nocase(s, str_of(name)) && (s.n == 0 || !(s.p[0] >= 'a' && s.p[0] <= 'z'));
}

void watch_dialect_wrong(
	struct watch_dialect_reader *r, size_t from, size_t n, const char *help, const char *what)
{
	size_t left = r->text.n - from; /* 0 at the end of the text */
	struct str s = str_slice(r->text.p + from, n < left ? n : left);

	watch_report(r->report, false, from, n, help, "%.*s: %s (%s)", (int)utf8_cut(s, 60).n, s.p,
		what, r->d->name);
}

bool watch_dialect_digits(struct str s, unsigned *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 5)
			return false;
		*n = *n * 10 + (unsigned)(s.p[i] - '0');
	}
	return s.n > 0;
}

/* Does the word s stand for this operator? */
static bool is_operator(const struct watch_dialect_reader *r,
	const struct watch_dialect_operator *o, struct str s, unsigned *n)
{
	size_t head = strlen(o->name), tail = o->tail ? strlen(o->tail) : 0;

	*n = 0;
	if (!o->number)
		return watch_dialect_is(r, s, o->name);
	if (s.n <= head + tail || !watch_dialect_is(r, str_slice(s.p, head), o->name))
		return false;
	if (tail && !str_eq(str_slice(s.p + s.n - tail, tail), str_of(o->tail)))
		return false;
	return watch_dialect_digits(str_slice(s.p + head, s.n - head - tail), n);
}

const struct watch_dialect_operator *watch_dialect_operator_at(
	const struct watch_dialect_reader *r, unsigned *n)
{
	struct str s = watch_dialect_word(r);

	for (const struct watch_dialect_operator *o = r->d->operators; o->name; o++)
		if (is_operator(r, o, s, n))
			return o;
	return NULL;
}

bool watch_dialect_not(const struct watch_dialect_reader *r)
{
	return watch_dialect_is(r, watch_dialect_word(r), "not");
}

/* --- words --- */

static void put_letter(struct watch_dialect_reader *r, char c)
{
	if (r->d->bang && c == '!')
		c = '*';
	else if (r->d->bang && c == '*')
		c = '?';
	buf_addc(r->out, c);
}

/* word$3 is word, word?, word??, word??? */
static bool put_dollar(struct watch_dialect_reader *r, struct str s)
{
	const char *dollar = memchr(s.p, '$', s.n);
	size_t head = dollar ? (size_t)(dollar - s.p) : 0;
	unsigned n;

	if (!r->d->dollar || !head ||
		!watch_dialect_digits(str_slice(dollar + 1, s.n - head - 1), &n) || n > 9)
		return false;
	buf_addc(r->out, '(');
	for (unsigned i = 0; i <= n; i++) {
		buf_addz(r->out, i ? " OR " : "");
		buf_add(r->out, s.p, head);
		for (unsigned k = 0; k < i; k++)
			buf_addc(r->out, '?');
	}
	buf_addc(r->out, ')');
	return true;
}

static struct str without_boost(const struct watch_dialect_reader *r, struct str s)
{
	const char *hat = r->d->boost ? memchr(s.p, '^', s.n) : NULL;

	return hat ? str_slice(s.p, (size_t)(hat - s.p)) : s;
}

/* Letters, digits, wildcards: may stand bare, unless it looks like one of our
 * operators. */
static bool is_bare(struct str s)
{
	bool small = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		small = small || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ||
			(c >= '0' && c <= '9');
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    (unsigned char)c >= 0x80 || c == '*' || c == '?' || c == '!' ||
			    c == '-' || c == '\'' || c == '~'))
			return false;
	}
	return small && s.p[0] != '-' && s.p[0] != '!';
}

void watch_dialect_put_word(struct watch_dialect_reader *r, struct str s)
{
	s = without_boost(r, s);
	if (put_dollar(r, s))
		return;
	if (!is_bare(s))
		buf_addc(r->out, '"');
	for (size_t i = 0; i < s.n; i++)
		put_letter(r, s.p[i]);
	if (!is_bare(s))
		buf_addc(r->out, '"');
}

/* Words side by side are one phrase, up to an operator or bracket. */
void watch_dialect_side(struct watch_dialect_reader *r)
{
	size_t from = r->out->len;
	unsigned n, words = 0;

	for (;;) {
		struct str s = watch_dialect_word(r);

		if (s.n == 0 || watch_dialect_operator_at(r, &n) || watch_dialect_not(r))
			break;
		buf_addz(r->out, words++ ? " " : "\"");
		for (size_t i = 0; i < s.n; i++)
			put_letter(r, s.p[i]);
		r->at += s.n;
		watch_dialect_space(r);
		if (memchr(s.p, '$', s.n) && r->d->dollar) {
			buf_truncate(r->out, from);
			put_dollar(r, s);
			return;
		}
	}
	buf_addc(r->out, '"');
	if (words == 1) { /* one word needs no quotes */
		struct str s = str_slice(r->out->data + from + 1, r->out->len - from - 2);

		if (is_bare(s)) {
			memmove(r->out->data + from, s.p, s.n);
			buf_truncate(r->out, from + s.n);
		}
	}
}

/* "a b"~3 of Lucene counts moves: turning two words round takes two of them. */
static void put_moves(struct watch_dialect_reader *r, struct str inner, unsigned n)
{
	const char *space = memchr(inner.p, ' ', inner.n);
	size_t head = space ? (size_t)(space - inner.p) : 0;
	struct str a = str_slice(inner.p, head), b = str_slice(inner.p + head, inner.n - head);

	b = str_trim(b);
	if (!head || !b.n || memchr(b.p, ' ', b.n)) {
		buf_printf(r->out, "\"%.*s\"~%u", (int)inner.n, inner.p, n);
		return;
	}
	buf_printf(r->out, "(\"%.*s\" ONEAR/%u \"%.*s\"", (int)a.n, a.p, n, (int)b.n, b.p);
	if (n >= 2)
		buf_printf(r->out, " OR \"%.*s\" ONEAR/%u \"%.*s\"", (int)b.n, b.p, n - 2, (int)a.n,
			a.p);
	buf_addc(r->out, ')');
}

void watch_dialect_quoted(struct watch_dialect_reader *r)
{
	size_t from = r->at, q = watch_lex_quote(r->text.p + from, r->text.n - from), end;
	struct str inner;
	unsigned n = 0;
	bool tilde = false;

	for (end = from + q; end < r->text.n && !watch_lex_quote(r->text.p + end, r->text.n - end);)
		end++;
	inner = str_slice(r->text.p + from + q, end - from - q);
	if (end == r->text.n) {
		watch_dialect_wrong(r, from, 1, "put a \" where the phrase ends",
			"a quote that is never closed");
		r->at = end;
		return;
	}
	r->at = end + watch_lex_quote(r->text.p + end, r->text.n - end);
	if (r->at < r->text.n && r->text.p[r->at] == '~') {
		struct str s;

		r->at++;
		s = watch_dialect_word(r);
		tilde = watch_dialect_digits(s, &n);
		if (!tilde || n > WATCH_DISTANCE_MAX)
			watch_dialect_wrong(r, r->at - 1, s.n + 1, "write a number up to 500",
				"no such distance");
		r->at += s.n;
	}
	if (tilde && r->d->side_or) {
		put_moves(r, inner, n);
		return;
	}
	buf_addc(r->out, '"');
	for (size_t i = 0; i < inner.n; i++)
		put_letter(r, inner.p[i]);
	buf_addc(r->out, '"');
	if (tilde)
		buf_printf(r->out, "~%u", n);
}
