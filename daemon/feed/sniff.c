/* SPDX-License-Identifier: MIT */
#include "sniff.h"

#include <string.h>

#include "base/ascii.h"

#define LOOK_MAX ((size_t)16 << 10) /* maximum length of junk before the XML declaration */

struct sniff_magic {
	const char *bytes;
	size_t n;
	const char *what;
};

#define MAGIC(bytes, what)                                                                         \
	{                                                                                          \
		bytes, sizeof(bytes) - 1, what                                                     \
	}

static const struct sniff_magic binary[] = {
	MAGIC("\x1F\x8B", "gzip data, packed more often than once"),
	MAGIC("%PDF-", "a PDF document"),
	MAGIC("PK\x03\x04", "a ZIP file"),
	MAGIC("\x89PNG", "a PNG image"),
	MAGIC("GIF8", "a GIF image"),
	MAGIC("\xFF\xD8\xFF", "a JPEG image"),
	MAGIC("BZh", "bzip2 data"),
	MAGIC("\xFD"
	      "7zXZ",
		"xz data"),
	MAGIC("\x28\xB5\x2F\xFD", "zstd data"),
	MAGIC("ID3", "an MP3 recording"),
	MAGIC("\x4C\x6F\xA7\x94", "XML in EBCDIC, which is not read"),
};

static struct str sniff_skip_mark(struct str s)
{
	return str_starts(s, STR("\xEF\xBB\xBF")) ? str_slice(s.p + 3, s.n - 3) : s;
}

static const struct sniff_magic *sniff_find_binary(struct str head)
{
	for (size_t i = 0; i < sizeof(binary) / sizeof(binary[0]); i++)
		if (str_starts(head, str_slice(binary[i].bytes, binary[i].n)))
			return &binary[i];
	return NULL;
}

enum feed_kind feed_sniff(struct str head)
{
	struct str s = str_trim(sniff_skip_mark(head));

	if (s.n == 0 || sniff_find_binary(head))
		return FEED_KIND_OTHER;
	if (*s.p == '{' || *s.p == '[')
		return FEED_KIND_JSON;
	return FEED_KIND_XML;
}

/* Whether s starts with the root element of a feed or what may precede it. */
static bool sniff_is_start(struct str s)
{
	static const char *const starts[] = {"<?xml", "<rss", "<feed", "<rdf:RDF", "<channel",
		"<!DOCTYPE rss", "<!DOCTYPE rdf", "<!DOCTYPE feed", "<atom:feed", "<urlset",
		"<sitemapindex"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t n = strlen(starts[i]);

		if (str_starts_nocase(s, str_of(starts[i])) &&
			(s.n == n || strchr(" \t\r\n>/", s.p[n]) || starts[i][1] == '!'))
			return true;
	}
	return false;
}

size_t feed_sniff_start(struct str text, bool *junk)
{
	size_t blank = 0;
	struct str s;

	*junk = false;
	while (blank < text.n && ascii_is_xml_space(text.p[blank]))
		blank++;
	s = str_slice(text.p + blank,
		(text.n < LOOK_MAX ? text.n : LOOK_MAX) - (blank < LOOK_MAX ? blank : LOOK_MAX));
	if (s.n == 0 || *s.p == '<')
		return blank;
	for (const char *p = memchr(s.p, '<', s.n); p;) {
		size_t left = s.n - (size_t)(p - s.p);

		if (sniff_is_start(str_slice(p, left))) {
			*junk = true;
			return (size_t)(p - text.p);
		}
		p = memchr(p + 1, '<', left - 1);
	}
	return blank;
}

/* Recognises other kinds of documents by their root element or first bytes. */
static const char *sniff_find_text(struct str s, const char *root)
{
	static const struct {
		const char *start, *root, *what;
	} rows[] = {
		{"<!doctype html", "html",
			"an HTML page; `nightdesk discover URL` finds the feeds that it offers"},
		{"<html", "html",
			"an HTML page; `nightdesk discover URL` finds the feeds that it offers"},
		{"<head", "head",
			"an HTML page; `nightdesk discover URL` finds the feeds that it offers"},
		{"<body", "body",
			"an HTML page; `nightdesk discover URL` finds the feeds that it offers"},
		{"<opml", "opml", "an OPML list of feeds; `nightdesk feeds import FILE` takes it"},
		{"<urlset", "urlset", "a sitemap; type = \"sitemap\" in the feed block reads it"},
		{"<sitemapindex", "sitemapindex",
			"an index of sitemaps; type = \"sitemap\" in the feed block reads them"},
		{"<svg", "svg", "an SVG image"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_starts_nocase(s, str_of(rows[i].start)) ||
			(root[0] && str_eq_nocase(str_of(root), str_of(rows[i].root))))
			return rows[i].what;
	return NULL;
}

int feed_sniff_refuse(struct str head, const char *root, struct err *e)
{
	const struct sniff_magic *magic = sniff_find_binary(head);
	struct str s = str_trim(sniff_skip_mark(head));
	const char *what = magic ? magic->what : sniff_find_text(s, root);

	if (what)
		return err_set(e, ERR_INPUT, "not a feed: looks like %s", what);
	if (s.n == 0)
		return err_set(e, ERR_INPUT, "not a feed: the document is empty");
	if (*s.p == '{' || *s.p == '[')
		return err_set(e, ERR_INPUT,
			"not a feed: looks like JSON, but no JSON Feed (jsonfeed.org)");
	if (root[0])
		return err_set(e, ERR_INPUT,
			"not a feed: the document's outermost element is <%s>, not <rss>, "
			"<rdf:RDF> or <feed>; "
			"if it is a page, `nightdesk discover URL` finds the feeds that it offers",
			root);
	return err_set(e, ERR_INPUT,
		"not a feed: looks like plain text or unknown data, there is no XML element in it; "
		"`nightdesk fetch URL` shows what the server sent");
}
