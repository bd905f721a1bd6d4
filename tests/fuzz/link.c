/* SPDX-License-Identifier: MIT */
/*
 * Links: the input is base, newline, reference. A result is http or https, resolves to itself and
 * has a canonical form with the same key.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "feed/identity.h"
#include "feed/link.h"
#include "lib/always.h"

static const struct str strip[] = {{"utm_*", 5}, {"fbclid", 6}, {"", 0}, {"*", 1}};

static void check_link(struct arena *a, struct str link)
{
	struct str again, form;
	char host[FEED_HOST_MAX];

	if (!link.p)
		return;
	ALWAYS(str_starts(link, STR("http://")) || str_starts(link, STR("https://")));
	ALWAYS(link.n <= FEED_LINK_MAX && utf8_valid(link));
	for (size_t i = 0; i < link.n; i++)
		ALWAYS((unsigned char)link.p[i] > ' ' && link.p[i] != '"' && link.p[i] != '<');
	again = feed_link_resolve(a, STR_NONE, link);
	if (again.p) /* a link at the limit may grow past it */
		ALWAYS(str_eq(again, link));
	form = feed_link_canonical(a, link, strip, 2);
	if (form.p)
		ALWAYS(feed_link_key(link, strip, 2) == feed_link_key(again, strip, 2));
	feed_link_domain(link, host);
	feed_link_registrable(link, host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *newline = size ? memchr(text, '\n', size) : NULL;
	struct str base = {text, newline ? (size_t)(newline - text) : 0};
	struct str ref = {newline ? newline + 1 : text, newline ? size - base.n - 1 : size};
	struct arena *a = arena_new(1 << 20);
	struct feed_item item = {.link = ref, .title = base};

	check_link(a, feed_link_resolve(a, base.n ? base : STR_NONE, ref));
	check_link(a, feed_link_resolve_feed(a, STR_NONE, ref));
	feed_link_canonical(a, ref, strip, 4);
	feed_identity_fill(&item, strip, 4);
	arena_free(a);
	return 0;
}
