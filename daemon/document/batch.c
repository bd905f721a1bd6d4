/* SPDX-License-Identifier: MIT */
#include "document/batch.h"

#include "base/clock.h"
#include "value.h"

const char *const document_weekdays[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

const char *document_format_name(enum feed_format format)
{
	switch (format) {
	case FEED_RSS: return "rss";
	case FEED_ATOM: return "atom";
	case FEED_CDF: return "cdf";
	case FEED_JSON: return "json";
	case FEED_SITEMAP: return "sitemap";
	case FEED_UNKNOWN: break;
	}
	return "unknown";
}

static void batch_set_author(json_t *to, const struct feed_author *a)
{
	document_set_text(to, "author", a->text);
	document_set_text(to, "author_name", a->name);
	document_set_text(to, "author_email", a->email);
	document_set_text(to, "author_uri", a->uri);
}

static void batch_set_list(json_t *to, const char *key, const struct str *list, size_t n)
{
	json_t *array;

	if (!n)
		return;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_stringn(list[i].p, list[i].n));
	json_object_set_new(to, key, array);
}

static json_t *batch_item(const struct feed_item *i)
{
	json_t *o = json_object(), *list, *one;

	document_set_text(o, "id", i->id);
	document_set_text(o, "title", i->title);
	document_set_text(o, "link", i->link);
	batch_set_author(o, &i->author);
	document_set_stamp(o, "published", i->published);
	document_set_stamp(o, "updated", i->updated);
	if (i->date_implausible)
		json_object_set_new(o, "date_implausible", json_true());
	document_set_text(o, "language", i->language);
	/* A single text is both. */
	document_set_text(o, "summary", i->summary.p ? i->summary : i->content);
	document_set_text(o, "content", i->content);
	document_set_text(o, "summary_html", i->summary_html);
	document_set_text(o, "content_html", i->content_html);
	batch_set_list(o, "categories", i->categories, i->n_categories);
	if (i->n_enclosures) {
		list = json_array();
		for (size_t n = 0; n < i->n_enclosures; n++) {
			one = json_object();
			document_set_text(one, "url", i->enclosures[n].url);
			document_set_text(one, "type", i->enclosures[n].type);
			document_set_text(one, "length", i->enclosures[n].length);
			json_array_append_new(list, one);
		}
		json_object_set_new(o, "enclosures", list);
	}
	if (i->source_title.p || i->source_link.p) {
		one = json_object();
		document_set_text(one, "title", i->source_title);
		document_set_text(one, "link", i->source_link);
		json_object_set_new(o, "source", one);
	}
	return o;
}

static json_t *batch_feed(const struct feed_info *f)
{
	json_t *o = json_object();

	document_set_text(o, "title", f->title);
	document_set_text(o, "link", f->link);
	document_set_text(o, "id", f->id);
	document_set_text(o, "subtitle", f->subtitle);
	batch_set_author(o, &f->author);
	document_set_text(o, "language", f->language);
	document_set_stamp(o, "published", f->published);
	document_set_stamp(o, "updated", f->updated);
	batch_set_list(o, "categories", f->categories, f->n_categories);
	document_set_text(o, "rights", f->rights);
	document_set_text(o, "generator", f->generator);
	document_set_text(o, "image", f->image);
	if (f->ttl_ms > 0)
		json_object_set_new(o, "ttl", json_integer(f->ttl_ms / CLOCK_MINUTE));
	if (f->skip_hours)
		json_object_set_new(o, "skip_hours", document_bits(f->skip_hours, NULL));
	if (f->skip_days)
		json_object_set_new(o, "skip_days", document_bits(f->skip_days, document_weekdays));
	document_set_text(o, "hub", f->hub);
	document_set_text(o, "self", f->self);
	document_set_text(o, "next", f->next);
	return o;
}

static json_t *batch_deleted(const struct feed_deletion *deleted, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *one = json_object();

		document_set_text(one, "ref", deleted[i].ref);
		document_set_stamp(one, "when", deleted[i].when);
		document_set_text(one, "by", deleted[i].by);
		document_set_text(one, "comment", deleted[i].comment);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *batch_children(const struct feed_child *children, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *one = json_object();

		document_set_text(one, "url", children[i].url);
		document_set_stamp(one, "updated", children[i].updated);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *batch_problems(const struct feed_problem *problems, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *one = json_object();

		if (problems[i].line)
			json_object_set_new(one, "line", json_integer(problems[i].line));
		document_set_text(one, "text", problems[i].text);
		json_array_append_new(list, one);
	}
	return list;
}

static void batch_set_all(json_t *doc, const struct feed_batch *b)
{
	json_t *items = json_array();

	json_object_set_new(doc, "parse", json_string("ok"));
	json_object_set_new(doc, "format", json_string(document_format_name(b->feed.format)));
	document_set_text(doc, "format_version", b->feed.format_version);
	document_set_text(doc, "encoding", b->feed.encoding);
	json_object_set_new(doc, "well_formed", json_boolean(b->well_formed));
	json_object_set_new(doc, "complete", json_boolean(b->complete));
	json_object_set_new(doc, "problems", batch_problems(b->problems, b->n_problems));
	json_object_set_new(doc, "feed", batch_feed(&b->feed));
	for (size_t i = 0; i < b->n_items; i++)
		json_array_append_new(items, batch_item(&b->items[i]));
	json_object_set_new(doc, "items", items);
	if (b->n_deleted)
		json_object_set_new(doc, "deleted", batch_deleted(b->deleted, b->n_deleted));
	if (b->n_children)
		json_object_set_new(doc, "sitemaps", batch_children(b->children, b->n_children));
}

json_t *document_batch(const char *file, const struct feed_batch *b, const struct err *e)
{
	json_t *doc = json_object();
	struct feed_problem refusal;

	if (file)
		json_object_set_new(doc, "file", json_string(file));
	if (b) {
		batch_set_all(doc, b);
	} else {
		refusal = (struct feed_problem){.text = str_of(e->text)};
		json_object_set_new(doc, "parse", json_string("error"));
		json_object_set_new(doc, "problems", batch_problems(&refusal, 1));
	}
	return doc;
}
