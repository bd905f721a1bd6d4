/* SPDX-License-Identifier: MIT */
/* What every page has: head, masthead, footer; and the signs of states and priorities. */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "alert/alert.h"
#include "html.h"
#include "route.h"

/* Which link of the masthead is the page itself. */
enum page_place { PAGE_NOW, PAGE_ALERTS, PAGE_WATCHES, PAGE_FEEDS, PAGE_SEARCH, PAGE_ELSEWHERE };

/* Does the query ask for a page that fits one screen? */
bool page_is_wall(const struct web_call *c);
/* A writer for the body of the answer to c. */
struct html page_html(struct web_call *c);

/* Up to the opened <main>. title: foreign text; absent on the front page. */
void page_begin(struct html *h, const struct web_call *c, enum page_place place, struct str title);
void page_end(struct html *h, const struct web_call *c);

/* Two columns on a wide screen, one below the other on a narrow one: open, next, close. */
#define PAGE_COLUMNS	  "<div class=\"columns\">\n<div>\n"
#define PAGE_COLUMNS_NEXT "</div>\n<div class=\"aside\">\n"
#define PAGE_COLUMNS_END  "</div>\n</div>\n"

/* A sign and a word; the sign is hidden from screen readers, since the word says the same. */
struct page_sign {
	const char *sign, *word, *class; /* class: "good", "warn", "bad", "quiet" */
};
void page_put_sign(struct html *h, const struct page_sign *s);
/* "◷ 2 waiting" */
void page_put_number_sign(struct html *h, const struct page_sign *s, int64_t n);
const struct page_sign *page_priority_sign(enum alert_priority p);

/* A page of its own: what went wrong, and what to do. path: of the request. */
void page_put_failure(struct buf *out, const char *path, int status, const char *text);

#endif
