/* SPDX-License-Identifier: MIT */
#include "item_line.h"

#include "alert/alert.h"

#define HEADLINE_MAX 200

void item_put_headline(struct html *h, const struct store_item_row *row, struct str body)
{
	const struct alert a = {.title = row->item.title, .body = body, .link = row->item.link};
	struct buf line;
	bool link;

	buf_init(&line, 4096);
	alert_headline(&a, HEADLINE_MAX, &line);
	html_markup(h, "<span");
	html_foreign(h, row->item.language);
	html_markup(h, ">");
	link = html_open_link(h, row->item.link);
	html_text(h, buf_str(&line));
	html_markup(h, link ? "</a></span>" : "</span>");
	buf_pass_lack(h->out, &line);
	buf_release(&line);
}

void item_put_href(struct html *h, int64_t row)
{
	char name[24];

	snprintf(name, sizeof(name), "#%lld", (long long)row);
	html_href(h, "items/", str_of(name));
}

void item_put_facts(struct html *h, const struct store_item_row *row, bool feed)
{
	html_time_ago(h, row->first_seen);
	if (feed) {
		html_markup(h, " · <a");
		html_href(h, "feeds/", row->feed);
		html_markup(h, ">");
		html_name(h, row->feed);
		html_markup(h, "</a>");
	}
	html_markup(h, " · <a");
	item_put_href(h, row->id);
	html_markup(h, ">Trace</a>");
}
