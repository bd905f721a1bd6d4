/* SPDX-License-Identifier: MIT */
/* The alert as JSON, as the webhook sends it and `alerts --json` prints it. */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "text.h"

static json_t *text(struct str s)
{
	return json_stringn_nocheck(s.p ? s.p : "", s.n);
}

/* Absent things are absent. */
static int put(json_t *object, const char *key, struct str s)
{
	return str_present(s) ? json_object_set_new_nocheck(object, key, text(s)) : 0;
}

static int put_stamp(json_t *object, const char *key, int64_t ms)
{
	char stamp[STAMP_TEXT_MAX];

	if (ms == STAMP_NONE)
		return 0;
	return put(object, key, str_of(clock_rfc3339(ms, false, stamp)));
}

static json_t *item(const struct alert *a)
{
	json_t *o = json_object(), *feed = json_object();
	struct buf line;
	int bad = 0;

	buf_init(&line, 4096);
	sink_text_headline(a, &line);
	bad |= put(o, "id", a->item_id);
	bad |= put(o, "title", str_present(a->title) ? a->title : buf_str(&line));
	bad |= put(o, "link", a->link);
	bad |= put(o, "author", a->author);
	bad |= put_stamp(o, "published", a->published);
	bad |= put(feed, "name", a->feed);
	bad |= put(feed, "title", str_present(a->feed_title) ? a->feed_title : a->feed);
	bad |= json_object_set_new(o, "feed", feed);
	bad |= put(o, "source", a->source);
	bad |= put(o, "language", a->language);
	buf_release(&line);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *hits(const struct alert *a)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < a->n_hits; i++) {
		const struct watch_hit *h = &a->hits[i];
		json_t *o = json_pack("{s:s, s:I, s:I, s:o, s:o}", "field",
			query_field_name(h->field), "offset", (json_int_t)h->offset, "length",
			(json_int_t)h->length, "text", text(h->text), "term", text(h->term));

		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* Text that can stand in HTML: the snippet carries <b> around the hits. */
static void put_html(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&': buf_addz(out, "&amp;"); break;
		case '<': buf_addz(out, "&lt;"); break;
		case '>': buf_addz(out, "&gt;"); break;
		case '"': buf_addz(out, "&quot;"); break;
		default: buf_addc(out, s.p[i]); break;
		}
	}
}

static json_t *snippet(const struct alert *a)
{
	static const struct watch_marks marks = {"<b>", "</b>", put_html};
	struct buf b;
	json_t *o;

	buf_init(&b, SINK_SNIPPET_MAX * 16);
	alert_snippet(a, SINK_SNIPPET_MAX, &marks, &b);
	o = text(buf_str(&b));
	buf_release(&b);
	return o;
}

/* Seconds from publication, and from the moment its bytes were here, to the alert. */
static json_t *latency(const struct alert *a)
{
	json_t *o = json_object();

	if (a->published != STAMP_NONE && a->published <= a->created)
		json_object_set_new(
			o, "published_s", json_integer((a->created - a->published) / CLOCK_SECOND));
	if (a->fetched != STAMP_NONE && a->fetched <= a->created)
		json_object_set_new(o, "fetched_s",
			json_real((double)(a->created - a->fetched) / (double)CLOCK_SECOND));
	return o;
}

static int dump_to(const char *p, size_t n, void *out)
{
	buf_add(out, p, n);
	return buf_failed(out) ? -1 : 0;
}

int sink_alert_json(const struct alert *a, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];
	json_t *root = json_pack("{s:s, s:s, s:{s:o, s:{s:o, s:o, s:o}, s:o, s:o, s:o, s:o, s:n}}",
		"type", a->test ? "alert.test" : "alert.created", "timestamp",
		clock_rfc3339(a->created, false, stamp), "data", "id", text(a->id), "watch", "name",
		text(a->watch), "title", text(a->watch_title), "priority", text(a->priority),
		"item", item(a), "hits", hits(a), "snippet", snippet(a), "latency", latency(a),
		"story");
	int bad = !root || json_dump_callback(root, dump_to, out, JSON_COMPACT) != 0;

	json_decref(root);
	return bad ? -(int)ERR_NOMEM : 0;
}
