/* SPDX-License-Identifier: MIT */
/*
 * An alert: one watch matched one item. Everything that a sink may say about it, as it was when it
 * was raised: a later edit of the watch or the item changes nothing here.
 */
#ifndef STORE_ALERT_H
#define STORE_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "watch/watch.h"

struct alert {
	struct str id;	 /* "al_…": the same for the same watch and item, for ever */
	int64_t created; /* ms */
	struct str watch, watch_title, priority;
	struct str item_id, title, link, author; /* absent where the item has none */
	struct str body;			 /* visible text, cut to ALERT_BODY_MAX */
	int64_t published;			 /* ms or STAMP_NONE */
	struct str feed, feed_title, source, language;
	struct watch_hit *hits; /* field, offset and length refer to title and body above */
	size_t n_hits;
	int64_t fetched; /* ms: when the body that brought it was complete */
	bool test;	 /* raised by test-notify */
};

#define ALERT_BODY_MAX ((size_t)16 * 1024)
#define ALERT_HITS_MAX ((size_t)256)

/*
 * What people read first: the title, or the first words of the text when the item has none, or the
 * link. One line, never empty, at most max bytes, no controls.
 */
struct buf;
void alert_headline(const struct alert *a, size_t max, struct buf *out);
/* The window around the hits, marked. */
void alert_snippet(
	const struct alert *a, size_t max, const struct watch_marks *marks, struct buf *out);

#endif
