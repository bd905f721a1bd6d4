/* SPDX-License-Identifier: MIT */
#include "element.h"

#include <string.h>

#include "base/ascii.h"

#define IN(place) FEED_IN_##place
#define BOTH	  (IN(FEED) | IN(ITEM))
#define ROW(ns_, name_, scopes_, verb_, slot_, rank_)                                              \
	{                                                                                          \
		FEED_NS_##ns_, FEED_##verb_, FEED_SLOT_##slot_, rank_, scopes_, name_              \
	}

/* Sorted by (ns, name) for the binary search. */
/* clang-format off */
static const struct feed_element rows[] = {
	ROW(CORE, "a", BOTH, HREF, LINK, 5),
	ROW(CORE, "abstract", BOTH, HTML, SUMMARY, 9),
	ROW(CORE, "author", BOTH, TEXT, AUTHOR, 10),
	ROW(CORE, "body", IN(ITEM), HTML, CONTENT, 7),
	ROW(CORE, "category", BOTH, TEXT, CATEGORY, 10),
	ROW(CORE, "channel", IN(DOCUMENT), ROOT_CDF, NONE, 0),
	ROW(CORE, "channel", IN(ROOT) | IN(FEED), CHANNEL, NONE, 0),
	ROW(CORE, "cloud", IN(FEED), SKIP, NONE, 0),
	ROW(CORE, "content", IN(ITEM), HTML, CONTENT, 8),
	ROW(CORE, "copyright", IN(FEED), HTML, RIGHTS, 10),
	ROW(CORE, "created", BOTH, TEXT, PUBLISHED, 7),
	ROW(CORE, "creator", BOTH, TEXT, AUTHOR, 5),
	ROW(CORE, "date", BOTH, TEXT, DATE, 4),
	ROW(CORE, "day", IN(DAYS), TEXT, DAY, 0),
	ROW(CORE, "description", BOTH, HTML, SUMMARY, 10),
	ROW(CORE, "enclosure", IN(ITEM), ENCLOSURE, NONE, 0),
	ROW(CORE, "fullitem", IN(ITEM), HTML, CONTENT, 7),
	ROW(CORE, "generator", IN(FEED), TEXT, GENERATOR, 10),
	ROW(CORE, "guid", IN(ITEM), TEXT, ID, 10),
	ROW(CORE, "hour", IN(HOURS), TEXT, HOUR, 0),
	ROW(CORE, "id", BOTH, TEXT, ID, 8),
	ROW(CORE, "image", IN(ROOT) | IN(FEED), IMAGE, NONE, 0),
	ROW(CORE, "image", IN(ITEM), SKIP, NONE, 0),
	ROW(CORE, "issued", BOTH, TEXT, PUBLISHED, 9),
	ROW(CORE, "item", IN(ROOT) | IN(FEED), ITEM, NONE, 0),
	ROW(CORE, "items", IN(ROOT) | IN(FEED), PASS, NONE, 0),
	ROW(CORE, "keywords", BOTH, WORDS, CATEGORY, 5),
	ROW(CORE, "language", BOTH, TEXT, LANGUAGE, 10),
	ROW(CORE, "lastbuilddate", BOTH, TEXT, UPDATED, 10),
	ROW(CORE, "lastmod", BOTH, TEXT, UPDATED, 9),
	ROW(CORE, "link", BOTH, TEXT, LINK, 10),
	ROW(CORE, "logo", IN(FEED), HREF, IMAGE, 5),
	ROW(CORE, "managingeditor", BOTH, TEXT, AUTHOR, 9),
	ROW(CORE, "modified", BOTH, TEXT, UPDATED, 9),
	ROW(CORE, "pubdate", BOTH, TEXT, PUBLISHED, 10),
	ROW(CORE, "publicationdate", BOTH, TEXT, PUBLISHED, 6),
	ROW(CORE, "published", BOTH, TEXT, PUBLISHED, 9),
	ROW(CORE, "rdf", IN(DOCUMENT), ROOT_RDF, NONE, 0),
	ROW(CORE, "rights", IN(FEED), HTML, RIGHTS, 10),
	ROW(CORE, "rss", IN(DOCUMENT), ROOT_RSS, NONE, 0),
	ROW(CORE, "skipdays", IN(FEED), SKIP_DAYS, NONE, 0),
	ROW(CORE, "skiphours", IN(FEED), SKIP_HOURS, NONE, 0),
	ROW(CORE, "source", IN(ITEM), RSS_SOURCE, NONE, 0),
	ROW(CORE, "subtitle", IN(FEED), HTML, SUMMARY, 5),
	ROW(CORE, "summary", IN(ITEM), HTML, SUMMARY, 10),
	ROW(CORE, "tagline", IN(FEED), HTML, SUMMARY, 5),
	ROW(CORE, "textinput", IN(ROOT) | IN(FEED) | IN(ITEM), SKIP, NONE, 0),
	ROW(CORE, "title", BOTH, HTML, TITLE, 10),
	ROW(CORE, "ttl", IN(FEED), TEXT, TTL, 10),
	ROW(CORE, "updated", BOTH, TEXT, UPDATED, 9),
	ROW(CORE, "url", IN(IMAGE), TEXT, IMAGE, 10),
	ROW(CORE, "webmaster", IN(FEED), TEXT, AUTHOR, 1),
	ROW(ATOM, "author", BOTH, PERSON, AUTHOR, 9),
	ROW(ATOM, "author", IN(SOURCE), PERSON, AUTHOR, 4),
	ROW(ATOM, "category", BOTH, TERM, CATEGORY, 9),
	ROW(ATOM, "content", IN(ITEM), CONSTRUCT, CONTENT, 9),
	ROW(ATOM, "copyright", IN(FEED), CONSTRUCT, RIGHTS, 9),
	ROW(ATOM, "created", BOTH, TEXT, PUBLISHED, 7),
	ROW(ATOM, "email", IN(PERSON), TEXT, EMAIL, 9),
	ROW(ATOM, "entry", IN(FEED) | IN(ROOT), ITEM, NONE, 0),
	ROW(ATOM, "feed", IN(DOCUMENT), ROOT_ATOM, NONE, 0),
	ROW(ATOM, "generator", IN(FEED), TEXT, GENERATOR, 9),
	ROW(ATOM, "homepage", IN(PERSON), TEXT, URI, 9),
	ROW(ATOM, "icon", IN(FEED), TEXT, IMAGE, 8),
	ROW(ATOM, "id", BOTH, TEXT, ID, 9),
	ROW(ATOM, "info", IN(FEED), CONSTRUCT, SUMMARY, 2),
	ROW(ATOM, "issued", BOTH, TEXT, PUBLISHED, 9),
	ROW(ATOM, "link", IN(FEED) | IN(ITEM) | IN(SOURCE), LINK, NONE, 0),
	ROW(ATOM, "logo", IN(FEED), TEXT, IMAGE, 9),
	ROW(ATOM, "modified", BOTH, TEXT, UPDATED, 9),
	ROW(ATOM, "name", IN(PERSON), TEXT, NAME, 9),
	ROW(ATOM, "published", BOTH, TEXT, PUBLISHED, 9),
	ROW(ATOM, "rights", IN(FEED), CONSTRUCT, RIGHTS, 9),
	ROW(ATOM, "source", IN(ITEM), SOURCE, NONE, 0),
	ROW(ATOM, "subtitle", IN(FEED), CONSTRUCT, SUMMARY, 9),
	ROW(ATOM, "summary", IN(ITEM), CONSTRUCT, SUMMARY, 9),
	ROW(ATOM, "tagline", IN(FEED), CONSTRUCT, SUMMARY, 8),
	ROW(ATOM, "title", BOTH, CONSTRUCT, TITLE, 9),
	ROW(ATOM, "title", IN(SOURCE), CONSTRUCT, SOURCE_TITLE, 9),
	ROW(ATOM, "updated", BOTH, TEXT, UPDATED, 9),
	ROW(ATOM, "uri", IN(PERSON), TEXT, URI, 9),
	ROW(ATOM, "url", IN(PERSON), TEXT, URI, 9),
	ROW(CONTENT, "encoded", IN(ITEM), HTML, CONTENT, 10),
	ROW(DC, "author", BOTH, TEXT, AUTHOR, 8),
	ROW(DC, "creator", BOTH, TEXT, AUTHOR, 8),
	ROW(DC, "date", BOTH, TEXT, DATE, 5),
	ROW(DC, "description", BOTH, HTML, SUMMARY, 5),
	ROW(DC, "identifier", IN(ITEM), TEXT, ID, 2),
	ROW(DC, "language", BOTH, TEXT, LANGUAGE, 8),
	ROW(DC, "publisher", IN(FEED), TEXT, AUTHOR, 2),
	ROW(DC, "rights", IN(FEED), HTML, RIGHTS, 8),
	ROW(DC, "subject", BOTH, TEXT, CATEGORY, 8),
	ROW(DC, "title", BOTH, HTML, TITLE, 5),
	ROW(DCTERMS, "abstract", IN(ITEM), HTML, SUMMARY, 4),
	ROW(DCTERMS, "created", BOTH, TEXT, PUBLISHED, 6),
	ROW(DCTERMS, "creator", BOTH, TEXT, AUTHOR, 7),
	ROW(DCTERMS, "date", BOTH, TEXT, DATE, 4),
	ROW(DCTERMS, "description", IN(ITEM), HTML, SUMMARY, 4),
	ROW(DCTERMS, "issued", BOTH, TEXT, PUBLISHED, 8),
	ROW(DCTERMS, "modified", BOTH, TEXT, UPDATED, 8),
	ROW(DCTERMS, "title", BOTH, HTML, TITLE, 4),
	ROW(FEEDBURNER, "origlink", IN(ITEM), TEXT, LINK, 11),
	ROW(ITUNES, "author", BOTH, TEXT, AUTHOR, 6),
	ROW(ITUNES, "category", BOTH, TERM, CATEGORY, 5),
	ROW(ITUNES, "image", IN(FEED), HREF, IMAGE, 5),
	ROW(ITUNES, "keywords", BOTH, WORDS, CATEGORY, 4),
	ROW(ITUNES, "subtitle", IN(FEED), HTML, SUMMARY, 4),
	ROW(ITUNES, "subtitle", IN(ITEM), HTML, SUMMARY, 2),
	ROW(ITUNES, "summary", IN(FEED), HTML, SUMMARY, 3),
	ROW(ITUNES, "summary", IN(ITEM), HTML, SUMMARY, 3),
	ROW(ITUNES, "title", IN(ITEM), HTML, TITLE, 3),
	ROW(MEDIA, "category", BOTH, TERM, CATEGORY, 4),
	ROW(MEDIA, "content", IN(ITEM), PASS, NONE, 0),
	ROW(MEDIA, "description", IN(ITEM), CONSTRUCT, SUMMARY, 1),
	ROW(MEDIA, "group", IN(ITEM), PASS, NONE, 0),
	ROW(MEDIA, "keywords", BOTH, WORDS, CATEGORY, 4),
	ROW(MEDIA, "title", IN(ITEM), CONSTRUCT, TITLE, 2),
	ROW(NEWS, "genres", IN(ITEM), WORDS, CATEGORY, 9),
	ROW(NEWS, "keywords", IN(ITEM), WORDS, CATEGORY, 9),
	ROW(NEWS, "language", IN(ITEM), TEXT, LANGUAGE, 9),
	ROW(NEWS, "name", IN(ITEM), TEXT, SOURCE_TITLE, 9),
	ROW(NEWS, "news", IN(ITEM), PASS, NONE, 0),
	ROW(NEWS, "publication", IN(ITEM), PASS, NONE, 0),
	ROW(NEWS, "publication_date", IN(ITEM), TEXT, PUBLISHED, 9),
	ROW(NEWS, "stock_tickers", IN(ITEM), WORDS, CATEGORY, 9),
	ROW(NEWS, "title", IN(ITEM), HTML, TITLE, 9),
	ROW(RDF, "rdf", IN(DOCUMENT), ROOT_RDF, NONE, 0),
	ROW(SITEMAP, "lastmod", IN(ITEM) | IN(CHILD), TEXT, UPDATED, 9),
	ROW(SITEMAP, "loc", IN(ITEM) | IN(CHILD), TEXT, LINK, 9),
	ROW(SITEMAP, "sitemap", IN(ROOT), CHILD, NONE, 0),
	ROW(SITEMAP, "sitemapindex", IN(DOCUMENT), ROOT_SITEMAP, NONE, 0),
	ROW(SITEMAP, "url", IN(ROOT), ITEM, NONE, 0),
	ROW(SITEMAP, "urlset", IN(DOCUMENT), ROOT_SITEMAP, NONE, 0),
	ROW(TOMBSTONE, "by", IN(DELETED), PERSON, AUTHOR, 9),
	ROW(TOMBSTONE, "comment", IN(DELETED), CONSTRUCT, SUMMARY, 9),
	ROW(TOMBSTONE, "deleted-entry", IN(FEED) | IN(ROOT), DELETED, NONE, 0),
	ROW(TURBO, "content", IN(ITEM), HTML, CONTENT, 5),
	ROW(XHTML, "body", IN(ITEM), MARKUP, CONTENT, 8),
	ROW(XHTML, "div", IN(ITEM), MARKUP, CONTENT, 7),
	ROW(YANDEX, "full-text", IN(ITEM), HTML, CONTENT, 6),
};
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

struct ns_row {
	const char *uri; /* lower case, no trailing slash */
	enum feed_ns ns;
};

/* Sorted by bytes for the binary search. The misspelt ones occur in real feeds. */
static const struct ns_row namespaces[] = {
	{"", FEED_NS_NONE},
	{"http://backend.userland.com/blogchannelmodule", FEED_NS_OTHER},
	{"http://backend.userland.com/rss", FEED_NS_CORE},
	{"http://backend.userland.com/rss2", FEED_NS_CORE},
	{"http://backend.userland.com/rss20", FEED_NS_CORE},
	{"http://blogs.law.harvard.edu/tech/rss", FEED_NS_CORE},
	{"http://channel.netscape.com/rdf/simple/0.9", FEED_NS_CORE},
	{"http://cyber.law.harvard.edu/rss", FEED_NS_CORE},
	{"http://cyber.law.harvard.edu/rss/index.html", FEED_NS_CORE},
	{"http://cyber.law.harvard.edu/rss/rss.html", FEED_NS_CORE},
	{"http://example.com/necho", FEED_NS_ATOM},
	{"http://example.com/newformat#", FEED_NS_ATOM},
	{"http://my.netscape.com/publish/formats/rss-0.91.dtd", FEED_NS_CORE},
	{"http://my.netscape.com/rdf/simple/0.9", FEED_NS_CORE},
	{"http://news.yandex.ru", FEED_NS_YANDEX},
	{"http://purl.org/atom/ns#", FEED_NS_ATOM},
	{"http://purl.org/atompub/tombstones/1.0", FEED_NS_TOMBSTONE},
	{"http://purl.org/dc/dcmitype", FEED_NS_OTHER},
	{"http://purl.org/dc/elements/1.0", FEED_NS_DC},
	{"http://purl.org/dc/elements/1.1", FEED_NS_DC},
	{"http://purl.org/dc/terms", FEED_NS_DCTERMS},
	{"http://purl.org/net/rss1.1#", FEED_NS_CORE},
	{"http://purl.org/rss/1.0", FEED_NS_CORE},
	{"http://purl.org/rss/1.0/modules/content", FEED_NS_CONTENT},
	{"http://purl.org/rss/1.0/modules/dcterms", FEED_NS_DCTERMS},
	{"http://purl.org/rss/1.0/modules/rss091#", FEED_NS_CORE},
	{"http://purl.org/rss/2.0", FEED_NS_CORE},
	{"http://rssnamespace.org/feedburner/ext/1.0", FEED_NS_FEEDBURNER},
	{"http://search.yahoo.com/mrss", FEED_NS_MEDIA},
	{"http://search.yahoo.com/mrss/1.1", FEED_NS_MEDIA},
	{"http://turbo.yandex.ru", FEED_NS_TURBO},
	{"http://video.search.yahoo.com/mrss", FEED_NS_MEDIA},
	{"http://www.google.com/schemas/sitemap-news/0.9", FEED_NS_NEWS},
	{"http://www.google.com/schemas/sitemap/0.84", FEED_NS_SITEMAP},
	{"http://www.google.com/schemas/sitemap/0.9", FEED_NS_SITEMAP},
	{"http://www.itunes.com/dtds/podcast-1.0.dtd", FEED_NS_ITUNES},
	{"http://www.rssboard.org/media-rss", FEED_NS_MEDIA},
	{"http://www.sitemaps.org/schemas/sitemap/0.9", FEED_NS_SITEMAP},
	{"http://www.w3.org/1999/02/22-rdf-syntax-ns#", FEED_NS_RDF},
	{"http://www.w3.org/1999/xhtml", FEED_NS_XHTML},
	{"http://www.w3.org/2005/atom", FEED_NS_ATOM},
	{"http://www.w3.org/xml/1998/namespace", FEED_NS_XML},
	{"https://news.yandex.ru", FEED_NS_YANDEX},
	{"https://search.yahoo.com/mrss", FEED_NS_MEDIA},
	{"https://turbo.yandex.ru", FEED_NS_TURBO},
	{"https://www.google.com/schemas/sitemap-news/0.9", FEED_NS_NEWS},
	{"https://www.itunes.com/dtds/podcast-1.0.dtd", FEED_NS_ITUNES},
	{"https://www.sitemaps.org/schemas/sitemap/0.9", FEED_NS_SITEMAP},
	{"https://www.w3.org/2005/atom", FEED_NS_ATOM},
};

#define N_NAMESPACES (sizeof(namespaces) / sizeof(namespaces[0]))
#define URI_MAX	     64

/* Writes s in lower case to out[max]; absent if longer than any name in the table. */
static struct str element_lower_case(struct str s, char *out, size_t max)
{
	if (s.n > max)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++)
		out[i] = ascii_lower(s.p[i]);
	return str_slice(out, s.n);
}

enum feed_ns feed_ns_find(struct str uri)
{
	char low[URI_MAX];
	size_t from = 0, to = N_NAMESPACES;
	struct str s = str_trim(uri);

	if (s.n && s.p[s.n - 1] == '/')
		s.n--;
	s = element_lower_case(s, low, sizeof(low));
	while (s.p && from < to) {
		size_t mid = from + (to - from) / 2;
		int order = str_cmp(s, str_of(namespaces[mid].uri));

		if (order == 0)
			return namespaces[mid].ns;
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return FEED_NS_OTHER;
}

enum feed_ns feed_ns_of_prefix(struct str prefix)
{
	static const struct {
		const char *prefix;
		enum feed_ns ns;
	} prefixes[] = {
		{"at", FEED_NS_TOMBSTONE},
		{"atom", FEED_NS_ATOM},
		{"atom10", FEED_NS_ATOM},
		{"content", FEED_NS_CONTENT},
		{"dc", FEED_NS_DC},
		{"dcterms", FEED_NS_DCTERMS},
		{"feedburner", FEED_NS_FEEDBURNER},
		{"itunes", FEED_NS_ITUNES},
		{"media", FEED_NS_MEDIA},
		{"news", FEED_NS_NEWS},
		{"rdf", FEED_NS_RDF},
		{"rss", FEED_NS_CORE},
		{"turbo", FEED_NS_TURBO},
		{"xhtml", FEED_NS_XHTML},
		{"xml", FEED_NS_XML},
		{"yandex", FEED_NS_YANDEX},
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (str_eq_nocase(prefix, str_of(prefixes[i].prefix)))
			return prefixes[i].ns;
	return FEED_NS_OTHER;
}

static int element_compare(enum feed_ns ns, struct str name, const struct feed_element *row)
{
	return ns != row->ns ? (int)ns - (int)row->ns : str_cmp(name, str_of(row->name));
}

const struct feed_element *feed_element_find(enum feed_ns ns, struct str name)
{
	char low[sizeof(rows[0].name)];
	struct str s = element_lower_case(name, low, sizeof(low) - 1);
	size_t from = 0, to = N_ROWS;

	if (!s.p)
		return NULL;
	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (element_compare(ns, s, &rows[mid]) <= 0)
			to = mid;
		else
			from = mid + 1;
	}
	return from < N_ROWS && element_compare(ns, s, &rows[from]) == 0 ? &rows[from] : NULL;
}

const struct feed_element *feed_element_in(const struct feed_element *first, unsigned scope)
{
	const struct feed_element *end = rows + N_ROWS;

	if (!first)
		return NULL;
	for (const struct feed_element *r = first; r < end; r++) {
		if (r->scopes & scope)
			return r;
		if (r + 1 < end && (r[1].ns != r->ns || strcmp(r[1].name, r->name) != 0))
			break;
	}
	return NULL;
}
