/* SPDX-License-Identifier: MIT */
/*
 * The sitemaps of an index, read one after the other in the poll of the index: each is asked like
 * the feed itself (FETCHING, PARSING), through the queue of its host, with validators of its own
 * and under the rules for redirects; what they hold is ingested as one batch. Private to the
 * poller.
 *
 * One that fails is left out of this poll and asked in the next; if all fail, the poll fails. After
 * a 429 or 503 the rest waits for the next poll. Without a condition, at least once a day, all
 * chosen sitemaps are read, and the batch is whole.
 */
#ifndef ENGINE_POLL_SITEMAP_H
#define ENGINE_POLL_SITEMAP_H

#include "poll_feed.h"
#include "sitemap_plan.h"

struct poll_sitemap {
	struct feed_request index; /* its chain of requests; wiped with the visit */
	struct desk_poll poll; /* the result of the index; its batch is parts[0] if it was read */
	long status;
	int64_t max_age;
	struct sitemap v[SITEMAP_READ_MAX];
	size_t n, at; /* at: that is being read */
	struct feed_batch *parts[SITEMAP_READ_MAX + 1];
	size_t n_parts;
	size_t read, unchanged, failed;
	size_t memory; /* of the batches, still free */
	char error[ERR_TEXT_MAX];
};

/*
 * After POLL_DECIDED of a feed of type sitemap: takes the result of the index or of one of its
 * sitemaps. POLL_REDIRECTED: the last of visit.hops must be asked; else POLL_DECIDED.
 */
enum poll_step poll_sitemap_decided(struct poll_visit *v);
/* The validators for the request of v, from a sitemap or the feed; NULL: none. */
const char *poll_sitemap_etag(const struct poll_visit *v);
const char *poll_sitemap_last_modified(const struct poll_visit *v);

#endif
