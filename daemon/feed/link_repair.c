/* SPDX-License-Identifier: MIT */
#include "link_repair.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "html_tag.h"
#include "link_form.h"

/* Whether it is a text such as a headline: blanks, but no path, query or file name. */
static bool link_is_words(struct str s)
{
	bool blank = false;

	for (size_t i = 0; i < s.n; i++) {
		blank |= ascii_is_space(s.p[i]);
		if (memchr("/?=#", s.p[i], 4) ||
			(s.p[i] == '.' && i + 1 < s.n && ascii_is_alnum(s.p[i + 1])))
			return false;
	}
	return blank;
}

/* What programs write if they have no address. */
static bool link_is_placeholder(struct str s)
{
	static const char *const words[] = {
		"null", "undefined", "none", "nil", "n/a", "na", "nan", "false", "0", "-", "#"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(s, str_of(words[i])))
			return true;
	return false;
}

/* The value of the attribute href of the first anchor; absent if there is none. */
static struct str link_find_href(struct str s)
{
	struct html_tag_scan scan = {.end = s.p + s.n};
	const char *p = s.p, *end;

	while ((p = memchr(p, '<', (size_t)(scan.end - p)))) {
		struct html_tag t;

		end = html_tag_read(&scan, p, &t);
		if (end && end[-1] == '>' && str_eq_nocase(t.name, STR("a")) && t.href.p)
			return str_trim(t.href);
		p = end ? end : p + 1;
	}
	return STR_NONE;
}

/* An address after words or in brackets: "Read: https://…", "<https://…>", "[x](https://…)". */
static struct str link_find_address(struct str s)
{
	static const char before[] = " \t\n\"'<>([", after[] = " \t\n\"'><)]";

	for (size_t i = 1, n = 0; i < s.n; i++) {
		const char *opening = memchr(before, s.p[i - 1], sizeof(before) - 1);
		struct str rest = str_slice(s.p + i, s.n - i);

		if (!opening || !(str_starts_nocase(rest, STR("http://")) ||
					str_starts_nocase(rest, STR("https://"))))
			continue;
		while (n < rest.n && !ascii_is_space(rest.p[n]) &&
			rest.p[n] != after[opening - before])
			n++;
		return str_slice(rest.p, n);
	}
	return STR_NONE;
}

struct str link_unwrap(struct str text)
{
	struct str found;

	if (link_scheme_length(text))
		return text;
	found = text.n && memchr(text.p, '<', text.n) ? link_find_href(text) : STR_NONE;
	if (!found.n)
		found = link_find_address(text);
	if (found.n || (text.n && memchr(text.p, '<', text.n)))
		return found;
	return link_is_words(text) || link_is_placeholder(text) ? STR_NONE : text;
}

/* Length of the rest of a reference to an ampersand, after its '&'; 0: it is none. */
static size_t link_ampersand_length(struct str s)
{
	static const char *const rests[] = {"amp;", "#38;", "#038;", "#x26;"};

	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++)
		if (str_starts_nocase(s, str_of(rests[i])))
			return strlen(rests[i]);
	return 0;
}

struct str link_repair(struct str ref, struct buf *scratch)
{
	struct str s = str_trim(ref);
	bool host = str_starts_nocase(s, STR("www."));
	size_t i = 0, n;

	if (!s.n || (!host && (!memchr(s.p, '&', s.n) || !memchr(s.p, ';', s.n))))
		return s;
	buf_clear(scratch);
	buf_addz(scratch, host ? "//" : "");
	while (i < s.n) {
		buf_addc(scratch, s.p[i]);
		if (s.p[i++] != '&')
			continue;
		while ((n = link_ampersand_length(str_slice(s.p + i, s.n - i))))
			i += n;
	}
	return buf_failed(scratch) ? s : buf_str(scratch);
}
