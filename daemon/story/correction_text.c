/* SPDX-License-Identifier: MIT */
#include "correction_text.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "text/delimiter.h"
#include "text/letter_case.h"

#define LOOK_MAX ((size_t)160) /* bytes of a text that are looked at */
#define CLOSING	 ")]}】）］〕〉》"

int correction_text_split(struct correction_text *t, struct str s)
{
	t->text = utf8_cut(s, LOOK_MAX);
	return text_words_split(&t->words, t->text, NULL);
}

enum letter_case correction_text_case(struct str s, bool *nomem)
{
	size_t n_upper = 0, n_lower = 0;
	char *upper = text_upper_case(s, &n_upper), *lower = text_lower_case(s, &n_lower);
	enum letter_case found = CASE_OTHER;

	*nomem |= !upper || !lower;
	if (upper && lower) {
		if (str_eq(str_slice(upper, n_upper), str_slice(lower, n_lower)))
			found = CASE_NONE;
		else if (str_eq(str_slice(upper, n_upper), s))
			found = CASE_CAPITALS;
	}
	free(upper);
	free(lower);
	return found;
}

struct str correction_text_words(const struct correction_text *t, size_t i, size_t n)
{
	const struct text_word *first = &t->words.word[i], *last = &t->words.word[i + n - 1];

	return str_slice(t->text.p + first->offset, last->offset + last->length - first->offset);
}

/* --- between two words --- */

static bool correction_has_sign(struct str s, const char *signs)
{
	for (const char *p = signs; *p;) {
		size_t n = 1;

		while (((unsigned char)p[n] & 0xc0) == 0x80)
			n++;
		if (str_starts(s, str_slice(p, n)))
			return true;
		p += n;
	}
	return false;
}

/* The characters before word i, from the one before it. */
static struct str correction_before(const struct correction_text *t, size_t i)
{
	size_t from = i ? t->words.word[i - 1].offset + t->words.word[i - 1].length : 0;
	size_t to = i < t->words.count ? t->words.word[i].offset : t->text.n;

	return str_slice(t->text.p + from, to - from);
}

static enum correction_gap correction_hyphen_gap(struct str s, bool spaced)
{
	bool then_space = s.n > 1 && text_space_length(s.p + 1, s.n - 1) > 0;

	if (s.n > 1 && s.p[1] == '-')
		return GAP_MARK;
	if (spaced)
		return then_space ? GAP_MARK : GAP_OTHER;
	return then_space ? GAP_MARK : GAP_HYPHEN;
}

enum correction_gap correction_text_gap(const struct correction_text *t, size_t i)
{
	struct str s = correction_before(t, i);
	size_t all = s.n, n;

	if (!s.n)
		return i < t->words.count ? GAP_NONE : GAP_END;
	while (s.n && (n = text_space_length(s.p, s.n)))
		s = str_slice(s.p + n, s.n - n);
	if (!s.n)
		return i < t->words.count ? GAP_SPACE : GAP_END;
	if (s.p[0] == '.' && s.n > 1 && !text_space_length(s.p + 1, s.n - 1))
		s = str_slice(s.p + 1, s.n - 1);
	if (s.p[0] == '-')
		return i < t->words.count ? correction_hyphen_gap(s, s.n < all) : GAP_MARK;
	if (s.p[0] == '.')
		return GAP_STOP;
	if (correction_has_sign(s, CLOSING))
		return GAP_CLOSE;
	if (text_dash_length(s.p, s.n) || correction_has_sign(s, ":：︰﹕/／|｜*＊+>»=~•·"))
		return GAP_MARK;
	return GAP_OTHER;
}

bool correction_text_opens(const struct correction_text *t, size_t i, bool *bracket)
{
	struct str s = correction_before(t, i);

	while (s.n) {
		size_t n = 1;

		while (n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n++;
		if (text_quote_length(s.p, s.n) || correction_has_sign(s, "'‘’‚‹«「『#@$`"))
			return false;
		*bracket |= correction_has_sign(s, "([{【（［〔〈《");
		s = str_slice(s.p + n, s.n - n);
	}
	return true;
}

bool correction_text_closes(struct str s)
{
	return correction_has_sign(s, CLOSING);
}
