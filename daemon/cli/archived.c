/* SPDX-License-Identifier: MIT */
#include "cli/archived.h"

#include "base/utf8.h"
#include "cli/stored.h"

#define HEADLINE_MAX 100
#define SNIPPET_MAX  240
#define SNIPPET_ROOM 8192

void cli_put_item(const struct store_item_row *row, struct str body)
{
	const struct alert a = {.title = row->item.title, .body = body, .link = row->item.link};

	cli_put_stamp(row->first_seen);
	fputs("  ", stdout);
	cli_put_text(stdout, row->feed);
	fputs("  ", stdout);
	cli_put_headline(&a, HEADLINE_MAX);
}

json_t *cli_item_json(const struct store_item_row *row)
{
	json_t *o = json_object(), *item = json_object();

	json_object_set_new(o, "number", json_integer((json_int_t)row->id));
	cli_set_text(o, "feed", row->feed);
	cli_set_stamp(o, "first_seen", row->first_seen);
	cli_set_text(item, "id", row->item.id);
	cli_set_text(item, "title", row->item.title);
	cli_set_text(item, "link", row->item.link);
	cli_set_text(item, "author", row->item.author.text);
	cli_set_stamp(item, "published", row->item.published);
	cli_set_text(item, "language", row->item.language);
	json_object_set_new(o, "item", item);
	return o;
}

static void put_escaped(struct buf *out, struct str s)
{
	utf8_escape(out, s, s.n, false);
}

void cli_put_snippet(const struct cli *cli, const struct watch_view *v,
	const struct watch_hit *hits, size_t n_hits)
{
	const struct watch_marks marks = {
		cli->color ? "\033[1m" : "[", cli->color ? "\033[0m" : "]", put_escaped};
	struct buf b;

	buf_init(&b, SNIPPET_ROOM);
	watch_snippet(v, hits, n_hits, SNIPPET_MAX, &marks, &b);
	fwrite(buf_z(&b), 1, b.len, stdout);
	buf_release(&b);
}

static json_t *hit_json(const struct watch_hit *h)
{
	json_t *o = json_object();

	json_object_set_new(o, "field", json_string(watch_field_name(h->field)));
	json_object_set_new(o, "offset", json_integer((json_int_t)h->offset));
	json_object_set_new(o, "length", json_integer((json_int_t)h->length));
	cli_set_text(o, "text", h->text);
	cli_set_text(o, "term", h->term);
	return o;
}

void cli_set_hits(json_t *o, const struct watch_view *v, const struct watch_hit *hits, size_t n)
{
	static const struct watch_marks none = {"", "", NULL};
	json_t *list = json_array();
	struct buf b;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, hit_json(&hits[i]));
	json_object_set_new(o, "hits", list);
	buf_init(&b, SNIPPET_ROOM);
	watch_snippet(v, hits, n, SNIPPET_MAX, &none, &b);
	cli_set_text(o, "snippet", buf_str(&b));
	buf_release(&b);
}
