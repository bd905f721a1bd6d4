/* SPDX-License-Identifier: MIT */
#include "feed/hub.h"

#include "base/ascii.h"
#include "feed/link.h"
#include "link_header.h"

/* rel is a list of relations (RFC 8288 §3.3). */
static bool hub_has_relation(struct str rel, struct str name)
{
	size_t at = 0;

	while (at < rel.n) {
		size_t end = at;

		while (end < rel.n && !ascii_is_space(rel.p[end]))
			end++;
		if (str_eq_nocase(str_slice(rel.p + at, end - at), name))
			return true;
		at = end + 1;
	}
	return false;
}

void feed_hub_read(struct str link, struct str url, struct arena *a, struct feed_hub *out)
{
	struct link_value v;

	*out = (struct feed_hub){0};
	while (str_present(link) && link_header_next(&link, a, &v)) {
		if (str_present(v.anchor) && v.anchor.n > 0)
			continue; /* the link of another document */
		if (!str_present(out->hub) && hub_has_relation(v.rel, STR("hub")))
			out->hub = feed_link_resolve(a, url, v.target);
		if (!str_present(out->self) && hub_has_relation(v.rel, STR("self")))
			out->self = feed_link_resolve(a, url, v.target);
	}
}
