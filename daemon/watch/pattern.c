/* SPDX-License-Identifier: MIT */
/* Wildcards and edit distance, on normal forms. */
#include "base/utf8.h"
#include "vocabulary.h"

#define FUZZY_POINTS 128 /* longer words are not within any distance of a query's word */

static size_t pattern_point_length(struct str s, size_t i)
{
	size_t n = 1;

	while (i + n < s.n && ((unsigned char)s.p[i + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Backtracks to the last star only, which is sufficient. */
bool watch_glob_match(struct str pattern, struct str word)
{
	size_t p = 0, w = 0, star = SIZE_MAX, mark = 0;

	while (w < word.n) {
		size_t n = pattern_point_length(word, w);

		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = w;
		} else if (p < pattern.n && pattern.p[p] == '?') {
			p++;
			w += n;
		} else if (p + n <= pattern.n && memcmp(pattern.p + p, word.p + w, n) == 0) {
			p += n;
			w += n;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			mark += pattern_point_length(word, mark);
			w = mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static size_t pattern_decode_points(struct str s, uint32_t out[FUZZY_POINTS])
{
	size_t n = 0, i = 0;

	while (i < s.n) {
		size_t len = n < FUZZY_POINTS ? utf8_decode(s.p + i, s.n - i, &out[n]) : 0;

		if (len == 0)
			return 0;
		i += len;
		n++;
	}
	return n;
}

static unsigned pattern_least_of(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

bool watch_fuzzy_match(struct str a, struct str b, unsigned most)
{
	uint32_t x[FUZZY_POINTS], y[FUZZY_POINTS];
	unsigned rows[3][FUZZY_POINTS + 1], *above = rows[0], *before = rows[1], *row = rows[2];
	size_t m = pattern_decode_points(a, x), n = pattern_decode_points(b, y);

	if (m == 0 || n == 0 || x[0] != y[0] || (m > n ? m - n : n - m) > most)
		return false;
	for (size_t j = 0; j <= n; j++)
		before[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned *spare = above, best;

		best = row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned cost = x[i - 1] != y[j - 1];

			row[j] = pattern_least_of(before[j - 1] + cost,
				pattern_least_of(before[j] + 1, row[j - 1] + 1));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
				row[j] = pattern_least_of(row[j], above[j - 2] + 1);
			best = pattern_least_of(best, row[j]);
		}
		if (best > most)
			return false;
		above = before;
		before = row;
		row = spare;
	}
	return before[n] <= most;
}
