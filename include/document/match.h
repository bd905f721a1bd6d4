/* SPDX-License-Identifier: MIT */
/* Documents of items and what watches found in them: match, explain, search, backtest. */
#ifndef DOCUMENT_MATCH_H
#define DOCUMENT_MATCH_H

#include <jansson.h>

#include "desk/backtest_summary.h"
#include "desk/explain.h"
#include "store/archive.h"
#include "story/window.h"
#include "watch/watch.h"

/* One watch and one item of a file. m NULL: it does not match, and why has the lines of
 * watch_explain. */
json_t *document_match(const char *file, struct str item, struct str watch,
	const struct watch_view *v, const struct watch_match *m, struct str why);

/*
 * What an item is among others. of: the one whose text it has; story: the first one of its story.
 */
json_t *document_story(const char *file, struct str item, const struct story_verdict *v,
	struct str of, struct str story, struct str why);

/* What `explain --json` prints. */
json_t *document_explanation(const struct desk_explanation *x);

/* An item of the archive; whole: with its texts and categories. */
json_t *document_item(const struct store_item_row *row);
json_t *document_whole_item(const struct store_item_row *row);
/* An item of the archive, with its hits. */
json_t *document_found(const struct archive_found *f);

/* An alert that a back-test gained or lost. */
json_t *document_backtest_change(const struct backtest_alert *a);
/* compared: the back-test ran against another configuration. */
json_t *document_backtest_watch(
	const struct backtest_summary *s, const struct backtest_watch *w, bool compared);
json_t *document_backtest(const struct backtest_result *r, double seconds);

#endif
