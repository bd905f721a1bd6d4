/* SPDX-License-Identifier: MIT */
/* Items of the archive, shown: what `search` and `backtest` share. */
#ifndef CLI_ARCHIVED_H
#define CLI_ARCHIVED_H

#include "store/store.h"

/* "2022-02-12 10:00:00Z  feed  headline", no newline. */
void cli_put_item(const struct store_item_row *row, struct str body);

#endif
