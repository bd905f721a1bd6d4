/* SPDX-License-Identifier: MIT */
/*
 * Where a match is to be called back. PCRE2 by itself does so before every item or nowhere. It is
 * enough before what is repeated, before groups and references back, and within what goes on for
 * long without these: between two calls lies at most one run through the text, and a few letters.
 *
 * Whatever is not plainly understood here is left to PCRE2's own way.
 */
#include "base/utf8.h"
#include "regex.h"

#define DEPTH_MAX   64
#define STRETCH_MAX 24 /* bytes */

struct walk {
	struct str p;
	size_t i;
	struct buf *out;
	size_t written; /* of p, up to the last call */
	bool called;
	size_t longest; /* bytes without a call */
};

static char at(const struct walk *w, size_t i)
{
	return i < w->p.n ? w->p.p[i] : '\0';
}

/* A call before the item at `here`. */
static void call(struct walk *w, size_t here)
{
	if (w->called && here <= w->written)
		return; /* a group has it already */
	buf_add(w->out, w->p.p + w->written, here - w->written);
	buf_addz(w->out, "(?C)");
	w->written = here;
	w->called = true;
}

/* Behind the next `end`; false: there is none. */
static bool skip_to(struct walk *w, char end)
{
	const char *found = w->i < w->p.n ? memchr(w->p.p + w->i, end, w->p.n - w->i) : NULL;

	w->i = found ? (size_t)(found - w->p.p) + 1 : w->p.n;
	return found != NULL;
}

static size_t skip_of(struct walk *w, const char *set, size_t most)
{
	size_t n = 0;

	while (n < most && at(w, w->i) && strchr(set, at(w, w->i))) {
		w->i++;
		n++;
	}
	return n;
}

/* w->i is behind the backslash. False: not understood. */
static bool escape(struct walk *w, size_t start)
{
	static const char digits[] = "0123456789", hex[] = "0123456789abcdefABCDEF";
	char c = at(w, w->i++);

	if (!c || strchr("QEcoNuLlUCR", c))
		return false;
	if (c == 'x' && at(w, w->i) != '{') {
		skip_of(w, hex, 2);
	} else if (strchr("xpP", c)) {
		return at(w, w->i) == '{' ? skip_to(w, '}') : w->i++ < w->p.n;
	} else if (c == 'k' || c == 'g') {
		call(w, start);
		if (c == 'k' && (at(w, w->i) == '<' || at(w, w->i) == '\''))
			return skip_to(w, at(w, w->i++) == '<' ? '>' : '\'');
		if (at(w, w->i) == '{')
			return skip_to(w, '}');
		return c == 'g' && skip_of(w, digits, 2) > 0;
	} else if (c == '0') {
		skip_of(w, "01234567", 2);
	} else if (c > '0' && c <= '9') {
		call(w, start);
		skip_of(w, digits, 2);
	}
	return true;
}

/* w->i is behind the [. */
static bool class(struct walk *w)
{
	size_t first;

	if (at(w, w->i) == '^')
		w->i++;
	first = w->i;
	for (; w->i < w->p.n; w->i++) {
		char c = at(w, w->i), next = at(w, w->i + 1);

		if (c == ']' && w->i > first) {
			w->i++;
			return true;
		}
		if (c == '[' && (next == ':' || next == '.' || next == '='))
			return false;
		if (c == '\\') {
			if (!next || strchr("QEc", next))
				return false;
			w->i++;
		}
	}
	return false;
}

/* w->i is behind the (. What stands before the group's own items is passed over. */
static bool open_group(struct walk *w)
{
	char c;

	if (at(w, w->i) == '*')
		return false;
	if (at(w, w->i) != '?')
		return true;
	c = at(w, ++w->i);
	w->i++;
	if (c == '<' && (at(w, w->i) == '=' || at(w, w->i) == '!')) {
		w->i++;
		return true;
	}
	if (c && strchr(":=!>|", c))
		return true;
	if (c == '<' || c == '\'')
		return skip_to(w, c == '<' ? '>' : '\'');
	if (c == 'P' && at(w, w->i) == '<')
		return skip_to(w, '>');
	w->i--;
	skip_of(w, "imsnUJ^-", 8);
	return at(w, w->i) == ')' || (at(w, w->i) == ':' && w->i++);
}

static bool is_count(const struct walk *w)
{
	size_t i = w->i + 1, digits = 0;

	for (; at(w, i) >= '0' && at(w, i) <= '9'; i++)
		digits++;
	if (at(w, i) == ',')
		i++;
	for (; at(w, i) >= '0' && at(w, i) <= '9'; i++)
		digits++;
	return digits && at(w, i) == '}';
}

/* A quantifier behind the item that began at `start`. */
static void quantifier(struct walk *w, size_t start)
{
	char c = at(w, w->i);

	if (c == '{' && is_count(w))
		skip_to(w, '}');
	else if (c == '*' || c == '+' || c == '?')
		w->i++;
	else
		return;
	call(w, start);
	skip_of(w, "+?", 1);
}

/* One item other than a group. */
static bool item(struct walk *w)
{
	size_t start = w->i;
	char c = at(w, w->i++);
	uint32_t cp;
	size_t n;

	if (c == '\0')
		return false;
	if (c == '\\') {
		if (!escape(w, start))
			return false;
	} else if (c == '[') {
		if (!class(w))
			return false;
	} else if ((unsigned char)c >= 0x80) {
		n = utf8_decode(w->p.p + start, w->p.n - start, &cp);
		if (n == 0)
			return false;
		w->i = start + n;
	}
	if (c != '|' && c != '^')
		quantifier(w, start);
	return true;
}

bool watch_regex_calls(struct str pattern, struct buf *out, size_t *stretch)
{
	struct walk w = {.p = pattern, .out = out};
	size_t open[DEPTH_MAX], depth = 0;

	while (w.i < pattern.n) {
		char c = pattern.p[w.i];

		if (w.i - w.written >= STRETCH_MAX)
			call(&w, w.i);
		if (c == '(') {
			if (depth == DEPTH_MAX)
				return false;
			open[depth++] = w.i;
			call(&w, w.i++);
			if (!open_group(&w))
				return false;
		} else if (c == ')') {
			if (depth-- == 0)
				return false;
			w.i++;
			quantifier(&w, open[depth]);
		} else if (!item(&w)) {
			return false;
		}
		if (w.i - w.written > w.longest)
			w.longest = w.i - w.written;
	}
	buf_add(out, pattern.p + w.written, pattern.n - w.written);
	*stretch = w.longest;
	return depth == 0 && !buf_failed(out);
}
