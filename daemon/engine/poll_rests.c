/* SPDX-License-Identifier: MIT */
#include "poll_rests.h"

#include "base/clock.h"
#include "conf/address.h"
#include "store/rests.h"

#define STEP_RESTS 256 /* hosts that one callback blocks */

struct poll_rest {
	struct str address;
	int64_t until; /* wall */
	struct poll_rest *next;
};

struct poll_rests {
	struct arena *arena;
	struct poll_rest *first;
};

static int poll_rests_add(void *ctx, struct str address, int64_t until)
{
	struct poll_rests *r = ctx;
	struct poll_rest *x = arena_alloc(r->arena, sizeof(*x));

	if (!x)
		return -ERR_NOMEM;
	*x = (struct poll_rest){arena_str(r->arena, address), until, r->first};
	r->first = x;
	return str_present(x->address) ? 0 : -ERR_NOMEM;
}

int poll_rests_read(
	struct store *store, struct arena *arena, struct poll_rests **out, struct err *e)
{
	struct poll_rests *r = arena_alloc(arena, sizeof(*r));
	int rc;

	if (!r)
		return err_nomem(e);
	*r = (struct poll_rests){.arena = arena};
	rc = store_feed_rests(store, clock_wall(), poll_rests_add, r, e);
	*out = r;
	return rc == -ERR_NOMEM ? err_nomem(e) : rc;
}

static void poll_rests_block(struct poller *p, const struct poll_rest *x)
{
	int64_t rest = x->until - clock_wall();
	char host[FEED_HOST_MAX];
	uint8_t a[16];
	bool near;

	/* A longer one shows that the wall clock was set back. */
	if (rest <= 0 || rest > SCHEDULE_ASK_MAX)
		return;
	poll_host_of(x->address.p, host);
	near = address_of_host(str_of(host), a) == 0 && !address_public(a);
	hosts_block_name(&p->networks[near ? POLL_NEAR : POLL_FAR].hosts, host, clock_mono() + rest,
		clock_mono());
}

bool poll_rests_apply(struct poller *p, struct poll_rests *r)
{
	for (int n = 0; r && r->first; n++) {
		if (n == STEP_RESTS)
			return true;
		poll_rests_block(p, r->first);
		r->first = r->first->next;
	}
	return false;
}
