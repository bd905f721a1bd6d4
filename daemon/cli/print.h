/* SPDX-License-Identifier: MIT */
/* Text on standard output, as several commands print it. Control characters are escaped. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "alert/alert.h"
#include "command.h"
#include "feed/item.h"
#include "store/store.h"
#include "watch/watch.h"

/* The time zone of what is printed: a name, or NULL for that of the system. */
void print_set_zone(const char *name);
/* "2022-02-12 10:00:00Z", "2022-02-12 12:00:00+02:00", or "never". */
const char *print_stamp_text(int64_t ms, char out[STAMP_TEXT_MAX]);
void print_stamp(int64_t ms);
/* The same for a time in UTC from a JSON document; another text as it is. */
const char *print_local_text(const char *rfc3339, char out[STAMP_TEXT_MAX]);
/* Nothing if s is absent. */
void print_text(const char *before, struct str s, const char *after);
/* An address without its login and tokens; nothing if it is absent. */
void print_url(const char *before, struct str url, const char *after);
/* "9,987" */
void print_count(long long n);
/* A line "name   value", the name padded to width; nothing if the value is absent. */
void print_line(const char *name, int width, struct str value);
/* "90 s", "5 min", "30 h", "2 d": rounded. */
#define PRINT_DURATION_MAX 32
const char *print_duration_text(int64_t ms, char out[PRINT_DURATION_MAX]); /* returns out */
void print_duration(int64_t ms);
void print_stamp_line(const char *name, int width, int64_t ms);
/* The first words of an alert: title, text or link; at most max bytes. */
void print_headline(const struct alert *a, size_t max);
/* "2022-02-12 10:00:00Z  feed  headline" */
void print_item(const struct store_item_row *row, struct str body);
/* One hit a line: "title: embassy   (embass*)". */
void print_hit(const struct watch_hit *h);
/* "rss 2.0, utf-8, 12 items" */
void print_batch(const struct feed_batch *b);
/* "line 3: text" */
void print_problem(const struct feed_problem *p);
/* Prints what an edit changed, as two lines. */
void print_change(const struct alert_change *c);
/* "desk: delivered at 2022-02-12 10:00:00Z, 1 attempt, last answer: HTTP 204 (delivery 7)" */
void print_delivery(const struct store_delivery *d);
/* The part of the text around the hits, with the hits in bold or brackets. No line break. */
void print_snippet(const struct cli *cli, const struct watch_view *v, const struct watch_hit *hits,
	size_t n_hits);

#endif
