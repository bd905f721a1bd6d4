/* SPDX-License-Identifier: MIT */
/* Words, alone and side by side, as terms of ours. */
#include "reader.h"

#include "base/ascii.h"
#include "query/operator.h"

/* --- one word --- */

/* Letters, digits, wildcards, and nothing that our language could take for more. */
static bool is_bare(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && (unsigned char)s.p[i] < 0x80 &&
			!memchr("*?'", s.p[i], 3) && !(s.p[i] == '-' && i))
			return false;
	return s.n > 0 && !query_operator_resembles(s);
}

/* One letter of a word or phrase in our language, where wildcards are * and ? and " ends it. */
static char letter(const struct dialect_reader *r, char c)
{
	if (c == '"' || (r->d->bang && c == '?'))
		return ' ';
	if (r->d->bang && c == '!')
		return '*';
	if (r->d->bang && c == '*')
		return '?';
	return c;
}

struct str dialect_term(struct dialect_reader *r, struct str word)
{
	char *p = arena_alloc(r->arena, word.n + 3);
	size_t n = 1;

	if (!p) {
		r->nomem = true;
		return STR_NONE;
	}
	p[0] = '"';
	for (size_t i = 0; i < word.n; i++) {
		if (r->value && r->d->escapes && word.p[i] == '\\')
			continue;
		p[n++] = r->value && word.p[i] != '"' ? word.p[i] : letter(r, word.p[i]);
	}
	if (is_bare(str_slice(p + 1, n - 1)))
		return str_slice(p + 1, n - 1);
	p[n++] = '"';
	return str_slice(p, n);
}

/* --- words side by side --- */

struct run {
	struct dialect_reader *r;
	struct str text; /* from the first word to the last */
	size_t ways;	 /* that $ leaves */
};

/* How many letters the $ at the end of a word stands for; -1: there is none. */
static int dollar(const struct dialect_reader *r, struct str s, size_t *head)
{
	const char *p = r->d->dollar ? memchr(s.p, '$', s.n) : NULL;
	unsigned n;

	*head = s.n;
	if (!p || p == s.p || !dialect_digits(str_slice(p + 1, s.n - (size_t)(p - s.p) - 1), &n) ||
		n > 9)
		return -1;
	*head = (size_t)(p - s.p);
	return (int)n;
}

/* w/x, near/: what looks like an operator with a number, and is none. */
static bool foreign(struct str s)
{
	static const char *const heads[] = {"w/", "pre/", "near/", "onear/", "not/"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t n = strlen(heads[i]);

		if (s.n >= n && str_eq_nocase(str_slice(s.p, n), str_of(heads[i])))
			return true;
	}
	return false;
}

static void check_word(struct dialect_reader *r, struct str s)
{
	size_t head;

	if (r->d->dates && (str_eq_nocase(s, STR("date")) || str_eq_nocase(s, STR("upd"))))
		dialect_wrong(r, r->at, s.n,
			"take the dates out; age<2h is our own, \"date\" in quotes is the word",
			"dates are not known here");
	else if (r->d->minus && str_is(s, "-"))
		dialect_wrong(r, r->at, 1,
			"to leave something out write -word without a space, or NOT word",
			"a dash on its own");
	else if (!r->value && r->d->bang && memchr(s.p, '?', s.n))
		dialect_wrong(r, r->at, s.n, "one letter is *, the rest of a word !",
			"a ? inside a word");
	else if (!r->value && r->d->side_phrase && foreign(s))
		dialect_wrong(r, r->at, s.n,
			"write how near: w/5; in quotes it is a word as others",
			"no such distance");
	else if (!r->value && memchr(s.p, '~', s.n))
		dialect_wrong(r, r->at, s.n, "take the ~ out", "~ on a word is not known here");
	else if (r->d->dollar && memchr(s.p, '$', s.n) && dollar(r, s, &head) < 0)
		dialect_wrong(r, r->at, s.n, "write up to how many letters: word$3",
			"no such number of letters");
	else if (r->d->dollar && str_is(s, "%"))
		dialect_wrong(r, r->at, 1, "write it between words: a % b",
			"one word between, but not between words");
}

static void skip(struct run *run)
{
	struct str s = dialect_word(run->r);
	size_t head;
	int n = dollar(run->r, s, &head);

	run->ways *= n > 0 ? (size_t)n + 1 : 1;
	run->r->at += s.n;
	run->text.n = (size_t)(run->r->text.p + run->r->at - run->text.p);
}

/* The words at hand up to what is none. */
static struct run read_run(struct dialect_reader *r)
{
	struct run run = {.r = r, .text = str_slice(r->text.p + r->at, 0), .ways = 1};

	for (;;) {
		struct str s = dialect_word(r), next;
		size_t here = r->at;

		if (run.text.n && str_is(s, "%") && r->d->dollar) {
			r->at++;
			dialect_at_end(r);
			next = dialect_word(r);
			if (!next.n || dialect_is_special(r)) {
				r->at = here;
				check_word(r, s);
			}
			r->at = here;
		} else {
			check_word(r, s);
		}
		skip(&run);
		here = r->at;
		if (!r->d->side_phrase || r->value || dialect_at_end(r) || !dialect_word(r).n ||
			dialect_is_special(r) || run.ways > 1000) {
			r->at = here;
			return run;
		}
	}
}

/* The way-th of the ways to write the words. */
static struct str write_run(const struct run *run, size_t way)
{
	struct dialect_reader *r = run->r;
	struct dialect_reader at = *r;
	struct buf out;
	struct str s;

	buf_init(&out, QUERY_BYTES_MAX * 4);
	at.memo = NULL;
	at.at = (size_t)(run->text.p - r->text.p);
	at.text.n = at.at + run->text.n;
	while (!dialect_at_end(&at)) {
		struct str word = dialect_word(&at);
		size_t head;
		int n = dollar(r, word, &head);

		buf_addz(&out, out.len ? " " : "");
		if (str_is(word, "%") && r->d->dollar)
			buf_addc(&out, '?');
		else
			buf_add(&out, word.p, head);
		for (size_t i = 0; n > 0 && i < way % ((size_t)n + 1); i++)
			buf_addc(&out, '?');
		way /= n > 0 ? (size_t)n + 1 : 1;
		at.at += word.n;
	}
	s = buf_failed(&out) ? STR_NONE : dialect_term(r, buf_str(&out));
	r->nomem = r->nomem || !s.p;
	buf_release(&out);
	return s;
}

struct dialect_node *dialect_words(struct dialect_reader *r)
{
	size_t from = r->at;
	struct run run = read_run(r);
	struct dialect_node *any = NULL;

	if (run.ways * run.text.n > QUERY_BYTES_MAX) {
		dialect_wrong(r, from, run.text.n, "write fewer $ into one phrase",
			"too many ways to read it");
		run.ways = 1;
	}
	for (size_t way = 0; way < run.ways; way++) {
		struct str s = write_run(&run, way);
		struct dialect_node *n = s.p ? dialect_leaf(r, s, from, run.text.n) : NULL;

		any = way ? dialect_chain(r, DIALECT_OR, (struct dialect_joint){0}, any, n) : n;
		if (!any)
			return NULL;
	}
	return any;
}
