/* SPDX-License-Identifier: MIT */
#include "document/wall.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "document/feed_health.h"
#include "feed/fold.h"
#include "value.h"

#define GAP 12 /* equal characters between two changes that are cheaper to send than a place */

/* --- the wall --- */

uint32_t document_wall_generation(const struct conf *c)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < c->n_feeds; i++)
		hash = digest_fast64(str_of(c->feeds[i].name), hash);
	return (uint32_t)hash;
}

struct wall_walk {
	const struct conf *conf;
	int64_t now;
	char *signs;
};

static int wall_take(void *ctx, const struct store_feed_state *f)
{
	const struct wall_walk *w = ctx;
	const struct conf_feed *cf = conf_find_feed(w->conf, f->name);

	if (cf)
		w->signs[cf - w->conf->feeds] =
			document_feed_state_sign(document_feed_state_at(f, true, w->now));
	return 0;
}

int document_wall_read(
	const struct conf *c, struct store *s, int64_t now, struct buf *out, struct err *e)
{
	const struct wall_walk w = {c, now, malloc(c->n_feeds + 1)};
	int rc;

	if (!w.signs)
		return err_nomem(e);
	memset(w.signs, document_feed_state_sign(DOCUMENT_FEED_UNREAD), c->n_feeds);
	rc = store_feed_states(s, wall_take, (void *)(uintptr_t)&w, e);
	if (rc == 0)
		buf_add(out, w.signs, c->n_feeds);
	free(w.signs);
	return rc == 0 && buf_failed(out) ? err_nomem(e) : rc;
}

/* --- documents --- */

static json_t *wall_object(uint32_t generation)
{
	json_t *o = json_object();

	document_set_int(o, "generation", generation);
	return o;
}

json_t *document_wall(uint32_t generation, struct str wall)
{
	json_t *o = wall_object(generation), *signs = json_object();

	document_set_text(o, "wall", wall);
	for (int i = 0; i < DOCUMENT_FEED_STATES; i++) {
		const enum document_feed_state state = (enum document_feed_state)i;
		const char key[2] = {document_feed_state_sign(state)};

		json_object_set_new(signs, key, json_string(document_feed_state_name(state)));
	}
	json_object_set_new(o, "signs", signs);
	return o;
}

/* The end of the run of changes that begins at `from`. */
static size_t wall_run_end(struct str a, struct str b, size_t from)
{
	size_t end = from + 1;

	for (size_t i = end; i < b.n && i - end < GAP; i++)
		if (a.p[i] != b.p[i])
			end = i + 1;
	return end;
}

json_t *document_wall_changes(uint32_t generation, struct str before, struct str after, bool *whole)
{
	json_t *list = json_array(), *o;
	size_t sent = 0;

	*whole = before.n != after.n;
	for (size_t i = 0; i < after.n && !*whole; i++) {
		json_t *run;
		size_t end;

		if (before.p[i] == after.p[i])
			continue;
		end = wall_run_end(before, after, i);
		run = json_array();
		json_array_append_new(run, json_integer((json_int_t)i));
		json_array_append_new(run, json_stringn(after.p + i, end - i));
		json_array_append_new(list, run);
		sent += GAP + end - i;
		*whole = sent > after.n;
		i = end;
	}
	if (*whole || json_array_size(list) == 0) {
		json_decref(list);
		return NULL;
	}
	o = wall_object(generation);
	json_object_set_new(o, "changes", list);
	return o;
}

json_t *document_wall_names(const struct conf *c, size_t from, size_t limit)
{
	json_t *o = wall_object(document_wall_generation(c)), *names = json_array();

	document_set_int(o, "from", (int64_t)from);
	for (size_t i = from; i < c->n_feeds && i - from < limit; i++)
		json_array_append_new(names, json_string(c->feeds[i].name));
	json_object_set_new(o, "names", names);
	return o;
}

/* Host and path, without a login before and a query after them. */
static struct str wall_address(const struct conf_feed *cf)
{
	const char *at = cf->url_credential ? NULL : strstr(cf->url, "://");
	size_t n;

	if (!at)
		return STR("");
	at += 3;
	n = strcspn(at, "/?#");
	for (const char *login; (login = memchr(at, '@', n)) != NULL;) {
		n -= (size_t)(login + 1 - at);
		at = login + 1;
	}
	return str_slice(at, strcspn(at, "?#"));
}

bool document_wall_has_text(const struct conf_feed *cf, struct str text)
{
	bool found = feed_fold_has(str_of(cf->name), text) ||
		     feed_fold_has(str_of(cf->title), text) ||
		     feed_fold_has(wall_address(cf), text);

	for (size_t i = 0; !found && i < cf->groups.n; i++)
		found = feed_fold_has(cf->groups.v[i], text);
	return found;
}

json_t *document_wall_search(const struct conf *c, struct str text, size_t limit)
{
	json_t *o = wall_object(document_wall_generation(c)), *found = json_array(),
	       *names = json_array();

	for (size_t i = 0; i < c->n_feeds; i++) {
		if (!document_wall_has_text(&c->feeds[i], text))
			continue;
		json_array_append_new(found, json_integer((json_int_t)i));
		if (json_array_size(names) < limit)
			json_array_append_new(names, json_string(c->feeds[i].name));
	}
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "names", names);
	return o;
}
