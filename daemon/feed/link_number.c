/* SPDX-License-Identifier: MIT */
#include "feed/link.h"

#include "base/ascii.h"
#include "base/digest.h"
#include "link_form.h"

#define DIGITS_MIN  ((size_t)5)
#define HEX_MIN	    ((size_t)12)
#define LETTERS_MIN 4 /* of words, which an edit may change */

static unsigned link_number_value(const char *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return v;
}

static bool link_number_is_day(unsigned month, unsigned day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* 20240531, with or without a time of day; 202405; 240531. */
static bool link_number_is_date(struct str s)
{
	unsigned year = link_number_value(s.p, 4);
	bool century = year >= 1900 && year < 2100;

	if (s.n == 6)
		return (century && link_number_is_day(link_number_value(s.p + 4, 2), 1)) ||
		       link_number_is_day(
			       link_number_value(s.p + 2, 2), link_number_value(s.p + 4, 2));
	return (s.n == 8 || s.n == 12 || s.n == 14) && century &&
	       link_number_is_day(link_number_value(s.p + 4, 2), link_number_value(s.p + 6, 2));
}

static size_t link_number_count(struct str s, int (*is)(int c))
{
	size_t n = 0;

	while (n < s.n && is((unsigned char)s.p[n]))
		n++;
	return n;
}

static int link_number_is_digit(int c)
{
	return ascii_is_digit(c);
}

static int link_number_is_word(int c)
{
	return ascii_is_alnum(c);
}

static bool link_number_is_hex(struct str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		int c = (unsigned char)s.p[i];

		if (!ascii_is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
			return false;
		digits += (size_t)ascii_is_digit(c);
	}
	return s.n >= HEX_MIN && digits > 0;
}

/* The longest number of a word: the word itself in hexadecimal, or digits in it. */
static void link_number_search(struct str word, struct str *best)
{
	if (link_number_is_hex(word) && word.n >= best->n &&
		link_number_count(word, link_number_is_digit) < word.n) {
		*best = word;
		return;
	}
	while (word.n) {
		struct str run = str_slice(word.p, link_number_count(word, link_number_is_digit));
		size_t step = run.n ? run.n : 1;

		if (run.n >= DIGITS_MIN && run.n >= best->n && !link_number_is_date(run))
			*best = run;
		word = str_slice(word.p + step, word.n - step);
	}
}

/* --- what is around the number ---------------------------------------------------------------- */

static bool link_number_has_words(struct str segment)
{
	size_t letters = 0;

	for (size_t i = 0; i < segment.n; i++)
		letters += (size_t)(ascii_is_alpha(segment.p[i]) || segment.p[i] == '%');
	return letters >= LETTERS_MIN;
}

/* Hash of the host and the query, and of the parts of the path that are no words. */
static uint64_t link_number_hash_place(struct str form)
{
	ptrdiff_t mark = str_find(form, STR("?"));
	size_t n = mark < 0 ? form.n : (size_t)mark;
	uint64_t hash = digest_fast64(str_slice(form.p + n, form.n - n), 0);
	bool host = true;

	form.n = n;
	while (form.n) {
		ptrdiff_t slash = str_find(form, STR("/"));
		struct str segment = str_slice(form.p, slash < 0 ? form.n : (size_t)slash);
		size_t step = segment.n + (slash >= 0);

		if (!host && link_number_has_words(segment))
			segment.n = 0;
		hash = digest_fast64(segment, hash);
		host = false;
		form = str_slice(form.p + step, form.n - step);
	}
	return hash;
}

uint64_t feed_link_number(struct str url)
{
	char form[LINK_FORM_MAX];
	struct link_form f = {.out = form};
	struct str best = STR_NONE, all, rest;
	size_t whole, host = 0;

	all = str_slice(form, link_form_write(&f, url, &whole));
	while (host < all.n && all.p[host] != '/' && all.p[host] != '?')
		host++;
	rest = str_slice(all.p + host, all.n - host);
	while (rest.n) {
		size_t word = link_number_count(rest, link_number_is_word), step = word ? word : 1;

		link_number_search(str_slice(rest.p, word), &best);
		rest = str_slice(rest.p + step, rest.n - step);
	}
	return best.n ? digest_fast64(best, link_number_hash_place(all)) | 1 : 0;
}
