/* SPDX-License-Identifier: MIT */
#include "delta.h"

/* The next element of a list of a header, without its parameters; false: there is none. */
static bool delta_next_word(struct str *list, struct str *word)
{
	size_t n = 0;

	if (list->n == 0)
		return false;
	while (n < list->n && list->p[n] != ',')
		n++;
	*word = str_slice(list->p, n);
	n += n < list->n;
	*list = str_slice(list->p + n, list->n - n);
	for (n = 0; n < word->n && word->p[n] != ';'; n++)
		;
	*word = str_trim(str_slice(word->p, n));
	return true;
}

static bool delta_has_word(struct str list, struct str wanted)
{
	struct str word;

	while (delta_next_word(&list, &word))
		if (str_eq_nocase(word, wanted))
			return true;
	return false;
}

/* The body of "IM: feed, gzip" is unpacked like any other. */
static bool delta_is_readable(struct str im)
{
	struct str word;

	while (delta_next_word(&im, &word))
		if (word.n && !str_eq_nocase(word, STR("feed")) &&
			!str_eq_nocase(word, STR("gzip")) && !str_eq_nocase(word, STR("deflate")) &&
			!str_eq_nocase(word, STR("identity")))
			return false;
	return true;
}

enum delta_answer delta_answer_of(const struct fetch_answer *a, bool conditional)
{
	if (a->status != 226)
		return DELTA_WHOLE;
	if (!delta_is_readable(str_of(a->im)))
		return DELTA_UNREADABLE;
	return conditional ? DELTA_PART : DELTA_WHOLE;
}

enum delta delta_learn(enum delta known, const struct fetch_answer *a, bool conditional, bool asked)
{
	if ((a->status == 226 && asked) || delta_has_word(str_of(a->im), STR("feed")) ||
		delta_has_word(str_of(a->vary), STR("A-IM")))
		return DELTA_OFFERED;
	if (a->status != 200)
		return known;
	if (asked)
		return DELTA_REFUSED;
	return conditional ? known : DELTA_UNKNOWN;
}
