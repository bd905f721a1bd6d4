/* SPDX-License-Identifier: MIT */
#include "feed/discover.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "html.h"
#include "feed/link.h"
#include "decoder.h"

#define ARENA_MAX    ((size_t)4 * 1024 * 1024)
#define STEP	     16384
#define ELEMENTS_MAX 200000
#define DEPTH_MAX    2000
#define TEXT_MAX     512 /* bytes of the text of a link that are examined */

struct discover_parser {
	struct feed_discovery *d;
	struct str base;
	htmlParserCtxtPtr parser;
	unsigned elements, depth;
	bool based;   /* there was a <base>; the first one counts */
	bool stopped; /* a limit was reached; the feeds found so far are kept */
	bool in_title, in_anchor, nomem;
	struct str anchor; /* URL of the open link */
	struct buf text;
};

/* --- feeds found ------------------------------------------------------------------------------ */

static void discover_add(struct discover_parser *f, struct str href, struct str title,
	struct str type, enum feed_offer offer)
{
	struct feed_discovery *d = f->d;
	struct str url = feed_link_resolve_feed(d->arena, f->base, href);
	struct buf line;

	if (!url.p || d->n_found == FEED_DISCOVER_MAX)
		return;
	for (size_t i = 0; i < d->n_found; i++) {
		if (str_eq(d->found[i].url, url))
			return;
	}
	buf_init(&line, 2048);
	feed_html_to_line(utf8_cut(title, TEXT_MAX), &line);
	d->found[d->n_found++] = (struct feed_found){
		.url = url,
		.title = line.len ? arena_str(d->arena, buf_str(&line)) : STR_NONE,
		.type = type.n ? arena_str(d->arena, type) : STR_NONE,
		.offer = offer,
	};
	buf_release(&line);
}

/* Whether it is a media type of feeds. That of XML or JSON may be any other alternate document. */
static bool discover_is_feed_type(struct str type)
{
	static const char *const types[] = {"application/rss+xml", "application/atom+xml",
		"application/rdf+xml", "application/feed+json", "text/rss+xml", "text/atom+xml",
		"application/x-rss+xml", "application/x-atom+xml", "text/rss", "text/x-rss"};
	const char *semicolon = type.n ? memchr(type.p, ';', type.n) : NULL;

	if (semicolon)
		type.n = (size_t)(semicolon - type.p);
	type = str_trim(type);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_eq_nocase(type, str_of(types[i])))
			return true;
	}
	return false;
}

/* Whether s contains the word, as a whole and without case. */
static bool discover_has_word(struct str s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++) {
		bool inside = i && ascii_is_alpha(s.p[i - 1]);
		bool goes_on = i + n < s.n && ascii_is_alpha(s.p[i + n]);

		if (!inside && !goes_on && strncasecmp(s.p + i, word, n) == 0)
			return true;
	}
	return false;
}

static bool discover_ends_nocase(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && strncasecmp(s.p + s.n - n, end, n) == 0;
}

/* Whether the URL looks like that of a feed, which does not count in a query parameter. */
static bool discover_is_feed_url(struct str href)
{
	static const char *const ends[] = {".rss", ".atom", ".rdf", "/feed", "/rss", "/atom",
		"/feeds", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "rss.php"};
	struct str path = href;
	const char *mark;

	if (str_starts(href, STR("feed:")))
		return true;
	mark = href.n ? memchr(href.p, '#', href.n) : NULL;
	if (mark)
		path.n = (size_t)(mark - href.p);
	mark = path.n ? memchr(path.p, '?', path.n) : NULL;
	if (mark) {
		struct str query = {mark, path.n - (size_t)(mark - path.p)};

		path.n = (size_t)(mark - path.p);
		if (str_eq_nocase(query, STR("?feed=rss2")) ||
			str_eq_nocase(query, STR("?format=rss")) ||
			str_eq_nocase(query, STR("?feed=atom")))
			return true;
	}
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (discover_ends_nocase(path, ends[i]))
			return true;
	}
	return false;
}

/* --- the page --------------------------------------------------------------------------------- */

static struct str discover_attribute(const xmlChar **atts, const char *name)
{
	for (size_t i = 0; atts && atts[i]; i += 2) {
		if (strcasecmp((const char *)atts[i], name) == 0)
			return str_of((const char *)atts[i + 1]);
	}
	return STR_NONE;
}

static bool discover_is(const xmlChar *name, const char *want)
{
	return strcasecmp((const char *)name, want) == 0;
}

static void discover_on_link(struct discover_parser *f, const xmlChar **atts)
{
	struct str rel = discover_attribute(atts, "rel"), type = discover_attribute(atts, "type");

	if ((discover_has_word(rel, "alternate") && discover_is_feed_type(type) &&
		    !discover_has_word(rel, "stylesheet")) ||
		discover_has_word(rel, "feed"))
		discover_add(f, discover_attribute(atts, "href"), discover_attribute(atts, "title"),
			type, FEED_OFFER_NAMED);
}

static void discover_on_base(struct discover_parser *f, const xmlChar **atts)
{
	struct str url = feed_link_resolve(f->d->arena, f->base, discover_attribute(atts, "href"));

	if (!f->based && url.p)
		f->base = url;
	f->based |= url.p != NULL;
}

static void discover_end_anchor(struct discover_parser *f)
{
	struct str text = buf_str(&f->text);

	if (f->in_anchor && (discover_is_feed_url(f->anchor) || discover_has_word(text, "rss") ||
				    discover_has_word(text, "atom feed")))
		discover_add(f, f->anchor, text, STR_NONE, FEED_OFFER_LINKED);
	f->in_anchor = false;
}

static void discover_on_start(void *ctx, const xmlChar *name, const xmlChar **atts)
{
	struct discover_parser *f = ctx;

	if (++f->elements > ELEMENTS_MAX || ++f->depth > DEPTH_MAX) {
		f->stopped = true;
		xmlStopParser(f->parser);
		return;
	}
	if (discover_is(name, "link")) {
		discover_on_link(f, atts);
	} else if (discover_is(name, "base")) {
		discover_on_base(f, atts);
	} else if (discover_is(name, "title") && !f->d->title.p) {
		f->in_title = true;
		buf_clear(&f->text);
	} else if (discover_is(name, "a") && f->d->n_found < FEED_DISCOVER_MAX) {
		struct str href = discover_attribute(atts, "href");

		discover_end_anchor(f);
		f->anchor =
			href.n && href.n <= FEED_LINK_MAX ? arena_str(f->d->arena, href) : STR_NONE;
		f->in_anchor = f->anchor.p != NULL;
		buf_clear(&f->text);
	}
}

static void discover_on_end(void *ctx, const xmlChar *name)
{
	struct discover_parser *f = ctx;

	f->depth -= f->depth > 0;
	if (discover_is(name, "a")) {
		discover_end_anchor(f);
	} else if (discover_is(name, "title") && f->in_title) {
		struct buf line;

		buf_init(&line, 2048);
		feed_html_to_line(buf_str(&f->text), &line);
		if (line.len)
			f->d->title = arena_str(f->d->arena, buf_str(&line));
		buf_release(&line);
		f->in_title = false;
	}
}

static void discover_on_text(void *ctx, const xmlChar *text, int n)
{
	struct discover_parser *f = ctx;
	size_t room = TEXT_MAX - f->text.len;

	if ((f->in_title || f->in_anchor) && room)
		buf_adds(&f->text, utf8_cut(str_slice((const char *)text, (size_t)n), room));
}

#if LIBXML_VERSION >= 21200
static void discover_ignore_error(void *ctx, const xmlError *error)
#else
static void discover_ignore_error(void *ctx, xmlError *error)
#endif
{
	(void)ctx;
	(void)error;
}

/* Parses the page, ignoring all errors. */
static bool discover_parse(struct discover_parser *f, struct str html)
{
	htmlSAXHandler sax = {
		.startElement = discover_on_start,
		.endElement = discover_on_end,
		.characters = discover_on_text,
		.initialized = XML_SAX2_MAGIC,
		.serror = discover_ignore_error,
	};

	f->parser = htmlCreatePushParserCtxt(&sax, f, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (!f->parser)
		return false;
	htmlCtxtUseOptions(f->parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
					      HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
					      HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC);
	while (html.n && !f->stopped) {
		size_t n = html.n < STEP ? html.n : STEP;

		htmlParseChunk(f->parser, html.p, (int)n, 0);
		html = str_slice(html.p + n, html.n - n);
	}
	if (!f->stopped)
		htmlParseChunk(f->parser, NULL, 0, 1);
	htmlFreeParserCtxt(f->parser);
	discover_end_anchor(f);
	return true;
}

static void discover_guess(struct discover_parser *f)
{
	static const char *const places[] = {
		"/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json"};

	if (!f->base.p || f->d->n_found)
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		discover_add(f, str_of(places[i]), STR_NONE, STR_NONE, FEED_OFFER_GUESS);
}

/* Sorts by kind of offer, stable. */
static void discover_sort(struct feed_discovery *d)
{
	struct feed_found sorted[FEED_DISCOVER_MAX];
	size_t n = 0;

	for (int offer = FEED_OFFER_NAMED; offer <= FEED_OFFER_GUESS; offer++) {
		for (size_t i = 0; i < d->n_found; i++) {
			if ((int)d->found[i].offer == offer)
				sorted[n++] = d->found[i];
		}
	}
	memcpy(d->found, sorted, n * sizeof(*sorted));
}

int feed_discover(struct str html, struct str base, struct str content_type,
	struct feed_discovery **out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct discover_parser f = {.d = arena ? arena_zalloc(arena, sizeof(*f.d)) : NULL};
	struct buf text;
	int rc;

	*out = NULL;
	buf_init(&text, 4 * FEED_DISCOVER_BYTES);
	buf_init(&f.text, TEXT_MAX);
	if (html.n > FEED_DISCOVER_BYTES)
		html.n = FEED_DISCOVER_BYTES;
	if (f.d)
		f.d->found = arena_array(arena, FEED_DISCOVER_MAX, sizeof(*f.d->found));
	rc = f.d && f.d->found ? feed_decode_document(html, content_type, &text, e) : err_nomem(e);
	if (rc == 0) {
		f.d->arena = arena;
		f.base = feed_link_resolve(arena, STR_NONE, base);
		if (!discover_parse(&f, buf_str(&text)))
			rc = err_nomem(e);
	}
	if (rc == 0) {
		discover_guess(&f);
		discover_sort(f.d);
		*out = f.d;
	} else {
		arena_free(arena);
	}
	buf_release(&text);
	buf_release(&f.text);
	return rc;
}

void feed_discovery_free(struct feed_discovery *d)
{
	if (d)
		arena_free(d->arena);
}
