/* SPDX-License-Identifier: MIT */
/*
 * Writes HTML. The only functions that append text unescaped are html_markup() and html_printf(),
 * for literals of this room, numbers, and words of tables; everything else, all that a feed, a
 * receiver or a request said, is escaped: it can add no element, attribute or link, nor reorder the
 * text around it.
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"

struct html {
	struct buf *out;
	const char *root;	 /* relative path from the page to the top of the site: "", "../" */
	const struct zone *zone; /* of the times; NULL: UTC */
	int64_t now;		 /* wall ms */
};

/* Appends text for an element or an attribute in double quotes; of a passage, see watch_marks. */
void html_escape(struct buf *out, struct str s);

void html_markup(struct html *h, const char *literal);
void html_printf(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* One line: line breaks and tabs become spaces. Absent: nothing. */
void html_text(struct html *h, struct str s);
/* The same, at most max bytes, then "…". */
void html_text_cut(struct html *h, struct str s, size_t max);
/* A paragraph for each block of lines, between blank lines. */
void html_paragraphs(struct html *h, struct str s);
void html_attribute(struct html *h, const char *name, struct str value); /* ` name="value"` */
/*
 * The attributes of an element that holds foreign text: dir="auto", and the language if it is
 * well-formed (RFC 5646 §2.1, roughly).
 */
void html_foreign(struct html *h, struct str language);
/* <bdi>: a foreign name inside of our own text. */
void html_name(struct html *h, struct str s);

/*
 * ` href="…"` to a page of the site: path, then name as one segment, or as the value that path ends
 * with (absent: none).
 */
void html_href(struct html *h, const char *path, struct str name);
/* The same with what follows the name: "/evidence", ".atom". */
void html_href_below(struct html *h, const char *path, struct str name, const char *below);
/* Appends a parameter of a query to *url, with ? or & before it. An absent value adds nothing. */
void html_query(struct buf *url, const char *name, struct str value);
/* ` href="…"` for a query of the same page, as html_query() made it; "?" if it is empty. */
void html_href_query(struct html *h, struct str query);
/* Whether a link to it may lead away from here: http or https, nothing else. */
bool html_is_web_link(struct str url);
/*
 * Opens a link to a page elsewhere, <a …>, and returns true, if html_is_web_link(). False:
 * nothing was written, and there is no link.
 */
bool html_open_link(struct html *h, struct str url);

/* <time>: "04:12", with the day if it is another one; "today" is in the zone. */
void html_time(struct html *h, int64_t ms);
/* <time>: "04:12 · 4 min ago" */
void html_time_ago(struct html *h, int64_t ms);
/* "40 s", "12 min", "5 h", "3 days" */
void html_duration(struct html *h, int64_t ms);
/* 12345 as "12,345" */
void html_count(struct html *h, int64_t n);

#endif
