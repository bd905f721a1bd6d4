/* SPDX-License-Identifier: MIT */
#include "feed_json.h"

#include "base/clock.h"
#include "command.h"
#include "document/value.h"

const char *cli_feed_format(enum feed_format format)
{
	switch (format) {
	case FEED_RSS: return "rss";
	case FEED_ATOM: return "atom";
	case FEED_CDF: return "cdf";
	case FEED_JSON: return "json";
	case FEED_UNKNOWN: break;
	}
	return "unknown";
}

static void put_author(json_t *to, const struct feed_author *a)
{
	document_set_text(to, "author", a->text);
	document_set_text(to, "author_name", a->name);
	document_set_text(to, "author_email", a->email);
	document_set_text(to, "author_uri", a->uri);
}

static void put_list(json_t *to, const char *key, const struct str *list, size_t n)
{
	json_t *array;

	if (!n)
		return;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_stringn(list[i].p, list[i].n));
	json_object_set_new(to, key, array);
}

static json_t *item_json(const struct feed_item *i)
{
	json_t *o = json_object(), *list, *one;

	document_set_text(o, "id", i->id);
	document_set_text(o, "title", i->title);
	document_set_text(o, "link", i->link);
	put_author(o, &i->author);
	document_set_stamp(o, "published", i->published);
	document_set_stamp(o, "updated", i->updated);
	if (i->date_implausible)
		json_object_set_new(o, "date_implausible", json_true());
	document_set_text(o, "language", i->language);
	/* Where the feed gives one text only, it is both. */
	document_set_text(o, "summary", i->summary.p ? i->summary : i->content);
	document_set_text(o, "content", i->content);
	document_set_text(o, "summary_html", i->summary_html);
	document_set_text(o, "content_html", i->content_html);
	put_list(o, "categories", i->categories, i->n_categories);
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

static void put_skips(json_t *o, const struct feed_info *f)
{
	json_t *list;

	if (f->skip_hours) {
		list = json_array();
		for (int h = 0; h < 24; h++)
			if (f->skip_hours >> h & 1)
				json_array_append_new(list, json_integer(h));
		json_object_set_new(o, "skip_hours", list);
	}
	if (f->skip_days) {
		static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday",
			"Thursday", "Friday", "Saturday"};

		list = json_array();
		for (int d = 0; d < 7; d++)
			if (f->skip_days >> d & 1)
				json_array_append_new(list, json_string(days[d]));
		json_object_set_new(o, "skip_days", list);
	}
}

static json_t *feed_json(const struct feed_info *f)
{
	json_t *o = json_object();

	document_set_text(o, "title", f->title);
	document_set_text(o, "link", f->link);
	document_set_text(o, "id", f->id);
	document_set_text(o, "subtitle", f->subtitle);
	put_author(o, &f->author);
	document_set_text(o, "language", f->language);
	document_set_stamp(o, "published", f->published);
	document_set_stamp(o, "updated", f->updated);
	put_list(o, "categories", f->categories, f->n_categories);
	document_set_text(o, "rights", f->rights);
	document_set_text(o, "generator", f->generator);
	document_set_text(o, "image", f->image);
	if (f->ttl_ms > 0)
		json_object_set_new(o, "ttl", json_integer(f->ttl_ms / CLOCK_MINUTE));
	put_skips(o, f);
	document_set_text(o, "hub", f->hub);
	document_set_text(o, "self", f->self);
	document_set_text(o, "next", f->next);
	return o;
}

static json_t *problems_json(const struct feed_problem *problems, size_t n)
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

static void put_batch(json_t *doc, const struct feed_batch *b)
{
	json_t *items = json_array();

	json_object_set_new(doc, "parse", json_string("ok"));
	json_object_set_new(doc, "format", json_string(cli_feed_format(b->feed.format)));
	document_set_text(doc, "format_version", b->feed.format_version);
	document_set_text(doc, "encoding", b->feed.encoding);
	json_object_set_new(doc, "well_formed", json_boolean(b->well_formed));
	json_object_set_new(doc, "complete", json_boolean(b->complete));
	json_object_set_new(doc, "problems", problems_json(b->problems, b->n_problems));
	json_object_set_new(doc, "feed", feed_json(&b->feed));
	for (size_t i = 0; i < b->n_items; i++)
		json_array_append_new(items, item_json(&b->items[i]));
	json_object_set_new(doc, "items", items);
}

int cli_feed_json(FILE *to, const char *file, const struct feed_batch *b, const struct err *e)
{
	json_t *doc = json_object();
	int rc;

	if (file)
		json_object_set_new(doc, "file", json_string(file));
	if (b) {
		put_batch(doc, b);
	} else {
		struct feed_problem why = {.text = str_of(e->text)};

		json_object_set_new(doc, "parse", json_string("error"));
		json_object_set_new(doc, "problems", problems_json(&why, 1));
	}
	rc = json_dumpf(doc, to, JSON_COMPACT);
	fputc('\n', to);
	json_decref(doc);
	if (rc)
		cli_complain("%s: out of memory", file ? file : "parse");
	return rc;
}
