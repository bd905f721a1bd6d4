/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a feed, with a content type: the first byte chooses that, the next one how the body is
 * cut and whether limits are small. What comes out keeps the promises of feed/item.h and does not
 * depend on the cuts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "feed/parse.h"

#define ALWAYS(truth)                                                                              \
	do {                                                                                       \
		if (!(truth))                                                                      \
			abort();                                                                   \
	} while (0)

static void check_str(struct str s)
{
	ALWAYS(!s.p || s.n);
	ALWAYS(utf8_valid(s));
	for (size_t i = 0; i < s.n; i++)
		ALWAYS((unsigned char)s.p[i] >= ' ' || s.p[i] == '\n' || s.p[i] == '\t');
}

static void check_author(const struct feed_author *a)
{
	check_str(a->text);
	check_str(a->name);
	check_str(a->email);
	check_str(a->uri);
}

static void check_item(const struct feed_item *i)
{
	const struct str all[] = {i->id, i->title, i->link, i->language, i->summary, i->content,
		i->summary_html, i->content_html, i->source_title, i->source_link};

	for (size_t n = 0; n < sizeof(all) / sizeof(all[0]); n++)
		check_str(all[n]);
	ALWAYS(!i->title.p || !memchr(i->title.p, '\n', i->title.n));
	check_author(&i->author);
	for (size_t n = 0; n < i->n_categories; n++)
		check_str(i->categories[n]);
	for (size_t n = 0; n < i->n_enclosures; n++) {
		ALWAYS(i->enclosures[n].url.n > 0);
		check_str(i->enclosures[n].url);
		check_str(i->enclosures[n].type);
		check_str(i->enclosures[n].length);
	}
}

static void check_batch(const struct feed_batch *b)
{
	const struct feed_info *f = &b->feed;
	const struct str all[] = {f->format_version, f->encoding, f->title, f->link, f->id,
		f->subtitle, f->rights, f->generator, f->image, f->language, f->hub, f->self,
		f->next};

	for (size_t n = 0; n < sizeof(all) / sizeof(all[0]); n++)
		check_str(all[n]);
	check_author(&f->author);
	ALWAYS(f->format != FEED_UNKNOWN && f->encoding.p);
	ALWAYS(!b->well_formed || b->complete);
	for (size_t n = 0; n < b->n_problems; n++)
		ALWAYS(b->problems[n].text.p && utf8_valid(b->problems[n].text));
	for (size_t n = 0; n < b->n_items; n++)
		check_item(&b->items[n]);
}

static bool same_items(const struct feed_batch *a, const struct feed_batch *b)
{
	if (!a || !b)
		return !a && !b;
	if (a->n_items != b->n_items || a->complete != b->complete ||
		a->n_problems != b->n_problems || !str_eq(a->feed.title, b->feed.title))
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
	struct feed_parse_options o = {.url = STR("https://feed.example/x/")};
	struct feed_batch *whole = NULL, *cut = NULL;
	struct feed_parser *p;
	size_t step;

	if (size < 2)
		return 0;
	o.content_type = str_of(types[data[0] % (sizeof(types) / sizeof(types[0]))]);
	step = (size_t)(data[1] & 63) * 97 + 1;
	/* Time depends on the machine, and would make the two runs differ. */
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
		check_batch(whole);
	feed_batch_free(whole);
	feed_batch_free(cut);
	return 0;
}
