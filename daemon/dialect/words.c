/* SPDX-License-Identifier: MIT */
/* Parser for words, and their output as terms of our language. */
#include "reader.h"

#include "base/ascii.h"
#include "query/operator.h"
#include "text/delimiter.h"

/* --- one word --- */

/* Returns true if s needs no quotes: letters, digits, wildcards, and not like an operator. */
static bool words_is_bare(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && (unsigned char)s.p[i] < 0x80 &&
			!memchr("*?'", s.p[i], 3) && !(i && (s.p[i] == '-' || s.p[i] == '_')))
			return false;
	return s.n > 0 && !query_operator_resembles(s);
}

/* Skips the sign of a hashtag, if it is one in the product as in our language. */
static struct str words_skip_sign(const struct dialect_reader *r, struct str s)
{
	bool sign = r->d->signs && s.n > 1 && (s.p[0] == '#' || s.p[0] == '$');

	return sign ? str_slice(s.p + 1, s.n - 1) : s;
}

/* Maps wildcards of the product to ours, and what would end a phrase to a space. */
static char words_map_char(const struct dialect_reader *r, char c)
{
	if (c == '"' || (r->d->truncation && c == '?'))
		return ' ';
	if (r->d->truncation && c == '!')
		return '*';
	if (r->d->truncation && c == '*')
		return '?';
	return c;
}

struct str dialect_format_term(struct dialect_reader *r, struct str word)
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
		if ((r->value && word.p[i] != '"') || text_quote_is_gershayim(word, i, 1))
			p[n++] = word.p[i];
		else
			p[n++] = words_map_char(r, word.p[i]);
	}
	word = str_slice(p + 1, n - 1);
	if (words_is_bare(words_skip_sign(r, word)))
		return word;
	p[n++] = '"';
	return str_slice(p, n);
}

/* --- sequences of words --- */

/* Words without an operator between them. */
struct word_run {
	struct dialect_reader *r;
	struct str text; /* from the first word to the last */
	size_t ways;	 /* number of variants that $ allows */
};

/* Returns the number after a final $ and the length before it; -1 if there is no valid $. */
static int words_dollar_letters(const struct dialect_reader *r, struct str s, size_t *head)
{
	const char *p = r->d->dollar ? memchr(s.p, '$', s.n) : NULL;
	unsigned n;

	*head = s.n;
	if (!p || p == s.p ||
		!dialect_parse_number(str_slice(p + 1, s.n - (size_t)(p - s.p) - 1), &n) || n > 9)
		return -1;
	*head = (size_t)(p - s.p);
	return (int)n;
}

/* Returns true for w/x or near/: an operator with an invalid number. */
static bool words_is_foreign(struct str s)
{
	static const char *const heads[] = {"w/", "pre/", "near/", "onear/", "not/"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t n = strlen(heads[i]);

		if (s.n >= n && str_eq_nocase(str_slice(s.p, n), str_of(heads[i])))
			return true;
	}
	return false;
}

static void words_check_word(struct dialect_reader *r, struct str s)
{
	size_t head;

	if (r->d->dates && (str_eq_nocase(s, STR("date")) || str_eq_nocase(s, STR("upd"))))
		dialect_report(r, r->at, s.n,
			"take the dates out; age<2h is our own, \"date\" in quotes is the word",
			"dates are not supported");
	else if (r->d->minus && str_is(s, "-"))
		dialect_report(r, r->at, 1,
			"to leave something out write -word without a space, or NOT word",
			"a dash on its own");
	else if (!r->value && r->d->truncation && memchr(s.p, '?', s.n))
		dialect_report(r, r->at, s.n, "one letter is *, the rest of a word !",
			"a ? inside a word");
	else if (!r->value && r->d->adjacent_phrase && words_is_foreign(s))
		dialect_report(r, r->at, s.n,
			"write how near: w/5; in quotes it is an ordinary word",
			"no such distance");
	else if (!r->value && memchr(s.p, '~', s.n))
		dialect_report(r, r->at, s.n, "take the ~ out", "~ after a word is not supported");
	else if (r->d->dollar && memchr(s.p, '$', s.n) && words_dollar_letters(r, s, &head) < 0)
		dialect_report(r, r->at, s.n, "write up to how many letters: word$3",
			"no such number of letters");
	else if (r->d->dollar && str_is(s, "%"))
		dialect_report(r, r->at, 1, "write it between words: a % b",
			"one word between, but not between words");
}

static void words_skip_one(struct word_run *run)
{
	struct str s = dialect_peek_word(run->r);
	size_t head;
	int n = words_dollar_letters(run->r, s, &head);

	run->ways *= n > 0 ? (size_t)n + 1 : 1;
	run->r->at += s.n;
	run->text.n = (size_t)(run->r->text.p + run->r->at - run->text.p);
}

/* Parses words up to anything else; one word if the product joins them by operators only. */
static struct word_run words_read_run(struct dialect_reader *r)
{
	struct word_run run = {.r = r, .text = str_slice(r->text.p + r->at, 0), .ways = 1};

	for (;;) {
		struct str s = dialect_peek_word(r), next;
		size_t here = r->at;

		if (run.text.n && str_is(s, "%") && r->d->dollar) {
			r->at++;
			dialect_at_end(r);
			next = dialect_peek_word(r);
			if (!next.n || dialect_is_special(r)) {
				r->at = here;
				words_check_word(r, s);
			}
			r->at = here;
		} else {
			words_check_word(r, s);
		}
		words_skip_one(&run);
		here = r->at;
		if (!r->d->adjacent_phrase || r->value || dialect_at_end(r) ||
			!dialect_peek_word(r).n || dialect_is_special(r) || run.ways > 1000) {
			r->at = here;
			return run;
		}
	}
}

/* Returns the variant number `way` of the words as a phrase. */
static struct str words_format_run(const struct word_run *run, size_t way)
{
	struct dialect_reader *r = run->r;
	struct dialect_reader at = *r;
	struct buf out;
	struct str s;

	buf_init(&out, QUERY_BYTES_MAX * 4);
	at.word_cache = NULL;
	at.at = (size_t)(run->text.p - r->text.p);
	at.text.n = at.at + run->text.n;
	while (!dialect_at_end(&at)) {
		struct str word = dialect_peek_word(&at);
		size_t head;
		int n = words_dollar_letters(r, word, &head);

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
	s = buf_failed(&out) ? STR_NONE : dialect_format_term(r, buf_str(&out));
	r->nomem = r->nomem || !s.p;
	buf_release(&out);
	return s;
}

struct dialect_node *dialect_read_words(struct dialect_reader *r)
{
	size_t from = r->at;
	struct word_run run = words_read_run(r);
	struct dialect_node *any = NULL;

	if (run.ways * run.text.n > QUERY_BYTES_MAX) {
		dialect_report(r, from, run.text.n, "write fewer $ into one phrase",
			"too many ways to read it");
		run.ways = 1;
	}
	for (size_t way = 0; way < run.ways; way++) {
		struct str s = words_format_run(&run, way);
		struct dialect_node *n = s.p ? dialect_make_leaf(r, s, from, run.text.n) : NULL;

		any = way ? dialect_join_nodes(r, DIALECT_OR, (struct dialect_joint){0}, any, n)
			  : n;
		if (!any)
			return NULL;
	}
	return any;
}
