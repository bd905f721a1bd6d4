/* SPDX-License-Identifier: MIT */
/*
 * Which sitemaps of an index are read in a poll. Pure functions.
 *
 * At most SITEMAP_READ_MAX, the newest by lastmod; those without it take up to half of the places,
 * the first and the last of the index in turn, since new ones may be added at either end. Only
 * sitemaps of the index's own registrable domain are chosen: an index must not send us elsewhere.
 *
 * A chosen sitemap is asked if its lastmod has changed since it was read, or is younger than two
 * days (many give the day only, or the time of a cache), or is missing, or if reading it failed;
 * otherwise it did not change. One that is still fresh by the headers of its last answer is not.
 */
#ifndef ENGINE_SITEMAP_PLAN_H
#define ENGINE_SITEMAP_PLAN_H

#include "base/buf.h"
#include "feed/item.h"

#define SITEMAP_READ_MAX 8
#define SITEMAP_URL_MAX	 2048

struct sitemap {
	struct str url;	 /* absolute */
	int64_t updated; /* lastmod in the index; STAMP_NONE: it has none */
	/* Of the last reading. */
	bool read, failed;
	int64_t was;			/* its lastmod then; STAMP_NONE: none */
	int64_t fresh_until;		/* wall ms; STAMP_NONE: unknown */
	struct str etag, last_modified; /* may be absent */
	bool due;			/* to be asked in this poll */
};

/*
 * url: of the index. insecure: from an index with https to sitemaps with http. Returns how many are
 * written to out; texts point to those of index.
 */
size_t sitemap_plan_choose(const struct feed_batch *index, struct str url, bool insecure,
	struct sitemap out[SITEMAP_READ_MAX]);
/*
 * The sitemaps as sitemap_plan_write() wrote them, and may be absent; texts point into it. What
 * cannot be read is left out.
 */
size_t sitemap_plan_read(struct str text, struct sitemap out[SITEMAP_READ_MAX]);
int sitemap_plan_write(const struct sitemap *v, size_t n, struct buf *out); /* 0 or -ERR_NOMEM */
/* Takes over what is known of the last reading of those that are in known. */
void sitemap_plan_remember(
	struct sitemap *v, size_t n, const struct sitemap *known, size_t n_known);

struct sitemap_terms {
	int64_t now;
	bool conditional; /* the index was asked with validators; else all are asked */
	bool force;	  /* however fresh they are */
};
/* Sets due, and drops the validators if not conditional. Returns how many are due. */
size_t sitemap_plan_mark(struct sitemap *v, size_t n, const struct sitemap_terms *t);

#endif
