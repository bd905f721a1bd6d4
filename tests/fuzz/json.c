/* SPDX-License-Identifier: MIT */
/* JSON Feed: a batch or an error with its reason, under small limits too. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feed/json.h"
#include "lib/always.h"

static void check_str(struct str s)
{
	ALWAYS(!s.p || s.n);
	ALWAYS(utf8_valid(s));
	for (size_t i = 0; i < s.n; i++)
		ALWAYS((unsigned char)s.p[i] >= ' ' || s.p[i] == '\n' || s.p[i] == '\t');
}

static void check_batch(const struct feed_batch *b)
{
	check_str(b->feed.title);
	check_str(b->feed.link);
	check_str(b->feed.author.text);
	for (size_t i = 0; i < b->n_items; i++) {
		const struct feed_item *item = &b->items[i];

		check_str(item->id);
		check_str(item->title);
		check_str(item->link);
		check_str(item->author.text);
		check_str(item->summary);
		check_str(item->content);
		for (size_t k = 0; k < item->n_categories; k++)
			check_str(item->categories[k]);
		for (size_t k = 0; k < item->n_enclosures; k++)
			check_str(item->enclosures[k].url);
	}
	for (size_t i = 0; i < b->n_problems; i++)
		check_str(b->problems[i].text);
}

static void parse(struct str body, const struct feed_limits *limits)
{
	struct feed_parse_options o = {.url = STR("http://a.example/feed"), .limits = limits};
	struct feed_batch *b = NULL;
	struct err e = {0};

	if (feed_json_parse(body, &o, &b, &e) == 0) {
		check_batch(b);
		feed_batch_free(b);
	} else {
		ALWAYS(!b && e.cls && e.text[0]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = {(const char *)data, size};
	struct feed_limits small = {.body_bytes = 4096,
		.arena_bytes = 8192,
		.field_bytes = 64,
		.tag_bytes = 64,
		.attributes = 4,
		.depth = 8,
		.elements = 64,
		.items = 3,
		.cpu_us = 1000000};

	if (!utf8_valid(body))
		return 0;
	parse(body, NULL);
	parse(body, &small);
	return 0;
}
