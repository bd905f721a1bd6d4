/* SPDX-License-Identifier: MIT */
/*
 * A second evaluator of queries, straight from their definition: no index, no shortcuts, every
 * combination tried. Shares the parser's tree and the words of a text with the engine, and nothing
 * else. For items of at most 64 words: a match is a bit for each of its words. This half finds the
 * matches of terms and NEAR; query.h does the rest.
 */
#ifndef TESTS_PLAIN_SPANS_H
#define TESTS_PLAIN_SPANS_H

#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "watch/query.h"
#include "watch/stem.h"
#include "watch/words.h"

#define PLAIN_WORDS   64
#define PLAIN_REGIONS 8
#define PLAIN_LEAVES  8
#define PLAIN_COMBOS  60000
#define PLAIN_HITS    20000

struct plain_word {
	unsigned region;
	struct str form, source;
	char spelling[64];
	size_t spelling_length;
	uint32_t offset, length, sentence, paragraph, index;
};

struct plain_leaf {
	unsigned first, last; /* words */
	const struct watch_node *term;
};

struct plain_match {
	uint64_t words;
	struct plain_leaf leaves[PLAIN_LEAVES];
	unsigned n_leaves;
};

struct plain_list {
	struct plain_match *v;
	size_t n;
};

struct plain_hit {
	unsigned region;
	size_t offset, length;
	struct str term;
	const char *order; /* terms that stand first in the query first */
};

struct plain {
	const struct watch_view *view;
	struct {
		enum watch_field field;
		struct str text;
		unsigned words;
	} regions[PLAIN_REGIONS];
	unsigned n_regions;
	struct plain_word words[PLAIN_WORDS];
	unsigned n_words, body_words;
	struct watch_words split[PLAIN_REGIONS];
	struct watch_stemmer *stemmers[4];
	unsigned n_stemmers;
	struct plain_hit hits[PLAIN_HITS];
	size_t n_hits;
	bool too_much; /* the pair is left out */
};

static bool plain_region(struct plain *p, enum watch_field field, struct str text)
{
	struct watch_words *w = &p->split[p->n_regions];

	if (!str_present(text))
		return true;
	p->regions[p->n_regions].field = field;
	p->regions[p->n_regions].text = text;
	if (watch_words_split(w, text, NULL) < 0 || watch_words_places(w, NULL) < 0)
		return false;
	for (size_t i = 0; i < w->count; i++) {
		struct plain_word *to = &p->words[p->n_words];
		struct buf spelling;

		if (p->n_words++ == PLAIN_WORDS)
			return false;
		to->region = p->n_regions;
		to->form = watch_words_form(w, i);
		to->source = watch_words_source(w, i);
		to->offset = w->word[i].offset;
		to->length = w->word[i].length;
		to->sentence = w->place[i].sentence;
		to->paragraph = w->place[i].paragraph;
		to->index = (uint32_t)i;
		buf_init(&spelling, sizeof(to->spelling));
		watch_word_spelling(to->source, &spelling);
		memcpy(to->spelling, spelling.data, spelling.len);
		to->spelling_length = spelling.len;
		buf_release(&spelling);
	}
	if (field == WATCH_BODY)
		p->body_words = (unsigned)w->count;
	p->regions[p->n_regions++].words = (unsigned)w->count;
	return true;
}

/* False: too long for this evaluator. */
static bool plain_item(struct plain *p, const struct watch_view *v)
{
	p->view = v;
	p->n_regions = p->n_words = p->body_words = 0;
	if (!plain_region(p, WATCH_TITLE, v->title) || !plain_region(p, WATCH_BODY, v->body) ||
		!plain_region(p, WATCH_AUTHOR, v->author))
		return false;
	for (size_t i = 0; i < v->n_categories; i++)
		if (!plain_region(p, WATCH_CATEGORY, v->categories[i]))
			return false;
	return true;
}

/* --- one word --- */

static bool plain_glob(const char *p, const char *pe, const char *w, const char *we)
{
	if (p == pe)
		return w == we;
	if (*p == '*')
		return plain_glob(p + 1, pe, w, we) || (w < we && plain_glob(p, pe, w + 1, we));
	if (w == we)
		return false;
	if (*p == '?') {
		for (w++; w < we && ((unsigned char)*w & 0xc0) == 0x80;)
			w++;
		return plain_glob(p + 1, pe, w, we);
	}
	return *p == *w && plain_glob(p + 1, pe, w + 1, we);
}

static unsigned plain_decode(struct str s, uint32_t out[64])
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n && n < 64;)
		i += utf8_decode(s.p + i, s.n - i, &out[n++]);
	return n;
}

static bool plain_fuzzy(struct str a, struct str b, unsigned most)
{
	static unsigned d[65][65];
	uint32_t x[64], y[64];
	unsigned m = plain_decode(a, x), n = plain_decode(b, y);

	for (unsigned i = 0; i <= m; i++)
		for (unsigned j = 0; j <= n; j++) {
			unsigned best = i ? d[i - 1][j] + 1 : j;

			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (d[i - 1][j - 1] + (x[i - 1] != y[j - 1]) < best)
				best = d[i - 1][j - 1] + (x[i - 1] != y[j - 1]);
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
				d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return m && n && x[0] == y[0] && d[m][n] <= most;
}

static bool plain_stems(struct plain *p, const struct watch_piece *piece, struct str source)
{
	for (unsigned i = 0; i < p->n_stemmers; i++) {
		char kept[256];
		struct str s = watch_stemmer_stem(p->stemmers[i], piece->spelt);
		size_t n = s.n;

		memcpy(kept, s.p, n);
		if (str_eq(watch_stemmer_stem(p->stemmers[i], source), str_slice(kept, n)))
			return true;
	}
	return false;
}

static bool plain_is(struct plain *p, const struct watch_piece *piece, unsigned word)
{
	const struct plain_word *w = &p->words[word];

	switch (piece->kind) {
	case WATCH_PLAIN:
		if (p->n_stemmers)
			return plain_stems(p, piece, w->source);
		return str_eq(w->form, piece->form);
	case WATCH_EXACT: return str_eq(w->form, piece->form);
	case WATCH_SPELLED: return str_eq(str_slice(w->spelling, w->spelling_length), piece->spelt);
	case WATCH_GLOB:
		return plain_glob(piece->form.p, piece->form.p + piece->form.n, w->form.p,
			w->form.p + w->form.n);
	case WATCH_FUZZY: return plain_fuzzy(piece->form, w->form, piece->edits);
	case WATCH_ANY_WORD: return true;
	}
	return false;
}

/* --- matches --- */

static void plain_push(struct plain *p, struct plain_list *l, const struct plain_match *m)
{
	if (l->n == PLAIN_COMBOS) {
		p->too_much = true;
		return;
	}
	if ((l->n & (l->n - 1)) == 0)
		l->v = realloc(l->v, (l->n ? l->n * 2 : 1) * sizeof(*l->v));
	l->v[l->n++] = *m;
}

static bool plain_visible(const struct plain *p, unsigned word, unsigned fields, unsigned lead)
{
	const struct plain_word *w = &p->words[word];
	enum watch_field f = p->regions[w->region].field;

	return fields & WATCH_FIELD_BIT(f) && !(f == WATCH_BODY && w->index >= lead);
}

static uint64_t plain_bits(unsigned first, unsigned last)
{
	uint64_t bits = 0;

	for (unsigned i = first; i <= last; i++)
		bits |= (uint64_t)1 << i;
	return bits;
}

/* Can pieces from i on each have a word of their own from first to last, the first word used? */
static bool plain_seat(struct plain *p, const struct watch_node *n, size_t i, unsigned first,
	unsigned last, uint64_t taken)
{
	if (i == n->n_pieces)
		return taken >> first & 1;
	for (unsigned w = first; w <= last; w++)
		if (!(taken >> w & 1) && plain_is(p, &n->pieces[i], w) &&
			plain_seat(p, n, i + 1, first, last, taken | (uint64_t)1 << w))
			return true;
	return false;
}

static bool plain_row(struct plain *p, const struct watch_node *n, unsigned first, unsigned last)
{
	if (n->slop >= 0)
		return plain_seat(p, n, 0, first, last, 0);
	for (size_t i = 0; i < n->n_pieces; i++)
		if (!plain_is(p, &n->pieces[i], first + (unsigned)i))
			return false;
	return last - first + 1 == n->n_pieces;
}

static struct plain_list plain_term(struct plain *p, const struct watch_node *n, unsigned lead)
{
	struct plain_list out = {0};
	unsigned longest = (unsigned)n->n_pieces + (n->slop > 0 ? (unsigned)n->slop : 0);

	for (unsigned i = 0; i < p->n_words; i++)
		for (unsigned j = i; j < p->n_words && j - i < longest; j++) {
			struct plain_match m = {.words = plain_bits(i, j), .n_leaves = 1};

			if (p->words[i].region != p->words[j].region || j - i + 1 < n->n_pieces ||
				!plain_visible(p, i, n->fields, lead) ||
				!plain_visible(p, j, n->fields, lead) || !plain_row(p, n, i, j))
				continue;
			m.leaves[0] = (struct plain_leaf){i, j, n};
			plain_push(p, &out, &m);
			break; /* the shortest from each first word */
		}
	return out;
}

static unsigned plain_first(uint64_t w)
{
	return (unsigned)__builtin_ctzll(w);
}

static unsigned plain_last(uint64_t w)
{
	return 63 - (unsigned)__builtin_clzll(w);
}

/* Words between two matches of one region; 0 where they interlock. -1: a is not before b. */
static int plain_gap(uint64_t a, uint64_t b, bool ordered)
{
	if (plain_last(a) < plain_first(b))
		return (int)(plain_first(b) - plain_last(a) - 1);
	if (ordered)
		return -1;
	if (plain_last(b) < plain_first(a))
		return (int)(plain_first(a) - plain_last(b) - 1);
	return 0;
}

static bool plain_near(const struct plain *p, uint64_t a, uint64_t b, unsigned n, bool ordered)
{
	int gap = plain_gap(a, b, ordered);

	return p->words[plain_first(a)].region == p->words[plain_first(b)].region && gap >= 0 &&
	       gap <= (int)n;
}

static struct plain_list plain_matches(struct plain *p, const struct watch_node *n, unsigned lead);

static struct plain_list plain_link(
	struct plain *p, struct plain_list a, struct plain_list b, const struct watch_link *link)
{
	struct plain_list out = {0};

	for (size_t i = 0; i < a.n; i++)
		for (size_t j = 0; j < b.n; j++) {
			struct plain_match m = a.v[i];

			if (m.words & b.v[j].words ||
				!plain_near(p, m.words, b.v[j].words, link->n, link->ordered))
				continue;
			if (m.n_leaves + b.v[j].n_leaves > PLAIN_LEAVES) {
				p->too_much = true;
				continue;
			}
			m.words |= b.v[j].words;
			for (unsigned k = 0; k < b.v[j].n_leaves; k++)
				m.leaves[m.n_leaves++] = b.v[j].leaves[k];
			plain_push(p, &out, &m);
		}
	free(a.v);
	free(b.v);
	return out;
}

static struct plain_list plain_matches(struct plain *p, const struct watch_node *n, unsigned lead)
{
	struct plain_list out = {0};

	if (n->op == WATCH_PHRASE)
		return plain_term(p, n, lead);
	if (n->op == WATCH_NEAR) {
		out = plain_matches(p, n->kids[0], lead);
		for (size_t i = 1; i < n->n_kids; i++)
			out = plain_link(p, out, plain_matches(p, n->kids[i], lead), &n->links[i]);
		return out;
	}
	for (size_t i = 0; i < n->n_kids; i++) {
		struct plain_list kid = plain_matches(p, n->kids[i], lead);

		for (size_t k = 0; k < kid.n; k++)
			plain_push(p, &out, &kid.v[k]);
		free(kid.v);
	}
	return out;
}

#endif
