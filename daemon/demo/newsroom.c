/* SPDX-License-Identifier: MIT */
/*
 * The stories and three formats to publish them: RSS 2.0, RSS 1.0 and Atom 1.0, with what real
 * feeds contain (escaped HTML, CDATA, XHTML, an item without a title).
 */
#include "newsroom.h"

#include <string.h>

#include "base/clock.h"

struct newsroom_story {
	const char *outlet;
	int at;			  /* seconds after the start; negative: already published then */
	const char *slug, *title; /* title NULL: none */
	const char *author;
	const char *text; /* HTML */
};

static const struct newsroom_story stories[] = {
	{"meridian-wire", -7200, "trade-talks", "Trade talks resume in Sorin", "Meridian staff",
		"<p>Delegations from Norland and Veldania met again on Monday.</p>"},
	{"meridian-wire", -86400, "embassy-spring", "Embassy gardens open to the public", NULL,
		"<p>The Norland embassy relocated its <i>tulips</i> last year, and opens its "
		"gardens.</p>"},
	{"harbour-post", -5400, "ferry", "Second ferry for Halmvik", "P. Quay",
		"<p>The city council has ordered a second ferry.</p>"},
	{"veldania-radio", -3600, "weather", "Storm warning for the coast", NULL,
		"<p>Gusts are expected to reach 110 km/h.</p>"},
	{"capital-courier", -1800, "council", "Council votes on the night bus", "The Courier",
		"<p>The night bus will run until four.</p>"},

	{"meridian-wire", 2, "norland-embassy",
		"Norland relocates its embassy from Sorin to Halmvik", "Meridian staff",
		"<p>SORIN &ndash; Norland is moving its embassy staff out of the capital, the "
		"foreign "
		"ministry said on Monday.</p><p>The embassy will be <b>relocated</b> to the port "
		"city "
		"of Halmvik, 400 kilometres to the west, &ldquo;until the situation allows its "
		"return&rdquo;.</p>"},
	{"harbour-post", 4, "theatre", "Embassy Theatre reopens after repairs", "P. Quay",
		"<p>The old cinema on Market Street shows films again.</p>"},
	{"harbour-post", 5, "arrivals", "First diplomats arrive at the harbour", "P. Quay",
		"<p>A first group of diplomats was evacuated from Sorin overnight and has arrived "
		"in "
		"Halmvik, where two hotels were taken over as a temporary consulate.</p>"},
	{"veldania-radio", 7, "consulate", "Ostrand and Marrow also pull staff out", NULL,
		"<p>Two more countries are withdrawing staff.</p><p>The Marrow embassy in Sorin "
		"closes tonight; its consulate stays open for emergencies. Ostrand\xe2\x80\x99s "
		"diplomats are to leave by Wednesday.</p>"},
	{"capital-courier", 9, "grid", "Lights out in the north of Sorin", "The Courier",
		"<p>A power outage has hit four districts. The grid operator speaks of a failure "
		"at "
		"a substation and rules out a cyberattack.</p>"},
	{"capital-courier", 11, "note", NULL, "The Courier",
		"<p>Seen this morning: removal vans in front of the Norland embassy, which is "
		"being "
		"relocated. The flag is still up.</p>"},
	{"meridian-wire", 13, "reporters", "Two reporters detained outside the ministry",
		"Meridian staff",
		"<p>Police detained two journalists who were filming the departure of the "
		"convoy.</p>"},
};

#define STORIES (sizeof(stories) / sizeof(stories[0]))

static void newsroom_put_xml(struct buf *out, const char *z)
{
	for (; *z; z++) {
		switch (*z) {
		case '&': buf_addz(out, "&amp;"); break;
		case '<': buf_addz(out, "&lt;"); break;
		case '>': buf_addz(out, "&gt;"); break;
		default: buf_addc(out, *z); break;
		}
	}
}

static int64_t newsroom_published(const struct newsroom_story *s, int64_t started)
{
	return started + s->at * CLOCK_SECOND;
}

static bool newsroom_is_published(const struct newsroom_story *s, const struct newsroom_outlet *o,
	int64_t started, int64_t now)
{
	return strcmp(s->outlet, o->name) == 0 && newsroom_published(s, started) <= now;
}

static void newsroom_put_link(const char *base_url, const struct newsroom_story *s, struct buf *out)
{
	buf_printf(out, "%s/%s/%s", base_url, s->outlet, s->slug);
}

static void newsroom_put_rss2_item(
	const struct newsroom_story *s, int64_t started, const char *base_url, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	buf_addz(out, "<item>");
	if (s->title) {
		buf_addz(out, "<title>");
		newsroom_put_xml(out, s->title);
		buf_addz(out, "</title>");
	}
	buf_addz(out, "<link>");
	newsroom_put_link(base_url, s, out);
	buf_printf(out, "</link><guid isPermaLink=\"false\">%s/%s</guid><pubDate>%s</pubDate>",
		s->outlet, s->slug, clock_rfc5322(newsroom_published(s, started), true, stamp));
	if (s->author)
		buf_printf(out, "<dc:creator>%s</dc:creator>", s->author);
	buf_addz(out, "<description>");
	newsroom_put_xml(out, s->text);
	buf_addz(out, "</description></item>\n");
}

static void newsroom_put_rss2(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out)
{
	buf_printf(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" "
		"xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>%s</title>"
		"<link>%s/%s</link><description>Demo</description><language>en</language>\n",
		o->title, base_url, o->name);
	for (size_t i = STORIES; i-- > 0;)
		if (newsroom_is_published(&stories[i], o, started, now))
			newsroom_put_rss2_item(&stories[i], started, base_url, out);
	buf_addz(out, "</channel></rss>\n");
}

static void newsroom_put_rdf_item(
	const struct newsroom_story *s, int64_t started, const char *base_url, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	buf_addz(out, "<item rdf:about=\"");
	newsroom_put_link(base_url, s, out);
	buf_addz(out, "\"><title>");
	newsroom_put_xml(out, s->title ? s->title : "");
	buf_addz(out, "</title><link>");
	newsroom_put_link(base_url, s, out);
	buf_printf(out,
		"</link><dc:date>%s</dc:date><description><![CDATA[%s]]></description>"
		"</item>\n",
		clock_rfc3339(newsroom_published(s, started), false, stamp), s->text);
}

static void newsroom_put_rss1(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out)
{
	buf_printf(out,
		"<?xml version=\"1.0\"?>\n<rdf:RDF "
		"xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
		"xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
		"<channel rdf:about=\"%s/%s\"><title>%s</title><link>%s/%s</link>"
		"<description>Demo</description></channel>\n",
		base_url, o->name, o->title, base_url, o->name);
	for (size_t i = STORIES; i-- > 0;)
		if (newsroom_is_published(&stories[i], o, started, now))
			newsroom_put_rdf_item(&stories[i], started, base_url, out);
	buf_addz(out, "</rdf:RDF>\n");
}

static void newsroom_put_atom_entry(
	const struct newsroom_story *s, int64_t started, const char *base_url, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	clock_rfc3339(newsroom_published(s, started), false, stamp);
	buf_printf(out, "<entry><id>tag:demo.example,2022:%s/%s</id><title type=\"text\">",
		s->outlet, s->slug);
	newsroom_put_xml(out, s->title ? s->title : "");
	buf_addz(out, "</title><link href=\"");
	newsroom_put_link(base_url, s, out);
	buf_printf(out,
		"\"/><published>%s</published><updated>%s</updated><content type=\"xhtml\">"
		"<div xmlns=\"http://www.w3.org/1999/xhtml\">%s</div></content></entry>\n",
		stamp, stamp, s->text);
}

static void newsroom_put_atom(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	buf_printf(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><title>%s</title>"
		"<id>tag:demo.example,2022:%s</id><link href=\"%s/%s\"/><updated>%s</updated>"
		"<author><name>%s</name></author>\n",
		o->title, o->name, base_url, o->name, clock_rfc3339(started, false, stamp),
		o->title);
	for (size_t i = STORIES; i-- > 0;)
		if (newsroom_is_published(&stories[i], o, started, now))
			newsroom_put_atom_entry(&stories[i], started, base_url, out);
	buf_addz(out, "</feed>\n");
}

const struct newsroom_outlet newsroom_outlets[] = {
	{"meridian-wire", "Meridian Wire", "meridian", "wires", "/meridian-wire.xml",
		"application/rss+xml", newsroom_put_rss2},
	{"harbour-post", "The Harbour Post", "harbour-post", "papers", "/harbour-post.rdf",
		"application/rdf+xml", newsroom_put_rss1},
	{"veldania-radio", "Veldania Radio", "veldania-radio", "broadcasters",
		"/veldania-radio.atom", "application/atom+xml", newsroom_put_atom},
	{"capital-courier", "Capital Courier", "courier", "papers", "/capital-courier.xml",
		"text/xml", newsroom_put_rss2},
};

const size_t newsroom_outlet_count = sizeof(newsroom_outlets) / sizeof(newsroom_outlets[0]);

void newsroom_write_feed(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out)
{
	o->render(o, started, now, base_url, out);
}

const struct newsroom_outlet *newsroom_find(const char *path)
{
	for (size_t i = 0; i < newsroom_outlet_count; i++)
		if (strcmp(newsroom_outlets[i].path, path) == 0)
			return &newsroom_outlets[i];
	return NULL;
}
