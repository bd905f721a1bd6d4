/* SPDX-License-Identifier: MIT */
#include "lib/feed_text.h"

#include "feed/parse.h"
#include "lib/unit.h"

struct feed_batch *parse_feed(const char *body, const char *url)
{
	const struct feed_parse_options o = {.url = str_of(url)};
	struct feed_batch *b = NULL;
	struct err e = {0};

	if (feed_parse(str_of(body), &o, &b, &e))
		fail_msg("%s", e.text);
	return b;
}

void assert_text(struct str have, const char *want)
{
	if (!want) {
		assert_null(have.p);
		return;
	}
	assert_non_null(have.p);
	assert_string_equal(have.p, want);
}
