/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "archived.h"

#include "document/value.h"
#include "stored.h"

#define HEADLINE_MAX 100

void cli_put_item(const struct store_item_row *row, struct str body)
{
	const struct alert a = {.title = row->item.title, .body = body, .link = row->item.link};

	cli_put_stamp(row->first_seen);
	fputs("  ", stdout);
	utf8_print(stdout, row->feed);
	fputs("  ", stdout);
	cli_put_headline(&a, HEADLINE_MAX);
}

json_t *cli_item_json(const struct store_item_row *row)
{
	json_t *o = json_object(), *item = json_object();

	json_object_set_new(o, "number", json_integer((json_int_t)row->id));
	document_set_text(o, "feed", row->feed);
	document_set_stamp(o, "first_seen", row->first_seen);
	document_set_text(item, "id", row->item.id);
	document_set_text(item, "title", row->item.title);
	document_set_text(item, "link", row->item.link);
	document_set_text(item, "author", row->item.author.text);
	document_set_stamp(item, "published", row->item.published);
	document_set_text(item, "language", row->item.language);
	json_object_set_new(o, "item", item);
	return o;
}
