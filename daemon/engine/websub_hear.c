/* SPDX-License-Identifier: MIT */
/* What hubs send: verifications (W3C WebSub §5.3, §5.4) and content (§7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "websub.h"

#define LEASE_DEFAULT CLOCK_DAY /* the hub names none */
#define LEASE_MAX     (90 * CLOCK_DAY)
#define RENEW_MIN     (10 * CLOCK_SECOND)
#define DENIED_WAIT   CLOCK_DAY
#define TAKE_GAP      CLOCK_SECOND /* between two contents of a feed */
#define LINK_MAX      ((size_t)64 * 1024)

/* --- verifications --- */

static int websub_accept(struct websub *w, struct websub_subscription *s, int64_t lease_s)
{
	int64_t lease = lease_s > 0 && lease_s < LEASE_MAX / CLOCK_SECOND ? lease_s * CLOCK_SECOND
			: lease_s > 0					  ? LEASE_MAX
									  : LEASE_DEFAULT;
	int64_t renew = lease / 5 * 4;

	if (s->state != STORE_WEBSUB_ACTIVE)
		log_info("websub-subscribed", LOG_S("feed", s->feed), LOG_URL("hub", s->hub),
			LOG_I("lease_s", lease / CLOCK_SECOND));
	websub_set_state(s, STORE_WEBSUB_ACTIVE);
	websub_set_error(s, STR_NONE);
	s->failures = 0;
	s->awaited = false;
	s->expires = clock_wall() + lease;
	renew = renew > RENEW_MIN ? renew : RENEW_MIN;
	websub_plan(w, s, renew - (int64_t)rng_below(w->o.rng, (uint64_t)renew / 10 + 1));
	websub_save(w, s);
	return 200;
}

/* It is freed once the store has dropped it. */
static void websub_doom(struct websub *w, struct websub_subscription *s)
{
	websub_ask_cancel(w, s);
	s->doomed = true;
	websub_save(w, s);
}

static int websub_deny(struct websub *w, struct websub_subscription *s, struct str reason)
{
	if (s->state == STORE_WEBSUB_LEAVING) {
		websub_doom(w, s);
	} else {
		websub_set_state(s, STORE_WEBSUB_DENIED);
		websub_set_error(s, str_present(reason) && reason.n ? reason : STR("denied"));
		websub_plan(w, s, rng_jitter(w->o.rng, DENIED_WAIT, 20));
		log_info("websub-denied", LOG_S("feed", s->feed), LOG_URL("hub", s->hub),
			LOG_STR("reason", reason));
	}
	s->verify_until = 0;
	s->awaited = false;
	websub_save(w, s);
	return 204;
}

/* Only what was asked for, in the last hours, is confirmed: else strangers could subscribe us. */
int websub_verify(struct websub *w, const struct websub_question *q)
{
	struct websub_subscription *s = websub_find_token(w, q->token);
	bool awaited;

	if (!websub_is_on(w) || !w->loaded)
		return 503;
	if (!s || s->doomed || !str_present(q->topic) || !str_is(q->topic, s->topic)) {
		w->o.metrics->websub_refused_total++;
		return 404;
	}
	awaited = s->verify_until > clock_mono();
	if (str_is(q->mode, "denied"))
		return websub_deny(w, s, q->reason);
	if (str_is(q->mode, "subscribe") && awaited && s->state != STORE_WEBSUB_LEAVING)
		return websub_accept(w, s, q->lease_s);
	if (str_is(q->mode, "unsubscribe") && awaited && s->state == STORE_WEBSUB_LEAVING) {
		websub_doom(w, s);
		return 200;
	}
	w->o.metrics->websub_refused_total++;
	return 404;
}

/* --- a poll instead of the content --- */

static void websub_on_hint_timer(void *arg);

static void websub_hint_later(struct websub *w, struct websub_subscription *s, int64_t ms)
{
	const struct port_timer *port = &w->o.ports->timer;

	if (!s->hinted)
		TAILQ_INSERT_TAIL(&w->hinted, s, hint_link);
	s->hinted = true;
	if (!w->hint_timer)
		w->hint_timer = port->start(port->ctx, ms, websub_on_hint_timer, w);
}

static void websub_hint(struct websub *w, struct websub_subscription *s)
{
	int64_t again = poller_hint(w->poller, s->feed);

	if (again > 0)
		websub_hint_later(w, s, again);
}

static void websub_on_hint_timer(void *arg)
{
	struct websub *w = arg;
	struct websub_subscription *s, *last = TAILQ_LAST(&w->hinted, websub_hinted);

	w->hint_timer = NULL;
	while ((s = TAILQ_FIRST(&w->hinted)) != NULL) {
		TAILQ_REMOVE(&w->hinted, s, hint_link);
		s->hinted = false;
		websub_hint(w, s);
		if (s == last)
			return;
	}
}

void websub_hear_stop(struct websub *w)
{
	port_timer_stop(&w->o.ports->timer, &w->hint_timer);
}

/* --- content --- */

/* X-Hub-Signature: method=hex */
static bool websub_is_signed(const struct websub_subscription *s, const struct websub_content *c)
{
	const char *sign =
		str_present(c->signature) ? memchr(c->signature.p, '=', c->signature.n) : NULL;
	size_t n = sign ? (size_t)(sign - c->signature.p) : 0;

	return sign && digest_hmac_verify(str_slice(c->signature.p, n), str_of(s->secret), c->body,
			       str_slice(sign + 1, c->signature.n - n - 1));
}

/* The hub says that the content is of another topic. */
static bool websub_is_foreign(const struct websub_subscription *s, const struct websub_content *c)
{
	struct arena *a = str_present(c->link) ? arena_new(LINK_MAX) : NULL;
	struct feed_hub hub = {0};
	bool foreign;

	if (!a)
		return false;
	feed_hub_read(c->link, str_of(s->topic), a, &hub);
	foreign = str_present(hub.self) && !str_is(hub.self, s->topic);
	arena_free(a);
	return foreign;
}

static bool websub_is_repeated(struct websub_subscription *s, struct str body)
{
	uint64_t hash = digest_fast64(body, 0);
	unsigned n = s->n_recent < WEBSUB_RECENT ? s->n_recent : WEBSUB_RECENT;

	for (unsigned i = 0; i < n; i++)
		if (s->recent[i] == hash)
			return true;
	s->recent[s->n_recent++ % WEBSUB_RECENT] = hash;
	return false;
}

static bool websub_take(
	struct websub *w, struct websub_subscription *s, const struct websub_content *c)
{
	struct poll_pushed pushed = {
		.n = c->body.n, .content_type = c->content_type, .topic = str_of(s->topic)};
	int64_t now = clock_mono();
	bool taken;

	if (c->body.n == 0 || (s->taken_at && now - s->taken_at < TAKE_GAP))
		return false;
	pushed.body = malloc(c->body.n);
	if (!pushed.body)
		return false;
	memcpy(pushed.body, c->body.p, c->body.n);
	taken = poller_push(w->poller, s->feed, &pushed);
	free(pushed.body);
	if (taken)
		s->taken_at = now;
	return taken;
}

int websub_push(struct websub *w, const struct websub_content *c)
{
	struct websub_subscription *s = websub_find_token(w, c->token);

	/* While it starts or stops: a 410 would end the subscription. */
	if (!websub_is_on(w) || !w->loaded)
		return 503;
	if (!s || s->doomed || s->state == STORE_WEBSUB_LEAVING ||
		s->state == STORE_WEBSUB_DENIED) {
		w->o.metrics->websub_refused_total++;
		return 410;
	}
	/* The hub is not told, W3C WebSub §7: whoever guesses learns nothing. */
	if (s->secret[0] && !websub_is_signed(s, c)) {
		w->o.metrics->websub_forged_total++;
		log_debug("websub-forged", LOG_S("feed", s->feed));
		return 202;
	}
	w->o.metrics->websub_pushes_total++;
	s->pushes++;
	s->pushed_at = clock_wall();
	websub_save(w, s);
	if (s->secret[0] && websub_is_repeated(s, c->body))
		return 202;
	if (s->secret[0] && !websub_is_foreign(s, c) && websub_take(w, s, c))
		return 202;
	w->o.metrics->websub_hints_total++;
	websub_hint(w, s);
	return 202;
}
