/* SPDX-License-Identifier: MIT */
#include "text_diff.h"

#include "base/ascii.h"
#include "base/utf8.h"

/* Returns the start of the word at `at`. */
static size_t diff_word_start(struct str s, size_t at)
{
	while (at > 0 && !ascii_is_space(s.p[at - 1]))
		at--;
	return at;
}

static size_t diff_word_end(struct str s, size_t at)
{
	while (at < s.n && !ascii_is_space(s.p[at]))
		at++;
	return at;
}

/* Returns from..to with up to `around` bytes of whole words on both sides. */
static struct str diff_widen(struct str s, size_t from, size_t to, size_t around, size_t max)
{
	size_t low = from > around ? from - around : 0;
	size_t high = s.n - to > around ? to + around : s.n;

	low = low ? diff_word_end(s, low) : 0;
	high = high < s.n ? diff_word_start(s, high) : s.n;
	low = low < from ? low : from;
	high = high > to ? high : to;
	return utf8_cut(str_trim(str_slice(s.p + low, high - low)), max);
}

void desk_text_diff(struct str was, struct str is, size_t around, size_t max, struct str *was_part,
	struct str *is_part)
{
	size_t least = was.n < is.n ? was.n : is.n, head = 0, tail = 0;

	*was_part = *is_part = STR_NONE;
	if (str_eq(was, is))
		return;
	while (head < least && was.p[head] == is.p[head])
		head++;
	head = diff_word_start(was, head);
	while (tail < least - head && was.p[was.n - 1 - tail] == is.p[is.n - 1 - tail])
		tail++;
	/* Shrink to a word start in both texts; the bytes after it are equal. */
	while (tail > 0 && !ascii_is_space(was.p[was.n - tail]))
		tail--;
	*was_part = diff_widen(was, head, was.n - tail, around, max);
	*is_part = diff_widen(is, head, is.n - tail, around, max);
}
