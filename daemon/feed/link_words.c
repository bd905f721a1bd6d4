/* SPDX-License-Identifier: MIT */
#include "link_words.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

#define WORDS_MIN  3
#define PARTS_MAX  3   /* from the end of the path */
#define NUMBER_MIN 5   /* digits; a shorter number may be a year, or a count */
#define ENDING_MAX 5   /* letters of an ending: ".html", ".shtml" */
#define PART_MAX   500 /* bytes */

/* Decodes percent signs to out[PART_MAX]; absent if the result is not text. */
static struct str link_words_decode(struct str s, char *out)
{
	size_t n = 0;

	if (s.n > PART_MAX)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		int high = i + 2 < s.n ? ascii_hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;
		char c = s.p[i];

		if (c == '%' && low >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)c < ' ' || c == 0x7f)
			return STR_NONE;
		out[n++] = c;
	}
	return n && utf8_valid(str_slice(out, n)) ? str_slice(out, n) : STR_NONE;
}

static struct str link_words_cut_ending(struct str s)
{
	const char *dot = s.n ? memrchr(s.p, '.', s.n) : NULL;
	size_t n = dot ? s.n - (size_t)(dot - s.p) - 1 : 0;

	if (n == 0 || n > ENDING_MAX || !ascii_is_alpha(dot[1]))
		return s;
	for (size_t i = 1; i <= n; i++)
		if (!ascii_is_alnum(dot[i]))
			return s;
	return str_slice(s.p, (size_t)(dot - s.p));
}

static bool link_words_is_number(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!ascii_is_digit(word.p[i]))
			return false;
	return true;
}

/* Appends the words of one part; returns how many are no numbers. */
static size_t link_words_add(struct str part, struct buf *out)
{
	size_t words = 0, i = 0;

	while (i < part.n) {
		size_t from = i;
		struct str word;

		while (i < part.n && !strchr("-_+., ", part.p[i]))
			i++;
		word = str_slice(part.p + from, i - from);
		i++;
		if (word.n == 0 || (word.n >= NUMBER_MIN && link_words_is_number(word)))
			continue;
		if (out->len)
			buf_addc(out, ' ');
		buf_adds(out, word);
		words += !link_words_is_number(word);
	}
	return words;
}

/* The path without slashes at its end. */
static struct str link_words_path(struct str url)
{
	ptrdiff_t scheme = str_find(url, STR("://"));
	size_t from = scheme < 0 ? 0 : (size_t)scheme + 3, n;

	while (from < url.n && url.p[from] != '/')
		from++;
	for (n = from; n < url.n && url.p[n] != '?' && url.p[n] != '#'; n++)
		;
	while (n > from && url.p[n - 1] == '/')
		n--;
	return str_slice(url.p + from, n - from);
}

bool link_words(struct str url, struct buf *out)
{
	struct str path = link_words_path(url);
	char text[PART_MAX];

	for (int part = 0; part < PARTS_MAX && path.n > 0; part++) {
		const char *slash = memrchr(path.p, '/', path.n);
		size_t at = slash ? (size_t)(slash - path.p) : 0;
		struct str last =
			str_slice(path.p + at + (slash != NULL), path.n - at - (slash != NULL));

		last = link_words_decode(part == 0 ? link_words_cut_ending(last) : last, text);
		if (link_words_add(last, out) >= WORDS_MIN)
			return true;
		buf_clear(out);
		path.n = at;
	}
	return false;
}
