/* SPDX-License-Identifier: MIT */
/* Why a watch matched an item, or did not, shown: what match, search, backtest and explain share.
 */
#ifndef CLI_HITS_H
#define CLI_HITS_H

#include "command.h"
#include "watch/watch.h"

/* The window around the hits, for a person: marked, harmless to a terminal, no newline. */
void cli_put_snippet(const struct cli *cli, const struct watch_view *v,
	const struct watch_hit *hits, size_t n_hits);

#endif
