/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/html_check.h"

#include "base/ascii.h"
#include "base/utf8.h"

#define DEPTH_MAX 64
#define IDS_MAX	  2000

static const char *const elements[] = {"html", "head", "title", "body", "a", "header", "nav",
	"form", "p", "span", "main", "h1", "h2", "h3", "h4", "div", "section", "article", "time",
	"bdi", "mark", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li",
	"dl", "dt", "dd", "code", "pre", "details", "summary", "label", "select", "option",
	"button", "figure", "figcaption", "svg", "rect", "line", "b", "del", "ins", "footer",
	"canvas", "script", "kbd", NULL};
static const char *const empty_elements[] = {"meta", "link", "input", "br", NULL};
static const char *const attributes[] = {"lang", "charset", "name", "content", "rel", "href",
	"type", "class", "id", "role", "title", "datetime", "dir", "tabindex", "hidden", "action",
	"value", "placeholder", "size", "selected", "scope", "viewBox", "preserveAspectRatio", "x",
	"y", "width", "height", "x1", "x2", "y1", "y2", "src", "defer", "for", "method", NULL};
static const char *const prefixes[] = {"aria-", "data-", NULL};

struct reader {
	const char *name;
	struct str page;
	size_t at;
	struct str open[DEPTH_MAX];
	size_t depth;
	struct str ids[IDS_MAX];
	size_t n_ids;
};

static void fail_at(const struct reader *r, const char *why)
{
	size_t from = r->at > 60 ? r->at - 60 : 0;
	size_t n = r->page.n - from < 160 ? r->page.n - from : 160;

	fail_msg("%s: %s at byte %zu: …%.*s", r->name, why, r->at, (int)n, r->page.p + from);
}

static bool listed(struct str word, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		if (str_is(word, list[i]))
			return true;
	return false;
}

static char peek(const struct reader *r)
{
	return r->at < r->page.n ? r->page.p[r->at] : '\0';
}

static void need(struct reader *r, char c)
{
	if (peek(r) != c)
		fail_at(r, "unexpected character");
	r->at++;
}

static struct str read_word(struct reader *r)
{
	size_t from = r->at;

	while (ascii_is_alnum(peek(r)) || peek(r) == '-')
		r->at++;
	if (r->at == from)
		fail_at(r, "no name");
	return str_slice(r->page.p + from, r->at - from);
}

/* Relative, or http and https: the beginning of a reference that is neither has a colon. */
static void check_link(const struct reader *r, struct str url)
{
	const char *colon = memchr(url.p, ':', url.n);
	const char *end = colon;

	if (str_starts_nocase(url, STR("http://")) || str_starts_nocase(url, STR("https://")))
		return;
	for (size_t i = 0; i < url.n && strchr("/?#", url.p[i]) == NULL; i++)
		if (url.p + i == end)
			fail_at(r, "a link with another scheme");
	if (str_starts(url, STR("/")))
		fail_at(r, "a link that is not relative");
}

static void check_id(struct reader *r, struct str id)
{
	for (size_t i = 0; i < r->n_ids; i++)
		if (str_eq(r->ids[i], id))
			fail_at(r, "a second element of that id");
	if (r->n_ids < IDS_MAX)
		r->ids[r->n_ids++] = id;
}

static struct str read_value(struct reader *r)
{
	size_t from;

	if (peek(r) != '=')
		return STR("");
	r->at++;
	need(r, '"');
	from = r->at;
	while (r->at < r->page.n && peek(r) != '"') {
		if (peek(r) == '<' || peek(r) == '>')
			fail_at(r, "a bracket in an attribute");
		r->at++;
	}
	need(r, '"');
	return str_slice(r->page.p + from, r->at - 1 - from);
}

static void read_attribute(struct reader *r)
{
	struct str name = read_word(r), value;
	bool known = listed(name, attributes);

	for (size_t i = 0; prefixes[i]; i++)
		known = known || str_starts(name, str_of(prefixes[i]));
	if (!known)
		fail_at(r, "an unknown attribute");
	value = read_value(r);
	if (str_is(name, "href") || str_is(name, "src") || str_is(name, "action"))
		check_link(r, value);
	if (str_is(name, "id"))
		check_id(r, value);
}

static void read_close(struct reader *r)
{
	struct str name;

	r->at++;
	name = read_word(r);
	if (!r->depth || !str_eq(r->open[r->depth - 1], name))
		fail_at(r, "an element is not closed in order");
	r->depth--;
	need(r, '>');
}

static void read_tag(struct reader *r)
{
	struct str name;
	bool empty;

	need(r, '<');
	if (peek(r) == '/') {
		read_close(r);
		return;
	}
	name = read_word(r);
	empty = listed(name, empty_elements);
	if (!empty && !listed(name, elements))
		fail_at(r, "an unknown element");
	while (peek(r) == ' ') {
		r->at++;
		read_attribute(r);
	}
	if (peek(r) == '/') {
		r->at++;
		empty = true;
	}
	need(r, '>');
	if (str_is(name, "script") && peek(r) != '<')
		fail_at(r, "an inline script");
	if (empty)
		return;
	if (r->depth == DEPTH_MAX)
		fail_at(r, "elements in too many elements");
	r->open[r->depth++] = name;
}

static void check_characters(const struct reader *r)
{
	uint32_t cp;

	for (size_t i = 0; i < r->page.n;) {
		size_t len = utf8_decode(r->page.p + i, r->page.n - i, &cp);

		if (!len)
			fail_msg("%s: not UTF-8 at byte %zu", r->name, i);
		if ((cp < 0x20 && cp != '\n') || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 ||
			cp == 0x2029 || cp == 0x202D || cp == 0x202E)
			fail_msg("%s: U+%04X at byte %zu", r->name, (unsigned)cp, i);
		i += len;
	}
}

void html_check(const char *name, struct str page)
{
	static struct reader r;
	struct str doctype = STR("<!doctype html>");

	r = (struct reader){.name = name, .page = page};
	check_characters(&r);
	if (!str_starts(page, doctype))
		fail_at(&r, "no doctype");
	r.at = doctype.n;
	while (r.at < page.n)
		if (peek(&r) == '<')
			read_tag(&r);
		else
			r.at++;
	if (r.depth)
		fail_at(&r, "an element is not closed");
}
