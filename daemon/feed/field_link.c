/* SPDX-License-Identifier: MIT */
/* The links that stand in a feed: made absolute, and sorted by what they lead to. */
#include <string.h>

#include "base/ascii.h"
#include "builder_state.h"
#include "feed/link.h"

bool feed_link_has_scheme(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ':')
			return i > 0;
		if (!(ascii_is_alpha(c) ||
			    (i > 0 && (ascii_is_digit(c) || c == '+' || c == '-' || c == '.'))))
			return false;
	}
	return false;
}

/* "https://host": stays as the feed wrote it; as a URL it would get a slash. */
static bool is_host_alone(struct str s)
{
	size_t scheme = str_starts(s, STR("https://")) ? 8 : str_starts(s, STR("http://")) ? 7 : 0;

	if (!scheme || s.n == scheme || s.n > scheme + FEED_HOST_MAX ||
		memchr(s.p + scheme, '/', s.n - scheme))
		return false;
	for (size_t i = scheme; i < s.n; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789-.", s.p[i], 38))
			return false;
	return true;
}

static bool resolve(struct feed_builder *b, struct str base, struct str ref, struct str *out)
{
	*out = feed_link_resolve(b->memory.arena, base, ref);
	return out->p != NULL;
}

struct str feed_builder_url(struct feed_builder *b, struct str ref)
{
	struct str out;

	ref = str_trim(ref);
	if (is_host_alone(ref))
		return feed_memory_keep(&b->memory, ref);
	if (ref.n == 0 || resolve(b, feed_builder_base(b), ref, &out))
		return ref.n ? out : STR_NONE;
	if (ref.n > FEED_LINK_MAX || feed_link_has_scheme(ref))
		return STR_NONE;
	return feed_memory_keep(&b->memory, ref);
}

void feed_builder_put_url(
	struct feed_builder *b, enum feed_slot slot, unsigned rank, struct str ref)
{
	struct feed_slots *d = feed_builder_slots(b);
	struct str url;

	if (!feed_slots_wants(d, slot, rank))
		return;
	url = feed_builder_url(b, ref);
	if (url.p) {
		d->value[slot] = url;
		d->rank[slot] = (uint8_t)rank;
	}
}

void feed_builder_add_enclosure(struct feed_builder *b, struct str url, const struct feed_tag *tag)
{
	struct feed_enclosure e = {
		.url = feed_builder_url(b, url),
		.type = feed_tag_attr(tag, "type"),
		.length = feed_tag_attr(tag, "length"),
	};

	feed_slots_add_enclosure(feed_builder_slots(b), &b->memory, &e);
}

/* Of several relations in one attribute the first counts. */
static struct str first_word(struct str s)
{
	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_space(s.p[i]))
			return str_slice(s.p, i);
	return s;
}

void feed_builder_open_link(struct feed_builder *b, const struct feed_tag *tag)
{
	struct str href = feed_tag_attr(tag, "href"), rel = first_word(feed_tag_attr(tag, "rel"));
	struct str type = feed_tag_attr(tag, "type");
	bool of_feed = !b->in_item, source = b->frames[b->n_frames - 1].scope == FEED_IN_SOURCE;

	if (!str_present(href)) {
		/* Its text is the link then; of these only the page's is wanted. */
		b->leaf_done = rel.n && !str_eq_nocase(rel, STR("alternate"));
		return;
	}
	b->leaf_done = true;
	if (rel.n == 0 || str_eq_nocase(rel, STR("alternate"))) {
		bool page = type.n == 0 || str_find(type, STR("html")) >= 0;

		feed_builder_put_url(
			b, source ? FEED_SLOT_SOURCE_LINK : FEED_SLOT_LINK, page ? 9 : 4, href);
	} else if (source) {
		return;
	} else if (str_eq_nocase(rel, STR("enclosure")) && b->in_item) {
		feed_builder_add_enclosure(b, href, tag);
	} else if (of_feed && str_eq_nocase(rel, STR("self")) && !b->batch->feed.self.p) {
		b->batch->feed.self = feed_builder_url(b, href);
	} else if (of_feed && str_eq_nocase(rel, STR("hub")) && !b->batch->feed.hub.p) {
		b->batch->feed.hub = feed_builder_url(b, href);
	} else if (of_feed &&
		   (str_eq_nocase(rel, STR("next")) || str_eq_nocase(rel, STR("prev-archive"))) &&
		   !b->batch->feed.next.p) {
		b->batch->feed.next = feed_builder_url(b, href);
	}
}

struct str feed_builder_complete_url(struct feed_builder *b, struct str link)
{
	struct str page = b->feed.value[FEED_SLOT_LINK], out;

	if (!link.p || feed_link_has_scheme(link) || !feed_link_has_scheme(page))
		return link;
	return resolve(b, page, link, &out) ? out : link;
}
