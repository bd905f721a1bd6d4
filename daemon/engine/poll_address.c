/* SPDX-License-Identifier: MIT */
/*
 * At which address a poll begins. One that the configured address redirects to for good (301, 308)
 * is adopted once POLL_MOVED_AFTER polls in a row were good there: polls begin there from then on.
 * The desk counts them (desk/moved.c), so what is stored and what is used never differ.
 *
 * The configured address stays the one that counts. Once in each VERIFY_EVERY a poll begins there:
 * a redirect may have been an error, or the work of an intruder. If the adopted address fails,
 * every other poll does. Where the configured one brings nothing, the same poll goes on at the
 * adopted one: that a publisher turned his old server off is no failure.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "conf/address.h"
#include "poll_feed.h"

#define VERIFY_EVERY (7 * CLOCK_DAY)
#define FAILS_AFTER  3 /* failures in a row of the adopted address */

/*
 * A redirect from https to http is followed where the configuration allows that, but never adopted:
 * it may allow it no more one day.
 */
static bool address_is_downgrade(const struct conf_feed *cf, struct str to)
{
	return str_starts(str_of(cf->url), STR("https:")) && !str_starts(to, STR("https:"));
}

const char *poll_feed_address(const struct poll_feed *f)
{
	bool failing = f->failures >= FAILS_AFTER && f->failures % 2 != 0;

	if (!f->adopted || f->verify || failing || address_is_downgrade(f->cf, str_of(f->adopted)))
		return f->cf->url;
	return f->adopted;
}

/* Which period of a feed that is; they begin at another time for each. */
static int64_t address_period(const struct poll_feed *f, int64_t wall)
{
	int64_t offset = (int64_t)(digest_fast64(str_of(f->name), 0) % VERIFY_EVERY);

	return (wall + offset) / VERIFY_EVERY;
}

void poll_address_plan(struct poll_feed *f, int64_t from, int64_t to)
{
	int64_t wall = clock_wall() - clock_mono();

	if (f->adopted && address_period(f, wall + from) != address_period(f, wall + to))
		f->verify = true;
}

void poll_host_of(const char *url, char host[FEED_HOST_MAX])
{
	/* An address that is not known yet is a host of its own. */
	if (!feed_link_domain(str_of(url), host))
		snprintf(host, FEED_HOST_MAX, "%s", url);
}

struct poll_network *poll_feed_network(struct poll_feed *f, const char *host)
{
	uint8_t a[16];
	struct poll_network *n = f->poller->networks;
	bool near =
		address_of_host(str_of(host), a) == 0 ? !address_public(a) : f->near && !f->visit;

	/* All requests of a host count together, although its address is not known of each feed. */
	if (hosts_has(&n[near ? POLL_FAR : POLL_NEAR].hosts, host))
		near = !near;
	return &n[near ? POLL_NEAR : POLL_FAR];
}

static bool address_rests(struct poll_feed *f, const char *url)
{
	char host[FEED_HOST_MAX];

	poll_host_of(url, host);
	return hosts_blocked_until(&poll_feed_network(f, host)->hosts, host, clock_mono()) > 0;
}

bool poll_address_fall_back(struct poll_visit *v)
{
	struct poll_feed *f = v->feed;

	if (!v->verifies || !f->adopted || f->generation != v->generation ||
		address_is_downgrade(v->cf, str_of(f->adopted)) || address_rests(f, f->adopted) ||
		strcmp(v->hops.urls[v->hops.n - 1], f->adopted) == 0 ||
		feed_request_restart(&v->hops, v->arena, f->adopted) != 0)
		return false;
	v->verifies = false;
	v->from_adopted = true;
	f->verify = false;
	/* What the configured address asked for is no matter of the other one. */
	v->retry_after = v->max_age = -1;
	v->hop_pause = 0;
	v->wall = NULL;
	v->hub = (struct feed_hub){0};
	v->poll.gone = v->poll.absent = v->poll.cut = false;
	v->poll.etag = v->poll.last_modified = STR_NONE;
	v->poll.body_hash = 0;
	f->poller->bytes -= v->body_len;
	v->body_len = 0;
	body_share_release(&v->share);
	return true;
}

struct str poll_address_moved_to(const struct poll_visit *v)
{
	struct str to;

	/* That of an address that is a credential would have to be stored. */
	if (v->cf->url_credential || v->poll.outcome == DESK_FAILED ||
		(v->hops.n_permanent == 0 && !v->from_adopted))
		return STR_NONE;
	to = str_of(v->hops.urls[v->hops.n_permanent]);
	if (str_is(to, v->cf->url) || address_is_downgrade(v->cf, to))
		return STR_NONE;
	return to;
}

/* absent: none */
static void address_adopt(struct poll_feed *f, struct str to)
{
	free(f->adopted);
	f->adopted = str_present(to) ? strndup(to.p, to.n) : NULL;
}

void poll_address_update(struct poll_feed *f, const struct poll_visit *v)
{
	f->verify = false;
	f->moved = str_present(v->poll.moved_to);
	switch (v->result.moved) {
	case DESK_MOVED_KEPT: return;
	case DESK_MOVED_ADOPTED:
		address_adopt(f, v->poll.moved_to);
		log_notice("feed-moved", LOG_S("feed", f->name), LOG_URL("to", f->adopted),
			LOG_S("advice", "write this address into its url; it is polled there"));
		return;
	case DESK_MOVED_DROPPED:
		if (f->adopted)
			log_notice("feed-moved-back", LOG_S("feed", f->name),
				LOG_URL("from", f->adopted),
				LOG_S("state", "its url answers itself again"));
		address_adopt(f, STR_NONE);
		return;
	}
}
