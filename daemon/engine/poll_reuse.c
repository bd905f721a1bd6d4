/* SPDX-License-Identifier: MIT */
/*
 * Whether the connection of a request is worth to be kept: only if its host is asked again within
 * a minute, after which it would be closed anyway. A feed that is alone at its host is not.
 *
 * It matters to the loop, too: libcurl 7.88 never frees what it notes of a host whose idle
 * connection had to make room for another, and walks through all of these for each new connection.
 * After 20,000 hosts a callback took seconds.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "poll_steps.h"

#define REUSE_SECONDS 60

bool poll_reuse_is_likely(struct poll_visit *v)
{
	struct poller *p = v->feed->poller;
	uint32_t now = (uint32_t)(clock_mono() / CLOCK_SECOND);
	char host[FEED_HOST_MAX];
	uint64_t hash;
	struct poll_asked *last;
	bool recent;

	poll_host_of(v->hops.urls[v->hops.n - 1], host);
	hash = digest_fast64(str_of(host), 0);
	last = &p->asked[hash % POLL_ASKED_MAX];
	recent = last->host == (uint32_t)(hash >> 32) && now - last->at <= REUSE_SECONDS;
	*last = (struct poll_asked){.host = (uint32_t)(hash >> 32), .at = now};
	return recent || hosts_has_queued(&v->feed->slot);
}
