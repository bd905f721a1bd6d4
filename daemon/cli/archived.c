/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "archived.h"

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
