/* SPDX-License-Identifier: MIT */
/*
 * The state of one feed and of the poll that is under way. Private to the poller.
 *
 *	LOADING ──► IDLE ──► DUE ──► FETCHING ──► PARSING ──► INGESTING ──► IDLE
 *	                      ▲          │ redirect    │            ▲
 *	                      └──────────┘             └────────────┘
 *	                                 └─ 304, failure ───────────┘
 *
 *	LOADING    a desk job reads its stored state (poll_load.c)
 *	IDLE       in poller.due until the next poll
 *	DUE        in the queue of its host (hosts.c)
 *	FETCHING   visit.secret_op or visit.fetch_op runs (poll_fetch.c)
 *	PARSING    visit.parse_op runs (poll_parse.c)
 *	INGESTING  in poller.held, or in poller.group with the desk (poll_ingest.c); not if the poll
 *		   brought nothing (poll_quiet.c)
 *
 * Calls go one way: poller.c starts a step, the step calls poll_feed.c and the ports, and returns
 * its result or, later, passes it to poller.step_ended. Only poller.c decides what comes next.
 *
 * FETCHING, PARSING and INGESTING take one of poll.parallel places, so a slow desk or parser slows
 * the fetching down; so do more than POLL_BYTES_MAX of bodies under way. Slow servers may take
 * only half of the places (engine/lanes.h). A feed that a reload removes is freed at once, or in
 * INGESTING when the desk returns it.
 */
#ifndef ENGINE_POLL_FEED_H
#define ENGINE_POLL_FEED_H

#include <sys/queue.h>

#include "base/arena.h"
#include "delta.h"
#include "desk/desk.h"
#include "desk/pace.h"
#include "engine/body_budget.h"
#include "engine/due.h"
#include "engine/feed_request.h"
#include "engine/hosts.h"
#include "engine/lanes.h"
#include "engine/schedule.h"
#include "feed/link.h"
#include "poller.h"

#define POLL_BYTES_MAX	   ((size_t)32 * 1024 * 1024) /* of bodies; above it no fetch starts */
#define POLL_GROUP_MAX	   16			      /* polls in one commit */
#define POLL_VALIDATOR_MAX 1024			      /* bytes of an ETag or Last-Modified */
#define POLL_DISK_RETRY	   (30 * CLOCK_SECOND)
#define POLL_QUIET_JOBS	   8  /* of poll_quiet.c, under way; above it no fetch starts */
#define POLL_OVERRUNS_MAX  64 /* watches whose overrun is remembered */

enum poll_state {
	POLL_LOADING,
	POLL_IDLE,
	POLL_DUE,
	POLL_FETCHING,
	POLL_PARSING,
	POLL_INGESTING,
};

/* The result of a step. */
enum poll_step {
	POLL_PENDING,	 /* not over yet: poller.step_ended will be called */
	POLL_LOADED,	 /* some feeds left LOADING */
	POLL_APPLIED,	 /* some feeds follow the newest configuration */
	POLL_LACKED,	 /* nightdesk lacked memory or the like: nothing is stored */
	POLL_HELD,	 /* the network may be down: the feed is polled again, see poll_network.c */
	POLL_REDIRECTED, /* the last of visit.hops must be asked */
	POLL_FETCHED,	 /* visit.request holds a body to parse */
	POLL_DECIDED,	 /* visit.poll.outcome is set, and batch or error with it */
	POLL_STORED,	 /* the desk is done with the poll */
};

struct poll_sitemap;

/* One poll, from its first request until the desk has stored it. */
struct poll_visit {
	struct poll_feed *feed;
	struct arena *arena; /* owns the strings of hops, request and poll */
	struct conf *conf;   /* of the fetch and its policy; the newest once the desk has it */
	const struct conf_feed *cf;  /* in conf */
	unsigned generation;	     /* differs from the feed's if its url changed since */
	struct secret_op *secret_op; /* the password of the next request */
	struct fetch_op *fetch_op;
	struct parse_op *parse_op;
	struct str cut;	  /* with poll.cut: why the transfer ended early */
	const char *wall; /* of the answer, see struct fetch_answer */
	struct feed_request hops;
	bool pushed;		      /* it began with a body from a hub, see poll_push.c */
	int64_t planned_at;	      /* pushed: monotonic: of the poll that was planned before */
	struct feed_hub hub;	      /* of the header Link */
	bool from_adopted;	      /* began at feed.adopted */
	bool verifies;		      /* began at the configured address although there is one */
	bool delta_asked, partial;    /* the new entries only; the body is a part: see delta.h */
	long status;		      /* of the last answer */
	int64_t max_age, retry_after; /* of the last answer; -1: absent */
	int64_t hop_pause;	      /* POLL_REDIRECTED: before the next request */
	int64_t began_at;	      /* monotonic */
	struct poll_sitemap *map;     /* of an index, see poll_sitemap.h; NULL: none */
	bool unsaved;		      /* once: POLL_HELD, and not repeated */
	bool host_rests;	      /* retry_after holds for all feeds of the host */

	struct parse_request request;
	struct body_share share;	  /* of poller.budget */
	size_t body_len;		  /* counted in poller.bytes */
	struct feed_batch *batch;	  /* owned; poll.batch points to it */
	struct str origin;		  /* of the body, see store/documents.h */
	struct store_document *documents; /* of the batch, or the parts of map; NULL: none yet */
	struct desk_poll poll;
	int64_t hold; /* its last document is suspected (poll_load.c): wait that long; else 0 */
	int64_t wait; /* until the next poll */
	int rc;
	struct desk_result result;
	struct err error;
	STAILQ_ENTRY(poll_visit) held_link;
	LIST_ENTRY(poll_visit) link; /* in poller.visits */
};

/* There may be 100,000: small members stand together, so that none is padded. */
struct poll_feed {
	struct poller *poller;
	const struct conf_feed *cf; /* in poll_feed_conf(); NULL: removed by a reload */
	enum poll_state state;
	unsigned generation; /* counts changes of its url */
	unsigned reload;     /* that of poller.conf, or of poller.before: see poll_apply.c */
	bool near;	     /* its server had an address that is not public */
	bool to_load;	     /* in poller.to_load */
	bool moved;	     /* a redirect for good is stored, adopted or not */
	bool unpaced;	     /* a reload let it learn: see poll_learn.c */
	struct due due;
	struct host_slot slot;
	struct poll_network *network; /* of the slot; NULL: it was in no queue yet */
	struct lane_peer peer;	  /* the server, as it answered this feed; running: in FETCHING */
	struct poll_visit *visit; /* FETCHING to INGESTING, and DUE after a redirect */
	union {
		TAILQ_ENTRY(poll_feed) load_link;      /* LOADING, with to_load */
		TAILQ_ENTRY(poll_feed) unreached_link; /* after that, with unreached */
	};

	/* As stored. */
	int64_t id;		    /* 0: it is not, or with another url */
	char *etag, *last_modified; /* NULL: none */
	uint64_t body_hash;
	struct store_trust trust;
	char *adopted;	   /* NULL: none, see poll_address.c */
	char *sitemaps;	   /* of an index, see sitemap_plan.h; NULL: it is none */
	struct pace *pace; /* NULL: none is learnt, see poll_pace.c */
	unsigned failures;
	unsigned absences;   /* of these, the last that found nothing at its address */
	unsigned lacks;	     /* POLL_LACKED in a row */
	enum delta delta;    /* not stored */
	size_t lacked_after; /* poller.parsed at the first of them */
	int64_t ttl;	     /* what the last body asked for that says so */
	uint32_t skip_hours;
	uint8_t skip_days;
	bool verify; /* the next poll begins at the configured address */
	bool asked;  /* by a command: its skip times do not count for the next poll */
	bool edited; /* a reload changed its block during a poll: the next is planned again */

	/* The last answer, and what it asked for; the poll that is planned. */
	int64_t polled_at;	      /* monotonic */
	int64_t retry_after, max_age; /* ms; -1 or 0: absent */
	int64_t interval;	      /* ms without jitter; 0: unknown */
	enum schedule_reason interval_why;
	/* It fell silent: may its 304s hide items? */
	enum { POLL_TRUSTED, POLL_DOUBTED, POLL_PROBED } doubt;
	bool gone;	      /* the last answer was 410 */
	bool reopened;	      /* the next poll is due at once, if the one under way fails */
	int64_t unreached_at; /* monotonic: when a held poll reached no server; 0: none */
	struct poll_network *unreached; /* its last poll failed so, and was not held; else NULL */

	uint64_t logged; /* hash of the trouble logged last; 0: none */
	int64_t logged_at;
	int64_t left_out_logged_at; /* that items of its last body were left out; 0: none were */
	char name[];
};

STAILQ_HEAD(poll_visit_list, poll_visit);

/* When a host was asked last; hosts whose hash leads to the same entry replace each other. */
#define POLL_ASKED_MAX 4096
struct poll_asked {
	uint32_t host; /* part of the hash */
	uint32_t at;   /* monotonic s */
};

/* When an overrun of a watch was logged. */
struct poll_overrun {
	uint64_t watch; /* hash of its name; 0: unused */
	int64_t at;
};

/* This machine and private networks; all others. */
enum { POLL_NEAR, POLL_FAR, POLL_NETWORKS };

/* The feeds that wait for servers of a network, and what polls show of it; see poll_network.c. */
struct poll_network {
	struct hosts hosts;
	bool down;     /* a poll reached no server, and no poll has reached one since */
	bool no_route; /* and this machine has no route */
	bool certain;  /* there is no route, or several hosts were not reached */
	bool logged;
	char host[FEED_HOST_MAX]; /* the first that was not reached */
	int64_t since;		  /* monotonic */
	int64_t reached_at;	  /* monotonic: when a poll last reached a server; 0: never */
	int64_t resumed_at;	  /* monotonic: when the machine last woke up */
	unsigned probes;
	TAILQ_HEAD(, poll_feed) unreached; /* feeds whose last poll failed so */
	size_t n_unreached;
	size_t repeats;		  /* of these, from the first on: still to be polled again */
	struct poll_visit *probe; /* under way */
	int64_t probe_at;	  /* monotonic: time of the next */
};

/* How many feeds are in these states, of those that do not fail; each counts once. */
struct poll_health {
	size_t late, silent, stale;
	size_t late_unread; /* late, and never polled */
};

struct poller {
	struct engine_parts o;
	struct conf *conf;
	struct poll_feed **feeds; /* as in conf; NULL: there is none yet */
	LIST_HEAD(, poll_visit) visits;
	struct due_heap due;
	struct lanes lanes;
	bool running;
	bool poking;	 /* inside poller_poke */
	unsigned reload; /* counts configurations */
	struct body_budget budget;
	size_t bytes; /* of the bodies of all visits, parsed or not */
	size_t in_state[POLL_INGESTING + 1];
	size_t failing;
	size_t unread;		     /* feeds that were never polled */
	size_t parsed;		     /* documents */
	int64_t lack_logged_at;	     /* monotonic; 0: never */
	size_t to_do;		     /* once: feeds not yet polled */
	struct host_budgets budgets; /* of the hosts in both networks */
	struct poll_network networks[POLL_NETWORKS];
	/* When the ramp of poll_places.c began; the places taken then, and the polls stored since.
	 */
	int64_t ramp_at;
	size_t ramp_polls;
	struct timer_op *timer;
	int64_t timer_at;
	/*
	 * Called by a step that returned POLL_PENDING, at its end. v NULL: it was none of one poll,
	 * and feeds may start that could not before.
	 */
	void (*step_ended)(struct poller *p, struct poll_visit *v, enum poll_step result);

	/* poll_apply.c */
	struct poll_feed **old; /* as in before; NULL: not any more */
	struct conf *before;	/* that conf replaces, while feeds may refer to it; else NULL */
	size_t applied;		/* feeds of conf, then of before, that were looked at */
	struct timer_op *apply_step; /* NULL: all feeds follow conf */

	/* poll_load.c */
	struct timer_op *load_timer, *load_step;
	struct poll_load *load;		 /* under way; NULL: none */
	bool rests_known;		 /* see poll_rests.h */
	TAILQ_HEAD(, poll_feed) to_load; /* in LOADING, and in no load yet */

	/* poll_learn.c */
	struct poll_learn *learn; /* under way; NULL: none */
	size_t learnt;		  /* feeds that were looked at */
	struct timer_op *learn_step;

	struct job job; /* poll_ingest.c: of the group that the desk has */
	bool job_out;
	struct poll_visit *group[POLL_GROUP_MAX];
	size_t n_group;
	bool news;		/* one of the group has a new body */
	struct mark_list marks; /* results of deliveries that are stored with it */
	int marks_rc;
	struct poll_visit_list held, again; /* for the next group; back from the desk, to repeat */
	struct timer_op *held_timer;
	bool disk_full;

	/* poll_quiet.c */
	struct poll_quiet *quiet;	      /* of the last second, not posted; NULL: none */
	STAILQ_HEAD(, poll_quiet) quiet_held; /* they could not be stored, and wait */
	size_t quiet_out;		      /* jobs */
	struct timer_op *quiet_timer;

	struct poll_overrun overruns[POLL_OVERRUNS_MAX + 1]; /* poll_log.c */
	struct poll_asked asked[POLL_ASKED_MAX];	     /* poll_reuse.c */

	/* poll_late.c */
	struct timer_op *late_timer;
	size_t looked;				/* feeds, of the round that is under way */
	struct poll_health health, health_next; /* of the last round, of this one */
};

/* --- poll_feed.c --- */

/* In LOADING. NULL: out of memory. */
struct poll_feed *poll_feed_new(struct poller *p, const struct conf_feed *cf);
/* The feed of that name, whichever configuration it follows. NULL: there is none. */
struct poll_feed *poll_feed_find(const struct poller *p, const char *name);
void poll_feed_free(struct poll_feed *f); /* with its visit, which must not be in an operation */
/* Replaces a stored text with a copy; absent: NULL. */
void poll_feed_set_text(char **field, struct str text);
/* Forgets what is stored: its url changed. */
void poll_feed_clear(struct poll_feed *f);
/* It is not suspected any more (poll_load.c): it was read, or another document is asked for. */
void poll_feed_acquit(struct poll_feed *f);
/* The configuration that f follows: poller.conf, or until a reload comes to it poller.before. */
struct conf *poll_feed_conf(const struct poll_feed *f);
/* NULL: its last poll did not fail so. */
void poll_feed_set_unreached(struct poll_feed *f, struct poll_network *n);
/* Keeps poller.in_state. */
void poll_feed_set_state(struct poll_feed *f, enum poll_state s);
/* DUE: into the queue of the host of the next address; first: before all others. */
void poll_feed_queue(struct poll_feed *f, bool first);
/* Monotonic ms of its last poll. */
void poll_feed_set_polled(struct poll_feed *f, int64_t at);
/* Remembers what the answer of v asked for, and what follows from it. */
void poll_feed_set_plan(const struct poll_visit *v);
/* IDLE: frees the visit, if there is one; the feed is due again after wait. May free f. */
void poll_feed_rest(struct poll_feed *f, int64_t wait);
/* After the desk stored v: the same changes in memory. */
void poll_feed_update(struct poll_feed *f, const struct poll_visit *v);
void poll_feed_count_failure(struct poll_feed *f, const struct poll_visit *v);
size_t poll_places_taken(const struct poller *p);
/* From now on many feeds may be due: the polls under way ramp up. */
void poll_ramp_start(struct poller *p);
/* once: calls done() if all feeds were polled. */
void poll_check_once(struct poller *p);

/* --- poll_address.c --- */

/* The key of a URL's host in struct hosts. */
void poll_host_of(const char *url, char host[FEED_HOST_MAX]);
/* The network of that host, which f asks next. */
struct poll_network *poll_feed_network(struct poll_feed *f, const char *host);
/* The URL at which a poll begins. */
const char *poll_feed_address(const struct poll_feed *f);
/* A poll at `from` is followed by one at `to`, monotonic: decides where that begins. */
void poll_address_plan(struct poll_feed *f, int64_t from, int64_t to);
/*
 * The configured address failed, in a poll that only looked at it: the poll begins again at the
 * adopted one. False: it did not look, the host of that one rests, or memory is out.
 */
bool poll_address_fall_back(struct poll_visit *v);
/* The permanent address that this poll confirms; absent: none. */
struct str poll_address_moved_to(const struct poll_visit *v);
/* After the desk stored a good poll. */
void poll_address_update(struct poll_feed *f, const struct poll_visit *v);

/* --- poll_pace.c --- */

/* Keeps a copy; if memory is out, what it had before. */
void poll_pace_set(struct poll_feed *f, const struct pace *pace);
/* The interval after a poll at that wall time, as its block allows; 0: none is learnt. */
int64_t poll_pace_wait(const struct poll_feed *f, const struct conf_feed *cf, int64_t wall);

/* --- poll_edit.c --- */

/*
 * The new configuration of f may let a poll succeed that failed with the old one. before: settings
 * of the old one.
 */
bool poll_edit_changes_access(
	const struct poll_feed *f, const struct conf_feed *old, const struct conf_poll *before);
/*
 * How long f, which has no visit, skips this hour or day by its skipHours and skipDays; 0: it does
 * not. A poll that was delayed may come up in one, so this is looked at when it starts.
 */
int64_t poll_edit_skipped(const struct poll_feed *f);
/* Now, or the end of the Retry-After of its last answer; monotonic. */
int64_t poll_edit_earliest(const struct poll_feed *f);
/*
 * IDLE: the next poll is the earlier of the planned one and the last plus the interval that the
 * configuration now leads to. hopeful: failures do not count, their cause may be gone.
 */
void poll_edit_replan(struct poll_feed *f, bool hopeful);

/* --- poll_apply.c --- */

/*
 * Has the feeds follow conf, NULL: the first configuration, p->conf. That takes steps; after the
 * last o.reloaded is called, but for the first.
 */
void poll_apply_start(struct poller *p, struct conf *conf);
void poll_apply_stop(struct poller *p);
void poll_apply_free(struct poller *p); /* all feeds, and the configuration before */
/* The feed of that name, which follows p->conf from now on. NULL: there is none. */
struct poll_feed *poll_apply_find(struct poller *p, const char *name);
/* Ends the poll that is under way, unless the desk has it: IDLE, without a next poll. */
void poll_feed_cancel(struct poll_feed *f);

/* --- poll_push.c, poll_push_body.c --- */

struct poll_pushed {
	char *body; /* malloc'd; NULL once it was taken */
	size_t n;
	struct str content_type; /* may be absent */
	struct str topic;	 /* what relative links are relative to */
};
/* Returns 0: a poll follows; or the ms after which it must be called again. */
int64_t poll_push_hint(struct poll_feed *f);
/* False: not now, a poll has to bring it. */
bool poll_push_take(struct poll_feed *f, struct poll_pushed *pushed);
/* What was pushed is no feed, or cannot be stored: the feed is polled instead. */
enum poll_step poll_push_reject(struct poll_visit *v);

/* --- poll_command.c --- */

/* Until when its host may not be asked, monotonic; 0: it may. */
int64_t poll_command_host_rests(struct poll_feed *f);

/* See engine_ask_feed(). */
enum engine_asked poll_command_ask(struct poll_feed *f, int64_t *until);

/* --- poll_document.c --- */

/* The body of the last of v.hops was received: notes where from. */
void poll_document_hear(struct poll_visit *v, struct str origin);
/* v.batch is what the body held: notes its document. */
void poll_document_note(struct poll_visit *v);

/* --- one poll --- */

/* Becomes f->visit. NULL: out of memory. */
struct poll_visit *poll_visit_new(struct poll_feed *f);
void poll_visit_free(struct poll_visit *v); /* NULL is fine */
/* The poll failed; the text says why, for people. Returns POLL_DECIDED. */
enum poll_step poll_visit_fail(struct poll_visit *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The poll could not be made for lack of memory, descriptors or a file that can be read: the feed
 * is polled again in a minute, without a failure. Returns POLL_LACKED. But after several such polls
 * in a row, during which other documents were parsed, its own is too large: POLL_DECIDED, a
 * failure.
 */
enum poll_step poll_visit_lack(struct poll_visit *v, const char *why);
/* The same, but never a failure: other feeds are the reason. */
enum poll_step poll_visit_postpone(struct poll_visit *v, const char *why);
/* Reports that the poll of f waits for that reason. */
void poll_feed_note_lack(const struct poll_feed *f, const char *why);

#endif
