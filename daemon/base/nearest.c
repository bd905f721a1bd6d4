/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include "base/ascii.h"

#define WORD_MAX 64

/* Largest distance that counts as a typing error: about one edit in three characters. */
static unsigned nearest_limit(size_t n)
{
	return n < 6 ? 1 + (n > 3) : (unsigned)(n / 3);
}

void nearest_init(struct nearest *n, struct str word)
{
	*n = (struct nearest){.word = word, .distance = nearest_limit(word.n) + 1};
}

static char nearest_fold(char c)
{
	return c == '_' ? '-' : ascii_lower(c);
}

static unsigned nearest_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance, on bytes after nearest_fold(). */
static unsigned nearest_distance(struct str a, struct str b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (unsigned j = 0; j <= b.n; j++)
		last[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *spare = before;

		now[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			char x = nearest_fold(a.p[i - 1]), y = nearest_fold(b.p[j - 1]);

			now[j] = nearest_min(
				last[j - 1] + (x != y), nearest_min(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == nearest_fold(b.p[j - 2]) &&
				y == nearest_fold(a.p[i - 2]))
				now[j] = nearest_min(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[b.n];
}

void nearest_try(struct nearest *n, struct str candidate)
{
	size_t apart = n->word.n > candidate.n ? n->word.n - candidate.n : candidate.n - n->word.n;
	unsigned d;

	if (n->word.n > WORD_MAX || candidate.n > WORD_MAX || apart >= n->distance)
		return;
	d = nearest_distance(n->word, candidate);
	if (d < n->distance && d < candidate.n) {
		n->distance = d;
		n->best = candidate;
	}
}
