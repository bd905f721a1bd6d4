/* SPDX-License-Identifier: MIT */
/*
 * An alert: one watch matched an item, or the edit of an item. A snapshot of everything that a sink
 * needs to render it; later edits of the watch or the item do not change it.
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

/* The feed and the watch of nightdesk's own item; no block can have that name. */
#define ALERT_CANARY "nightdesk canary"

/* In order of urgency. */
enum alert_priority { ALERT_FLASH, ALERT_URGENT, ALERT_NORMAL, ALERT_LOW };

/* "flash", "urgent", "normal", "low"; indexed by enum alert_priority, NULL-terminated. */
extern const char *const alert_priority_words[];
/* Returns ALERT_NORMAL if s is none of the words. */
enum alert_priority alert_priority_of(struct str s);

/* The values are stored. */
enum alert_kind {
	ALERT_CREATED,
	ALERT_UPDATED,	     /* an edit of an item that was known */
	ALERT_DIGEST,	     /* several alerts in one message */
	ALERT_TROUBLE_BEGAN, /* a trouble of nightdesk itself */
	ALERT_TROUBLE_ENDED,
	ALERT_REPORT, /* what happened in a day */
	/* About an earlier alert, which is in `of`; else like the alert itself. */
	ALERT_CORRECTED,
	ALERT_WITHDRAWN,
	ALERT_ACKNOWLEDGED,
	ALERT_STORY = 10, /* more outlets report it */
};

/* The parts of an item that an edit may change. */
/* PRIORITY: of the alert, by a block raise, not by an edit; then it is the only one. */
enum alert_part {
	ALERT_TITLE,
	ALERT_TEXT,
	ALERT_AUTHOR,
	ALERT_CATEGORIES,
	ALERT_PRIORITY,
	ALERT_PARTS
};
/* "title", "text", "author", "categories", "priority"; indexed by enum alert_part. */
extern const char *const alert_part_words[ALERT_PARTS];

/* One changed part, before and after. Only categories may have several values. */
struct alert_change {
	enum alert_part part;
	const struct str *was, *is; /* of a text: what differs, with some context */
	size_t n_was, n_is;	    /* 0: the item had none */
};

/* Why alerts are sent as one digest. */
enum alert_why {
	ALERT_WHY_FLOOD,     /* a feed published more at once than it usually does */
	ALERT_WHY_DIGEST,    /* the receiver wants them collected */
	ALERT_WHY_LIMIT,     /* more than at-most allows */
	ALERT_WHY_QUIET,     /* they came in quiet hours */
	ALERT_WHY_AWAY,	     /* the receiver took no messages */
	ALERT_WHY_ESCALATED, /* they were not acknowledged */
	ALERT_WHYS,
};
/* "flood", as in documents; indexed by enum alert_why. */
extern const char *const alert_why_words[ALERT_WHYS];
/* The same as a sentence for people. */
extern const char *const alert_why_texts[ALERT_WHYS];

struct alert;

/*
 * The alerts of a digest in their short form: id, watch, priority, title, link, published and feed.
 * A title is never absent.
 */
struct alert_digest {
	enum alert_why why;
	const struct alert *alerts;
	size_t n;
	size_t left_out; /* further alerts, which are only counted */
};

/*
 * Troubles of one kind that began or ended at the same time. The title of the alert says in one
 * line what they are; its body names them and what to do. It has no watch, item or source.
 */
struct alert_trouble {
	struct str kind;   /* "receiver-failing" */
	struct str advice; /* what to do */
	bool person;	   /* only the operator can mend it */
	const struct alert_trouble_part {
		struct str subject; /* name of a feed, receiver or watch; absent: none */
		struct str detail;  /* absent: none */
		int64_t since;	    /* wall ms */
	} * v;
	size_t n, left_out; /* left_out: further ones, which are only counted */
};

/* Another alert about the same item, reported by the same message. */
struct alert_also {
	struct str id, watch, watch_title;
	enum alert_priority priority;
};

/* An earlier alert that one is about. */
struct alert_earlier {
	struct str id, title; /* title: absent if it had none */
	int64_t created;      /* wall ms */
};

/*
 * What is known of the story that an alert tells, when the alert was raised or last grew by a copy
 * of its text. Sources are independent ones, and the least possible number: outlets that print the
 * text of another are none.
 */
struct alert_story {
	struct str id; /* the same for all alerts that tell it */
	size_t reports, outlets, sources;
	const struct str *origins; /* the first sources, in order of time */
	size_t n_origins;
	const struct str *also; /* the first other outlets */
	size_t n_also;
	int64_t span;	  /* ms from its first report to its last */
	struct str first; /* id of the first alert of the watch that tells it; absent: unknown */
	struct str via;	  /* the agency that the item names in its credit line; absent: none */
	struct str why;	  /* "same text as X, but 3 → 30"; absent: its text is new */
};
#define ALERT_STORY_MAX 20 /* origins, and other outlets, that are listed */

struct alert {
	enum alert_kind kind;
	struct str id;	 /* "al_…": the same for the same watch, item and edit; or as below */
	int64_t created; /* wall ms */
	struct str watch, watch_title;
	enum alert_priority priority;
	struct str item_id, title, link, author; /* absent if the item has none */
	struct str body;			 /* visible text, truncated to ALERT_BODY_MAX */
	int64_t published;			 /* wall ms or STAMP_NONE */
	struct str feed, feed_title, source, language;
	struct watch_hit *hits; /* field, offset and length refer to title and body above */
	size_t n_hits;
	int64_t fetched;   /* wall ms: when the body that contained the item was complete */
	bool test;	   /* sent by test-notify */
	int64_t escalated; /* sent because it was not acknowledged for that time, ms; 0: not so */
	const struct alert_change *changes; /* ALERT_UPDATED: each part at most once */
	size_t n_changes;
	const struct alert_also *also; /* less urgent, or later */
	size_t n_also;
	const struct alert_digest *digest;   /* ALERT_DIGEST: its title says what it is */
	const struct alert_trouble *trouble; /* ALERT_TROUBLE_… */
	struct str report;		     /* ALERT_REPORT: its details as JSON */
	/* CORRECTED, WITHDRAWN, ACKNOWLEDGED, STORY; NULL: others. */
	const struct alert_earlier *of;
	const struct alert_story *story; /* CREATED, UPDATED, CORRECTED, STORY; NULL: no other */
	/* Why it was withdrawn or corrected, one sentence; who acknowledged it; absent: unknown. */
	struct str cause, by;
};

#define ALERT_BODY_MAX	  ((size_t)16 * 1024)
#define ALERT_HITS_MAX	  ((size_t)256)
#define ALERT_SNIPPET_MAX ((size_t)400) /* bytes; default size of a snippet in sinks */

/*
 * Appends "al_" and 26 characters of base 32: the id of the alert that the watch raises for the
 * item with this key in this feed. A hash of the three: stable across restarts. Sets
 * out->failed if memory runs out.
 */
void alert_put_id(struct str watch, struct str feed, const uint8_t key[16], struct buf *out);

/* Appends the titles of its watch and of those of `also`: "Embassy relocation, Kyiv". */
void alert_put_watches(const struct alert *a, struct buf *out);
/* Appends the ids in the same order: "al_…, al_…". */
void alert_put_ids(const struct alert *a, struct buf *out);
/*
 * Appends "dg_" and 26 such characters: the id of the digest of n alerts whose first one has that
 * id, for one receiver or, if it is absent, for all.
 */
void alert_put_digest_id(struct str first, struct str receiver, size_t n, struct buf *out);
/* Appends "al_…": the id of the notice of that kind, CORRECTED or WITHDRAWN, about the alert. */
void alert_put_about_id(struct str of, enum alert_kind kind, struct buf *out);
/* Appends "al_…": the id of the notice that the alert has that priority now. */
void alert_put_raised_id(struct str of, enum alert_priority priority, struct buf *out);
/* ALERT_UPDATED: the alert has a higher priority now, its item is not edited. */
bool alert_is_raised(const struct alert *a);
/* Appends "ak_" and 26 such characters: the id of the notice that the alert is acknowledged. */
void alert_put_ack_id(struct str of, struct buf *out);
/* Appends "st_" and 26 such characters: the id of the notice that its story has so many outlets. */
void alert_put_story_id(struct str of, size_t outlets, struct buf *out);
/* Appends "tr_" and 26 such characters: the id of a trouble notice that is unique by these. */
void alert_put_trouble_id(const struct str *parts, size_t n, struct buf *out);
/* Appends "rp_" and 26 such characters: the id of a report that is unique by these. */
void alert_put_report_id(const struct str *parts, size_t n, struct buf *out);
/*
 * Appends "via Reuters · also: bbc, afp.com and 3 more · at least 3 sources · 9 min"; nothing if
 * there is nothing to say, or s is NULL.
 */
void alert_put_story(const struct alert_story *s, struct buf *out);
/* A notice of nightdesk's own troubles, not of an item. */
bool alert_is_trouble(const struct alert *a);
/* A trouble or a report: its body is the message, line by line. */
bool alert_is_notice(const struct alert *a);
/* Limits of a digest, which keep its document under 20 KB. */
#define ALERT_DIGEST_MAX       50		   /* short forms */
#define ALERT_DIGEST_BYTES     ((size_t)14 * 1024) /* of their text */
#define ALERT_DIGEST_TITLE_MAX ((size_t)200)
#define ALERT_DIGEST_LINK_MAX  ((size_t)1000)
/* What a short form adds to ALERT_DIGEST_BYTES. */
size_t alert_digest_bytes(const struct alert *a);

/*
 * Appends the title; without one, the first words of the text; else the link. One line, never
 * empty, truncated to max bytes, without control characters.
 */
void alert_headline(const struct alert *a, size_t max, struct buf *out);
/*
 * "CORRECTED: ", "WITHDRAWN: " or "Acknowledged: ", where a headline stands alone; "" for other
 * kinds, and if the headline begins with that word itself.
 */
const char *alert_headline_mark(const struct alert *a);
/* The default headline of sinks: a title of up to 300 bytes, or a dozen words of the text. */
void alert_headline_short(const struct alert *a, struct buf *out);
/* Appends at most max bytes of the text around the hits, with the hits marked. */
void alert_snippet(
	const struct alert *a, size_t max, const struct watch_marks *marks, struct buf *out);

/* Fills *out with the message of test-notify, marked as a test. Allocates strings in arena. */
void alert_make_test(int64_t now, struct arena *arena, struct alert *out);

#endif
