/* SPDX-License-Identifier: MIT */
/*
 * Many feeds repeat the first words of the content as summary, as one paragraph truncated with an
 * ellipsis. In the body each word may count only once for queries.
 */
#include "base/ascii.h"
#include "base/err.h"
#include "feed/item.h"

/* Without a final "…", "...", "[…]" or "[...]". */
static struct str item_without_ellipsis(struct str s)
{
	static const char *const marks[] = {"[\xe2\x80\xa6]", "[...]", "\xe2\x80\xa6", "..."};

	s = str_trim(s);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct str mark = str_of(marks[i]);

		if (str_ends(s, mark))
			return str_trim(str_slice(s.p, s.n - mark.n));
	}
	return s;
}

/* Whether text begins with start, ignoring white space in both. */
static bool item_begins_with(struct str text, struct str start)
{
	size_t at = 0;

	for (size_t i = 0; i < start.n; i++) {
		if (ascii_is_space(start.p[i]))
			continue;
		while (at < text.n && ascii_is_space(text.p[at]))
			at++;
		if (at == text.n || text.p[at++] != start.p[i])
			return false;
	}
	return true;
}

struct str feed_item_distinct_summary(const struct feed_item *i)
{
	struct str s;

	if (!str_present(i->summary) || !str_present(i->content))
		return i->summary;
	s = item_without_ellipsis(i->summary);
	if (item_begins_with(i->content, s) || str_find(i->content, s) >= 0)
		return STR_NONE;
	return i->summary;
}

int feed_item_body(const struct feed_item *i, struct arena *arena, struct str *out)
{
	struct str summary = feed_item_distinct_summary(i);
	size_t n = i->content.n + summary.n + 2;
	char *p;

	*out = str_present(i->content) ? i->content : summary;
	if (!str_present(i->content) || !str_present(summary))
		return 0;
	p = arena_alloc(arena, n);
	if (!p)
		return -(int)(arena_overflowed(arena) ? ERR_LIMIT : ERR_NOMEM);
	memcpy(p, i->content.p, i->content.n);
	memcpy(p + i->content.n, "\n\n", 2);
	memcpy(p + i->content.n + 2, summary.p, summary.n);
	*out = str_slice(p, n);
	return 0;
}
