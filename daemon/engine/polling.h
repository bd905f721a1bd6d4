/* SPDX-License-Identifier: MIT */
/*
 * Inside the poller: one feed's state machine, shared by the files that move it.
 *
 *	LOADING ──► IDLE ──► DUE ──► FETCHING ──► PARSING ──► INGESTING ──► IDLE
 *	                      ▲          │ redirect    │            ▲
 *	                      └──────────┘             └────────────┘
 *	                                 └─ 304, failure ───────────┘
 *
 *	LOADING    what is stored about it is being read
 *	IDLE       in poller.due, waiting for its time
 *	DUE        in line at its host (hosts.c)
 *	FETCHING   visit.secret_op or visit.op runs (fetching.c)
 *	PARSING    visit.parse_op runs (parsing.c)
 *	INGESTING  in poller.held, or with the desk in poller.group (ingesting.c)
 *
 * FETCHING, PARSING and INGESTING hold one of poll.parallel places, so that a slow desk slows the
 * fetching down; so do more than POLL_BYTES_MAX of bodies that came and are not yet taken in.
 * A feed that a reload removes is freed at once, from INGESTING when the desk is done with it.
 */
#ifndef ENGINE_POLLING_H
#define ENGINE_POLLING_H

#include <sys/queue.h>

#include "base/arena.h"
#include "desk/desk.h"
#include "engine/due.h"
#include "engine/hops.h"
#include "engine/hosts.h"
#include "poller.h"
#include "engine/schedule.h"
#include "hash.h"
#include "feed/link.h"
#include "feed/parse.h"

#define POLL_BYTES_MAX	   ((size_t)32 * 1024 * 1024) /* of bodies; past it no fetch starts */
#define POLL_GROUP_MAX	   16	/* polls that the desk takes in with one commit */
#define POLL_MOVED_AFTER   3	/* good polls in a row that say so */
#define POLL_VALIDATOR_MAX 1024 /* bytes of an ETag or Last-Modified */
#define POLL_FULL_EVERY	   CLOCK_DAY
#define POLL_DISK_RETRY	   (30 * CLOCK_SECOND)
#define POLL_TELL_AGAIN	   CLOCK_DAY
#define POLL_OVERRUNS_MAX  64 /* watches told of in a day */

enum poll_state {
	POLL_LOADING,
	POLL_IDLE,
	POLL_DUE,
	POLL_FETCHING,
	POLL_PARSING,
	POLL_INGESTING,
};

/* One poll from its first request to the desk's answer. */
struct poll_visit {
	struct poll_feed *feed;
	struct arena *arena; /* of its strings */
	struct conf *conf;   /* of the fetch and its policy; the newest once the desk has it */
	const struct conf_feed *cf; /* in conf */
	unsigned generation; /* of the feed: another one means that its url changed meanwhile */
	struct secret_op *secret_op; /* FETCHING, before op: the password of the next request */
	struct fetch_op *op;
	bool conditional;
	bool full; /* the daily poll that believes no validator and no hash */
	struct hops hops;
	bool from_moved; /* began at the address the feed has moved to */

	struct parse_op *parse_op;
	size_t body_len; /* counted in poller.bytes */
	int64_t max_age, retry_after;

	struct feed_batch *batch; /* ours; poll.batch shows it to the desk */
	struct desk_poll poll;
	int64_t wait; /* until the next poll */
	int rc;
	struct desk_result result;
	struct err error;
	STAILQ_ENTRY(poll_visit) held_link;
};

struct poll_feed {
	struct poller *poller;
	const struct conf_feed *cf; /* in poller.conf; NULL: removed by a reload */
	enum poll_state state;
	unsigned generation; /* counts changes of its url */
	unsigned reload;
	struct due due;
	struct host_seat seat;
	struct poll_visit *visit; /* FETCHING to INGESTING, and DUE between two hops */
	UT_hash_handle hh;

	char *etag, *last_modified; /* NULL: none */
	uint64_t body_hash;
	int64_t full_at; /* monotonic: from then on a poll is unconditional */
	char *moved_to;
	unsigned moved_seen;
	unsigned failures;
	int64_t ttl; /* what the feed itself asks for, as of its last whole body */
	uint32_t skip_hours;
	uint8_t skip_days;

	uint64_t told; /* hash of the trouble last logged; 0: none */
	int64_t told_at;
	char name[];
};

STAILQ_HEAD(poll_held_list, poll_visit);

/* When the log was told that a watch ran over its budget. */
struct poll_overrun {
	uint64_t watch; /* hash of its name; 0: nobody was told */
	int64_t at;
};

struct poller {
	struct poller_options o;
	struct conf *conf;
	struct poll_feed *feeds; /* by name */
	struct due_heap due;
	struct hosts hosts;
	bool running;
	bool poking;
	unsigned reload; /* counted: which feeds the newest configuration has */
	size_t bytes;	 /* of the bodies that visits hold, parsed or not */
	size_t in_state[POLL_INGESTING + 1];
	size_t failing;
	size_t to_do; /* once: feeds not yet done */
	struct timer_op *timer;
	int64_t timer_at;
	struct timer_op *load_timer;

	struct job job; /* of the group that is with the desk */
	bool job_out;
	struct poll_visit *group[POLL_GROUP_MAX];
	size_t n_group;
	struct poll_held_list held, again;
	struct timer_op *held_timer;
	bool disk_full;

	struct poll_overrun overruns[POLL_OVERRUNS_MAX + 1]; /* of this configuration */
};

/* poller.c: moves the feed, keeping the counts true. */
void poll_set_state(struct poll_feed *f, enum poll_state s);
/* Starts whatever can start, then sets the timer. Cheap and harmless at any moment. */
void poll_poke(struct poller *p);
/* The name that the host of this address stands under in poller.hosts. */
void poll_host(const char *url, char host[FEED_HOST_MAX]);
/* In line at the host of the address that comes next. */
void poll_line_up(struct poll_feed *f, bool first);
/* Ends the visit, if there is one; the feed is due again after wait. */
void poll_rest(struct poll_feed *f, int64_t wait);
void poll_once_over(struct poller *p); /* once: done, when nothing is left to do */

/* loading.c: reads what is stored about all feeds in LOADING. */
void poll_load(struct poller *p);

/* fetching.c: the seat of the feed is taken. */
void poll_fetch(struct poll_feed *f);
void poll_fetch_cancel(struct poll_visit *v);
/* The address a poll of this feed begins at. */
const char *poll_address(const struct poll_feed *f);

/* parsing.c: moves the body of r to the parser; the limits of r are filled in here. */
void poll_parse(struct poll_visit *v, struct parse_request *r);
void poll_parse_cancel(struct poll_visit *v);

/* ingesting.c: v->poll.outcome, batch and error are set; the rest of v->poll is filled in here. */
void poll_ingest(struct poll_visit *v);
void poll_ingest_stop(struct poller *p); /* forgets what the desk does not have yet */
/* The poll failed for this reason (a sentence for people). */
void poll_fail(struct poll_visit *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* telling.c: at most one line a day for the same trouble. */
void poll_tell_trouble(struct poll_feed *f, const char *event, struct str reason, int64_t wait);
void poll_tell_well(struct poll_feed *f);
/* Of watches that ran over their budget in this visit: each once a day, and after a reload. */
void poll_tell_overruns(const struct poll_visit *v);

#endif
