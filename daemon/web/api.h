/* SPDX-License-Identifier: MIT */
/*
 * The API: documents of the room document by HTTP, read-only. A list is an object with the list,
 * and "next" if it may go on: the cursor of the next page. What changes here changes openapi.json.
 */
#ifndef WEB_API_H
#define WEB_API_H

#include "route.h"

/* See web_read_fn. */
web_read_fn api_alerts_read, api_alert_read, api_evidence_read;
web_read_fn api_feeds_read, api_feed_read;
web_read_fn api_watches_read, api_watch_read;
web_read_fn api_items_read, api_item_read, api_explanation_read;
web_read_fn api_deliveries_read, api_delivery_read;
web_now_fn api_answer_description; /* openapi.json */

/* --- for them --- */

#define API_LIMIT     50
#define API_LIMIT_MAX 500

/* Which part of a list is wanted. */
struct api_page {
	size_t limit;
	struct str cursor; /* absent: from the beginning */
	int64_t since;	   /* STAMP_NONE: no bound */
};
/*
 * Reads limit, cursor and since. -ERR_CONF with what to write if one is malformed, or if the query
 * has another parameter than limit, cursor and the known ones; known: NULL-terminated.
 */
int api_page_read(
	struct web_call *c, const char *const *known, struct api_page *out, struct err *e);
/* Of a single document, which has no parameters. */
int api_no_parameters(struct web_call *c, struct err *e);
/* The cursor as a row, more than 0; 0: there is none. */
int api_page_row(const struct api_page *p, int64_t *row, struct err *e);
/* The index of the value in words, NULL-terminated; -1: there is no such parameter. */
int api_read_word(
	struct web_call *c, const char *name, const char *const *words, int *index, struct err *e);
/* "yes" or "no"; no by default. */
int api_read_flag(struct web_call *c, const char *name, bool *out, struct err *e);

json_t *api_cursor(int64_t row);				   /* a new reference */
int api_send(struct web_call *c, json_t *document, struct err *e); /* steals it */
/* -ERR_PERM: there is no such thing; list: of the API, which has the others. */
int api_none(
	const char *what, const char *list, struct str name, struct str nearest, struct err *e);

#endif
