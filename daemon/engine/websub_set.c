/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "feed/link.h"
#include "websub.h"

#define TOKEN_BYTES  16
#define SECRET_BYTES 32
#define ERROR_MAX    300

static struct websub_bucket *websub_bucket_of(struct websub_bucket *buckets, struct str key)
{
	return &buckets[digest_fast64(key, 0) % WEBSUB_BUCKETS];
}

bool websub_is_on(const struct websub *w)
{
	return w->running && w->conf->websub.listen && !w->o.once;
}

struct websub_subscription *websub_find_feed(const struct websub *w, struct str feed)
{
	const struct websub_bucket *b =
		websub_bucket_of((struct websub_bucket *)(uintptr_t)w->feeds, feed);
	struct websub_subscription *s;

	LIST_FOREACH (s, b, by_feed)
		if (str_is(feed, s->feed))
			return s;
	return NULL;
}

struct websub_subscription *websub_find_token(const struct websub *w, struct str token)
{
	const struct websub_bucket *b =
		websub_bucket_of((struct websub_bucket *)(uintptr_t)w->tokens, token);
	struct websub_subscription *s;

	LIST_FOREACH (s, b, by_token)
		if (str_is(token, s->token))
			return s;
	return NULL;
}

static char *websub_copy(struct str s)
{
	return str_present(s) ? strndup(s.p, s.n) : NULL;
}

static void websub_free(struct websub_subscription *s)
{
	free(s->feed);
	free(s->hub);
	free(s->topic);
	free(s->home);
	free(s->error);
	free(s->callback);
	explicit_bzero(s->secret, sizeof(s->secret));
	free(s);
}

/* A name that no hub knows until it is asked. */
static void websub_set_callback(struct websub *w, struct websub_subscription *s, char *callback)
{
	const char *slash = strrchr(callback, '/');

	if (s->callback)
		LIST_REMOVE(s, by_token);
	free(s->callback);
	s->callback = callback;
	s->token = slash ? slash + 1 : callback;
	LIST_INSERT_HEAD(websub_bucket_of(w->tokens, str_of(s->token)), s, by_token);
}

static bool websub_renew_callback(struct websub *w, struct websub_subscription *s)
{
	uint8_t bytes[TOKEN_BYTES];
	struct buf b;
	char *kept;

	if (rng_system_bytes(bytes, sizeof(bytes)))
		return false;
	buf_init(&b, FEED_LINK_MAX);
	buf_addz(&b, w->conf->websub.public_url ? w->conf->websub.public_url : "/");
	digest_base32(&b, bytes, sizeof(bytes));
	kept = buf_failed(&b) ? NULL : strdup(buf_z(&b));
	buf_release(&b);
	if (kept)
		websub_set_callback(w, s, kept);
	return kept != NULL;
}

/*
 * A hub that is asked without TLS would pass the secret on to anybody on the way. That does no harm
 * where the feed is read without TLS as well.
 */
static bool websub_may_share_secret(const struct websub *w, const struct websub_subscription *s)
{
	const struct conf_feed *cf = conf_find_feed(w->conf, str_of(s->feed));

	return str_starts(str_of(s->hub), STR("https:")) ||
	       (cf && !str_starts(str_of(cf->url), STR("https:")));
}

bool websub_renew(struct websub *w, struct websub_subscription *s)
{
	uint8_t bytes[SECRET_BYTES];

	s->verify_until = 0;
	s->awaited = false;
	s->failures = 0;
	s->n_recent = 0;
	s->secret[0] = '\0';
	if (!websub_renew_callback(w, s) || rng_system_bytes(bytes, sizeof(bytes)))
		return false;
	if (websub_may_share_secret(w, s))
		for (size_t i = 0; i < sizeof(bytes); i++)
			snprintf(s->secret + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}

static void websub_read_recent(struct websub_subscription *s, struct str text)
{
	for (size_t i = 0; i + 16 <= text.n && s->n_recent < WEBSUB_RECENT; i += 16) {
		char digits[17];

		memcpy(digits, text.p + i, 16);
		digits[16] = '\0';
		s->recent[s->n_recent++] = strtoull(digits, NULL, 16);
	}
}

struct websub_subscription *websub_add(struct websub *w, const struct store_websub *from)
{
	struct websub_subscription *s = calloc(1, sizeof(*s));
	char *callback = websub_copy(from->callback);
	bool ok;

	if (!s || due_reserve(&w->due, w->n + 1)) {
		free(s);
		free(callback);
		return NULL;
	}
	s->feed = websub_copy(from->feed);
	s->hub = websub_copy(from->hub);
	s->topic = websub_copy(from->topic);
	ok = s->feed && s->hub && s->topic && (callback || !str_present(from->callback));
	s->state = from->state;
	s->since = from->since;
	s->expires = from->expires;
	s->pushed_at = from->pushed_at;
	s->pushes = from->pushes;
	s->failures = from->failures;
	s->due.owner = s;
	if (str_present(from->secret))
		snprintf(s->secret, sizeof(s->secret), "%.*s", STR_ARG(from->secret));
	websub_set_error(s, from->error);
	websub_read_recent(s, from->recent);
	if (ok && callback)
		websub_set_callback(w, s, callback);
	else if (ok)
		ok = websub_renew(w, s);
	if (!ok) {
		free(callback);
		websub_free(s);
		return NULL;
	}
	LIST_INSERT_HEAD(websub_bucket_of(w->feeds, str_of(s->feed)), s, by_feed);
	w->n++;
	return s;
}

void websub_remove(struct websub *w, struct websub_subscription *s)
{
	due_unset(&w->due, &s->due);
	LIST_REMOVE(s, by_feed);
	LIST_REMOVE(s, by_token);
	if (s->dirty)
		TAILQ_REMOVE(&w->dirty, s, dirty_link);
	if (s->hinted)
		TAILQ_REMOVE(&w->hinted, s, hint_link);
	w->n--;
	websub_free(s);
}

void websub_set_state(struct websub_subscription *s, enum store_websub_state state)
{
	if (s->state != state)
		s->since = clock_wall();
	s->state = state;
}

void websub_set_error(struct websub_subscription *s, struct str error)
{
	free(s->error);
	s->error = websub_copy(str_present(error) ? utf8_cut(error, ERROR_MAX) : error);
}

void websub_plan(struct websub *w, struct websub_subscription *s, int64_t wait)
{
	due_set(&w->due, &s->due, clock_mono() + wait);
	w->poke(w);
}
