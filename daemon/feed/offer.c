/* SPDX-License-Identifier: MIT */
#include "offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "feed/fold.h"
#include "feed/link.h"
#include "feed/html.h"
#include "link_form.h"

#define TITLE_MAX 512 /* bytes that are kept and examined */

/* --- words ------------------------------------------------------------------------------------ */

/* Whether s contains the word, as a whole and without case. */
static bool offer_has_word(struct str s, const char *word)
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

/* Whether one of the words between white space is in the NULL-terminated list. */
static bool offer_has_relation(struct str rel, const char *const *list)
{
	while (rel.n) {
		size_t n = 0;

		while (n < rel.n && !ascii_is_space(rel.p[n]) && rel.p[n] != ',')
			n++;
		for (size_t i = 0; list[i]; i++) {
			if (str_eq_nocase(str_slice(rel.p, n), str_of(list[i])))
				return true;
		}
		n += n < rel.n;
		rel = str_slice(rel.p + n, rel.n - n);
	}
	return false;
}

static bool offer_contains_nocase(struct str s, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= s.n; i++) {
		if (strncasecmp(s.p + i, part, n) == 0)
			return true;
	}
	return false;
}

static bool offer_ends_nocase(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && strncasecmp(s.p + s.n - n, end, n) == 0;
}

/* Whether a parameter of the query asks for a feed: "feed=rss2", "format=feed", "alt=rss". */
static bool offer_is_feed_query(struct str query)
{
	static const char *const names[] = {"feed=", "format=", "output=", "type=", "alt="};
	static const char *const values[] = {"rss", "atom", "rdf", "feed", "comments-rss"};

	for (size_t i = 0; i < query.n; i++) {
		struct str rest = str_slice(query.p + i, query.n - i);

		if (i && query.p[i - 1] != '&' && query.p[i - 1] != ';')
			continue;
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			struct str name = str_of(names[k]);

			for (size_t v = 0; str_starts_nocase(rest, name) &&
					   v < sizeof(values) / sizeof(values[0]);
				v++) {
				if (str_starts_nocase(str_slice(rest.p + name.n, rest.n - name.n),
					    str_of(values[v])))
					return true;
			}
		}
	}
	return false;
}

/* Whether the URL looks like that of a feed; another URL in its query does not count. */
static bool offer_is_feed_url(struct str href)
{
	static const char *const ends[] = {".rss", ".atom", ".rdf", "/feed", "/rss", "/atom",
		"/feeds", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "rss.php"};
	struct str path = href;
	const char *mark;

	if (str_starts_nocase(href, STR("feed:")))
		return true;
	mark = href.n ? memchr(href.p, '#', href.n) : NULL;
	if (mark)
		path.n = (size_t)(mark - href.p);
	mark = path.n ? memchr(path.p, '?', path.n) : NULL;
	if (mark) {
		size_t n = (size_t)(mark - path.p);

		if (offer_is_feed_query(str_slice(mark + 1, path.n - n - 1)))
			return true;
		path.n = n;
	}
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (offer_ends_nocase(path, ends[i]))
			return true;
	}
	return false;
}

static bool offer_mentions_feed(const struct offer_link *l)
{
	static const char *const words[] = {"rss", "atom", "rdf", "feed", "feeds", "newsfeed"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (offer_has_word(l->title, words[i]))
			return true;
	}
	return offer_is_feed_url(l->href);
}

/* --- what a link is --------------------------------------------------------------------------- */

enum offer_type {
	OFFER_TYPE_NONE,
	OFFER_TYPE_FEED,
	OFFER_TYPE_GENERAL, /* XML or JSON of any kind */
	OFFER_TYPE_OTHER,
};

/* "application/rss+xml; charset=utf-8", "text/x-rss" and, as some sites write, "rss+xml" */
static enum offer_type offer_read_type(struct str type)
{
	static const char *const feeds[] = {"rss+xml", "atom+xml", "rdf+xml", "feed+json",
		"json+feed", "rss", "atom", "rdf", "rss xml", "atom xml"};
	static const char *const general[] = {"json", "xml"};
	const char *semicolon = type.n ? memchr(type.p, ';', type.n) : NULL;
	struct str s = str_trim(semicolon ? str_slice(type.p, (size_t)(semicolon - type.p)) : type);
	static const char *const lead[] = {"application/", "text/", "x-", "x.", "vnd."};

	if (!s.n)
		return OFFER_TYPE_NONE;
	/* RFC 5023 §12.1: a single entry. */
	if (semicolon && offer_contains_nocase(type, "type=entry"))
		return OFFER_TYPE_OTHER;
	for (size_t i = 0; i < sizeof(lead) / sizeof(lead[0]); i++) {
		size_t n = strlen(lead[i]);

		if (str_starts_nocase(s, str_of(lead[i])))
			s = str_slice(s.p + n, s.n - n);
	}
	for (size_t i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
		if (str_eq_nocase(s, str_of(feeds[i])))
			return OFFER_TYPE_FEED;
	}
	for (size_t i = 0; i < sizeof(general) / sizeof(general[0]); i++) {
		if (str_eq_nocase(s, str_of(general[i])))
			return OFFER_TYPE_GENERAL;
	}
	return OFFER_TYPE_OTHER;
}

/* The API of WordPress and oEmbed, which announce themselves like a JSON Feed. */
static bool offer_is_api(const struct offer_link *l)
{
	return offer_contains_nocase(l->href, "/wp-json/") ||
	       offer_ends_nocase(l->href, "/wp-json") ||
	       offer_contains_nocase(l->href, "/wp/v2/") ||
	       offer_contains_nocase(l->href, "rest_route=") ||
	       offer_contains_nocase(l->href, "oembed") ||
	       offer_contains_nocase(l->title, "oembed");
}

/* Returns whether the link leads to a feed, and how sure that is in *kind. */
static bool offer_classify(const struct offer_link *l, enum feed_offer *kind)
{
	static const char *const feed[] = {"feed", NULL}, *const alternate[] = {"alternate", NULL};
	/* Of a document that is not the feed of this page, whatever its type. */
	static const char *const other[] = {"stylesheet", "meta", "edit", "service", "service.post",
		"preload", "prefetch", "search", "next", "prev", "previous", NULL};
	bool is_feed = offer_has_relation(l->rel, feed);
	bool is_alternate = is_feed || offer_has_relation(l->rel, alternate);

	*kind = FEED_OFFER_NAMED;
	if (offer_has_relation(l->rel, other))
		return false;
	switch (offer_read_type(l->type)) {
	case OFFER_TYPE_FEED: return true;
	case OFFER_TYPE_NONE:
		return is_feed || (is_alternate && !l->variant && offer_mentions_feed(l));
	case OFFER_TYPE_GENERAL:
		if (!is_feed && !offer_mentions_feed(l))
			*kind = FEED_OFFER_POSSIBLE;
		return is_alternate && !offer_is_api(l);
	case OFFER_TYPE_OTHER: break;
	}
	return false;
}

/* Appends s in lower case without accents. */
static void offer_fold(struct buf *out, struct str s)
{
	for (size_t n; s.n; s = str_slice(s.p + n, s.n - n)) {
		uint32_t cp;

		n = utf8_decode(s.p, s.n, &cp);
		if (n)
			utf8_append(out, feed_letter_fold(cp));
		n += n == 0;
	}
}

/* Whether it is a feed of comments, by its title or address. */
static bool offer_is_of_comments(struct str title, struct str href)
{
	static const char *const words[] = {"comment", "komment", "coment", "koment", "reacties",
		"yorum", "коммент", "комент", "σχολια", "コメント", "评论", "評論", "댓글",
		"תגובות", "تعليقات"};
	ptrdiff_t host = str_find(href, STR("://"));
	struct str path = host < 0 ? href : str_slice(href.p + host + 3, href.n - (size_t)host - 3);
	const char *slash = host >= 0 && path.n ? memchr(path.p, '/', path.n) : NULL;
	struct buf folded;
	bool found = false;

	if (host >= 0)
		path = slash ? str_slice(slash, path.n - (size_t)(slash - path.p)) : STR("");
	buf_init(&folded, 4 * TITLE_MAX);
	offer_fold(&folded, title);
	for (size_t i = 0; !found && i < sizeof(words) / sizeof(words[0]); i++) {
		ptrdiff_t at = str_find(buf_str(&folded), str_of(words[i]));

		found = at >= 0 && !str_starts(str_of(buf_z(&folded) + at), STR("commentar"));
	}
	found |=
		offer_contains_nocase(path, "comment") && !offer_contains_nocase(path, "commentar");
	buf_release(&folded);
	return found;
}

/* --- the list --------------------------------------------------------------------------------- */

static void offers_add(struct offers *o, const struct offer_link *l, enum feed_offer kind)
{
	struct str href = str_trim(l->href);
	struct offer *to = &o->v[o->n];
	struct buf line;

	if (o->n == OFFERS_MAX || !href.n || href.n > FEED_LINK_MAX || href.p[0] == '#')
		return;
	for (size_t i = 0; i < o->n; i++) {
		if (o->v[i].kind == kind && o->v[i].from_header == l->from_header &&
			str_eq(o->v[i].href, href))
			return;
	}
	buf_init(&line, 4 * TITLE_MAX);
	if (utf8_valid(l->title))
		feed_html_to_line(utf8_cut(l->title, TITLE_MAX), &line);
	*to = (struct offer){
		.href = arena_str(o->arena, href),
		.title = line.len ? arena_str(o->arena, buf_str(&line)) : STR_NONE,
		.type = l->type.n && utf8_valid(l->type) ? arena_str(o->arena, l->type) : STR_NONE,
		.kind = kind,
		.number = o->n,
		.from_header = l->from_header,
	};
	to->comments = offer_is_of_comments(to->title, to->href);
	o->n += to->href.p != NULL;
	buf_release(&line);
}

void offers_add_link(struct offers *o, const struct offer_link *link)
{
	enum feed_offer kind;

	if (offer_classify(link, &kind))
		offers_add(o, link, kind);
}

void offers_add_anchor(struct offers *o, struct str href, struct str text)
{
	const struct offer_link l = {.href = href, .title = text};

	if (offer_is_feed_url(href) || offer_has_word(text, "rss") ||
		offer_has_word(text, "atom feed"))
		offers_add(o, &l, FEED_OFFER_LINKED);
}

/* Feeds of comments last; document order among equals. */
static int offers_compare(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	if (x->comments != y->comments)
		return x->comments ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* Without the URL of the page a relative link stays as written. */
static bool offers_resolve_one(struct arena *a, const struct offer *o, struct str against,
	struct str page, struct feed_found *to)
{
	bool relative = !link_scheme_length(o->href);

	*to = (struct feed_found){.title = o->title, .type = o->type, .offer = o->kind};
	to->relative = relative && !str_present(against);
	if (to->relative)
		to->url = utf8_valid(o->href) ? o->href : STR_NONE;
	else
		to->url = feed_link_resolve_feed(a, against, o->href);
	return str_present(to->url) && !str_eq(to->url, page);
}

void offers_resolve(struct offers *o, struct str page, struct str base, struct feed_discovery *d)
{
	qsort(o->v, o->n, sizeof(o->v[0]), offers_compare);
	for (size_t i = 0; i < o->n && d->n_found < FEED_DISCOVER_MAX; i++) {
		const struct offer *one = &o->v[i];
		struct feed_found *to = &d->found[d->n_found];
		size_t k = 0;

		if (!offers_resolve_one(d->arena, one, one->from_header ? page : base, page, to))
			continue;
		while (k < d->n_found && !str_eq(d->found[k].url, to->url))
			k++;
		d->n_found += k == d->n_found;
	}
}
