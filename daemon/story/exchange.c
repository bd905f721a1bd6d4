/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/letter_case.h"

#define GAP_MAX	     6	/* words between two runs that can be one fact */
#define NAME_LETTERS 64 /* of a name that are compared: the work grows with their cube */
#define NAME_ALIKE   .6 /* similarity from which two names are spellings of one */
/* Steps of the comparison of two texts past which names count as different: no copy, an alert. */
#define LETTERS_MAX  100000

struct exchange_gap {
	const struct story_word *v;
	size_t n;
};

static size_t exchange_count(const struct story_word *v, size_t n, uint64_t hash)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += v[i].number && v[i].hash == hash;
	return found;
}

/* Each time that a number is there counts: 1-1 and 2-1 differ. */
bool exchange_has_number(const struct story_word *v, size_t n, const struct story_word *w, size_t m)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].number &&
			exchange_count(v, i, v[i].hash) >= exchange_count(w, m, v[i].hash))
			return true;
	return false;
}

/* From the first to the last word, as written. */
static struct str exchange_source(const struct exchange_gap *g)
{
	const struct story_word *last = &g->v[g->n - 1];

	return str_slice(
		g->v[0].source.p, (size_t)(last->source.p + last->source.n - g->v[0].source.p));
}

/* --- names --- */

static bool exchange_is_name(const struct exchange_gap *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (!text_begins_upper(g->v[i].source))
			return false;
	return true;
}

/* Takes the first character off s, which is not empty; ASCII letters in lower case. */
static uint32_t exchange_take_letter(struct str *s)
{
	uint32_t cp = (unsigned char)s->p[0];
	size_t n = utf8_decode(s->p, s->n, &cp);

	*s = str_slice(s->p + (n ? n : 1), s->n - (n ? n : 1));
	return cp < 0x80 ? (unsigned char)ascii_lower((char)cp) : cp;
}

/* Is `one` the initials of the words of g, as in UN and U.N. for United Nations? */
static bool exchange_is_initials(const struct exchange_gap *one, const struct exchange_gap *g)
{
	struct str s = one->n == 1 ? one->v[0].source : STR_NONE;
	size_t i = 0;

	while (s.n) {
		uint32_t letter = exchange_take_letter(&s);
		struct str word;

		if (letter == '.')
			continue;
		if (i == g->n)
			return false;
		word = g->v[i++].source;
		if (letter != exchange_take_letter(&word))
			return false;
	}
	return i > 0 && i == g->n;
}

struct exchange_name {
	uint32_t letter[NAME_LETTERS];
	size_t n;
};

static void exchange_read_name(struct exchange_name *name, const struct exchange_gap *g)
{
	name->n = 0;
	for (size_t i = 0; i < g->n; i++) {
		struct str s = g->v[i].source;

		if (i && name->n < NAME_LETTERS)
			name->letter[name->n++] = ' ';
		while (s.n && name->n < NAME_LETTERS)
			name->letter[name->n++] = exchange_take_letter(&s);
	}
}

struct exchange_span {
	size_t a, a_end, b, b_end;
};

/* The longest common part of a[a..a_end) and b[b..b_end): its places in *x, and its length. */
static size_t exchange_longest(const struct exchange_name *a, const struct exchange_name *b,
	const struct exchange_span *s, size_t *at_a, size_t *at_b)
{
	size_t row[NAME_LETTERS + 1] = {0}, best = 0;

	for (size_t i = s->a; i < s->a_end; i++) {
		size_t diagonal = 0;

		for (size_t k = s->b; k < s->b_end; k++) {
			size_t above = row[k + 1];

			row[k + 1] = a->letter[i] == b->letter[k] ? diagonal + 1 : 0;
			diagonal = above;
			if (row[k + 1] > best) {
				best = row[k + 1];
				*at_a = i + 1 - best;
				*at_b = k + 1 - best;
			}
		}
	}
	return best;
}

/*
 * The share of the letters of both that are common (Ratcliff and Obershelp): the longest common
 * part, and the same in what is left and right of it.
 */
static double exchange_similarity(
	const struct exchange_name *a, const struct exchange_name *b, size_t *steps)
{
	struct exchange_span open[NAME_LETTERS + 1] = {{0, a->n, 0, b->n}};
	size_t n = 1, common = 0;

	while (n) {
		struct exchange_span s = open[--n];
		size_t at_a = 0, at_b = 0, best = exchange_longest(a, b, &s, &at_a, &at_b);

		*steps += (s.a_end - s.a) * (s.b_end - s.b);

		if (!best)
			continue;
		common += best;
		open[n++] = (struct exchange_span){s.a, at_a, s.b, at_b};
		open[n++] = (struct exchange_span){at_a + best, s.a_end, at_b + best, s.b_end};
	}
	return a->n + b->n ? 2. * (double)common / (double)(a->n + b->n) : 1;
}

static bool exchange_names_differ(
	struct comparison *c, const struct exchange_gap *fresh, const struct exchange_gap *old)
{
	struct exchange_name a, b;

	if (!exchange_is_name(fresh) || !exchange_is_name(old) ||
		exchange_is_initials(fresh, old) || exchange_is_initials(old, fresh))
		return false;
	exchange_read_name(&a, fresh);
	exchange_read_name(&b, old);
	return c->steps >= LETTERS_MAX || exchange_similarity(&a, &b, &c->steps) < NAME_ALIKE;
}

/* --- gaps --- */

/* The words of a text from the end of one run to the next; none if the runs have changed places. */
static struct exchange_gap exchange_between(const struct story_word *v, size_t end, size_t next)
{
	return (struct exchange_gap){v + end, next > end ? next - end : 0};
}

static void exchange_compare(
	struct comparison *c, const struct exchange_gap *fresh, const struct exchange_gap *old)
{
	if (!fresh->n || !old->n || fresh->n > GAP_MAX || old->n > GAP_MAX)
		return;
	if (exchange_has_number(fresh->v, fresh->n, old->v, old->n) &&
		exchange_has_number(old->v, old->n, fresh->v, fresh->n))
		c->n_numbers++;
	else if (exchange_names_differ(c, fresh, old))
		c->n_names++;
	else
		return;
	c->difference[c->n_differences++] = (struct story_difference){
		.old = exchange_source(old), .fresh = exchange_source(fresh)};
}

void exchange_find(struct comparison *c, const struct story_text *fresh,
	const struct story_text *old, const struct compare_run *runs, size_t n)
{
	size_t end_fresh = 0, end_old = 0;

	for (size_t i = 0; i <= n && c->n_differences < STORY_DIFFERENCES_MAX; i++) {
		size_t next_fresh = i < n ? runs[i].fresh : fresh->n_body;
		size_t next_old = i < n ? runs[i].old : old->n_body;
		struct exchange_gap a = exchange_between(fresh->body, end_fresh, next_fresh);
		struct exchange_gap b = exchange_between(old->body, end_old, next_old);

		exchange_compare(c, &a, &b);
		if (i == n)
			break;
		end_fresh = runs[i].fresh + runs[i].n;
		end_old = runs[i].old + runs[i].n;
	}
}
