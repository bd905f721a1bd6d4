/* SPDX-License-Identifier: MIT */
/* Feeds are found in pages and in the HTTP header Link. */
#include "lib/unit.h"

#include "feed/discover.h"
#include "lib/cost.h"

static struct feed_discovery *look_with(const char *html, const char *url, const char *link)
{
	const struct feed_page page = {
		.html = str_of(html), .url = str_of(url), .link = str_of(link)};
	struct feed_discovery *d = NULL;

	assert_int_equal(feed_discover(&page, &d, NULL), 0);
	return d;
}

static struct feed_discovery *look(const char *html, const char *url)
{
	return look_with(html, url, NULL);
}

static void feeds_of_a_page_are_found(void **state)
{
	struct feed_discovery *d = look(
		"<!DOCTYPE html><title>My &amp; page</title><base href='/sub/'>"
		"<link rel='alternate stylesheet' type='text/css' href='x.css'>"
		"<a href='/feed/'>All <b>articles</b></a>"
		"<link rel='alternate' type='application/rss+xml; charset=utf-8' title='News' "
		"href='rss.xml'>"
		"<LINK REL=Alternate TYPE='application/feed+json' HREF='//b.example/json'>"
		"<link rel='alternate' hreflang='de' href='/de'>"
		"<a href='https://share.example/?u=http://a.example/rss.xml'>share</a>"
		"<a href='x'>RSS feed</a><a href='javascript:rss'>rss</a><a href='rss.xml'>again",
		"https://a.example/page");
	static const struct {
		const char *url, *title;
		enum feed_offer offer;
	} want[] = {
		{"https://a.example/sub/rss.xml", "News", FEED_OFFER_NAMED},
		{"https://b.example/json", NULL, FEED_OFFER_NAMED},
		{"https://a.example/feed/", "All articles", FEED_OFFER_LINKED},
		{"https://a.example/sub/x", "RSS feed", FEED_OFFER_LINKED},
	};

	(void)state;
	assert_string_equal(d->title.p, "My & page");
	assert_int_equal(d->n_found, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(d->found[i].url.p, want[i].url);
		assert_int_equal(d->found[i].offer, want[i].offer);
		if (want[i].title)
			assert_string_equal(d->found[i].title.p, want[i].title);
	}
	feed_discovery_free(d);
}

static void feeds_of_a_page_without_links_are_guessed(void **state)
{
	struct feed_discovery *d = look("<p>nothing", "https://a.example/deep/page");

	(void)state;
	assert_int_equal(d->n_found, 0);
	feed_discovery_guess(d);
	assert_true(d->n_found > 3);
	assert_int_equal(d->found[0].offer, FEED_OFFER_GUESS);
	assert_string_equal(d->found[0].url.p, "https://a.example/feed");
	feed_discovery_free(d);
	d = look("<p>nothing", NULL);
	feed_discovery_guess(d);
	assert_int_equal(d->n_found, 0);
	feed_discovery_free(d);
	d = look("", NULL);
	assert_int_equal(d->n_found, 0);
	feed_discovery_free(d);
}

static void feeds_of_a_page_are_limited(void **state)
{
	struct feed_discovery *d;
	struct buf html;

	(void)state;
	buf_init(&html, 1 << 20);
	for (int i = 0; i < 10 * FEED_DISCOVER_MAX; i++)
		buf_printf(&html, "<a href=%d.rss>x</a><link rel=feed href=%d>", i, i);
	d = look(buf_z(&html), "https://a.example/");
	assert_int_equal(d->n_found, FEED_DISCOVER_MAX);
	feed_discovery_free(d);
	buf_release(&html);
}

static void search_page(void *part, size_t n)
{
	struct feed_page page = {.url = STR("http://a.example/")};
	struct feed_discovery *d = NULL;
	struct buf html;

	buf_init(&html, 2 * n);
	put_many(&html, n, part);
	page.html = page.link = buf_str(&html);
	assert_int_equal(feed_discover(&page, &d, NULL), 0);
	assert_true(d->n_found <= FEED_DISCOVER_MAX);
	feed_discovery_free(d);
	buf_release(&html);
}

static void pages_take_linear_time(void **state)
{
	static char worst[][64] = {"<", "<div>", "<a href='", "<!--", "<a href=x.rss>", "<title>",
		"<script>", "<base href='x/'>", "&amp", "<link rel=alternate type=text/rss href=x>",
		"<x>;rel=feed,", "<x>;", "\"\\", "<x>;title=\"x\",", "<x>;title*=utf-8''%20,"};

	(void)state;
	for (size_t i = 0; i < sizeof(worst) / sizeof(worst[0]); i++)
		assert_linear(worst[i], search_page, worst[i], 100000);
}

/* The URLs found, each after its kind: n named, p possible, l linked; r: relative. */
static const char *found_in(const char *html, const char *url, const char *link)
{
	static char out[2048];
	struct feed_discovery *d = look_with(html, url, link);
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < d->n_found; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s%c %s", i ? "|" : "",
			d->found[i].relative ? "r" : "", "nplg"[d->found[i].offer],
			d -> found[i].url.p);
	feed_discovery_free(d);
	return out;
}

#define PAGE "https://a.example/x/"

static void types_and_relations_of_links_are_understood(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		/* the types of feeds, with and without rel, on <a> too */
		{"<link rel=alternate type=rss+xml href=1>", "n " PAGE "1"},
		{"<link rel=alternate type=application/x.atom+xml href=1>", "n " PAGE "1"},
		{"<body><p><link rel=alternate type=atom+xml href=1>", "n " PAGE "1"},
		{"<link type='Application/RSS+XML' href=1>", "n " PAGE "1"},
		{"<link rel=feed type=application/atom+xml href=1>", "n " PAGE "1"},
		{"<link rel='home Alternate' type=text/x-rss href=1>", "n " PAGE "1"},
		{"<link rel=feed href=1>", "n " PAGE "1"},
		{"<a type=application/rss+xml href=1>Subscribe</a>", "n " PAGE "1"},
		{"<a rel=feed href=1>Subscribe</a>", "n " PAGE "1"},
		{"<a type=application/feed+json href=1><img></a>", "n " PAGE "1"},
		{"<a rel=alternate type=text/xml href=1>RSS</a>", "n " PAGE "1"},
		{"<link rel='alternate stylesheet' type=application/rss+xml href=1>", ""},
		{"<link rel=meta type=application/rdf+xml href=foaf.rdf>", ""},
		{"<link rel=service.post type=application/atom+xml href=1>", ""},
		{"<link rel=alternate type='application/atom+xml;type=entry' href=1>", ""},
		{"<link rel=feed type=text/html href=1>", ""},
		{"<link rel=alternate type=text/html href=/feed>", ""},
		/* JSON and XML of any kind */
		{"<link rel=alternate type=application/json title='JSON Feed' href=1>",
			"n " PAGE "1"},
		{"<link rel=alternate type=application/json href=/feed.json>",
			"n https://a.example/feed.json"},
		{"<link rel=alternate type=application/json title=JSON href=/all.json>",
			"p https://a.example/all.json"},
		{"<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/2>", ""},
		{"<link rel=alternate type=application/json href=/wp-json>", ""},
		{"<link rel=alternate type=application/json href='/?rest_route=%2Fwp%2Fv2'>", ""},
		{"<link rel=alternate type=application/json href=/api/wp/v2/posts/1>", ""},
		{"<link rel=alternate type=application/json title=oEmbed href=/e?u=/feed>", ""},
		{"<link rel=alternate type=application/json href=/oembed?format=json>", ""},
		{"<link rel=alternate type=application/json+oembed href=/feed>", ""},
		{"<link rel=alternate type=text/xml+oembed href=/feed>", ""},
		{"<link rel=manifest type=application/json href=/feed.json>", ""},
		{"<link rel=alternate type=application/activity+json href=/feed>", ""},
		{"<link rel=alternate type=text/xml title=RSS href=1>", "n " PAGE "1"},
		{"<link rel=alternate type=text/xml title='RSS 2.0' href=1>", "n " PAGE "1"},
		{"<link rel=alternate type=application/xml href=backend.php>",
			"p " PAGE "backend.php"},
		{"<link rel=search type=text/xml title='RSS search' href=1>", ""},
		{"<link rel=sitemap type=text/xml href=sitemap.xml>", ""},
		/* without a type */
		{"<link rel=alternate title=RSS href=1>", "n " PAGE "1"},
		{"<link rel=alternate href=/feed/>", "n https://a.example/feed/"},
		{"<link rel=alternate hreflang=de href=/de/rss>", ""},
		{"<link rel=alternate media=handheld href=/m/feed>", ""},
		/* links that look like feeds */
		{"<a href='/?feed=rss2'>x</a>", "l https://a.example/?feed=rss2"},
		{"<a href='/i.php?a=1&amp;format=feed&amp;type=rss'>x</a>",
			"l https://a.example/i.php?a=1&format=feed&type=rss"},
		{"<a href='/share?u=rss.xml'>x</a>", ""},
		{"<a href=/b><img alt=RSS></a>", "l https://a.example/b"},
		{"<a href=/b title='RSS feed'><svg></svg></a>", "l https://a.example/b"},
		{"<a href=FEED:https://b.example/x>x</a>", "l https://b.example/x"},
		/* nowhere */
		{"<link rel=feed href=''><link rel=feed href='#x'><link rel=feed href='./'>", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(found_in(rows[i].html, PAGE, NULL), rows[i].want);
}

static void the_base_of_a_page_counts_for_all_its_links(void **state)
{
	static const char link[] = "<link rel=feed href=f>";
	static const struct {
		const char *base, *want;
	} rows[] = {
		{"<base href='//b.example/y/'>", "n https://b.example/y/f"},
		{"<base href='/y/'>", "n https://a.example/y/f"},
		{"<base href=y/z>", "n " PAGE "y/f"},
		{"<base target=_blank><base href=/y/>", "n https://a.example/y/f"},
		{"<base href=/y/><base href=/z/>", "n https://a.example/y/f"},
		{"<base href=javascript:x>", "n " PAGE "f"},
		{"<base href=''>", "n " PAGE "f"},
	};
	char html[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(html, sizeof(html), "%s%s", rows[i].base, link);
		assert_string_equal(found_in(html, PAGE, NULL), rows[i].want);
		snprintf(html, sizeof(html), "%s%s", link, rows[i].base);
		assert_string_equal(found_in(html, PAGE, NULL), rows[i].want);
	}
	/* guesses are at the host of the page */
	struct feed_discovery *d = look("<base href='//cdn.example/'>", PAGE);

	feed_discovery_guess(d);
	assert_string_equal(d->found[0].url.p, "https://a.example/feed");
	feed_discovery_free(d);
}

static void the_link_header_is_read(void **state)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{"<f>; rel=alternate; type=application/rss+xml", "n " PAGE "f"},
		{"<f>;rel=\"alternate\";type=\"application/rss+xml\"", "n " PAGE "f"},
		{"  < /f > ; REL = \"home ALTERNATE\" ;Type= application/feed+json ; x",
			"n https://a.example/f"},
		{"<https://cdn.example>; rel=preconnect, <f>; rel=alternate; "
		 "type=application/atom+xml",
			"n " PAGE "f"},
		{"<1>; rel=x; title=\"a, <2>; rel=feed\", <3>; rel=feed", "n " PAGE "3"},
		{"<1>; rel=x; title=\"a\\\", <2>; rel=feed\", <3>; rel=feed", "n " PAGE "3"},
		{"<f,1;2?x=%2C>;rel=feed", "n " PAGE "f,1;2?x=%2C"},
		{"<1>;rel=feed,<2>;rel=feed,,<3>;rel=feed", "n " PAGE "1|n " PAGE "2|n " PAGE "3"},
		{"<1>;rel=feed;type=text/html", ""},
		{"<1>;rel=alternate;rel=stylesheet;type=text/rss", "n " PAGE "1"},
		{"<1>;rev=alternate", ""},
		{"<1>;type=application/rss+xml", "n " PAGE "1"},
		{"<//b.example/f>;rel=feed", "n https://b.example/f"},
		{"<1>;rel=feed;anchor=\"#top\"", "n " PAGE "1"},
		{"<1>;rel=feed;anchor=\"" PAGE "\"", "n " PAGE "1"},
		{"<1>;rel=feed;anchor=\"/other\"", ""},
		{"<https://a.example/wp-json/>; rel=\"https://api.w.org/\", "
		 "<https://a.example/wp-json/wp/v2/pages/2>; rel=\"alternate\"; title=\"JSON\"; "
		 "type=\"application/json\", <https://a.example/?p=2>; rel=shortlink",
			""},
		{"<1>; rel=\"alternate", ""},
		{"<1>; rel=feed; title=\"open, <2>; rel=feed", "n " PAGE "1"},
		{"1; rel=feed", ""},
		{"<1; rel=feed", ""},
		{"<1; rel=feed, <2>; rel=feed", "n " PAGE "2"},
		{"", ""},
		{"=;,;=\"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(found_in("", PAGE, rows[i].header), rows[i].want);
	/* <base> is of the HTML */
	assert_string_equal(found_in("<base href=/y/><link rel=feed href=1>", PAGE, "<1>;rel=feed"),
		"n " PAGE "1|n https://a.example/y/1");
}

static void titles_of_the_link_header_are_decoded(void **state)
{
	static const struct {
		const char *parameters, *title;
	} rows[] = {
		{"title=\"A \\\"b\\\" c\"", "A \"b\" c"},
		{"title=plain", "plain"},
		{"title*=UTF-8'de'%C3%84pfel; title=Apfel", "Äpfel"},
		{"title=Apfel; title*=utf-8''%C3%84pfel", "Äpfel"},
		{"title*=iso-8859-1''%C4; title=A", "A"},
		{"title*=UTF-8''%C3; title=A", "A"},
		{"title=\"\xC3\"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_discovery *d;
		char header[128];

		snprintf(header, sizeof(header), "<f>;rel=feed;%s", rows[i].parameters);
		d = look_with("", PAGE, header);
		assert_int_equal(d->n_found, 1);
		if (rows[i].title)
			assert_string_equal(d->found[0].title.p, rows[i].title);
		else
			assert_null(d->found[0].title.p);
		feed_discovery_free(d);
	}
}

#define RSS " rel=alternate type=application/rss+xml "

static void feeds_of_comments_are_last(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		{"<link" RSS "title='Site &raquo; Comments Feed' href=c><link" RSS
		 "title='Site &raquo; Feed' href=f>",
			"n " PAGE "f|n " PAGE "c"},
		{"<link" RSS "title='Kommentar-Feed' href=c><link" RSS "href=f>",
			"n " PAGE "f|n " PAGE "c"},
		{"<link" RSS "title='Лента комментариев' href=c><link" RSS "href=f>",
			"n " PAGE "f|n " PAGE "c"},
		{"<link" RSS "title='COMENTÁRIOS' href=c><link" RSS "href=f>",
			"n " PAGE "f|n " PAGE "c"},
		{"<link" RSS "href=/comments/feed><link" RSS "href=f>",
			"n " PAGE "f|n https://a.example/comments/feed"},
		{"<link" RSS "href='/?feed=comments-rss2'><link" RSS "href=f>",
			"n " PAGE "f|n https://a.example/?feed=comments-rss2"},
		{"<link" RSS "href=/comments/feed><a href=/feed>RSS</a>",
			"l https://a.example/feed|n https://a.example/comments/feed"},
		{"<link" RSS "title=Commentary href=/commentary/rss><link" RSS "href=f>",
			"n https://a.example/commentary/rss|n " PAGE "f"},
		{"<link" RSS "href=https://comments.example/f><link" RSS "href=f>",
			"n https://comments.example/f|n " PAGE "f"},
		/* what is sure before what is possible, and the same URL once */
		{"<a href=f>RSS</a><link rel=alternate type=text/xml href=p><link" RSS "href=f>",
			"n " PAGE "f|p " PAGE "p"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(found_in(rows[i].html, PAGE, NULL), rows[i].want);
}

static void relative_links_of_an_unknown_page_stay_relative(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		{"<link rel=feed href=rss.xml>", "rn rss.xml"},
		{"<link rel=feed href=feeds.example/rss>", "rn feeds.example/rss"},
		{"<link rel=feed href=//b.example/rss>", "rn //b.example/rss"},
		{"<link rel=feed href='?x'><a href=/feed>x</a>", "rn ?x|rl /feed"},
		{"<base href=/y/><link rel=feed href=f>", "rn f"},
		{"<base href=https://b.example/y/><link rel=feed href=f>",
			"n https://b.example/y/f"},
		{"<link rel=feed href=f><link rel=feed href=https://b.example/f>",
			"rn f|n https://b.example/f"},
		{"<link rel=feed href=feed://b.example/f>", "n http://b.example/f"},
		{"<link rel=feed href=mailto:x>", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(found_in(rows[i].html, NULL, NULL), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feeds_of_a_page_are_found),
		cmocka_unit_test(feeds_of_a_page_without_links_are_guessed),
		cmocka_unit_test(feeds_of_a_page_are_limited),
		cmocka_unit_test(pages_take_linear_time),
		cmocka_unit_test(types_and_relations_of_links_are_understood),
		cmocka_unit_test(the_base_of_a_page_counts_for_all_its_links),
		cmocka_unit_test(the_link_header_is_read),
		cmocka_unit_test(titles_of_the_link_header_are_decoded),
		cmocka_unit_test(feeds_of_comments_are_last),
		cmocka_unit_test(relative_links_of_an_unknown_page_stay_relative),
	};

	return cmocka_run_group_tests_name("feeds of pages", tests, NULL, NULL);
}
