/* SPDX-License-Identifier: MIT */
/*
 * Worst-case cost of matching one character. Members of a class beyond U+00FF are compared one by
 * one for each character of the text, and a repeated class runs through the whole text in one step
 * that nothing interrupts.
 */
#include "base/ascii.h"
#include "base/utf8.h"
#include "regex.h"

#define PROPERTY 4    /* for each \p{…} or \w of a class */
#define CLUSTER	 40   /* \X */
#define FOLDED	 10   /* a back-reference, ignoring case */
#define SPAN_MAX 1400 /* maximal number of ranges that a description of letters expands to */

struct class
{
	struct str p;
	size_t i;
	bool nocase;
	unsigned weight;
	uint32_t before; /* the previous member, which may start a range; 0: none */
	bool range;	 /* followed by a - */
};

static bool weight_text_follows(struct str p, size_t i, const char *what)
{
	size_t n = strlen(what);

	return i <= p.n && p.n - i >= n && memcmp(p.p + i, what, n) == 0;
}

/* Returns the offset after `end`, or the end of the pattern. */
static size_t weight_skip_past(struct str p, size_t i, const char *end)
{
	while (i < p.n && !weight_text_follows(p, i, end))
		i++;
	return i < p.n ? i + strlen(end) : p.n;
}

static void weight_add_member(struct class *c, uint32_t cp)
{
	if (c->range && c->nocase && cp > 0x7f && cp > c->before) {
		uint32_t span = cp - c->before;

		c->weight += span < SPAN_MAX ? span : SPAN_MAX;
	}
	c->weight += cp > 0xff;
	c->before = c->range ? 0 : cp;
	c->range = false;
}

static void weight_add_property(struct class *c)
{
	c->weight += PROPERTY;
	c->before = 0;
	c->range = false;
}

static uint32_t weight_read_hex(struct str p, size_t from, size_t to)
{
	uint32_t cp = 0;

	for (size_t i = from; i < to && cp <= 0x10ffff; i++) {
		int value = ascii_hex_value(p.p[i]);

		if (value >= 0)
			cp = cp * 16 + (uint32_t)value;
	}
	return cp;
}

/* c->i is at the character after the backslash. */
static void weight_read_escape(struct class *c)
{
	char kind = c->i < c->p.n ? c->p.p[c->i] : '\0';
	size_t open = c->i + 1;

	if (weight_text_follows(c->p, open, "{")) {
		c->i = weight_skip_past(c->p, open, "}");
		if (kind == 'p' || kind == 'P')
			weight_add_property(c);
		else
			weight_add_member(c, weight_read_hex(c->p, open, c->i));
	} else if (kind && strchr("pPwWdDsShHvV", kind)) {
		c->i += kind == 'p' || kind == 'P' ? 2 : 1;
		weight_add_property(c);
	} else {
		c->i++;
		weight_add_member(c, (unsigned char)kind);
	}
}

static void weight_read_literal(struct class *c)
{
	uint32_t cp;
	size_t n = utf8_decode(c->p.p + c->i, c->p.n - c->i, &cp);

	c->i += n ? n : 1;
	weight_add_member(c, cp);
}

/* Reads a class from after its [ to after its ]; returns its weight. */
static unsigned weight_read_class(struct str p, size_t *at, bool nocase)
{
	struct class c = {.p = p, .i = *at + weight_text_follows(p, *at, "^"), .nocase = nocase};
	size_t first = c.i;

	while (c.i < p.n && (p.p[c.i] != ']' || c.i == first)) {
		if (weight_text_follows(p, c.i, "[:")) {
			c.i = weight_skip_past(p, c.i, ":]");
			weight_add_property(&c);
		} else if (p.p[c.i] == '-' && c.before && !c.range) {
			c.range = true;
			c.i++;
		} else if (weight_text_follows(p, c.i, "\\Q") ||
			   weight_text_follows(p, c.i, "\\E")) {
			c.i += 2;
		} else if (p.p[c.i] == '\\') {
			c.i++;
			weight_read_escape(&c);
		} else {
			weight_read_literal(&c);
		}
	}
	*at = c.i + 1;
	return c.weight;
}

/* Does a group anywhere turn case folding off? (?i) and similar. */
static bool weight_switches_case(struct str p)
{
	for (size_t i = 0; i + 2 < p.n; i++) {
		if (p.p[i] != '(' || p.p[i + 1] != '?')
			continue;
		for (size_t k = i + 2; k < p.n && strchr("^-imnsxJU", p.p[k]); k++)
			if (p.p[k] == 'i')
				return true;
	}
	return false;
}

unsigned watch_regex_weight(struct str p, bool nocase)
{
	unsigned heaviest = 0, more = 0;

	nocase = nocase || weight_switches_case(p);
	for (size_t i = 0; i < p.n;) {
		if (weight_text_follows(p, i, "\\Q")) {
			i = weight_skip_past(p, i, "\\E");
		} else if (p.p[i] == '\\') {
			char c = i + 1 < p.n ? p.p[i + 1] : '\0';

			if (c == 'X')
				more = CLUSTER;
			else if (nocase && more < FOLDED && c && strchr("123456789gk", c))
				more = FOLDED;
			i += 2;
		} else if (p.p[i++] == '[') {
			unsigned weight = weight_read_class(p, &i, nocase);

			heaviest = weight > heaviest ? weight : heaviest;
		}
	}
	return WATCH_REGEX_PLAIN + heaviest + more;
}
