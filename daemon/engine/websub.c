/* SPDX-License-Identifier: MIT */
#include "websub.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define LEAVE_TRIES  3
#define STEP_MAX     16 /* subscriptions in one callback */
#define GIVE_WAY_MIN 250
#define GIVE_WAY_MAX (10 * CLOCK_SECOND)
#define GIVE_WAY_ONE 50 /* for each subscription: they may all be of one hub */
#define FAILED_WAIT  (10 * CLOCK_MINUTE)

/* --- when hubs are asked --- */

static void websub_on_timer(void *arg);

/* Sets the timer for the first that is due. */
static void websub_poke(struct websub *w)
{
	const struct port_timer *port = &w->o.ports->timer;
	const struct due *d = due_first(&w->due);
	int64_t now = clock_mono();

	port_timer_stop(port, &w->timer);
	if (d && w->loaded && websub_is_on(w))
		w->timer =
			port->start(port->ctx, d->at > now ? d->at - now : 0, websub_on_timer, w);
}

/* No verification came since the hub said yes. */
static void websub_note_unverified(struct websub *w, struct websub_subscription *s)
{
	s->awaited = false;
	s->failures++;
	websub_set_error(s, STR("the hub accepted the request and did not verify it: can it reach "
				"public-url?"));
	websub_save(w, s);
	websub_plan(w, s,
		rng_jitter(w->o.rng, FAILED_WAIT << (s->failures < 6 ? s->failures - 1 : 5), 20));
}

static void websub_leave(struct websub *w, struct websub_subscription *s, const char *home)
{
	websub_ask_cancel(w, s);
	if (home && !s->home)
		s->home = strdup(home);
	websub_set_state(s, STORE_WEBSUB_LEAVING);
	s->failures = 0;
	s->awaited = false;
	websub_save(w, s);
	websub_plan(w, s, 0);
}

static void websub_ask_due(struct websub *w, struct websub_subscription *s)
{
	int64_t spread = GIVE_WAY_ONE * (int64_t)w->n;

	spread = spread < GIVE_WAY_MAX ? spread : GIVE_WAY_MAX;
	if (s->doomed || s->ask)
		return;
	if (s->awaited) {
		websub_note_unverified(w, s);
		return;
	}
	if (s->state == STORE_WEBSUB_ACTIVE && clock_wall() >= s->expires) {
		websub_set_state(s, STORE_WEBSUB_ASKED);
		websub_save(w, s);
	}
	if (s->state == STORE_WEBSUB_LEAVING && s->failures >= LEAVE_TRIES) {
		s->doomed = true;
		websub_save(w, s);
		return;
	}
	if (!websub_ask(w, s))
		websub_plan(w, s, GIVE_WAY_MIN + (int64_t)rng_below(w->o.rng, (uint64_t)spread));
}

static void websub_on_timer(void *arg)
{
	struct websub *w = arg;
	int64_t now = clock_mono();
	struct due *d;

	w->timer = NULL;
	for (int n = 0; n < STEP_MAX && (d = due_first(&w->due)) && d->at <= now; n++) {
		due_unset(&w->due, d);
		websub_ask_due(w, d->owner);
	}
	websub_poke(w);
}

/* --- what feeds say --- */

static void websub_begin(struct websub *w, const struct conf_feed *cf, const struct feed_hub *hub)
{
	const struct store_websub row = {.feed = str_of(cf->name),
		.hub = hub->hub,
		.topic = hub->self,
		.state = STORE_WEBSUB_ASKED,
		.since = clock_wall(),
		.expires = STAMP_NONE,
		.pushed_at = STAMP_NONE};
	struct websub_subscription *s = websub_add(w, &row);

	if (!s)
		return; /* the next body says it again */
	websub_save(w, s);
	websub_plan(w, s, 0);
}

/* Another hub or topic: the old hub gets a 410 when it pushes. */
static void websub_change(
	struct websub *w, struct websub_subscription *s, const struct feed_hub *hub)
{
	char *to = strndup(hub->hub.p, hub->hub.n), *topic = strndup(hub->self.p, hub->self.n);

	websub_ask_cancel(w, s);
	if (!to || !topic) {
		free(to);
		free(topic);
		return;
	}
	free(s->hub);
	free(s->topic);
	s->hub = to;
	s->topic = topic;
	if (!websub_renew(w, s))
		return; /* it has no secret now, so a push only has the feed polled */
	s->doomed = false;
	websub_set_state(s, STORE_WEBSUB_ASKED);
	websub_set_error(s, STR_NONE);
	websub_save(w, s);
	websub_plan(w, s, 0);
}

static bool websub_wants(const struct conf *c, const struct conf_feed *cf)
{
	return c->websub.listen && cf && !cf->websub_off && !cf->url_credential && !cf->sitemap;
}

void websub_note_hub(struct websub *w, const struct conf_feed *cf, const struct feed_hub *hub)
{
	struct websub_subscription *s;

	if (!w->loaded || !websub_is_on(w) || !websub_wants(w->conf, cf))
		return;
	s = websub_find_feed(w, str_of(cf->name));
	if (!str_present(hub->hub)) {
		if (s && !s->doomed && s->state != STORE_WEBSUB_LEAVING)
			websub_leave(w, s, cf->url);
		return;
	}
	if (!s)
		websub_begin(w, cf, hub);
	else if (s->doomed || s->state == STORE_WEBSUB_LEAVING || !str_is(hub->hub, s->hub) ||
		 !str_is(hub->self, s->topic))
		websub_change(w, s, hub);
}

/* --- the configuration --- */

static void websub_follow_conf(
	struct websub *w, struct websub_subscription *s, const struct conf *before)
{
	const struct conf_feed *old = before ? conf_find_feed(before, str_of(s->feed)) : NULL;
	const char *base = w->conf->websub.public_url;

	if (!websub_wants(w->conf, conf_find_feed(w->conf, str_of(s->feed)))) {
		if (!s->doomed && s->state != STORE_WEBSUB_LEAVING)
			websub_leave(w, s, old ? old->url : NULL);
	} else if (!str_starts(str_of(s->callback), str_of(base)) && !s->doomed) {
		websub_ask_cancel(w, s);
		(void)websub_renew(w, s);
		websub_set_state(s, STORE_WEBSUB_ASKED);
		websub_save(w, s);
		websub_plan(w, s, 0);
	}
}

static void websub_follow_all(struct websub *w, const struct conf *before)
{
	struct websub_subscription *s;

	for (size_t i = 0; websub_is_on(w) && i < WEBSUB_BUCKETS; i++)
		LIST_FOREACH (s, &w->feeds[i], by_feed)
			websub_follow_conf(w, s, before);
}

static void websub_on_loaded(struct websub *w)
{
	w->loaded = true;
	websub_follow_all(w, NULL);
	websub_poke(w);
}

/* Without the block there is nothing to do with what is stored. */
static void websub_load_once(struct websub *w)
{
	if (w->loading || !websub_is_on(w))
		return;
	w->loading = true;
	websub_load(w, websub_on_loaded);
}

void websub_reload(struct websub *w, struct conf *conf)
{
	struct conf *before = w->conf;

	w->conf = conf_ref(conf);
	websub_load_once(w);
	if (w->loaded)
		websub_follow_all(w, before);
	websub_poke(w);
	conf_unref(before);
}

/* --- life --- */

void websub_start(struct websub *w)
{
	w->poke = websub_poke;
	TAILQ_INIT(&w->dirty);
	TAILQ_INIT(&w->hinted);
	w->running = true;
	websub_load_once(w);
}

void websub_stop(struct websub *w)
{
	struct websub_subscription *s;

	if (!w->running)
		return;
	w->running = false;
	port_timer_stop(&w->o.ports->timer, &w->timer);
	websub_hear_stop(w);
	websub_save_stop(w);
	for (size_t i = 0; i < WEBSUB_BUCKETS; i++)
		LIST_FOREACH (s, &w->feeds[i], by_feed)
			websub_ask_cancel(w, s);
}

void websub_release(struct websub *w)
{
	for (size_t i = 0; i < WEBSUB_BUCKETS; i++)
		while (!LIST_EMPTY(&w->feeds[i]))
			websub_remove(w, LIST_FIRST(&w->feeds[i]));
	due_release(&w->due);
	arena_free(w->arena);
	conf_unref(w->conf);
	w->conf = NULL;
}

void websub_set_gauges(const struct websub *w, struct metrics *out)
{
	const struct websub_subscription *s;

	out->websub_active = out->websub_waiting = 0;
	for (size_t i = 0; i < WEBSUB_BUCKETS; i++)
		LIST_FOREACH (s, &w->feeds[i], by_feed) {
			out->websub_active += s->state == STORE_WEBSUB_ACTIVE;
			out->websub_waiting +=
				s->state == STORE_WEBSUB_ASKED || s->state == STORE_WEBSUB_DENIED;
		}
}
