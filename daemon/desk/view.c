/* SPDX-License-Identifier: MIT */
#include "desk/desk.h"

#include "feed/link.h"

static struct str first_of(struct str a, struct str b, struct str c)
{
	return str_present(a) ? a : str_present(b) ? b : c;
}

/* query-language §1: the content and, where that says something else, the summary. */
static int body_of(const struct feed_item *i, struct arena *arena, struct str *out)
{
	struct str standfirst = feed_item_standfirst(i);
	size_t n = i->content.n + standfirst.n + 2;
	char *p;

	*out = str_present(i->content) ? i->content : standfirst;
	if (!str_present(i->content) || !str_present(standfirst))
		return 0;
	p = arena_alloc(arena, n);
	if (!p)
		return -(int)(arena_overflowed(arena) ? ERR_LIMIT : ERR_NOMEM);
	memcpy(p, i->content.p, i->content.n);
	memcpy(p + i->content.n, "\n\n", 2);
	memcpy(p + i->content.n + 2, standfirst.p, standfirst.n);
	*out = str_slice(p, n);
	return 0;
}

static int site_of(struct str link, struct arena *arena, struct str *out)
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
		.lang = first_of(i->language, feed_language, feed ? str_of(feed->lang) : STR_NONE),
		.published = i->date_implausible ? STAMP_NONE : i->published,
		.first_seen = first_seen,
		.now = now,
	};
	if (feed) {
		out->feed = str_of(feed->name);
		out->groups = feed->groups.v;
		out->n_groups = feed->groups.n;
	}
	rc = body_of(i, arena, &out->body);
	return rc ? rc : site_of(i->link, arena, &out->site);
}
