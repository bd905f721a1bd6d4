/* SPDX-License-Identifier: MIT */
#include "alert/detail.h"

#include <string.h>

#include "base/clock.h"
#include "base/counted_memory.h"
#include "json_part.h"
#include "story_json.h"
#include "trouble_json.h"

const char *const alert_part_words[ALERT_PARTS] = {
	[ALERT_TITLE] = "title",
	[ALERT_TEXT] = "text",
	[ALERT_AUTHOR] = "author",
	[ALERT_CATEGORIES] = "categories",
	[ALERT_PRIORITY] = "priority",
};

const char *const alert_why_words[ALERT_WHYS] = {
	[ALERT_WHY_FLOOD] = "flood",
	[ALERT_WHY_DIGEST] = "digest",
	[ALERT_WHY_LIMIT] = "limit",
	[ALERT_WHY_QUIET] = "quiet",
	[ALERT_WHY_AWAY] = "away",
	[ALERT_WHY_ESCALATED] = "escalated",
};

const char *const alert_why_texts[ALERT_WHYS] = {
	[ALERT_WHY_FLOOD] = "The feed brought more at once than it usually does.",
	[ALERT_WHY_DIGEST] = "They were collected to be one message.",
	[ALERT_WHY_LIMIT] = "They are more than at-most allows one by one.",
	[ALERT_WHY_QUIET] = "They came in quiet hours.",
	[ALERT_WHY_AWAY] = "They waited while this receiver did not take messages.",
	[ALERT_WHY_ESCALATED] = "Nobody has acknowledged them.",
};

/* --- writing --- */

static json_t *detail_make_values(enum alert_part part, const struct str *v, size_t n)
{
	json_t *list;

	if (part != ALERT_CATEGORIES)
		return n ? json_part_text(*v) : json_null();
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_part_text(v[i]));
	return list;
}

static json_t *detail_make_changes(const struct alert *a)
{
	json_t *o = json_object();

	for (size_t i = 0; i < a->n_changes; i++) {
		const struct alert_change *c = &a->changes[i];
		json_t *pair = json_pack("[o, o]", detail_make_values(c->part, c->was, c->n_was),
			detail_make_values(c->part, c->is, c->n_is));

		if (json_object_set_new(o, alert_part_words[c->part], pair) != 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

static json_t *detail_make_short(const struct alert *a)
{
	json_t *item = json_object();
	int bad = 0;

	bad |= json_part_put_text(item, "title", a->title);
	bad |= json_part_put_text(item, "link", a->link);
	bad |= json_part_put_stamp(item, "published", a->published);
	bad |= json_object_set_new(item, "feed", json_part_feed(a));
	if (bad) {
		json_decref(item);
		item = NULL;
	}
	return json_pack("{s:o, s:o, s:o, s:o*}", "id", json_part_text(a->id), "watch",
		json_part_watch(a), "item", item, "story",
		a->story ? story_json_make(a->story) : NULL);
}

static json_t *detail_make_digest(const struct alert_digest *d)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < d->n; i++)
		if (json_array_append_new(list, detail_make_short(&d->alerts[i])) != 0) {
			json_decref(list);
			list = NULL;
		}
	return json_pack("{s:s, s:o, s:I}", "why", alert_why_words[d->why], "alerts", list,
		"left_out", (json_int_t)d->left_out);
}

/* of: a new reference with further details. */
static json_t *detail_put_earlier(json_t *o, const struct alert *a)
{
	int bad = json_object_set_new(o, "of", json_part_text(a->of->id));

	bad |= json_part_put_text(o, "of_title", a->of->title);
	bad |= json_part_put_stamp(o, "of_timestamp", a->of->created);
	bad |= json_part_put_text(o, "cause", a->cause);
	bad |= json_part_put_text(o, "by", a->by);
	if (a->kind == ALERT_ACKNOWLEDGED)
		bad |= json_part_put_stamp(o, "at", a->created);
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *detail_make_own(const struct alert *a)
{
	switch (a->kind) {
	case ALERT_CREATED: break;
	case ALERT_UPDATED: return json_pack("{s:o}", "change", detail_make_changes(a));
	case ALERT_DIGEST: return detail_make_digest(a->digest);
	case ALERT_TROUBLE_BEGAN:
	case ALERT_TROUBLE_ENDED: return trouble_json_make(a->trouble);
	case ALERT_REPORT: return json_loadb(a->report.p, a->report.n, JSON_ALLOW_NUL, NULL);
	case ALERT_CORRECTED:
		return detail_put_earlier(json_pack("{s:o}", "change", detail_make_changes(a)), a);
	case ALERT_STORY:
	case ALERT_WITHDRAWN:
	case ALERT_ACKNOWLEDGED: return detail_put_earlier(json_object(), a);
	}
	return json_object();
}

json_t *alert_detail_make(const struct alert *a)
{
	json_t *o = detail_make_own(a);

	if (!a->story || !o || json_object_set_new(o, "story", story_json_make(a->story)) == 0)
		return o;
	json_decref(o);
	return NULL;
}

int alert_detail_write(const struct alert *a, struct buf *out)
{
	return a->kind == ALERT_CREATED && !a->story ? 0
						     : json_part_dump(alert_detail_make(a), out);
}

/* --- reading --- */

/* A string, an array of strings, or null. */
static int detail_read_values(json_t *from, struct arena *arena, const struct str **out, size_t *n)
{
	size_t most = json_is_array(from) ? json_array_size(from) : json_is_string(from);
	struct str *v = arena_array(arena, most, sizeof(*v));
	int rc = v ? 0 : -(int)ERR_NOMEM;

	for (*n = 0; !rc && *n < most; ++*n) {
		json_t *one = json_is_array(from) ? json_array_get(from, *n) : from;

		rc = json_is_string(one) ? json_part_read_text(one, arena, &v[*n])
					 : -(int)ERR_INPUT;
	}
	*out = v;
	return rc;
}

static int detail_read_changes(json_t *root, struct arena *arena, struct alert *out)
{
	json_t *object = json_object_get(root, "change");
	struct alert_change *v = arena_array(arena, ALERT_PARTS, sizeof(*v));

	if (!v)
		return -(int)ERR_NOMEM;
	for (int part = 0; part < ALERT_PARTS; part++) {
		json_t *pair = json_object_get(object, alert_part_words[part]);
		struct alert_change *c = &v[out->n_changes];
		int rc;

		if (!pair)
			continue;
		c->part = (enum alert_part)part;
		rc = detail_read_values(json_array_get(pair, 0), arena, &c->was, &c->n_was);
		if (!rc)
			rc = detail_read_values(json_array_get(pair, 1), arena, &c->is, &c->n_is);
		if (rc)
			return rc;
		out->n_changes++;
	}
	out->changes = v;
	return json_is_object(object) ? 0 : -(int)ERR_INPUT;
}

static int detail_read_short(json_t *from, struct arena *arena, struct alert *out)
{
	json_t *watch = json_object_get(from, "watch"), *item = json_object_get(from, "item");
	json_t *feed = json_object_get(item, "feed");
	struct str priority;
	const struct {
		json_t *object;
		const char *key;
		struct str *out;
	} texts[] = {
		{from, "id", &out->id},
		{watch, "name", &out->watch},
		{watch, "title", &out->watch_title},
		{watch, "priority", &priority},
		{item, "title", &out->title},
		{item, "link", &out->link},
		{feed, "name", &out->feed},
		{feed, "title", &out->feed_title},
	};
	int rc = 0;

	*out = (struct alert){.fetched = STAMP_NONE};
	for (size_t i = 0; !rc && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = json_part_read_text(
			json_object_get(texts[i].object, texts[i].key), arena, texts[i].out);
	if (rc)
		return rc;
	out->priority = alert_priority_of(priority);
	rc = story_json_read(json_object_get(from, "story"), arena, &out->story);
	if (rc)
		return rc;
	out->published = json_part_read_stamp(json_object_get(item, "published"));
	return str_present(out->id) && str_present(out->title) ? 0 : -(int)ERR_INPUT;
}

static int detail_read_digest(json_t *root, struct arena *arena, struct alert *out)
{
	json_t *list = json_object_get(root, "alerts");
	const char *why = json_string_value(json_object_get(root, "why"));
	struct alert_digest *d = arena_zalloc(arena, sizeof(*d));
	struct alert *v = arena_array(arena, json_array_size(list), sizeof(*v));
	int rc = 0;

	if (!d || !v)
		return -(int)ERR_NOMEM;
	while (d->why < ALERT_WHYS && !(why && strcmp(why, alert_why_words[d->why]) == 0))
		d->why++;
	if (d->why == ALERT_WHYS)
		return -(int)ERR_INPUT;
	for (; !rc && d->n < json_array_size(list); d->n++) {
		rc = detail_read_short(json_array_get(list, d->n), arena, &v[d->n]);
		v[d->n].created = out->created; /* so its age is that at the time of the digest */
	}
	d->alerts = v;
	d->left_out = (size_t)json_integer_value(json_object_get(root, "left_out"));
	out->digest = d;
	return rc;
}

static int detail_keep_report(
	struct str text, const json_t *root, struct arena *arena, struct alert *out)
{
	if (!json_is_object(root))
		return -(int)ERR_INPUT;
	out->report = arena_str(arena, text);
	return out->report.p ? 0 : -(int)ERR_NOMEM;
}

static int detail_read_earlier(json_t *root, struct arena *arena, struct alert *out)
{
	struct alert_earlier *of = arena_zalloc(arena, sizeof(*of));
	int rc;

	if (!of)
		return -(int)ERR_NOMEM;
	of->created = json_part_read_stamp(json_object_get(root, "of_timestamp"));
	out->of = of;
	if ((rc = json_part_read_text(json_object_get(root, "of"), arena, &of->id)) ||
		(rc = json_part_read_text(json_object_get(root, "of_title"), arena, &of->title)) ||
		(rc = json_part_read_text(json_object_get(root, "cause"), arena, &out->cause)) ||
		(rc = json_part_read_text(json_object_get(root, "by"), arena, &out->by)))
		return rc;
	if (!str_present(of->id))
		return -(int)ERR_INPUT;
	return out->kind == ALERT_CORRECTED ? detail_read_changes(root, arena, out) : 0;
}

int alert_detail_read(struct str text, struct arena *arena, struct alert *out, struct err *e)
{
	unsigned long lacks = counted_memory_failures();
	json_error_t why;
	json_t *root;
	int rc = 0;

	if (out->kind == ALERT_CREATED && !text.n)
		return 0;
	root = json_loadb(text.p ? text.p : "", text.n, JSON_ALLOW_NUL, &why);
	switch (out->kind) {
	case ALERT_CREATED: rc = json_is_object(root) ? 0 : -(int)ERR_INPUT; break;
	case ALERT_UPDATED: rc = detail_read_changes(root, arena, out); break;
	case ALERT_DIGEST: rc = detail_read_digest(root, arena, out); break;
	case ALERT_TROUBLE_BEGAN:
	case ALERT_TROUBLE_ENDED: rc = trouble_json_read(root, arena, &out->trouble); break;
	case ALERT_REPORT: rc = detail_keep_report(text, root, arena, out); break;
	case ALERT_CORRECTED:
	case ALERT_WITHDRAWN:
	case ALERT_STORY:
	case ALERT_ACKNOWLEDGED: rc = detail_read_earlier(root, arena, out); break;
	}
	if (!rc)
		rc = story_json_read(json_object_get(root, "story"), arena, &out->story);
	json_decref(root);
	if (rc == -(int)ERR_INPUT && counted_memory_failures() == lacks)
		return err_set(e, ERR_INPUT, "the details of an alert are damaged");
	return rc ? err_nomem(e) : 0;
}
