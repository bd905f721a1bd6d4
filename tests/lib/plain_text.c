/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/plain_text.h"

#include "base/utf8.h"

void plain_random_text(struct rng *r, size_t pieces, struct buf *out)
{
	const size_t alphabets = sizeof(plain_alphabets) / sizeof(plain_alphabets[0]);
	const size_t snippets = sizeof(plain_snippets) / sizeof(plain_snippets[0]);
	struct plain_alphabet a = plain_alphabets[0];

	for (size_t i = 0; i < pieces; i++) {
		uint64_t what = rng_below(r, 16);

		if (what < 4) {
			buf_addz(out, plain_snippets[rng_below(r, snippets)]);
			continue;
		}
		if (what < 6)
			a = plain_alphabets[rng_below(r, alphabets)];
		else if (what == 6)
			a = plain_alphabets[0];
		utf8_append(out, a.first + (uint32_t)rng_below(r, a.last - a.first + 1));
	}
}
