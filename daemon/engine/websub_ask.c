/* SPDX-License-Identifier: MIT */
/* A request to a hub (W3C WebSub §5.1): subscribe, or unsubscribe of what is LEAVING. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "feed/link.h"
#include "websub.h"

#define ASK_ARENA_MAX ((size_t)128 * 1024)
#define FORM_MAX      ((size_t)64 * 1024)
#define ANSWER_MAX    ((size_t)64 * 1024)
#define LEASE_S	      864000L	       /* that is asked for */
#define VERIFY_WITHIN (8 * CLOCK_HOUR) /* a verification may come: until the hub is asked again */
#define VERIFY_WAIT   (10 * CLOCK_MINUTE) /* for it, before the hub is asked again */
#define RETRY_MAX     (6 * CLOCK_HOUR)
#define REFUSED_WAIT  CLOCK_HOUR

struct websub_ask {
	struct websub *websub;
	struct websub_subscription *subscription;
	struct conf *conf; /* own reference */
	struct arena *arena;
	struct feed_request hops;
	struct buf form;
	struct fetch_op *op;
};

/* --- the pace --- */

static uint64_t websub_ask_host(const struct websub_subscription *s)
{
	char host[FEED_HOST_MAX];

	if (!feed_link_domain(str_of(s->hub), host))
		return 1;
	return digest_fast64(str_of(host), 0) | 1;
}

/* False: the hub is being asked, or was within the gap that one host is given. */
static bool websub_ask_enter(struct websub *w, const struct websub_subscription *s)
{
	int64_t now = clock_mono(), gap = w->conf->poll.host_gap;
	uint64_t host = websub_ask_host(s);
	struct websub_hub *oldest = &w->hubs[0];

	for (size_t i = 0; i < sizeof(w->hubs) / sizeof(*w->hubs); i++) {
		if (w->hubs[i].host == host && (w->hubs[i].at > now || now - w->hubs[i].at < gap))
			return false;
		if (w->hubs[i].at < oldest->at)
			oldest = &w->hubs[i];
	}
	*oldest = (struct websub_hub){host, INT64_MAX}; /* being asked */
	w->asks++;
	return true;
}

static void websub_ask_leave(struct websub *w, const struct websub_subscription *s)
{
	uint64_t host = websub_ask_host(s);

	for (size_t i = 0; i < sizeof(w->hubs) / sizeof(*w->hubs); i++)
		if (w->hubs[i].host == host && w->hubs[i].at == INT64_MAX)
			w->hubs[i].at = clock_mono();
	w->asks--;
}

/* --- the end --- */

static void websub_ask_free(struct websub_ask *a)
{
	a->subscription->ask = NULL;
	websub_ask_leave(a->websub, a->subscription);
	buf_wipe(&a->form);
	feed_request_wipe(&a->hops, NULL);
	conf_unref(a->conf);
	arena_free(a->arena);
	free(a);
}

static int64_t websub_ask_backoff(const struct websub *w, const struct websub_subscription *s)
{
	unsigned doublings = s->failures > 1 ? s->failures - 1 : 0;
	int64_t wait = CLOCK_MINUTE << (doublings < 9 ? doublings : 9);

	return rng_jitter(w->o.rng, wait < RETRY_MAX ? wait : RETRY_MAX, 20);
}

static void websub_ask_fail(struct websub_ask *a, const struct fetch_answer *answer)
{
	struct websub_subscription *s = a->subscription;
	int64_t wait, asked = answer->retry_after;
	bool refused = answer->status >= 400 && answer->status < 500 && answer->status != 429;
	char text[ERR_TEXT_MAX];

	s->failures++;
	s->awaited = false;
	if (answer->error.cls != ERR_NONE)
		snprintf(text, sizeof(text), "%s", answer->error.text);
	else
		snprintf(text, sizeof(text), "the hub answered %ld", answer->status);
	feed_request_hide(&a->hops, text);
	websub_set_error(s, str_of(text));
	wait = websub_ask_backoff(a->websub, s);
	if (refused && wait < REFUSED_WAIT)
		wait = rng_jitter(a->websub->o.rng, REFUSED_WAIT, 20);
	if (asked > wait)
		wait = asked < CLOCK_DAY ? asked : CLOCK_DAY;
	log_info("websub-refused", LOG_S("feed", s->feed), LOG_URL("hub", s->hub),
		LOG_S("reason", text), LOG_I("again_s", wait / CLOCK_SECOND),
		LOG_S("state", "the feed is polled as before"));
	websub_plan(a->websub, s, wait);
}

static bool websub_ask_send(struct websub_ask *a);

/* 307 and 308 repeat the request as it is; any other redirect would lose it. */
static bool websub_ask_follow(struct websub_ask *a, struct fetch_answer *answer)
{
	const struct websub_subscription *s = a->subscription;
	const struct conf_feed *cf = conf_find_feed(a->conf, str_of(s->feed));
	const struct feed_request_asker who = {a->conf, NULL, cf ? cf->url : s->hub};

	if (answer->error.cls != ERR_NONE || (answer->status != 307 && answer->status != 308))
		return false;
	return feed_request_follow(&a->hops, a->arena, &who, answer, &answer->error) == 0 &&
	       websub_ask_send(a);
}

static void websub_ask_done(void *arg, struct fetch_answer *answer)
{
	struct websub_ask *a = arg;
	struct websub *w = a->websub;
	struct websub_subscription *s = a->subscription;

	a->op = NULL;
	if (websub_ask_follow(a, answer))
		return;
	if (answer->error.cls == ERR_NONE && answer->status >= 200 && answer->status < 300) {
		/* The verification may have come before this answer. */
		if (s->awaited)
			websub_plan(w, s, rng_jitter(w->o.rng, VERIFY_WAIT, 20));
	} else {
		websub_ask_fail(a, answer);
	}
	websub_ask_free(a);
	websub_save(w, s);
}

/* --- the start --- */

static void websub_ask_add(struct buf *form, const char *name, const char *value)
{
	buf_printf(form, "%s%s=", form->len ? "&" : "", name);
	for (const char *p = value; *p; p++)
		if (ascii_is_alnum(*p) || strchr("-._~", *p))
			buf_addc(form, *p);
		else
			buf_printf(form, "%%%02X", (unsigned char)*p);
}

/* hub.verify is of PubSubHubbub 0.3, which some hubs still ask for. */
static void websub_ask_fill(struct buf *form, const struct websub_subscription *s)
{
	bool leaving = s->state == STORE_WEBSUB_LEAVING;
	char lease[24];

	snprintf(lease, sizeof(lease), "%ld", LEASE_S);
	websub_ask_add(form, "hub.mode", leaving ? "unsubscribe" : "subscribe");
	websub_ask_add(form, "hub.topic", s->topic);
	websub_ask_add(form, "hub.callback", s->callback);
	websub_ask_add(form, "hub.verify", "async");
	if (!leaving)
		websub_ask_add(form, "hub.lease_seconds", lease);
	if (!leaving && s->secret[0])
		websub_ask_add(form, "hub.secret", s->secret);
}

/* Without the login of the feed, even at its own host. A hub is learnt from the network. */
static bool websub_ask_send(struct websub_ask *a)
{
	const struct websub_subscription *s = a->subscription;
	const struct port_fetch *port = &a->websub->o.ports->fetch;
	const struct conf_feed *cf = conf_find_feed(a->conf, str_of(s->feed));
	const char *home = cf ? cf->url : s->home ? s->home : "";
	const struct feed_request_asker who = {a->conf, NULL, home};
	struct fetch_request r;
	struct err e;

	if (feed_request_fill(&a->hops, &who, NULL, a->arena, &r, &e))
		return false;
	r.form = buf_z(&a->form);
	r.max_body = ANSWER_MAX;
	if (cf) {
		r.proxy = cf->proxy;
		r.ca_file = cf->ca_file;
	}
	a->op = port->start(port->ctx, &r, websub_ask_done, a);
	return a->op != NULL;
}

static struct websub_ask *websub_ask_new(struct websub *w, struct websub_subscription *s)
{
	struct websub_ask *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->websub = w;
	a->subscription = s;
	s->ask = a;
	a->conf = conf_ref(w->conf);
	buf_init(&a->form, FORM_MAX);
	a->arena = arena_new(ASK_ARENA_MAX);
	websub_ask_fill(&a->form, s);
	if (a->arena && !buf_failed(&a->form) &&
		feed_request_start(&a->hops, a->arena, s->hub) == 0)
		return a;
	websub_ask_free(a);
	return NULL;
}

bool websub_ask(struct websub *w, struct websub_subscription *s)
{
	struct websub_ask *a;

	if (w->asks >= WEBSUB_ASKS_MAX || !websub_ask_enter(w, s))
		return false;
	a = websub_ask_new(w, s);
	if (!a)
		return false;
	if (!websub_ask_send(a)) {
		websub_ask_free(a);
		return false;
	}
	s->verify_until = clock_mono() + VERIFY_WITHIN;
	s->awaited = true;
	w->o.metrics->websub_requests_total++;
	return true;
}

void websub_ask_cancel(struct websub *w, struct websub_subscription *s)
{
	const struct port_fetch *port = &w->o.ports->fetch;

	if (!s->ask)
		return;
	if (s->ask->op)
		port->cancel(port->ctx, s->ask->op);
	websub_ask_free(s->ask);
}
