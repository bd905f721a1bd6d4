/* SPDX-License-Identifier: MIT */
#include "desk/desk.h"

#include "feed/link.h"

static struct str view_first_of(struct str a, struct str b, struct str c)
{
	return str_present(a) ? a : str_present(b) ? b : c;
}

static int view_add_site(struct str link, struct arena *arena, struct str *out)
{
	char host[FEED_HOST_MAX];

	if (!str_present(link) || !feed_link_domain(link, host))
		return 0;
	*out = arena_str(arena, str_of(host));
	return out->p ? 0 : -(int)(arena_overflowed(arena) ? ERR_LIMIT : ERR_NOMEM);
}

int desk_view(const struct conf_feed *feed, const struct feed_item *i, struct str feed_language,
	int64_t first_seen, int64_t now, struct arena *arena, struct watch_view *out)
{
	int rc;

	*out = (struct watch_view){
		.title = i->title,
		.author = i->author.text,
		.categories = i->categories,
		.n_categories = i->n_categories,
		.url = i->link,
		.lang = view_first_of(
			i->language, feed_language, feed ? str_of(feed->lang) : STR_NONE),
		.published = feed_item_plausible_date(i),
		.first_seen = first_seen,
		.now = now,
	};
	if (feed) {
		out->feed = str_of(feed->name);
		out->source = str_of(feed->source);
		out->tier = conf_feed_tier(feed);
		out->groups = feed->groups.v;
		out->n_groups = feed->groups.n;
	}
	rc = feed_item_body(i, arena, &out->body);
	return rc ? rc : view_add_site(i->link, arena, &out->site);
}
