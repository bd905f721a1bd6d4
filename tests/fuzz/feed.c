/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a feed with a content type: the first byte selects the type, the second one the chunks
 * of the body and whether limits are small. The batch fulfils the contract of feed/item.h and does
 * not depend on the chunks.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feed/parse.h"
#include "lib/batch.h"
#include "lib/always.h"

static bool same_items(const struct feed_batch *a, const struct feed_batch *b)
{
	if (!a || !b)
		return !a && !b;
	if (a->n_items != b->n_items || a->complete != b->complete ||
		a->n_problems != b->n_problems || a->n_deleted != b->n_deleted ||
		!str_eq(a->feed.title, b->feed.title))
		return false;
	for (size_t i = 0; i < a->n_items; i++)
		if (!str_eq(a->items[i].title, b->items[i].title) ||
			a->items[i].text_key != b->items[i].text_key ||
			a->items[i].line != b->items[i].line)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {NULL, "text/xml; charset=utf-8", "application/rss+xml",
		"text/html; charset=windows-1251", "text/xml;charset=\"utf-16\"",
		"x/y; charset=big5", "application/xml; charset=gb2312",
		"text/xml; charset=iso-2022-jp", "a;charset=euc-jp"};
	struct feed_limits small = feed_limits_default;
	struct feed_parse_options o = {.url = STR("https://feed.example/x/"), .sitemaps = true};
	struct feed_batch *whole = NULL, *cut = NULL;
	struct feed_parser *p;
	size_t step;

	if (size < 2)
		return 0;
	o.content_type = str_of(types[data[0] % (sizeof(types) / sizeof(types[0]))]);
	step = (size_t)(data[1] & 63) * 97 + 1;
	/* No time limit: it would make the two runs differ. */
	small.cpu_us = feed_limits_default.cpu_us * 100;
	if (data[1] & 128) {
		small.field_bytes = 100;
		small.items = 3;
		small.elements = 300;
		small.tag_bytes = 200;
		small.attributes = 4;
		small.depth = 8;
	}
	if (data[1] & 64)
		small.arena_bytes = 6000;
	o.limits = &small;
	data += 2;
	size -= 2;
	feed_parse(str_slice((const char *)data, size), &o, &whole, NULL);
	p = feed_parser_new(&o);
	ALWAYS(p);
	for (size_t at = 0; at < size; at += step)
		feed_parser_push(
			p, (const char *)data + at, size - at < step ? size - at : step, NULL);
	feed_parser_finish(p, &cut, NULL);
	feed_parser_free(p);
	ALWAYS(same_items(whole, cut));
	if (whole)
		ALWAYS(!batch_flaw(whole));
	feed_batch_free(whole);
	feed_batch_free(cut);
	return 0;
}
