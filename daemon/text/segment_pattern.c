/* SPDX-License-Identifier: MIT */
/* Splits a term of a query: wildcards count as small Latin letters. */
#include "segment_state.h"

static bool segment_is_wildcard(char c)
{
	return c == '*' || c == '?';
}

/*
 * Kind of a row of wildcards that ends at `end`. A wildcard takes the kind of its neighbours, so
 * that it does not split what it is to match: a letter next to letters, Katakana next to Katakana,
 * a digit where a point or comma separates it from a digit.
 */
static int segment_wildcard_kind(const struct segment_state *r, size_t end, unsigned *kind)
{
	const struct text_letter *next, *after;
	size_t n = 0, m = 0;
	uint32_t cp = ' ', cp_after = ' ';

	if (end < r->w->text.n)
		n = text_segment_decode(r->text + end, r->w->text.n - end, &cp);
	if (end + n < r->w->text.n)
		m = text_segment_decode(r->text + end + n, r->w->text.n - end - n, &cp_after);
	next = text_letter_of(cp);
	after = text_letter_of(m ? cp_after : ' ');
	if (!next || !after)
		return -(int)ERR_NOMEM;
	*kind = TEXT_KIND_LETTER;
	if (r->mid != SEGMENT_NONE)
		*kind = kinds_have(LETTERS, r->last) ? TEXT_KIND_LETTER : r->last;
	else if (r->last == TEXT_KIND_KATAKANA ||
		 (next->kind == TEXT_KIND_KATAKANA && !kinds_have(LETTERS | BIT(NUMERIC), r->last)))
		*kind = TEXT_KIND_KATAKANA;
	else if (kinds_have(text_segment_waits[next->kind], TEXT_KIND_NUMERIC) &&
		 after->kind == TEXT_KIND_NUMERIC)
		*kind = TEXT_KIND_NUMERIC;
	return 0;
}

/* Takes all wildcards in a row. */
static int segment_take_wildcards(struct segment_state *r, struct err *e)
{
	struct text_letter l = {.n = 1, .flags = TEXT_LETTER_WORD | TEXT_LETTER_LOWER};
	size_t end = r->at;
	unsigned kind;
	int rc;

	while (end < r->w->text.n && segment_is_wildcard(r->text[end]))
		end++;
	if (segment_wildcard_kind(r, end, &kind) < 0)
		return err_nomem(e);
	l.kind = (uint8_t)kind;
	for (; r->at < end; r->at++) {
		l.form[0] = r->text[r->at];
		rc = text_segment_take(r, &l, 1, e);
		if (rc)
			return rc;
	}
	return 0;
}

int text_segment_pattern(struct text_words *w, struct err *e)
{
	struct segment_state r = text_segment_begin(w, 0);
	int rc = 0;

	r.pattern = true;
	while (rc == 0 && r.at < w->text.n)
		rc = segment_is_wildcard(r.text[r.at]) ? segment_take_wildcards(&r, e)
						       : text_segment_step(&r, e);
	return rc ? rc : text_segment_end(&r, e);
}
