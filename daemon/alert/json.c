/* SPDX-License-Identifier: MIT */
#include "alert/json.h"

#include "alert/detail.h"
#include "base/clock.h"
#include "base/err.h"
#include "json_part.h"

static json_t *json_make_item(const struct alert *a)
{
	json_t *o = json_object();
	struct buf line;
	int bad = 0;

	buf_init(&line, 4096);
	alert_headline_short(a, &line);
	bad |= json_part_put_text(o, "id", a->item_id);
	bad |= json_part_put_text(o, "title", str_present(a->title) ? a->title : buf_str(&line));
	bad |= json_part_put_text(o, "link", a->link);
	bad |= json_part_put_text(o, "author", a->author);
	bad |= json_part_put_stamp(o, "published", a->published);
	bad |= json_object_set_new(o, "feed", json_part_feed(a));
	bad |= json_part_put_text(o, "source", a->source);
	bad |= json_part_put_text(o, "language", a->language);
	bad |= buf_failed(&line);
	buf_release(&line);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *json_make_hits(const struct alert *a)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < a->n_hits; i++) {
		const struct watch_hit *h = &a->hits[i];
		json_t *o =
			json_pack("{s:s, s:I, s:I, s:o, s:o}", "field", query_field_name(h->field),
				"offset", (json_int_t)h->offset, "length", (json_int_t)h->length,
				"text", json_part_text(h->text), "term", json_part_text(h->term));

		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* HTML, with <b> around its hits. */
static json_t *json_make_snippet(const struct alert *a)
{
	static const struct watch_marks marks = {"<b>", "</b>", buf_add_markup, NULL};
	struct buf b;
	json_t *o;

	buf_init(&b, ALERT_SNIPPET_MAX * 16);
	alert_snippet(a, ALERT_SNIPPET_MAX, &marks, &b);
	o = buf_failed(&b) ? NULL : json_part_text(buf_str(&b));
	buf_release(&b);
	return o;
}

/* Seconds from the publication, and from the end of the fetch, to the alert. */
static json_t *json_make_latency(const struct alert *a)
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

const char *alert_json_type(const struct alert *a)
{
	switch (a->kind) {
	case ALERT_CREATED: break;
	case ALERT_UPDATED: return "alert.updated";
	case ALERT_DIGEST: return "digest.created";
	case ALERT_TROUBLE_BEGAN: return "trouble.began";
	case ALERT_TROUBLE_ENDED: return "trouble.ended";
	case ALERT_REPORT: return "report.created";
	case ALERT_CORRECTED: return "alert.corrected";
	case ALERT_WITHDRAWN: return "alert.withdrawn";
	case ALERT_ACKNOWLEDGED: return "alert.acknowledged";
	case ALERT_STORY: return "alert.story";
	}
	return a->test ? "alert.test" : "alert.created";
}

/*
 * The data of a digest or trouble; its details are added to it. A digest has a watch and a feed if
 * all its alerts have the same.
 */
static json_t *json_make_digest(const struct alert *a)
{
	json_t *o = json_object();
	int bad = json_object_set_new(o, "id", json_part_text(a->id));

	if (a->watch.n)
		bad |= json_object_set_new(o, "watch", json_part_watch(a));
	if (str_present(a->feed))
		bad |= json_object_set_new(o, "feed", json_part_feed(a));
	bad |= json_object_set_new(o, "title", json_part_text(a->title));
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *json_make_trouble(const struct alert *a)
{
	return json_pack(
		"{s:o, s:o}", "id", json_part_text(a->id), "title", json_part_text(a->title));
}

static json_t *json_make_data(const struct alert *a)
{
	if (alert_is_notice(a))
		return json_make_trouble(a);
	if (a->kind == ALERT_DIGEST)
		return json_make_digest(a);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:n}", "id", json_part_text(a->id),
		"watch", json_part_watch(a), "item", json_make_item(a), "hits", json_make_hits(a),
		"snippet", json_make_snippet(a), "latency", json_make_latency(a), "story");
}

json_t *alert_json_make(const struct alert *a)
{
	char stamp[STAMP_TEXT_MAX];
	json_t *data = json_make_data(a);
	json_t *detail = alert_detail_make(a);

	if (!data || !detail || json_object_update(data, detail) != 0) {
		json_decref(data);
		data = NULL;
	}
	json_decref(detail);
	if (a->escalated && data &&
		json_object_set_new(data, "escalated",
			json_pack("{s:I}", "after_s", (json_int_t)(a->escalated / CLOCK_SECOND))) !=
			0) {
		json_decref(data);
		data = NULL;
	}
	return json_pack("{s:s, s:s, s:o}", "type", alert_json_type(a), "timestamp",
		clock_rfc3339(a->created, false, stamp), "data", data);
}

int alert_json_write(const struct alert *a, struct buf *out)
{
	json_t *root = alert_json_make(a);
	struct buf text;
	int rc = root ? 0 : -(int)ERR_NOMEM;

	buf_init(&text, ALERT_JSON_MAX);
	if (root)
		json_part_write(root, &text);
	if (text.overflow)
		rc = alert_json_fit(root, ALERT_JSON_MAX);
	if (text.overflow && !rc)
		json_part_write(root, out);
	else if (!rc)
		buf_adds(out, buf_str(&text));
	buf_pass_lack(out, &text);
	buf_release(&text);
	json_decref(root);
	return buf_failed(out) ? -(int)ERR_NOMEM : rc;
}
