/* SPDX-License-Identifier: MIT */
#include "feed/parse.h"

#include <string.h>

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
		  feed_parse_copy_text(a, from->content_location, &to->content_location) &&
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
	return 0;
}
