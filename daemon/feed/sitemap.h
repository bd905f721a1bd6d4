/* SPDX-License-Identifier: MIT */
/*
 * Sitemaps (sitemaps.org, protocol 0.9) with the news extension of Google, as part of the batch
 * builder.
 *
 * The elements are rows of element.c. An entry is an item: loc is its link, lastmod when it was
 * updated; of news:news come the title, the date of publication, the language, the categories
 * (keywords, stock tickers and genres) and, as the source, the name of the publication. An entry
 * without a title has the words in its address. The extensions for images, videos and other
 * languages are ignored. A sitemap has no title: that of the feed is the name of the publication,
 * if all items have the same one, and so its language.
 *
 * An index has the addresses of sitemaps instead of items: feed_batch.children.
 */
#ifndef FEED_SITEMAP_H
#define FEED_SITEMAP_H

#include "builder_state.h"

/* An index is allowed 50,000 sitemaps. The elements of as many items, each with its news. */
#define FEED_SITEMAP_ELEMENTS 5 /* times feed_limits.elements */

/* Whether that is the root element of a sitemap or an index. */
bool feed_sitemap_is_root(struct str name);
/*
 * At the end tag of an item, whose values are in b->item: gives it a title. False, after noting a
 * problem: it has no address, and is left out.
 */
bool feed_sitemap_complete_item(struct feed_builder *b);
/* At the end tag of a sitemap of an index, whose values are in b->item. */
void feed_sitemap_close_child(struct feed_builder *b);
/* At the end of the document, when the batch has its items. */
void feed_sitemap_finish(struct feed_builder *b, struct feed_batch *batch);

#endif
