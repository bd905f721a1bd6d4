/* SPDX-License-Identifier: MIT */
#include "feed/discover.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "feed/html.h"
#include "feed/link.h"
#include "decoder.h"
#include "link_header.h"
#include "offer.h"

#define ARENA_MAX    ((size_t)8 * 1024 * 1024)
#define STEP	     16384
#define ELEMENTS_MAX 200000
#define DEPTH_MAX    2000
#define TEXT_MAX     512 /* bytes of the text of a link that are examined */

struct discover_parser {
	struct feed_discovery *d;
	struct offers *offers;
	struct str base; /* of the first <base>, as written */
	htmlParserCtxtPtr parser;
	unsigned elements, depth;
	bool based;   /* there was a <base> with an address */
	bool stopped; /* a limit was reached; the feeds found so far are kept */
	bool in_title, in_anchor;
	struct offer_link anchor; /* the open <a> */
	struct buf text;	  /* of the open <a> or <title> */
};

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

static struct offer_link discover_read_link(const xmlChar **atts)
{
	return (struct offer_link){
		.href = discover_attribute(atts, "href"),
		.rel = discover_attribute(atts, "rel"),
		.type = discover_attribute(atts, "type"),
		.title = discover_attribute(atts, "title"),
		.variant = discover_attribute(atts, "hreflang").p ||
			   discover_attribute(atts, "media").p,
	};
}

/* HTML §4.2.3: the first <base> with an address counts, for links before it too. */
static void discover_on_base(struct discover_parser *f, const xmlChar **atts)
{
	struct str href = discover_attribute(atts, "href");

	if (!f->based && href.p)
		f->base = arena_str(f->d->arena, href);
	f->based |= href.p != NULL;
}

static void discover_on_anchor(struct discover_parser *f, const xmlChar **atts)
{
	const struct offer_link l = discover_read_link(atts);
	struct arena *a = f->d->arena;

	f->in_anchor = l.href.n && l.href.n <= FEED_LINK_MAX && f->offers->n < OFFERS_MAX;
	buf_clear(&f->text);
	if (f->in_anchor)
		f->anchor = (struct offer_link){arena_str(a, l.href), arena_str(a, l.rel),
			arena_str(a, l.type), arena_str(a, l.title), l.variant, false};
}

static void discover_end_anchor(struct discover_parser *f)
{
	struct offer_link *l = &f->anchor;

	if (!f->in_anchor)
		return;
	f->in_anchor = false;
	if (f->text.len)
		l->title = buf_str(&f->text);
	if (l->type.n || l->rel.n)
		offers_add_link(f->offers, l);
	if (!l->type.n)
		offers_add_anchor(f->offers, l->href, l->title);
}

static void discover_on_text(struct discover_parser *f, struct str text)
{
	if (f->in_title || f->in_anchor)
		buf_adds(&f->text, utf8_cut(text, TEXT_MAX - f->text.len));
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
		const struct offer_link l = discover_read_link(atts);

		offers_add_link(f->offers, &l);
	} else if (discover_is(name, "base")) {
		discover_on_base(f, atts);
	} else if (discover_is(name, "title") && !f->d->title.p) {
		f->in_title = true;
		buf_clear(&f->text);
	} else if (discover_is(name, "a")) {
		discover_end_anchor(f);
		discover_on_anchor(f, atts);
	} else if (discover_is(name, "img") && f->in_anchor) {
		discover_on_text(f, discover_attribute(atts, "alt"));
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

static void discover_on_characters(void *ctx, const xmlChar *text, int n)
{
	discover_on_text(ctx, str_slice((const char *)text, (size_t)n));
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
		.characters = discover_on_characters,
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

/* RFC 8288 §3.2: a link with an anchor may belong to another document. */
static bool discover_is_of_page(const struct feed_discovery *d, struct str anchor)
{
	return !anchor.n || anchor.p[0] == '#' || str_eq(anchor, d->url);
}

static void discover_read_header(struct discover_parser *f, struct str header)
{
	struct link_value v;

	while (link_header_next(&header, f->d->arena, &v)) {
		const struct offer_link l = {
			v.target, v.rel, v.type, v.title, v.hreflang.p || v.media.p, true};

		if (discover_is_of_page(f->d, v.anchor))
			offers_add_link(f->offers, &l);
	}
}

static bool discover_start(struct discover_parser *f, struct arena *arena)
{
	f->d = arena ? arena_zalloc(arena, sizeof(*f->d)) : NULL;
	f->offers = f->d ? arena_zalloc(arena, sizeof(*f->offers)) : NULL;
	if (f->offers)
		f->d->found = arena_array(arena, FEED_DISCOVER_MAX, sizeof(*f->d->found));
	if (!f->d || !f->d->found)
		return false;
	f->d->arena = f->offers->arena = arena;
	return true;
}

int feed_discover(const struct feed_page *page, struct feed_discovery **out, struct err *e)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct discover_parser f = {.in_title = false};
	struct str html = page->html;
	struct buf text;
	int rc;

	*out = NULL;
	buf_init(&text, 4 * FEED_DISCOVER_BYTES);
	buf_init(&f.text, TEXT_MAX);
	if (html.n > FEED_DISCOVER_BYTES)
		html.n = FEED_DISCOVER_BYTES;
	rc = discover_start(&f, arena) ? feed_decode_document(html, page->content_type, &text, e)
				       : err_nomem(e);
	if (rc == 0) {
		f.d->url = feed_link_resolve(arena, STR_NONE, page->url);
		discover_read_header(&f, page->link);
		if (!discover_parse(&f, buf_str(&text)))
			rc = err_nomem(e);
	}
	if (rc == 0) {
		struct str base = feed_link_resolve(arena, f.d->url, f.base);

		offers_resolve(f.offers, f.d->url, base.p ? base : f.d->url, f.d);
		*out = f.d;
	} else {
		arena_free(arena);
	}
	buf_release(&text);
	buf_release(&f.text);
	return rc;
}

void feed_discovery_guess(struct feed_discovery *d)
{
	static const char *const places[] = {
		"/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json"};

	d->n_found = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct str url = feed_link_resolve(d->arena, d->url, str_of(places[i]));

		if (url.p)
			d->found[d->n_found++] =
				(struct feed_found){.url = url, .offer = FEED_OFFER_GUESS};
	}
}

void feed_discovery_free(struct feed_discovery *d)
{
	if (d)
		arena_free(d->arena);
}
