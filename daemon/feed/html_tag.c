/* SPDX-License-Identifier: MIT */
#include "html_tag.h"

#include <string.h>

#include "base/ascii.h"

struct html_element {
	char name[11];
	uint8_t n;
	uint8_t kind;
};

#define E(name, kind)                                                                              \
	{                                                                                          \
		name, sizeof(name) - 1, kind                                                       \
	}

/* Sorted by first letter, then frequency. Void and phrasing elements only count as known. */
static const struct html_element elements[] = {
	E("a", TAG_INLINE),
	E("abbr", TAG_INLINE),
	E("address", TAG_BLOCK),
	E("article", TAG_BLOCK),
	E("aside", TAG_BLOCK),
	E("audio", TAG_UNSEEN),
	E("acronym", TAG_INLINE),
	E("area", TAG_DROPPED),
	E("applet", TAG_UNSEEN),
	E("br", TAG_BREAK),
	E("b", TAG_INLINE),
	E("blockquote", TAG_BLOCK),
	E("body", TAG_BLOCK),
	E("big", TAG_INLINE),
	E("button", TAG_INLINE),
	E("base", TAG_DROPPED),
	E("bdi", TAG_INLINE),
	E("bdo", TAG_INLINE),
	E("center", TAG_BLOCK),
	E("cite", TAG_INLINE),
	E("code", TAG_INLINE),
	E("caption", TAG_BLOCK),
	E("col", TAG_DROPPED),
	E("colgroup", TAG_DROPPED),
	E("canvas", TAG_UNSEEN),
	E("div", TAG_BLOCK),
	E("dd", TAG_BLOCK),
	E("dl", TAG_BLOCK),
	E("dt", TAG_BLOCK),
	E("del", TAG_INLINE),
	E("details", TAG_BLOCK),
	E("dialog", TAG_BLOCK),
	E("dir", TAG_BLOCK),
	E("dfn", TAG_INLINE),
	E("data", TAG_INLINE),
	E("datalist", TAG_UNSEEN),
	E("em", TAG_INLINE),
	E("embed", TAG_DROPPED),
	E("figure", TAG_BLOCK),
	E("figcaption", TAG_BLOCK),
	E("font", TAG_INLINE),
	E("footer", TAG_BLOCK),
	E("form", TAG_BLOCK),
	E("fieldset", TAG_BLOCK),
	E("frameset", TAG_BLOCK),
	E("frame", TAG_DROPPED),
	E("h2", TAG_BLOCK),
	E("h3", TAG_BLOCK),
	E("h1", TAG_BLOCK),
	E("h4", TAG_BLOCK),
	E("h5", TAG_BLOCK),
	E("h6", TAG_BLOCK),
	E("hr", TAG_BLOCK),
	E("header", TAG_BLOCK),
	E("head", TAG_UNSEEN),
	E("html", TAG_BLOCK),
	E("hgroup", TAG_BLOCK),
	E("i", TAG_INLINE),
	E("img", TAG_IMAGE),
	E("iframe", TAG_RAW),
	E("ins", TAG_INLINE),
	E("input", TAG_DROPPED),
	E("image", TAG_IMAGE),
	E("kbd", TAG_INLINE),
	E("li", TAG_BLOCK),
	E("label", TAG_INLINE),
	E("link", TAG_DROPPED),
	E("legend", TAG_BLOCK),
	E("listing", TAG_PRE),
	E("main", TAG_BLOCK),
	E("mark", TAG_INLINE),
	E("menu", TAG_BLOCK),
	E("meta", TAG_DROPPED),
	E("map", TAG_INLINE),
	E("math", TAG_INLINE),
	E("meter", TAG_UNSEEN),
	E("marquee", TAG_BLOCK),
	E("noscript", TAG_NOSCRIPT),
	E("nav", TAG_BLOCK),
	E("nobr", TAG_INLINE),
	E("noembed", TAG_RAW),
	E("noframes", TAG_RAW),
	E("ol", TAG_BLOCK),
	E("object", TAG_INLINE),
	E("option", TAG_UNSEEN),
	E("optgroup", TAG_BLOCK),
	E("output", TAG_INLINE),
	E("p", TAG_PARAGRAPH),
	E("pre", TAG_PRE),
	E("picture", TAG_INLINE),
	E("param", TAG_DROPPED),
	E("progress", TAG_UNSEEN),
	E("plaintext", TAG_PRE),
	E("q", TAG_INLINE),
	E("rt", TAG_ASIDE),
	E("rp", TAG_ASIDE),
	E("ruby", TAG_INLINE),
	E("rb", TAG_INLINE),
	E("rtc", TAG_INLINE),
	E("span", TAG_INLINE),
	E("strong", TAG_INLINE),
	E("script", TAG_RAW),
	E("style", TAG_RAW),
	E("section", TAG_BLOCK),
	E("small", TAG_INLINE),
	E("sup", TAG_INLINE),
	E("sub", TAG_INLINE),
	E("source", TAG_DROPPED),
	E("s", TAG_INLINE),
	E("svg", TAG_UNSEEN),
	E("strike", TAG_INLINE),
	E("summary", TAG_BLOCK),
	E("samp", TAG_INLINE),
	E("select", TAG_UNSEEN),
	E("slot", TAG_INLINE),
	E("search", TAG_BLOCK),
	E("td", TAG_CELL),
	E("tr", TAG_BLOCK),
	E("table", TAG_BLOCK),
	E("tbody", TAG_BLOCK),
	E("th", TAG_CELL),
	E("thead", TAG_BLOCK),
	E("time", TAG_INLINE),
	E("tt", TAG_INLINE),
	E("template", TAG_UNSEEN),
	E("textarea", TAG_INLINE),
	E("tfoot", TAG_BLOCK),
	E("title", TAG_RAW),
	E("track", TAG_DROPPED),
	E("ul", TAG_BLOCK),
	E("u", TAG_INLINE),
	E("video", TAG_UNSEEN),
	E("var", TAG_INLINE),
	E("wbr", TAG_DROPPED),
	E("xmp", TAG_PRE),
};

/* Index in elements of the first name of each letter; tests/unit/feed/html.c checks every name. */
static const uint8_t first[27] = {0, 9, 18, 25, 36, 38, 46, 46, 57, 63, 63, 64, 69, 77, 82, 87, 93,
	94, 99, 116, 129, 131, 133, 134, 135, 135, 135};

enum { SPACE = 1, CLOSE = 2, EQUALS = 4, SLASH = 8 };

static const uint8_t classes[256] = {[' '] = SPACE,
	['\n'] = SPACE,
	['\t'] = SPACE,
	['\r'] = SPACE,
	['\f'] = SPACE,
	['>'] = CLOSE,
	['='] = EQUALS,
	['/'] = SLASH};

static bool html_tag_is(char c, unsigned any_of)
{
	return classes[(unsigned char)c] & any_of;
}

static bool html_tag_is_space(char c)
{
	return html_tag_is(c, SPACE);
}

/* Compares n bytes without case; the second argument is in lower case. */
static bool html_tag_equals(const char *name, const char *lower_case, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ascii_lower(name[i]) != lower_case[i])
			return false;
	}
	return true;
}

static void html_tag_classify(struct html_tag *t)
{
	unsigned letter_no = (unsigned)(ascii_lower(t->name.p[0]) - 'a');

	t->kind = TAG_INLINE;
	for (size_t i = first[letter_no]; i < first[letter_no + 1]; i++) {
		if (elements[i].n == t->name.n &&
			html_tag_equals(t->name.p, elements[i].name, t->name.n)) {
			t->kind = (enum html_tag_kind)elements[i].kind;
			t->known = true;
			return;
		}
	}
}

/* Whether a style has "display:none" or "visibility:hidden", ignoring spaces and case. */
static bool html_tag_style_hides(struct str style)
{
	static const char none[] = "display:none", hidden[] = "visibility:hidden";
	size_t at_none = 0, at_hidden = 0;

	/* Quick check: most other properties and values have no y. */
	if (!style.n || (!memchr(style.p, 'y', style.n) && !memchr(style.p, 'Y', style.n)))
		return false;
	for (size_t i = 0; i < style.n; i++) {
		char c = ascii_lower(style.p[i]);

		if (html_tag_is_space(c))
			continue;
		at_none = c == none[at_none] ? at_none + 1 : c == none[0];
		at_hidden = c == hidden[at_hidden] ? at_hidden + 1 : c == hidden[0];
		if (at_none == sizeof(none) - 1 || at_hidden == sizeof(hidden) - 1)
			return true;
	}
	return false;
}

static bool html_tag_at_most_one(struct str length)
{
	struct str s = str_trim(length);

	return s.n && (s.p[0] == '0' || s.p[0] == '1') &&
	       (s.n == 1 || s.p[1] < '0' || s.p[1] > '9') && (s.n == 1 || s.p[s.n - 1] != '%');
}

struct html_pixel {
	bool width, height;
};

static void html_tag_set_attribute(
	struct html_tag *t, struct html_pixel *px, struct str name, struct str value)
{
	switch (name.n) {
	case 3:
		if (t->kind == TAG_IMAGE && html_tag_equals(name.p, "alt", 3) && !t->alt.p)
			t->alt = value;
		break;
	case 4:
		if (html_tag_equals(name.p, "href", 4) && !t->href.p)
			t->href = value;
		break;
	case 5:
		if (html_tag_equals(name.p, "style", 5))
			t->hidden |= html_tag_style_hides(value);
		else if (t->kind == TAG_IMAGE && html_tag_equals(name.p, "width", 5))
			px->width = html_tag_at_most_one(value);
		break;
	case 6:
		if (html_tag_equals(name.p, "hidden", 6))
			t->hidden = true;
		else if (t->kind == TAG_IMAGE && html_tag_equals(name.p, "height", 6))
			px->height = html_tag_at_most_one(value);
		break;
	default: break;
	}
}

/* Returns the closing quote, or NULL if the rest of the document has none. */
static const char *html_tag_find_quote(struct html_tag_scan *s, const char *p, char quote)
{
	bool *none = quote == '"' ? &s->no_double : &s->no_single;
	const char *found;

	if (*none)
		return NULL;
	found = memchr(p, quote, (size_t)(s->end - p));
	*none = !found;
	return found;
}

/*
 * Reads the value at p. Without a closing quote it ends at the first '>' of the tag, so that the
 * rest of the article is not lost.
 */
static const char *html_tag_read_value(struct html_tag_scan *s, const char *p, struct str *value)
{
	const char *q = p;

	if (p < s->end && (*p == '"' || *p == '\'')) {
		q = html_tag_find_quote(s, p + 1, *p);
		if (q) {
			*value = str_slice(p + 1, (size_t)(q - p - 1));
			return q + 1;
		}
		q = p;
	}
	while (q < s->end && !html_tag_is(*q, CLOSE | SPACE))
		q++;
	*value = str_slice(p, (size_t)(q - p));
	return q;
}

/* Reads the attributes after the element's name. Returns the end of the tag; NULL: no '>' follows.
 */
static const char *html_tag_read_attributes(
	struct html_tag_scan *s, const char *p, struct html_tag *t)
{
	struct html_pixel px = {false, false};

	for (;;) {
		struct str name, value = STR_NONE;

		while (p < s->end && html_tag_is(*p, SPACE | SLASH))
			p++;
		if (p == s->end)
			return NULL;
		if (*p == '>')
			break;
		name.p = p++; /* '=' may be the first byte of a name */
		while (p < s->end && !html_tag_is(*p, EQUALS | CLOSE | SLASH | SPACE))
			p++;
		name.n = (size_t)(p - name.p);
		while (p < s->end && html_tag_is_space(*p))
			p++;
		if (p < s->end && *p == '=') {
			p++;
			while (p < s->end && html_tag_is_space(*p))
				p++;
			p = html_tag_read_value(s, p, &value);
		}
		html_tag_set_attribute(t, &px, name, value);
	}
	t->empty = p[-1] == '/';
	t->pixel = px.width && px.height;
	return p + 1;
}

/* p: after "<!--". Without "-->" the comment ends at the first '>'. */
static const char *html_tag_skip_comment(struct html_tag_scan *s, const char *p)
{
	const char *q = p;

	if (p < s->end && *p == '>')
		return p + 1;
	if (s->end - p >= 2 && p[0] == '-' && p[1] == '>')
		return p + 2;
	while (!s->no_comment && (q = memchr(q, '>', (size_t)(s->end - q)))) {
		if (q - p >= 2 && q[-1] == '-' && q[-2] == '-')
			return q + 1;
		if (q - p >= 3 && q[-1] == '!' && q[-2] == '-' && q[-3] == '-')
			return q + 1;
		q++;
	}
	s->no_comment = true;
	q = memchr(p, '>', (size_t)(s->end - p));
	return q ? q + 1 : s->end;
}

/* p: at "<!", "<?" or "</" that is not followed by a letter. */
static const char *html_tag_skip_declaration(
	struct html_tag_scan *s, const char *p, struct html_tag *t)
{
	static const char cdata[] = "<![CDATA[";
	const char *q;

	if ((size_t)(s->end - p) >= 4 && memcmp(p, "<!--", 4) == 0)
		return html_tag_skip_comment(s, p + 4);
	/* Its content is text; the caller removes the "]]>". */
	if ((size_t)(s->end - p) >= sizeof(cdata) - 1 && memcmp(p, cdata, sizeof(cdata) - 1) == 0) {
		t->cdata = true;
		return p + sizeof(cdata) - 1;
	}
	q = s->no_mark ? NULL : memchr(p, '>', (size_t)(s->end - p));
	s->no_mark = !q;
	return q ? q + 1 : NULL;
}

/* Whether the document ends inside the tag: only white space or attributes follow the name. */
static bool html_tag_is_truncated(struct html_tag_scan *s, const char *p)
{
	while (p < s->end && html_tag_is_space(*p))
		p++;
	if (p == s->end)
		return true;
	s->no_equals = s->no_equals || !memchr(p, '=', (size_t)(s->end - p));
	return !s->no_equals;
}

/* Cached, because names may overlap: the one of "<a<a<a" goes on to the end. */
static const char *html_tag_find_name_end(struct html_tag_scan *s, const char *name)
{
	const char *p = name;

	if (name >= s->name && name < s->name_end)
		return s->name_end;
	while (p < s->end && !html_tag_is(*p, CLOSE | SLASH | SPACE))
		p++;
	s->name = name;
	return s->name_end = p;
}

const char *html_tag_read(struct html_tag_scan *s, const char *p, struct html_tag *t)
{
	const char *q = p + 1;

	*t = (struct html_tag){.kind = TAG_DROPPED};
	if (q == s->end)
		return NULL;
	if (*q == '!' || *q == '?')
		return html_tag_skip_declaration(s, p, t);
	if (*q == '/') {
		q++;
		if (q < s->end && !ascii_is_alpha(*q))
			return html_tag_is_space(*q) ? NULL : html_tag_skip_declaration(s, p, t);
		t->closing = true;
	}
	if (q == s->end || !ascii_is_alpha(*q))
		return NULL;
	t->name.p = q;
	q = html_tag_find_name_end(s, q);
	t->name.n = (size_t)(q - t->name.p);
	html_tag_classify(t);
	if (q < s->end && *q == '>')
		return q + 1;
	if (!s->no_close) {
		q = html_tag_read_attributes(s, q, t);
		if (q)
			return q;
		s->no_close = true;
	}
	/* Truncated inside the tag of a known element; "if a<b then" is text. */
	return t->known && html_tag_is_truncated(s, t->name.p + t->name.n) ? s->end : NULL;
}

const char *html_tag_find_close(const struct html_tag_scan *s, const char *p, struct str name)
{
	while ((p = memchr(p, '<', (size_t)(s->end - p)))) {
		size_t left = (size_t)(s->end - p);

		if (left >= name.n + 2 && p[1] == '/') {
			struct str have = {p + 2, name.n};

			if (str_eq_nocase(have, name) &&
				(left == name.n + 2 || !ascii_is_alpha(p[name.n + 2])))
				return p;
		}
		p++;
	}
	return s->end;
}
