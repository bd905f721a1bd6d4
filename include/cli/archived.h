/* SPDX-License-Identifier: MIT */
/* Items of the archive, shown: what `search` and `backtest` share. */
#ifndef CLI_ARCHIVED_H
#define CLI_ARCHIVED_H

#include <jansson.h>

#include "cli/command.h"
#include "store/store.h"
#include "watch/watch.h"

/* "2022-02-12 10:00:00Z  feed  headline", no newline. */
void cli_put_item(const struct store_item_row *row, struct str body);
/* {"number": 7, "feed": …, "first_seen": …, "item": {…}}; NULL: out of memory. */
json_t *cli_item_json(const struct store_item_row *row);
/* The window around the hits, for a person: marked, harmless to a terminal, no newline. */
void cli_put_snippet(const struct cli *cli, const struct watch_view *v,
	const struct watch_hit *hits, size_t n_hits);
/* Adds "hits" and "snippet" to o. */
void cli_set_hits(json_t *o, const struct watch_view *v, const struct watch_hit *hits, size_t n);

#endif
