/* SPDX-License-Identifier: MIT */
/*
 * A list of alerts as articles: headline, passage with marks, then what it is and its links.
 * Alerts of several watches for one item that follow each other are one article.
 */
#ifndef WEB_ALERT_CARD_H
#define WEB_ALERT_CARD_H

#include "page.h"

struct card_list {
	struct html *h;
	size_t max;	 /* articles */
	struct str feed; /* only alerts of this feed; absent: of all */
	/* results */
	size_t n;	 /* articles */
	size_t examined; /* rows */
	int64_t oldest;	 /* row of the last alert that was taken; 0: none */
	bool more;	 /* there are further ones, older than `oldest` */
	bool late;	 /* the walk ended early, since it took too long */
	/* The article that is not finished, of the most urgent of its alerts. */
	struct buf open, watches; /* all but its watches, and these */
	enum alert_priority rank;
	struct arena *arena; /* of last */
	struct {
		struct str feed, item;
		enum alert_kind kind;
	} last;
};

/* Sets h, max and no feed. 0 or -ERR_NOMEM; then card_list_end() must be called nevertheless. */
int card_list_init(struct card_list *l, struct html *h, size_t max, struct err *e);
#define CARD_ROWS_MAX ((size_t)2000) /* rows that one list goes through */

/* A store_alert_fn; ctx is the struct card_list. Returns CARD_FULL to end the walk. */
#define CARD_FULL 1
int card_list_add(void *list, const struct store_alert_row *row);
/*
 * Walks through the alerts that the filter chooses, newest first, with fn, whose ctx has *l; the
 * filter's watch, if it names one, is looked up first. What was read in time is shown if the rest
 * was not. 0 or -class.
 */
int card_list_walk(struct card_list *l, struct store *store, struct store_alert_filter *f,
	store_alert_fn *fn, void *ctx, struct err *e);
void card_list_end(struct card_list *l); /* appends the last article, and releases l */

/* An alert of its own on pages: not a digest, nor a notice of nightdesk's troubles. */
bool card_is_shown(const struct alert *a);
/* The headline, foreign, without a link. */
void card_put_headline(struct html *h, const struct alert *a);
/* The passage around the hits, at most max bytes, with marks. */
void card_put_passage(struct html *h, const struct alert *a, size_t max);
/* Who else reports its story, whose text it is, and how many sources there are at least. */
void card_put_story(struct html *h, const struct alert *a);
const struct page_sign *card_delivery_sign(enum store_delivery_state s);

#endif
