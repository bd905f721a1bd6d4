/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include "base/ascii.h"

#define WORD_MAX 64

/* Edits that still count as a slip: one in three characters, at least one. */
static unsigned limit_for(size_t n)
{
	return n < 6 ? 1 + (n > 3) : (unsigned)(n / 3);
}

void nearest_init(struct nearest *n, struct str word)
{
	*n = (struct nearest){.word = word, .distance = limit_for(word.n) + 1};
}

static char lower(char c)
{
	return c == '_' ? '-' : ascii_lower(c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over bytes, case and _ for - being free. */
static unsigned distance(struct str a, struct str b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (unsigned j = 0; j <= b.n; j++)
		last[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *spare = before;

		now[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);

			now[j] = least(last[j - 1] + (x != y), least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && y == lower(a.p[i - 2]))
				now[j] = least(now[j], before[j - 2] + 1);
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
	d = distance(n->word, candidate);
	if (d < n->distance && d < candidate.n) {
		n->distance = d;
		n->best = candidate;
	}
}
