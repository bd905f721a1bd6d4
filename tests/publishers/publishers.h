/* SPDX-License-Identifier: MIT */
/*
 * The publishers' side of a long run on virtual time: servers of all habits around the real engine,
 * desk and store, and a book of what each of them asked for and got. A request before its time, in
 * an hour that the feed skips, past the budget of a host, or without the validators that the server
 * gave, is an entry in that book, whatever the engine meant by it. All is a function of the seed
 * and the time, so a run repeats.
 */
#ifndef PUBLISHERS_PUBLISHERS_H
#define PUBLISHERS_PUBLISHERS_H

#include "scenario/world.h"

#define PER_HOST    2
#define HOST_GAP    CLOCK_SECOND
#define ASK_MAX	    CLOCK_DAY /* of what a server asks for, so much is done */
#define WINDOW	    (3 * CLOCK_HOUR)
#define LATE_MAX_MS 60000

enum habit {
	STEADY,	 /* nothing special */
	SLOW,	 /* answers after up to 20 s */
	TROUBLE, /* errors for hours, and silence */
	ABSENT,	 /* 404 for two days */
	GONE,	 /* 410 for two days */
	NO_HOST, /* its name is not found for two days */
	MOVES,	 /* 301 and 308, in two steps, for good */
	FOR_NOW, /* 302 with each request */
	ASKS,	 /* Retry-After with 200 and 304 */
	BUSY,	 /* its host answers 429 and 503, with Retry-After of all forms */
	HABITS
};

enum validators { BY_ETAG, BY_DATE, BY_BOTH, BY_NONE, BY_LIE, VALIDATORS };

struct publisher {
	/* what it is */
	enum habit habit;
	enum validators validators;
	int host;
	int64_t every, fastest; /* as configured; fastest: least time between polls */
	bool every_default, force, learns;
	int64_t post_gap; /* between two items; 0: none any more */
	int64_t max_age, ttl;
	uint32_t skip_hours; /* UTC */
	uint8_t skip_days;
	/* the book; times are wall ms of the servers, 0: none yet */
	int64_t asked_at;	  /* the last request that began a poll */
	int64_t answered_at;	  /* the last answer */
	int64_t earliest, latest; /* of the next poll */
	const char *floor;	  /* why no earlier */
	int stage;		  /* of the redirect that the last answer was; -1: none */
	int version, before;	  /* of the validators given last, and before; -1: none */
	unsigned good_moves, begins_old, absences;
	bool forgiven; /* its last answer may have been lost in a crash */
	bool skips;    /* it has said so */
};

struct host {
	int64_t blocked_until, last_start;
	/* The last pauses that it asked for, each from its answer on. */
	struct pause {
		int64_t from, until;
		const char *why;
	} pauses[4];
	unsigned n_pauses;
	int64_t active[PER_HOST]; /* ends of the requests under way */
};

struct publishers {
	struct world world;
	struct world_driver driver;
	uint64_t seed;
	int n, n_hosts;
	struct publisher *feeds;
	struct host *hosts;
	int64_t begin;
	int64_t judged; /* from here on validators are: they have been seen to be true */
	bool plain;	/* nothing but 304s, for lateness */
	uint64_t polls, repeats, conditional, not_modified, broken;
	uint64_t late[LATE_MAX_MS + 1]; /* by ms */
	uint64_t lates;
};

uint64_t pub_number(const struct publishers *s, uint64_t what, uint64_t a, uint64_t b);
int64_t pub_now(void);

/* habits.c: what publisher i is, and what it answers at that stage of its redirects. */
void pub_make(struct publishers *s, int i);
struct reply *pub_answer(struct publishers *s, int i, int stage, const struct fetch_request *q);
/* The item that it published last, from 0. */
int pub_version(const struct publishers *s, int i, int64_t at);
bool pub_is_away(const struct publishers *s, int i, int64_t at);

/* book.c */
void book_request(struct publishers *s, int i, int stage, const struct fetch_request *q);
void book_answer(struct publishers *s, int i, int stage, const struct reply *r);
/* The run ends, or was cut off: what was answered within the last `lost` ms may be asked again. */
void book_cut(struct publishers *s, int64_t lost);
/* The daemon did not run, or slept, for so long. */
void book_pause(struct publishers *s, int64_t ms);
void book_end(struct publishers *s);
void book_break(struct publishers *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
