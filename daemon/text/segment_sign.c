/* SPDX-License-Identifier: MIT */
/* Decisions about . and apostrophes that depend on more than the next character. */
#include "segment_state.h"

#include <limits.h>
#include <string.h>

#include "base/ascii.h"

/* A character near a sign: marks and dropped characters are skipped. */
struct sign_neighbour {
	const struct text_letter *letter;
	uint32_t cp;
	size_t at;
	unsigned rings, most_rings; /* half rings between; more end the search in vain */
};

/* Reads the character at n->at; returns its length. */
static size_t sign_read(struct segment_state *r, struct sign_neighbour *n)
{
	static const struct text_letter wildcard = {
		.kind = TEXT_KIND_LETTER, .flags = TEXT_LETTER_WORD | TEXT_LETTER_LOWER};
	static const struct text_letter unknown = {.kind = TEXT_KIND_OTHER};
	size_t length = text_segment_decode(r->text + n->at, r->w->text.n - n->at, &n->cp);

	if (r->pattern && (n->cp == '*' || n->cp == '?')) {
		n->cp = 'a';
		n->letter = &wildcard;
		return length;
	}
	n->letter = text_letter_of(n->cp);
	if (!n->letter) {
		r->failed = true;
		n->letter = &unknown;
	}
	return length;
}

static bool sign_is_skipped(struct sign_neighbour *n)
{
	n->rings += n->letter->kind == TEXT_KIND_HALF_RING;
	return n->letter->kind == TEXT_KIND_HALF_RING || n->letter->kind == TEXT_KIND_EXTEND ||
	       n->letter->kind == TEXT_KIND_DROPPED;
}

/* Finds the character of the open word before `at`. */
static bool sign_find_before(struct segment_state *r, size_t at, struct sign_neighbour *n)
{
	n->at = at;
	n->rings = 0;
	while (n->at > r->begin && n->rings <= n->most_rings) {
		do
			n->at--;
		while (n->at > r->begin && (r->text[n->at] & 0xC0) == 0x80);
		sign_read(r, n);
		if (!sign_is_skipped(n))
			return true;
	}
	return false;
}

static bool sign_find_after(struct segment_state *r, size_t at, struct sign_neighbour *n)
{
	n->at = at;
	n->rings = 0;
	while (n->at < r->w->text.n && n->rings <= n->most_rings) {
		size_t length = sign_read(r, n);

		if (!sign_is_skipped(n))
			return true;
		n->at += length;
	}
	return false;
}

static bool sign_is_letter(const struct sign_neighbour *n)
{
	return text_letter_is_alphabetic(n->cp, n->letter->kind);
}

bool text_segment_dot_separates(
	struct segment_state *r, const struct text_letter *after, size_t length)
{
	struct sign_neighbour last = {.most_rings = UINT_MAX}, first = last, next = last;

	if (!(after->flags & TEXT_LETTER_UPPER))
		return false;
	if (r->last_flags & TEXT_LETTER_LOWER)
		return true;
	/* A single half ring between two letters reads as an apostrophe; others are dropped. */
	return sign_find_before(r, r->mid_at, &last) && sign_is_letter(&last) &&
	       sign_find_before(r, last.at, &first) && sign_is_letter(&first) && first.rings != 1 &&
	       sign_find_after(r, r->at + length, &next) && next.rings != 1 &&
	       next.letter->flags & TEXT_LETTER_LOWER;
}

/* Counts the letters and digits of the open word before its mid character, up to two. */
static unsigned sign_count_before(struct segment_state *r)
{
	struct sign_neighbour n = {.at = r->begin};
	unsigned count = 0;

	while (n.at < r->mid_at && count < 2) {
		n.at += sign_read(r, &n);
		count += (n.letter->flags & TEXT_LETTER_WORD) != 0;
	}
	return count;
}

bool text_segment_is_elided(struct segment_state *r)
{
	struct sign_neighbour before = {.most_rings = UINT_MAX}, after = {.at = r->at};
	const char *sign = r->text + r->mid_at, *next = r->text + r->at;

	/* Common cases: the ending of Ukraine's, and words in ASCII. */
	if (r->at + 1 < r->w->text.n && (next[0] == 's' || next[0] == 't') && next[1] == ' ')
		return false;
	if (r->mid_at > r->begin + 1 && ascii_is_alnum(sign[-2]) && ascii_is_alpha(sign[-1]) &&
		ascii_is_alpha(next[0]))
		return true;
	sign_read(r, &after);
	if (!text_letter_is_latin(after.cp) || !sign_find_before(r, r->mid_at, &before) ||
		!text_letter_is_latin(before.cp))
		return false;
	if (sign_count_before(r) > 1)
		return true;
	return r->mid_form - r->form == 1 && !(r->mid_flags & TEXT_LETTER_COMPLEX) &&
	       strchr("ldjmtsnc", r->w->pool[r->form]);
}

bool text_segment_ring_joins(struct segment_state *r, size_t length)
{
	/* In a long row of rings each looks at its neighbours only. */
	struct sign_neighbour before = {.most_rings = 0}, after = before;

	if (r->mid != SEGMENT_NONE || r->last == SEGMENT_NONE ||
		!sign_find_before(r, r->at, &before) || !sign_find_after(r, r->at + length, &after))
		return false;
	return (sign_is_letter(&before) && sign_is_letter(&after)) ||
	       (before.letter->kind == TEXT_KIND_NUMERIC &&
		       after.letter->kind == TEXT_KIND_NUMERIC);
}
