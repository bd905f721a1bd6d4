/* SPDX-License-Identifier: MIT */
#include "feed/parse.h"

#include <string.h>

const struct feed_limits feed_limits_default = {
	.body_bytes = (size_t)8 << 20,
	.arena_bytes = (size_t)32 << 20,
	.field_bytes = (size_t)256 << 10,
	.tag_bytes = (size_t)64 << 10,
	.attributes = 256,
	.depth = 64,
	.elements = 200000,
	.items = 2000,
	.cpu_us = 1000000,
};

static bool feed_parse_copy_text(struct arena *a, struct str from, struct str *to)
{
	*to = arena_str(a, from);
	return !str_present(from) || str_present(*to);
}

int feed_parse_options_copy(
	struct arena *a, const struct feed_parse_options *from, struct feed_parse_options *to)
{
	struct feed_limits *limits = arena_alloc(a, sizeof(*limits));
	struct str *strip = arena_array(a, from->n_strip_parameters, sizeof(*strip));
	bool ok = limits && strip && feed_parse_copy_text(a, from->url, &to->url) &&
		  feed_parse_copy_text(a, from->content_type, &to->content_type) &&
		  feed_parse_copy_text(a, from->content_language, &to->content_language);

	for (size_t i = 0; ok && i < from->n_strip_parameters; i++)
		ok = feed_parse_copy_text(a, from->strip_parameters[i], &strip[i]);
	if (!ok)
		return -(int)ERR_NOMEM;
	*limits = from->limits ? *from->limits : feed_limits_default;
	to->limits = limits;
	to->strip_parameters = strip;
	to->n_strip_parameters = from->n_strip_parameters;
	to->headers_only = from->headers_only;
	to->digest = from->digest;
	to->sitemaps = from->sitemaps;
	return 0;
}
