/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/counted_memory.h"
#include "feed/date.h"
#include "feed/identity.h"
#include "feed/html.h"
#include "json_repair.h"
#include "json_value.h"
#include "link_form.h"
#include "newest.h"

#define LIST_MAX 512 /* tags or attachments of one item; the rest is dropped */

/* --- items ------------------------------------------------------------------------------------ */

static void json_read_tags(struct json_reader *r, json_t *object, struct str **list, size_t *n)
{
	json_t *v = json_object_get(object, "tags"), *one;
	size_t i, max = json_is_string(v) ? 1 : json_array_size(v);

	if (!max)
		return;
	*list = json_keep_list(r, max < LIST_MAX ? max : LIST_MAX, sizeof(**list));
	if (*list && json_is_string(v)) {
		(*list)[0] = json_line_of(r, v);
		*n = (*list)[0].p != NULL;
		return;
	}
	json_array_foreach (v, i, one) {
		struct str s;

		if (!*list || *n == LIST_MAX)
			break;
		s = json_is_string(one) ? json_line_of(r, one) : STR_NONE;
		if (s.p)
			(*list)[(*n)++] = s;
	}
}

static void json_read_attachments(struct json_reader *r, json_t *object, struct feed_item *item)
{
	json_t *v = json_object_get(object, "attachments"), *one;
	size_t i, max = json_array_size(v);

	if (!max)
		return;
	item->enclosures =
		json_keep_list(r, max < LIST_MAX ? max : LIST_MAX, sizeof(*item->enclosures));
	json_array_foreach (v, i, one) {
		struct feed_enclosure e = {.url = STR_NONE};

		if (!item->enclosures || item->n_enclosures == LIST_MAX)
			break;
		e.url = json_link(r, one, "url");
		e.type = json_word(r, one, "mime_type");
		e.length = json_word(r, one, "size_in_bytes");
		if (e.url.p)
			item->enclosures[item->n_enclosures++] = e;
	}
}

static void json_read_text(struct json_reader *r, json_t *object, struct feed_item *item)
{
	char number[32];
	struct str html = json_field(r, object, "content_html", number), text, summary;

	json_body(r, html, true, &item->content, &item->content_html);
	text = json_field(r, object, "content_text", number);
	/* The text repeats the HTML: it is used only without HTML. */
	if (!item->content_html.p)
		json_body(r, text, feed_html_has_tags(text), &item->content, &item->content_html);
	if (!item->content.p && !item->content_html.p) {
		text = json_field(r, object, "content", number);
		json_body(r, text, feed_html_has_tags(text), &item->content, &item->content_html);
	}
	summary = json_field(r, object, "summary", number);
	json_body(r, summary, feed_html_has_tags(summary) || json_has_reference(summary),
		&item->summary, &item->summary_html);
}

static void json_read_item(struct json_reader *r, json_t *object, struct feed_item *item)
{
	item->id = json_word(r, object, "id");
	item->title = json_line(r, object, "title");
	item->link = json_link(r, object, "url");
	if (!item->link.p)
		item->link = json_link(r, object, "external_url");
	item->author = json_authors(r, object);
	if (!item->author.text.p)
		item->author = r->b->feed.author;
	item->published = json_date(r, object, "date_published", &item->date_implausible);
	item->updated = json_date(r, object, "date_modified", &item->date_implausible);
	item->language = json_word(r, object, "language");
	if (!item->language.p)
		item->language = r->b->feed.language;
	json_read_text(r, object, item);
	json_read_tags(r, object, &item->categories, &item->n_categories);
	json_read_attachments(r, object, item);
	feed_identity_fill(item, r->o->strip_parameters, r->o->n_strip_parameters);
}

static bool json_is_late(const struct json_reader *r)
{
	return clock_thread_cpu_us() > r->cpu_end_us;
}

/* An element of "items", and its line. */
struct json_place {
	json_t *object;
	uint32_t line;
};

/* Date of an item, for the choice of the newest; STAMP_NONE: none is known. */
static int64_t json_choice_date(struct json_reader *r, json_t *object)
{
	static const char *const keys[] = {"date_published", "date_modified"};
	char number[32];
	bool implausible;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int64_t stamp =
			feed_date_parse(json_field(r, object, keys[i], number), &implausible);

		if (stamp != STAMP_NONE)
			return implausible ? STAMP_NONE : stamp;
	}
	return STAMP_NONE;
}

/*
 * Chooses the objects that are read. Returns their number, and a list that the caller frees. Dates
 * are parsed only if there are too many.
 */
static size_t json_choose_items(
	struct json_reader *r, json_t *list, const struct json_repaired *m, struct json_place **out)
{
	struct feed_newest newest = {.max = 0};
	size_t i, n, cap = 0, seen = 0, others = 0;
	bool many = json_array_size(list) > r->limits->items;
	char text[ERR_TEXT_MAX];
	json_t *one;

	feed_newest_begin(&newest, r->limits->items);
	json_array_foreach (list, i, one) {
		struct json_place place = {one, 0};

		if (r->nomem || json_is_late(r))
			break;
		if (!json_is_object(one)) {
			others++;
			continue;
		}
		if ((seen + 1) * sizeof(place.line) <= m->lines.len)
			memcpy(&place.line, m->lines.data + seen * sizeof(place.line),
				sizeof(place.line));
		seen++;
		r->nomem = !array_room(out, newest.n, &cap, 1, sizeof(**out));
		if (!r->nomem) {
			(*out)[newest.n] = place;
			r->nomem = !feed_newest_add(&newest,
				many ? json_choice_date(r, one) : STAMP_NONE, *out, sizeof(**out));
		}
	}
	r->nomem |= !feed_newest_end(&newest, *out, sizeof(**out));
	r->b->left_out = newest.dropped;
	if (newest.dropped)
		json_problem(r, 0, feed_newest_text(&newest, "items", text, sizeof(text)));
	if (others)
		json_problem(r, 0, "something in \"items\" is no object and was left out");
	n = newest.n;
	feed_newest_release(&newest);
	return n;
}

static void json_read_items(struct json_reader *r, json_t *list, const struct json_repaired *m)
{
	struct feed_batch *b = r->b;
	struct json_place *places = NULL;
	size_t n = json_choose_items(r, list, m, &places);

	b->items = json_keep_list(r, n, sizeof(*b->items));
	for (size_t i = 0; i < n && b->items && !r->nomem && !json_is_late(r); i++) {
		b->items[b->n_items].line = places[i].line;
		json_read_item(r, places[i].object, &b->items[b->n_items++]);
	}
	free(places);
}

/* --- the feed --------------------------------------------------------------------------------- */

static void json_read_version(struct json_reader *r, json_t *root)
{
	static const char lead[] = "https://jsonfeed.org/version/";
	struct str v = json_word(r, root, "version");

	if (v.n > sizeof(lead) - 1 && str_starts(v, STR("https://jsonfeed.org/version/")))
		r->b->feed.format_version =
			str_slice(v.p + sizeof(lead) - 1, v.n - (sizeof(lead) - 1));
	else if (v.n > sizeof(lead) - 2 && str_starts(v, STR("http://jsonfeed.org/version/")))
		r->b->feed.format_version =
			str_slice(v.p + sizeof(lead) - 2, v.n - (sizeof(lead) - 2));
	else
		json_problem(r, 0, "\"version\" is not that of a JSON Feed");
}

static void json_read_hub(struct json_reader *r, json_t *root)
{
	json_t *hubs = json_object_get(root, "hubs"), *one;
	size_t i;

	json_array_foreach (hubs, i, one) {
		struct str url = json_link(r, one, "url");

		if (url.p) {
			r->b->feed.hub = url;
			return;
		}
	}
}

static void json_read_feed(struct json_reader *r, json_t *root)
{
	struct feed_info *f = &r->b->feed;

	f->format = FEED_JSON;
	f->encoding = json_keep(r, STR("utf-8"));
	f->published = f->updated = STAMP_NONE;
	f->ttl_ms = -1;
	json_read_version(r, root);
	f->self = json_link(r, root, "feed_url");
	f->link = json_link(r, root, "home_page_url");
	f->next = json_link(r, root, "next_url");
	f->title = json_line(r, root, "title");
	f->subtitle = json_line(r, root, "description");
	f->image = json_link(r, root, "icon");
	if (!f->image.p)
		f->image = json_link(r, root, "favicon");
	f->language = json_word(r, root, "language");
	if (!f->language.p)
		f->language = json_keep(r, r->o->content_language);
	f->author = json_authors(r, root);
	json_read_hub(r, root);
}

static int json_refuse(json_t *root, struct err *e)
{
	if (json_is_array(json_object_get(root, "items")))
		return err_set(e, ERR_INPUT,
			"not a feed: this is JSON%s with an empty list of \"items\", but no JSON "
			"Feed: it has no \"version\" and no address of a feed or a home page",
			json_object_get(root, "error") || json_object_get(root, "errors")
				? " that reports an error,"
				: "");
	return err_set(e, ERR_INPUT,
		"not a feed: this is JSON (%s), but no JSON Feed: it has no list of \"items\"; "
		"look on the "
		"site for the address of its feed, or try `nightdesk discover`",
		json_is_array(root) ? "a list" : "an object");
}

static bool json_is_feed(json_t *root)
{
	json_t *version = json_object_get(root, "version"), *items = json_object_get(root, "items");

	if (json_is_string(version) && strstr(json_string_value(version), "jsonfeed.org/"))
		return true;
	if (json_array_size(items) == 0) /* APIs answer like this, with an error or without */
		return json_is_array(items) && (json_object_get(root, "feed_url") ||
						       json_object_get(root, "home_page_url"));
	return true;
}

/* Links of items are relative to the home page: the document may be on another host. */
static bool json_has_absolute_home(json_t *root)
{
	json_t *home = json_object_get(root, "home_page_url");

	return json_is_string(home) &&
	       link_scheme_length(str_trim(str_of(json_string_value(home))));
}

static int json_fill_batch(
	struct json_reader *r, json_t *root, const struct json_repaired *m, struct err *e)
{
	struct feed_batch *b = r->b;

	b->problems = json_keep_list(r, FEED_PROBLEMS_MAX + 1, sizeof(*b->problems));
	if (!b->problems)
		return err_nomem(e);
	b->well_formed = !m->first_line;
	b->complete = !m->cut;
	if (m->first_line)
		json_problem(r, m->first_line, m->first);
	json_read_feed(r, root);
	if (json_has_absolute_home(root) && b->feed.link.p)
		r->base = b->feed.link;
	else if (!r->base.p)
		r->base = b->feed.self.p ? b->feed.self : b->feed.link;
	json_read_items(r, json_object_get(root, "items"), m);
	if (json_is_late(r))
		return err_set(e, ERR_LIMIT,
			"the document takes more than %lld ms of computing time; refused",
			(long long)(r->limits->cpu_us / 1000));
	if (r->field_cut)
		json_problem(r, 0, "a text longer than is taken was cut");
	if (!r->nomem)
		return 0;
	if (arena_overflowed(b->arena))
		return err_set(e, ERR_LIMIT, "what the feed holds is larger than %zu bytes",
			r->limits->arena_bytes);
	return err_nomem(e);
}

static int json_build_batch(struct str text, json_t *root, const struct json_repaired *m,
	struct json_reader *r, struct err *e)
{
	struct arena *arena = arena_new(r->limits->arena_bytes);
	int rc;

	r->b = arena ? arena_zalloc(arena, sizeof(*r->b)) : NULL;
	if (!r->b) {
		arena_free(arena);
		return err_nomem(e);
	}
	r->b->arena = arena;
	r->b->body_bytes = text.n;
	/* Visible text may be longer than its HTML. */
	buf_init(&r->scratch, 2 * r->limits->field_bytes + 256);
	buf_init(&r->repaired, 2 * r->limits->field_bytes + 256);
	rc = json_fill_batch(r, root, m, e);
	buf_release(&r->scratch);
	buf_release(&r->repaired);
	if (rc)
		arena_free(arena);
	return rc;
}

int feed_json_parse(
	struct str text, const struct feed_parse_options *o, struct feed_batch **out, struct err *e)
{
	struct json_reader r = {.o = o, .limits = o->limits ? o->limits : &feed_limits_default};
	struct json_repaired m;
	unsigned long lacks = counted_memory_failures();
	json_error_t why;
	json_t *root = NULL;
	int rc;

	r.cpu_end_us = clock_thread_cpu_us() + r.limits->cpu_us;
	rc = json_repair(text, r.limits, &m, e);
	*out = NULL;
	if (rc == 0) {
		root = json_loadb(m.text.data ? m.text.data : "", m.text.len, 0, &why);
		if (!root && counted_memory_failures() != lacks)
			rc = err_nomem(e);
		else if (!root)
			rc = err_set(e, ERR_INPUT,
				"line %d: not a feed: this looks like JSON, but %s%s", why.line,
				m.cut ? "it is cut off; and " : "", why.text);
		else if (!json_is_feed(root))
			rc = json_refuse(root, e);
	}
	if (rc == 0) {
		r.base = o->url;
		rc = json_build_batch(text, root, &m, &r, e);
	}
	if (rc == 0)
		*out = r.b;
	json_decref(root);
	json_repaired_release(&m);
	return rc;
}
