/* SPDX-License-Identifier: MIT */
/* The sitemaps that a robots.txt names (sitemaps.org). */
#include <string.h>

#include "base/ascii.h"
#include "feed/discover.h"
#include "feed/link.h"

/* The value of a line "Sitemap: …" without its comment; absent: another line. */
static struct str robots_sitemap(struct str line)
{
	static const struct str key = STR("sitemap");
	const char *comment = line.n ? memchr(line.p, '#', line.n) : NULL;
	size_t i = key.n;

	if (comment)
		line.n = (size_t)(comment - line.p);
	line = str_trim(line);
	if (!str_starts_nocase(line, key))
		return STR_NONE;
	while (i < line.n && ascii_is_space(line.p[i]))
		i++;
	if (i == line.n || line.p[i] != ':')
		return STR_NONE;
	return str_trim(str_slice(line.p + i + 1, line.n - i - 1));
}

static bool robots_has(const struct feed_discovery *d, struct str url)
{
	for (size_t i = 0; i < d->n_found; i++)
		if (str_eq(d->found[i].url, url))
			return true;
	return false;
}

/* One of news goes before those of other pages. */
static void robots_add(struct feed_discovery *d, struct str url)
{
	bool news = str_find(url, STR("news")) >= 0;
	size_t at = d->n_found;

	while (news && at > 0 && str_find(d->found[at - 1].url, STR("news")) < 0) {
		d->found[at] = d->found[at - 1];
		at--;
	}
	d->found[at] = (struct feed_found){.url = url, .offer = FEED_OFFER_SITEMAP};
	d->n_found++;
}

void feed_discovery_take_robots(struct feed_discovery *d, struct str robots)
{
	struct feed_found *list = arena_array(d->arena, FEED_DISCOVER_MAX, sizeof(*list));

	d->n_found = 0;
	if (!list)
		return;
	d->found = list;
	while (robots.n > 0 && d->n_found < FEED_DISCOVER_MAX) {
		size_t n = 0;
		struct str url;

		while (n < robots.n && robots.p[n] != '\n' && robots.p[n] != '\r')
			n++;
		url = robots_sitemap(str_slice(robots.p, n));
		n += n < robots.n;
		robots = str_slice(robots.p + n, robots.n - n);
		if (!str_present(url) || url.n == 0)
			continue;
		url = feed_link_resolve(d->arena, d->url, url);
		if (url.p && !robots_has(d, url))
			robots_add(d, url);
	}
}
