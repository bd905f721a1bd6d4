/* SPDX-License-Identifier: MIT */
/* Feeds: the state of polling. Times are wall-clock milliseconds; errors as in store/store.h. */
#ifndef STORE_FEEDS_H
#define STORE_FEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "feed/identity.h"

struct store;

/* How far the 304 answers of a feed are trusted; kept by desk/trust.h. */
struct store_trust {
	int64_t whole_at; /* when a complete body was last read, wall time; STAMP_NONE: never */
	int64_t distrust_until; /* its validators are not sent before; STAMP_NONE: never caught */
	unsigned unmodified;	/* 304 answers since the last complete body */
	unsigned probe_after;	/* 304 answers before a request without validators; 0: default */
	unsigned lies;		/* 304 answers proved wrong since one proved right */
	bool suspect;		/* the kept validators are those of an older body */
};

/*
 * New items per time: those of the whole bodies after `since` up to `until`, in thousandths; older
 * ones are forgotten bit by bit.
 */
struct store_arrivals {
	int64_t milli_items;
	int64_t since, until; /* STAMP_NONE: no whole body yet */
};

/* The last flood of a feed: more at once than usual. */
struct store_flood {
	int64_t at;	   /* STAMP_NONE: never */
	int64_t items;	   /* new ones of that poll */
	int64_t in_digest; /* their alerts that were sent as a digest */
};

#define STORE_SLOWNESS_UNKNOWN 1
#define STORE_MOVED_FOREIGN    0x7fffffffu /* another feed is there: it is not adopted */

struct store_feed {
	int64_t id; /* 0: not stored yet */
	struct str name, url;
	struct str etag, last_modified; /* validators for the next request; absent: none */
	uint64_t body_hash;		/* of the last complete body; 0: none */
	int64_t last_poll;		/* end of the last poll, failed or not; STAMP_NONE: never */
	int64_t last_ok;		/* last answer that was a feed or 304 */
	int64_t next_due;
	unsigned failures;     /* in a row */
	struct str last_error; /* absent if the last poll succeeded */
	int64_t last_body;     /* the last body that held items */
	bool baseline;	       /* was read once; new items alert from then on */
	unsigned partial;      /* incomplete bodies before the baseline */
	bool url_changed;      /* since the last complete body */
	struct str title;      /* of the feed document */
	struct str moved_to;   /* permanent redirect seen */
	unsigned moved_seen;   /* consecutive polls that saw it, or STORE_MOVED_FOREIGN */
	struct str adopted;    /* where polls begin instead of url; absent: at url */
	bool gone;	       /* 410 */
	unsigned absences;     /* polls in a row that found nothing at its address */
	int64_t items_seen;    /* items stored, expired ones included */
	/* Poll hints of its last complete body, as in struct feed_info. */
	int64_t ttl;
	uint32_t skip_hours;
	uint8_t skip_days;
	int64_t host_rest;	     /* Retry-After of its host as a time; 0: none */
	enum feed_identity identity; /* by which the keys of its items were made */
	int64_t oldest; /* earliest date of the last whole body; STAMP_NONE: not in date order */
	/* The interval of the planned poll, without jitter; 0: unknown. As enum schedule_reason. */
	int64_t interval;
	unsigned interval_why;
	int64_t retry_after, max_age; /* of the last answer, ms; 0: none */
	struct store_trust trust;
	int64_t left_out; /* items of the last body past the limit of one document */
	struct store_arrivals arrivals;
	struct store_flood flood;
	unsigned slowness; /* of its server: 0 quick, STORE_SLOWNESS_UNKNOWN, or more: slow */
};

/* Copies strings into arena. Returns 0 with out->id == 0 if no feed has that name. */
int store_feed_get(struct store *s, struct str name, struct arena *arena, struct store_feed *out,
	struct err *e);
/*
 * Inserts or updates by name; sets f->id. If the url differs from the stored one, the state of the
 * old url (etag, last_modified, body_hash, moved_to, gone, poll hints, trust, left_out) is cleared,
 * in *f too, and url_changed is set.
 */
int store_feed_put(struct store *s, struct store_feed *f, struct err *e);

#endif
