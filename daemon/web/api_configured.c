/* SPDX-License-Identifier: MIT */
/* Feeds and watches: those of the configuration in force, in its order. */
#include "alert/alert.h"
#include "api.h"
#include "document/configuration.h"
#include "document/feed.h"

/* The cursor is the name of the last one; row: found by it, or NULL. */
static int api_find_place(
	const struct api_page *page, const void *row, const char *what, struct err *e)
{
	if (!str_present(page->cursor) || row)
		return 0;
	return err_set(e, ERR_CONF,
		"cursor is the member next of the page before; that %s is not configured any more",
		what);
}

static void api_set_next(json_t *o, bool more, const char *name)
{
	if (more)
		json_object_set_new(o, "next", json_string(name));
}

/* --- feeds --- */

struct api_feeds {
	struct web_call *call;
	struct store *store;
	int state; /* enum document_feed_state; -1: any */
	struct str group;
	struct arena *arena; /* of one feed */
};

static bool api_feed_has_group(const struct conf_feed *cf, struct str group)
{
	for (size_t i = 0; i < cf->groups.n; i++)
		if (str_eq(cf->groups.v[i], group))
			return true;
	return !str_present(group);
}

/* *o is NULL if the feed is not wanted. */
static int api_make_feed(
	const struct api_feeds *w, const struct conf_feed *cf, json_t **o, struct err *e)
{
	struct document_feed d = {.cf = cf, .running = true, .now = w->call->now};
	int rc;

	*o = NULL;
	if (!api_feed_has_group(cf, w->group))
		return 0;
	arena_clear(w->arena);
	rc = document_feed_read(&d, w->store, w->arena, e);
	if (rc || (w->state >= 0 && document_feed_state_of(&d) != (unsigned)w->state))
		return rc;
	*o = document_feed(&d);
	return *o ? 0 : err_nomem(e);
}

static int api_list_feeds(const struct api_feeds *w, const struct api_page *page, size_t at,
	json_t *out, struct err *e)
{
	const struct conf *conf = w->call->conf;
	json_t *list = json_array(), *o;
	const char *last = "";
	int rc = 0;

	json_object_set_new(out, "feeds", list);
	for (; at < conf->n_feeds && !rc; at++) {
		rc = api_make_feed(w, &conf->feeds[at], &o, e);
		if (rc || !o)
			continue;
		if (json_array_size(list) == page->limit) {
			json_decref(o);
			api_set_next(out, true, last);
			break;
		}
		json_array_append_new(list, o);
		last = conf->feeds[at].name;
	}
	return rc;
}

int api_feeds_read(struct web_call *c, struct store *store, struct err *e)
{
	static const char *const known[] = {"state", "group", NULL};
	struct api_feeds w = {.call = c, .store = store};
	const struct conf_feed *from = NULL;
	struct api_page page;
	json_t *o;
	int rc = api_page_read(c, known, &page, e);

	if (!rc)
		rc = api_read_word(c, "state", document_feed_words, &w.state, e);
	if (!rc && str_present(page.cursor))
		from = conf_find_feed(c->conf, page.cursor);
	if (!rc)
		rc = api_find_place(&page, from, "feed", e);
	if (rc)
		return rc;
	w.group = web_call_parameter(c, "group");
	w.arena = arena_new((size_t)1024 * 1024);
	o = json_object();
	rc = w.arena ? api_list_feeds(
			       &w, &page, from ? (size_t)(from - c->conf->feeds) + 1 : 0, o, e)
		     : err_nomem(e);
	arena_free(w.arena);
	if (!rc)
		return api_send(c, o, e);
	json_decref(o);
	return rc;
}

int api_feed_read(struct web_call *c, struct store *store, struct err *e)
{
	const struct conf_feed *cf = conf_find_feed(c->conf, c->name);
	struct api_feeds w = {.call = c, .store = store, .state = -1, .arena = c->arena};
	json_t *o;
	int rc = api_no_parameters(c, e);

	if (rc)
		return rc;
	if (!cf || str_is(c->name, ALERT_CANARY))
		return api_none("feed", "feeds", c->name, conf_nearest_feed(c->conf, c->name), e);
	w.arena = arena_new((size_t)1024 * 1024);
	rc = w.arena ? api_make_feed(&w, cf, &o, e) : err_nomem(e);
	arena_free(w.arena);
	return rc ? rc : api_send(c, o, e);
}

/* --- watches --- */

int api_watches_read(struct web_call *c, struct store *store, struct err *e)
{
	static const char *const known[] = {NULL};
	const struct conf_watch *from = NULL;
	struct api_page page;
	json_t *o, *list;
	size_t at;
	int rc = api_page_read(c, known, &page, e);

	(void)store;
	if (!rc && str_present(page.cursor))
		from = conf_find_watch(c->conf, page.cursor);
	if (!rc)
		rc = api_find_place(&page, from, "watch", e);
	if (rc)
		return rc;
	o = json_object();
	list = json_array();
	json_object_set_new(o, "watches", list);
	at = from ? (size_t)(from - c->conf->watches) + 1 : 0;
	for (size_t n = 0; at < c->conf->n_watches && n < page.limit; n++, at++)
		json_array_append_new(list, document_configured_watch(c->conf, at));
	if (at < c->conf->n_watches)
		api_set_next(o, true, c->conf->watches[at - 1].name);
	return api_send(c, o, e);
}

int api_watch_read(struct web_call *c, struct store *store, struct err *e)
{
	const struct conf_watch *w = conf_find_watch(c->conf, c->name);
	int rc = api_no_parameters(c, e);

	(void)store;
	if (rc)
		return rc;
	if (!w || str_is(c->name, ALERT_CANARY))
		return api_none(
			"watch", "watches", c->name, conf_nearest_watch(c->conf, c->name), e);
	return api_send(c, document_configured_watch(c->conf, (size_t)(w - c->conf->watches)), e);
}
