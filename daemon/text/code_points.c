/* SPDX-License-Identifier: MIT */
#include "code_points.h"

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/utf8.h"
#include "letter_kind.h"

#define NOTHING 0xFFFFu /* a noncharacter: never part of a word */

static bool code_points_allocate(struct text_code_points *w, size_t n)
{
	w->p = w->own;
	w->n = 0;
	w->failed = false;
	if (n > TEXT_CODE_POINTS_STACK) {
		w->p = calloc(n, sizeof(*w->p));
		w->failed = !w->p;
	}
	if (w->failed)
		w->p = w->own;
	return !w->failed;
}

/* Wildcards are letters, as in a pattern; no word of a text contains one. */
static bool code_points_has_letter(const struct text_code_points *w, size_t i)
{
	uint32_t cp = w->p[i];

	return cp == '*' || cp == '?' || text_letter_is_alphabetic(cp, text_letter_kind_of(cp));
}

static bool code_points_are_alike(const struct text_code_points *w, size_t i, size_t k)
{
	return (code_points_has_letter(w, i) && code_points_has_letter(w, k)) ||
	       (text_letter_kind_of(w->p[i]) == TEXT_KIND_NUMERIC &&
		       text_letter_kind_of(w->p[k]) == TEXT_KIND_NUMERIC);
}

/* Is the half ring at i between letters, or between digits, marks aside? */
static bool code_points_keeps_ring(const struct text_code_points *w, size_t i)
{
	size_t before = i, after = i + 1;

	while (before && text_letter_kind_of(w->p[before - 1]) == TEXT_KIND_EXTEND)
		before--;
	while (after < w->n && text_letter_kind_of(w->p[after]) == TEXT_KIND_EXTEND)
		after++;
	return before && after < w->n && code_points_are_alike(w, before - 1, after);
}

/* Replaces half rings by ', or drops them, depending on the characters around them. */
static void code_points_settle_rings(struct text_code_points *w)
{
	size_t n = 0;

	/* In order: what a ring becomes, ' or NOTHING, is not a letter to the next one either. */
	for (size_t i = 0; i < w->n; i++)
		if (text_letter_kind_of(w->p[i]) == TEXT_KIND_HALF_RING)
			w->p[i] = code_points_keeps_ring(w, i) ? '\'' : NOTHING;
	for (size_t i = 0; i < w->n; i++)
		if (w->p[i] != NOTHING)
			w->p[n++] = w->p[i];
	w->n = n;
}

void text_code_points_init(struct text_code_points *w, struct str word)
{
	bool rings = false;

	if (!code_points_allocate(w, word.n))
		return;
	for (size_t i = 0; i < word.n;) {
		uint32_t cp;
		size_t len = utf8_decode(word.p + i, word.n - i, &cp);
		enum text_letter_kind kind = TEXT_KIND_OTHER;

		if (len == 0) {
			i++;
			continue;
		}
		i += len;
		if (cp >= 0x80 || cp == '`')
			kind = text_letter_kind_of(cp);
		rings = rings || kind == TEXT_KIND_HALF_RING;
		if (kind == TEXT_KIND_APOSTROPHE)
			cp = '\'';
		else if (kind == TEXT_KIND_DOUBLE_QUOTE)
			cp = '"';
		if (kind != TEXT_KIND_DROPPED)
			w->p[w->n++] = cp;
	}
	if (rings)
		code_points_settle_rings(w);
}

void text_code_points_release(struct text_code_points *w)
{
	if (w->p != w->own)
		free(w->p);
	w->p = w->own;
	w->n = 0;
}

/* Takes ownership of an array allocated by libunistring. */
static void code_points_take(struct text_code_points *w, uint32_t *p, size_t n)
{
	if (!p) {
		w->failed = true;
		return;
	}
	if (w->p != w->own)
		free(w->p);
	if (n <= TEXT_CODE_POINTS_STACK) {
		if (n)
			memcpy(w->own, p, n * sizeof(*p));
		free(p);
		p = w->own;
	}
	w->p = p;
	w->n = n;
}

void text_code_points_normalise(struct text_code_points *w, enum text_normal_form form)
{
	size_t n = 0;
	uint32_t *p;

	if (w->failed || w->n == 0)
		return;
	p = u32_normalize(form == TEXT_NFC ? UNINORM_NFC : UNINORM_NFKD, w->p, w->n, NULL, &n);
	code_points_take(w, p, n);
}

void text_code_points_casefold(struct text_code_points *w)
{
	size_t n = 0;
	uint32_t *p;

	if (w->failed || w->n == 0)
		return;
	p = u32_casefold(w->p, w->n, NULL, NULL, NULL, &n);
	code_points_take(w, p, n);
}

void text_code_points_drop_ending(struct text_code_points *w)
{
	uint32_t before = w->n >= 2 ? w->p[w->n - 2] : 0, last = w->n ? w->p[w->n - 1] : 0;

	if (before == '\'' && (last == 's' || last == 'S'))
		w->n -= 2;
	else if (last == '\'' && before && text_letter_kind_of(before) == TEXT_KIND_HEBREW)
		w->n--;
}

void text_code_points_append(const struct text_code_points *w, struct buf *out)
{
	if (w->failed)
		out->failed = true;
	for (size_t i = 0; i < w->n && !w->failed; i++)
		utf8_append(out, w->p[i]);
}
