/* SPDX-License-Identifier: MIT */
#include "sitemap.h"

#include "base/array.h"
#include "link_words.h"

bool feed_sitemap_is_root(struct str name)
{
	return str_eq_nocase(name, STR("urlset")) || str_eq_nocase(name, STR("sitemapindex"));
}

bool feed_sitemap_complete_item(struct feed_builder *b)
{
	struct str *values = b->item.value;

	if (b->batch->feed.format != FEED_SITEMAP)
		return true;
	buf_clear(&b->memory.text);
	if (!str_present(values[FEED_SLOT_TITLE]) && str_present(values[FEED_SLOT_LINK]) &&
		link_words(values[FEED_SLOT_LINK], &b->memory.text))
		values[FEED_SLOT_TITLE] = feed_memory_keep(&b->memory, buf_str(&b->memory.text));
	b->memory.nomem |= buf_failed(&b->memory.text);
	if (str_present(values[FEED_SLOT_LINK]))
		return true;
	feed_builder_problem(
		b, b->item.line, "an entry without an http or https address; it is left out");
	return false;
}

void feed_sitemap_close_child(struct feed_builder *b)
{
	const struct feed_slots *slots = &b->item;
	size_t n = b->newest_children.n;

	if (!str_present(slots->value[FEED_SLOT_LINK]))
		return;
	if (!array_room(&b->children, n, &b->cap_children, 1, sizeof(*b->children))) {
		b->memory.nomem = true;
		return;
	}
	b->children[n] = (struct feed_child){
		.url = slots->value[FEED_SLOT_LINK],
		.updated = slots->updated_odd ? STAMP_NONE : slots->updated,
	};
	if (!feed_newest_add(
		    &b->newest_children, b->children[n].updated, b->children, sizeof(*b->children)))
		b->memory.nomem = true;
}

/* The value that all items have in common; absent if there is none. */
static struct str sitemap_common(const struct feed_batch *batch, size_t offset)
{
	struct str first = STR_NONE;

	for (size_t i = 0; i < batch->n_items; i++) {
		const char *item = (const char *)&batch->items[i];
		const struct str *value = (const struct str *)(const void *)(item + offset);

		if (i == 0)
			first = *value;
		else if (!str_eq(first, *value))
			return STR_NONE;
	}
	return first;
}

void feed_sitemap_finish(struct feed_builder *b, struct feed_batch *batch)
{
	char text[ERR_TEXT_MAX];
	struct feed_newest *newest = &b->newest_children;

	if (batch->feed.format != FEED_SITEMAP)
		return;
	batch->feed.title = sitemap_common(batch, offsetof(struct feed_item, source_title));
	if (!batch->feed.language.p)
		batch->feed.language = sitemap_common(batch, offsetof(struct feed_item, language));
	if (!feed_newest_end(newest, b->children, sizeof(*b->children)))
		b->memory.nomem = true;
	if (newest->dropped)
		feed_builder_problem(
			b, 0, "%s", feed_newest_text(newest, "sitemaps", text, sizeof(text)));
	batch->children =
		feed_memory_copy(&b->memory, b->children, newest->n, sizeof(*b->children));
	batch->n_children = batch->children ? newest->n : 0;
}
