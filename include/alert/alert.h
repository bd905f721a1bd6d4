/* SPDX-License-Identifier: MIT */
/*
 * An alert: one watch matched one item. It holds everything that a sink may say about it, as it was
 * when the alert was raised: a later edit of the watch or of the item changes nothing here.
 */
#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "watch/watch.h"

/* The most urgent first. */
enum alert_priority { ALERT_FLASH, ALERT_URGENT, ALERT_NORMAL, ALERT_LOW };

/* "flash", "urgent", "normal", "low": indexed by enum alert_priority, NULL-terminated. */
extern const char *const alert_priority_words[];
const char *alert_priority_name(enum alert_priority p);
/* ALERT_NORMAL where s is none of the words. */
enum alert_priority alert_priority_of(struct str s);

struct alert {
	struct str id;	 /* "al_…": always the same for the same watch and item */
	int64_t created; /* wall ms */
	struct str watch, watch_title;
	enum alert_priority priority;
	struct str item_id, title, link, author; /* absent where the item has none */
	struct str body;			 /* visible text, cut to ALERT_BODY_MAX */
	int64_t published;			 /* wall ms or STAMP_NONE */
	struct str feed, feed_title, source, language;
	struct watch_hit *hits; /* field, offset and length refer to title and body above */
	size_t n_hits;
	int64_t fetched; /* wall ms: when the body that contained the item was complete */
	bool test;	 /* sent by test-notify */
};

#define ALERT_BODY_MAX	  ((size_t)16 * 1024)
#define ALERT_HITS_MAX	  ((size_t)256)
#define ALERT_SNIPPET_MAX ((size_t)400) /* bytes: the snippet that sinks show */

/*
 * Appends "al_" and 26 characters of base 32: the id of the alert that the watch raises for the
 * item with this key in this feed. The same three give the same id, after a restart too. Sets
 * out->failed when memory runs out.
 */
void alert_put_id(struct str watch, struct str feed, const uint8_t key[16], struct buf *out);

/*
 * Appends the title; the first words of the text where the item has no title; else the link. One
 * line, never empty, at most max bytes, without control characters.
 */
void alert_headline(const struct alert *a, size_t max, struct buf *out);
/* The headline that sinks show: a title of up to 300 bytes, or a dozen words of the text. */
void alert_headline_short(const struct alert *a, struct buf *out);
/* Appends the part of the text around the hits, with the hits marked. */
void alert_snippet(
	const struct alert *a, size_t max, const struct watch_marks *marks, struct buf *out);

/* The alert that test-notify sends, clearly marked as a test. Strings live in arena. */
void alert_make_test(int64_t now, struct arena *arena, struct alert *out);

#endif
