/* SPDX-License-Identifier: MIT */
/*
 * Any headline: what is found is part of it, the same again for the same text, and a headline
 * without its marks is the end of it. A quotation mark before it hides all.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "lib/always.h"
#include "story/correction.h"
#include "story/headline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct str part, struct str whole)
{
	return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

static void check_quoted(struct correction_words *w, struct str s)
{
	char quoted[512] = "\xe2\x80\x9c";
	struct correction c;

	if (s.n > 400 || s.n == 0)
		return;
	memcpy(quoted + 3, s.p, s.n);
	ALWAYS(correction_find(w, str_slice(quoted, s.n + 3), &c) == 0);
	ALWAYS(c.kind == CORRECTION_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct correction_words *words;
	struct str s = str_slice((const char *)data, size), rest;
	struct correction c, again;

	if (!words)
		words = correction_words_new(NULL, 0, NULL, 0);
	if (!words || !utf8_valid(s))
		return 0;
	ALWAYS(correction_find(words, s, &c) == 0);
	if (c.kind != CORRECTION_NONE)
		ALWAYS(c.word.n > 0 && is_within(c.word, s) && is_within(c.rest, s));
	rest = correction_headline(words, s);
	ALWAYS(is_within(rest, s) && rest.p + rest.n == s.p + s.n);
	ALWAYS(correction_find(words, s, &again) == 0);
	ALWAYS(again.kind == c.kind && again.bare == c.bare && again.rest.p == c.rest.p);
	check_quoted(words, s);
	(void)headline_slug(s);
	return 0;
}
