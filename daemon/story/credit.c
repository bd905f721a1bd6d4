/* SPDX-License-Identifier: MIT */
#include "credit.h"

#include "base/ascii.h"
#include "base/utf8.h"

#define DATELINE_MAX  ((size_t)90) /* bytes up to the dash that ends a dateline */
#define BYLINE_MAX    ((size_t)90)
#define SIGNATURE_MAX ((size_t)60) /* bytes at the end of a text that may name the agency */

struct credit_agency {
	const char *text; /* as written in credit lines */
	const char *name;
	bool bracketed; /* counts in brackets only: the letters are a common word or name */
};

static const struct credit_agency agencies[] = {
	{"Associated Press", "AP", false},
	{"AP", "AP", true},
	{"Reuters", "Reuters", false},
	{"Agence France-Presse", "AFP", false},
	{"AFP", "AFP", false},
	{"Deutsche Presse-Agentur", "dpa", false},
	{"dpa", "dpa", true},
	{"DPA", "dpa", true},
	{"Xinhua", "Xinhua", false},
	{"PA Media", "PA", false},
	{"Press Association", "PA", false},
	{"PA", "PA", true},
	{"Australian Associated Press", "AAP", false},
	{"AAP", "AAP", true},
	{"Canadian Press", "Canadian Press", false},
	{"Kyodo", "Kyodo", false},
	{"Yonhap", "Yonhap", false},
	{"TASS", "TASS", false},
	{"ТАСС", "TASS", false},
	{"Interfax", "Interfax", false},
	{"Интерфакс", "Interfax", false},
	{"Укрінформ", "Ukrinform", false},
	{"Ukrinform", "Ukrinform", false},
	{"РИА Новости", "RIA", false},
	{"ANSA", "ANSA", false},
	{"EFE", "EFE", false},
	{"Europa Press", "Europa Press", false},
	{"IANS", "IANS", false},
	{"PTI", "PTI", true},
	{"UPI", "UPI", true},
	{"RNZ", "RNZ", false},
	{"Bloomberg", "Bloomberg", false},
	{"Belga", "Belga", false},
	{"TT", "TT", true},
	{"NTB", "NTB", true},
	{"Ritzau", "Ritzau", false},
	{"STT", "STT", true},
	{"PAP", "PAP", true},
	{"CTK", "CTK", true},
	{"Lusa", "Lusa", true},
	{"ANP", "ANP", true},
	{"KNA", "KNA", true},
	{"epd", "epd", true},
};

static bool credit_is_word_part(struct str s, size_t at)
{
	return at < s.n && (ascii_is_alnum(s.p[at]) || (unsigned char)s.p[at] >= 0x80);
}

/* Does the agency stand at s.p[at] as whole words, in brackets if it must? */
static bool credit_is_agency(struct str s, size_t at, const struct credit_agency *a)
{
	size_t end = at + strlen(a->text);

	if (end > s.n || memcmp(s.p + at, a->text, end - at) != 0)
		return false;
	if (a->bracketed)
		return at > 0 && s.p[at - 1] == '(' && end < s.n && s.p[end] == ')';
	return !credit_is_word_part(s, end);
}

/* Can the name of an agency begin at s.p[at]? In lower case it is in brackets: (dpa). */
static bool credit_may_begin(struct str s, size_t at)
{
	char c = s.p[at];

	if (ascii_is_upper(c) || (unsigned char)c >= 0x80)
		return true;
	return at > 0 && s.p[at - 1] == '(' && ascii_is_lower(c);
}

static struct str credit_find_agency(struct str s)
{
	for (size_t at = 0; at < s.n; at++) {
		if (!credit_may_begin(s, at) || !credit_is_word_part(s, at) ||
			(at > 0 && credit_is_word_part(s, at - 1)))
			continue;
		for (size_t i = 0; i < sizeof(agencies) / sizeof(agencies[0]); i++)
			if (agencies[i].text[0] == s.p[at] && credit_is_agency(s, at, &agencies[i]))
				return str_of(agencies[i].name);
	}
	return STR_NONE;
}

static struct str credit_after(struct str s, size_t n)
{
	while (n < s.n && ascii_is_space(s.p[n]))
		n++;
	return str_slice(s.p + n, s.n - n);
}

/* The length of a dash, colon or underscore that ends a dateline at s.p[at]; 0: none. */
static size_t credit_dash(struct str s, size_t at)
{
	struct str rest = str_slice(s.p + at, s.n - at);

	if (s.p[at] == '-')
		return str_starts(rest, STR("--")) ? 2 : 1;
	if (s.p[at] == '_' || s.p[at] == ':')
		return 1;
	if ((unsigned char)s.p[at] < 0x80)
		return 0;
	return str_starts(rest, STR("—")) || str_starts(rest, STR("–")) ? strlen("—") : 0;
}

/* Are the letters from `from` to `end` capitals, apart from the last word, or the date at it? */
static bool credit_is_place(struct str s, size_t end)
{
	size_t upper = 0, lower = 0, i = 0;

	for (; i < end && s.p[i] != ',' && s.p[i] != '('; i++) {
		upper += ascii_is_upper(s.p[i]);
		lower += ascii_is_lower(s.p[i]);
		if (s.p[i] == '.' && lower)
			return false;
	}
	return upper >= 3 && lower == 0;
}

/* "PLACE, March 4 (AGENCY) - " or "(AGENCY) - ", "PLACE — ". Returns what follows. */
static struct str credit_skip_dateline(struct str s)
{
	size_t max = s.n < DATELINE_MAX ? s.n : DATELINE_MAX;
	bool bracket = false;

	for (size_t i = 0; i < max && s.p[i] != '\n'; i++) {
		size_t dash;

		if (ascii_is_alnum(s.p[i]) || s.p[i] == ' ')
			continue;
		if (s.p[i] == ')') {
			bracket = true;
			continue;
		}
		dash = credit_dash(s, i);
		if (!dash || i == 0)
			continue;
		if (s.p[i - 1] == ')' || (i > 1 && s.p[i - 1] == ' ' && s.p[i - 2] == ')'))
			return credit_after(s, i + dash);
		if (!bracket && ascii_is_space(s.p[i - 1]) && credit_is_place(s, i))
			return credit_after(s, i + dash);
	}
	return s;
}

/* "From RNZ " without a line break. Returns its length, or 0. */
static size_t credit_from(struct str s)
{
	size_t n = 5;

	if (!str_starts(s, STR("From ")))
		return 0;
	while (n < s.n && ascii_is_upper(s.p[n]))
		n++;
	return n >= 7 && n <= 11 && n < s.n && ascii_is_space(s.p[n]) ? n : 0;
}

/* A first line "By NAME", "From AGENCY", or one that is nothing but a credit. */
static struct str credit_skip_byline(struct str s, struct str *line)
{
	size_t n = credit_from(s);

	if (n) {
		*line = str_slice(s.p, n);
		return credit_after(s, n);
	}
	*line = STR_NONE;
	if (!str_starts_nocase(s, STR("by ")) && !str_starts(s, STR("From ")) &&
		!str_starts(s, STR("(")))
		return s;
	while (n < s.n && s.p[n] != '\n')
		n++;
	if (n == s.n || n > BYLINE_MAX)
		return s;
	*line = str_slice(s.p, n);
	return credit_after(s, n);
}

struct str credit_skip(struct str body, struct str *agency)
{
	struct str s = credit_after(body, 0), line, rest, end;

	rest = credit_skip_byline(s, &line);
	*agency = credit_find_agency(line);
	s = rest;
	rest = credit_skip_dateline(s);
	if (!str_present(*agency))
		*agency = credit_find_agency(str_slice(s.p, s.n - rest.n));
	end = rest.n > SIGNATURE_MAX ? str_slice(rest.p + rest.n - SIGNATURE_MAX, SIGNATURE_MAX)
				     : rest;
	if (!str_present(*agency))
		*agency = credit_find_agency(end);
	return rest;
}
