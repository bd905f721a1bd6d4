/* SPDX-License-Identifier: MIT */
#include "field_link.h"

#include <string.h>

#include "base/ascii.h"
#include "feed/identity.h"
#include "feed/link.h"
#include "link_form.h"
#include "link_repair.h"

/* "https://host" is kept as written; resolving would append a slash. */
static bool field_link_is_host(struct str s)
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

static bool field_link_against(
	struct feed_builder *b, struct str base, struct str ref, struct str *out)
{
	*out = feed_link_resolve(b->memory.arena, base, ref);
	return out->p != NULL;
}

/* Whether the link of the channel, to which this item is relative, may still come. */
static bool field_link_awaits_home(const struct feed_builder *b)
{
	return b->in_item && b->n_bases == 1 && !b->home.p && b->batch->feed.format == FEED_RSS;
}

struct str field_link_resolve(struct feed_builder *b, struct str ref)
{
	struct str out;

	ref = link_repair(ref, &b->memory.text);
	b->memory.nomem |= buf_failed(&b->memory.text);
	if (field_link_is_host(ref))
		return feed_memory_keep(&b->memory, ref);
	if (ref.n == 0)
		return STR_NONE;
	if (!link_scheme_length(ref) && field_link_awaits_home(b) && ref.n <= FEED_LINK_MAX)
		return feed_memory_keep(&b->memory, ref);
	if (field_link_against(b, feed_builder_base(b), ref, &out))
		return out;
	if (ref.n > FEED_LINK_MAX || link_scheme_length(ref))
		return STR_NONE;
	return feed_memory_keep(&b->memory, ref);
}

void field_link_put(struct feed_builder *b, enum feed_slot slot, unsigned rank, struct str ref)
{
	struct feed_slots *slots = feed_builder_slots(b);
	struct str url;

	if (!feed_slots_wants(slots, slot, rank))
		return;
	url = field_link_resolve(b, ref);
	if (url.p) {
		slots->value[slot] = url;
		slots->rank[slot] = (uint8_t)rank;
		if (slot == FEED_SLOT_LINK && !b->in_item && b->batch->feed.format == FEED_RSS)
			b->home = link_scheme_length(str_trim(ref)) ? url : STR_NONE;
	}
}

void field_link_add_enclosure(struct feed_builder *b, struct str url, const struct feed_tag *tag)
{
	struct feed_enclosure e = {
		.url = field_link_resolve(b, url),
		.type = feed_tag_attr(tag, "type"),
		.length = feed_tag_attr(tag, "length"),
	};

	feed_slots_add_enclosure(feed_builder_slots(b), &b->memory, &e);
}

/* Of several relations the first one counts. RFC 4287 §4.2.7.2: a registered one may be an IRI. */
static struct str field_link_relation(struct str s)
{
	static const struct str registry = STR("http://www.iana.org/assignments/relation/");

	s = str_trim(s);
	if (str_starts_nocase(s, registry))
		s = str_slice(s.p + registry.n, s.n - registry.n);
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_space(s.p[i]))
			return str_slice(s.p, i);
	return s;
}

void field_link_open_atom(struct feed_builder *b, const struct feed_tag *tag)
{
	struct str href = feed_tag_attr(tag, "href"),
		   rel = field_link_relation(feed_tag_attr(tag, "rel"));
	struct str type = feed_tag_attr(tag, "type");
	bool of_feed = !b->in_item, source = b->frames[b->n_frames - 1].scope == FEED_IN_SOURCE;

	if (!str_present(href)) {
		/* The link is in the text; only that to the page is used. */
		b->leaf_done = rel.n && !str_eq_nocase(rel, STR("alternate"));
		return;
	}
	b->leaf_done = true;
	if (rel.n == 0 || str_eq_nocase(rel, STR("alternate"))) {
		bool page = type.n == 0 || str_find(type, STR("html")) >= 0;

		field_link_put(
			b, source ? FEED_SLOT_SOURCE_LINK : FEED_SLOT_LINK, page ? 9 : 4, href);
	} else if (source) {
		return;
	} else if (str_eq_nocase(rel, STR("enclosure")) && b->in_item) {
		field_link_add_enclosure(b, href, tag);
	} else if (of_feed && str_eq_nocase(rel, STR("self")) && !b->batch->feed.self.p) {
		b->batch->feed.self = field_link_resolve(b, href);
	} else if (of_feed && str_eq_nocase(rel, STR("hub")) && !b->batch->feed.hub.p) {
		b->batch->feed.hub = field_link_resolve(b, href);
	} else if (of_feed &&
		   (str_eq_nocase(rel, STR("next")) || str_eq_nocase(rel, STR("prev-archive"))) &&
		   !b->batch->feed.next.p) {
		b->batch->feed.next = field_link_resolve(b, href);
	}
}

static bool field_link_finish(struct feed_builder *b, struct str *link)
{
	struct str base = b->home.p ? b->home : b->bases[0], out;

	if (!link->p || link_scheme_length(*link))
		return false;
	if (!base.p)
		base = b->feed.value[FEED_SLOT_LINK];
	if (!link_scheme_length(base) || !field_link_against(b, base, *link, &out))
		return false;
	*link = out;
	return true;
}

void field_link_finish_item(struct feed_builder *b, struct feed_item *item)
{
	for (size_t i = 0; i < item->n_enclosures; i++)
		field_link_finish(b, &item->enclosures[i].url);
	field_link_finish(b, &item->source_link);
	field_link_finish(b, &item->author.uri);
	if (field_link_finish(b, &item->link) && !b->options->headers_only)
		feed_identity_fill(
			item, b->options->strip_parameters, b->options->n_strip_parameters);
}

struct str field_link_resolve_late(struct feed_builder *b, struct str link)
{
	struct str page = b->feed.value[FEED_SLOT_LINK], out;

	if (!link.p || link_scheme_length(link) || !link_scheme_length(page))
		return link;
	return field_link_against(b, page, link, &out) ? out : link;
}
