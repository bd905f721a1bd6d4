/* SPDX-License-Identifier: MIT */
#include "story/headline.h"

#define SLUG_MIN     ((size_t)16)
#define SLUG_HYPHENS 2

size_t headline_words(struct text_words *w, struct str s, uint64_t *v, size_t max)
{
	size_t n = 0;

	if (!s.n || text_words_split(w, s, NULL))
		return 0;
	for (; n < w->count && n < max; n++)
		v[n] = w->word[n].hash;
	return n;
}

size_t headline_common(struct headline a, struct headline b)
{
	bool used[HEADLINE_WORDS_MAX] = {false};
	size_t n_b = b.n < HEADLINE_WORDS_MAX ? b.n : HEADLINE_WORDS_MAX;
	size_t common = 0;

	for (size_t i = 0; i < a.n; i++)
		for (size_t k = 0; k < n_b; k++)
			if (!used[k] && a.v[i] == b.v[k]) {
				used[k] = true;
				common++;
				break;
			}
	return common;
}

unsigned headline_overlap(struct headline a, struct headline b)
{
	size_t longer = a.n > b.n ? a.n : b.n;

	return longer ? (unsigned)(headline_common(a, b) * 100 / longer) : 0;
}

bool headline_is_in(struct headline text, struct headline h)
{
	if (h.n == 0)
		return false;
	for (size_t i = 0; i + h.n <= text.n; i++) {
		size_t k = 0;

		while (k < h.n && text.v[i + k] == h.v[k])
			k++;
		if (k == h.n)
			return true;
	}
	return false;
}

struct str headline_slug(struct str link)
{
	size_t end = 0, from, hyphens = 0, dot = 0;

	while (end < link.n && link.p[end] != '?' && link.p[end] != '#')
		end++;
	while (end > 0 && link.p[end - 1] == '/')
		end--;
	from = end;
	while (from > 0 && link.p[from - 1] != '/')
		from--;
	for (size_t i = from; i < end; i++) {
		hyphens += link.p[i] == '-';
		if (link.p[i] == '.')
			dot = i;
	}
	if (dot > from && end - dot <= sizeof(".shtml") - 1)
		end = dot;
	if (hyphens < SLUG_HYPHENS || end - from < SLUG_MIN)
		return STR_NONE;
	return str_slice(link.p + from, end - from);
}

bool headline_same_slug(struct str a, struct str b)
{
	struct str longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a;

	if (!str_present(a) || !str_present(b))
		return false;
	return str_starts_nocase(longer, shorter) ||
	       str_eq_nocase(str_slice(longer.p + longer.n - shorter.n, shorter.n), shorter);
}
