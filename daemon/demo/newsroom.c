/* SPDX-License-Identifier: MIT */
#include "newsroom.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

const struct newsroom_outlet newsroom_outlets[] = {
	{"meridian-wire", "Meridian Wire", "wires"},
	{"harbour-post", "The Harbour Post", "papers"},
	{"veldania-radio", "Veldania Radio", "broadcasters"},
	{"capital-courier", "Capital Courier", "papers"},
	{NULL, NULL, NULL},
};

static const struct {
	const char *outlet;
	int at;			  /* seconds after the start; negative: already published then */
	const char *slug, *title; /* title NULL: none */
	const char *text;	  /* HTML */
	/* Seconds after the start: the item is in the feed from then, until then; 0: always. */
	int from, until;
} stories[] = {
	{"meridian-wire", -7200, "trade-talks", "Trade talks resume in Sorin",
		"<p>Delegations from Norland and Veldania met again on Monday.</p>", 0, 0},
	{"harbour-post", -5400, "ferry", "Second ferry for Halmvik",
		"<p>The city council has ordered a second ferry.</p>", 0, 0},
	{"veldania-radio", -3600, "weather", "Storm warning for the coast",
		"<p>Gusts are expected to reach 110 km/h.</p>", 0, 0},
	{"capital-courier", -1800, "council", "Council votes on the night bus",
		"<p>The night bus will run until four.</p>", 0, 0},

	{"meridian-wire", 2, "norland-embassy",
		"Norland relocates its embassy from Sorin to Halmvik",
		"<p>SORIN &ndash; Norland is moving its embassy staff out of the capital, the\n"
		"foreign ministry said on Monday.</p><p>The embassy will be <b>relocated</b> to\n"
		"the port city of Halmvik, 400 kilometres to the west, &ldquo;until the\n"
		"situation allows its return&rdquo;.</p>",
		0, 15},
	/* The same item, edited. */
	{"meridian-wire", 2, "norland-embassy",
		"Norland relocates its embassy from Sorin to Halmvik by Friday",
		"<p>SORIN &ndash; Norland is moving its embassy staff out of the capital by\n"
		"Friday, the foreign ministry said on Monday.</p><p>The embassy will be\n"
		"<b>relocated</b> to the port city of Halmvik, 400 kilometres to the west,\n"
		"&ldquo;until the situation allows its return&rdquo;. Ships wait in the\n"
		"harbour.</p>",
		15, 0},
	{"harbour-post", 4, "theatre", "Embassy Theatre reopens after repairs",
		"<p>The old cinema on Market Street shows films again.</p>", 0, 0},
	{"harbour-post", 5, "arrivals", "First diplomats arrive at the harbour",
		"<p>A first group of diplomats was evacuated from Sorin overnight and has\n"
		"arrived in Halmvik, where two hotels were taken over as a temporary\n"
		"consulate.</p>",
		0, 17},
	/* The same item, killed. */
	{"harbour-post", 5, "arrivals", "KILL: First diplomats arrive at the harbour",
		"<p>Editors: please do not use this story. The ship carried tourists.</p>", 17, 0},
	{"veldania-radio", 7, "consulate", "Ostrand and Marrow also pull staff out",
		"<p>Two more countries are withdrawing staff.</p><p>The Marrow embassy in Sorin\n"
		"closes tonight; its consulate stays open for emergencies. Ostrand&rsquo;s\n"
		"diplomats are to leave by Wednesday.</p>",
		0, 0},
	{"capital-courier", 9, "grid", "Lights out in the north of Sorin",
		"<p>A power outage has hit four districts. The grid operator speaks of a\n"
		"failure at a substation and rules out a cyberattack.</p>",
		0, 0},
	{"capital-courier", 11, "note", NULL,
		"<p>Seen this morning: removal vans in front of the Norland embassy, which is\n"
		"being relocated. The flag is still up.</p>",
		0, 0},
	{"meridian-wire", 13, "reporters", "Two reporters detained outside the ministry",
		"<p>Police detained two journalists who were filming the departure of the\n"
		"convoy.</p>",
		0, 0},
};

static bool newsroom_shows(size_t story, int64_t age)
{
	int from = stories[story].from, until = stories[story].until;

	return age >= stories[story].at * CLOCK_SECOND && age >= from * CLOCK_SECOND &&
	       (until == 0 || age < until * CLOCK_SECOND);
}

void newsroom_write_feed(const struct newsroom_outlet *o, int64_t started, int64_t now,
	const char *base_url, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	buf_printf(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>"
		"<title>%s</title><link>%s/%s</link><description>Demo</description>\n",
		o->title, base_url, o->name);
	for (size_t i = sizeof(stories) / sizeof(stories[0]); i-- > 0;) {
		int64_t published = started + stories[i].at * CLOCK_SECOND;

		if (strcmp(stories[i].outlet, o->name) != 0 || !newsroom_shows(i, now - started))
			continue;
		buf_addz(out, "<item>");
		if (stories[i].title)
			buf_printf(out, "<title>%s</title>", stories[i].title);
		buf_printf(out,
			"<link>%s/%s/%s</link><pubDate>%s</pubDate>"
			"<description><![CDATA[%s]]></description></item>\n",
			base_url, o->name, stories[i].slug, clock_rfc5322(published, true, stamp),
			stories[i].text);
	}
	buf_addz(out, "</channel></rss>\n");
}

const struct newsroom_outlet *newsroom_find(const char *path)
{
	char own[64];

	for (const struct newsroom_outlet *o = newsroom_outlets; o->name; o++) {
		snprintf(own, sizeof(own), "/%s.xml", o->name);
		if (strcmp(path, own) == 0)
			return o;
	}
	return NULL;
}
