/* SPDX-License-Identifier: MIT */
/* How long to wait: pure functions without clock or state. All times are milliseconds. */
#ifndef ENGINE_SCHEDULE_H
#define ENGINE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/rng.h"

#define SCHEDULE_ASK_MAX     CLOCK_DAY	      /* a header may ask for no longer wait */
#define SCHEDULE_PAUSE_MAX   CLOCK_HOUR	      /* a receiver may ask for no longer pause */
#define SCHEDULE_TTL_MAX     CLOCK_HOUR	      /* nor the ttl of a feed */
#define SCHEDULE_BACKOFF_MAX (6 * CLOCK_HOUR) /* of a failing feed */
#define SCHEDULE_ABSENT_MAX  CLOCK_DAY	      /* of one that is not at its address any more */
#define SCHEDULE_ABSENT_LONG (7 * CLOCK_DAY)  /* and of one that is not there for long: */
#define SCHEDULE_ABSENCES    21		      /* after so many polls in a row */

/* The result of a poll, as far as it determines the time of the next. */
struct schedule_poll {
	int64_t now;	    /* wall, for skip hours and days */
	int64_t every;	    /* as configured */
	int64_t learnt;	    /* by its own rhythm, between fastest and every; 0: none */
	int64_t fastest;    /* with learnt: no poll is earlier */
	bool every_default; /* the feed has no `every` of its own: ttl may lengthen it */
	bool force;	    /* ignore ttl, max_age and the skip times */
	bool failed;
	unsigned failures;   /* in a row, with this one */
	bool gone;	     /* 410 */
	unsigned absences;   /* in a row, with this one: 404, 410, or there is no such host */
	int64_t retry_after; /* -1: absent. Holds even with force */
	int64_t max_age;     /* -1: absent */
	int64_t ttl;	     /* -1 or 0: absent */
	uint32_t skip_hours; /* bit h: not at hour h, UTC */
	uint8_t skip_days;   /* bit d: 0 = Sunday */
};

/* What determines an interval. The values are stored. */
enum schedule_reason {
	SCHEDULE_EVERY,	      /* the configuration */
	SCHEDULE_TTL,	      /* of the feed */
	SCHEDULE_FRESHNESS,   /* Cache-Control or Expires */
	SCHEDULE_RETRY_AFTER, /* of the answer */
	SCHEDULE_SKIPPED,     /* skipHours or skipDays of the feed */
	SCHEDULE_BACKOFF,     /* failures */
	SCHEDULE_GONE,	      /* 410 */
	SCHEDULE_ABSENT,      /* 404, or no such host, for a while */
	SCHEDULE_RHYTHM,      /* when it usually posts */
};

struct schedule_plan {
	int64_t wait;	  /* until the next poll */
	int64_t interval; /* the same without jitter */
	enum schedule_reason why;
};

/*
 * The minimum wait that the answer and the feed ask for; 0: none. Headers count up to
 * SCHEDULE_ASK_MAX; ttl up to SCHEDULE_TTL_MAX, and only with every_default. Sets *why if not 0.
 */
int64_t schedule_floor(const struct schedule_poll *s, enum schedule_reason *why);

/*
 * The wait until the next poll. After success: `every`, or what was learnt if that is less, with
 * 10 % jitter, but at least what the feed asks for (see schedule_floor). After failures:
 * exponential back-off from `every` up to SCHEDULE_BACKOFF_MAX, with 20 % jitter; if it is absent
 * up to SCHEDULE_ABSENT_MAX, with 410 at once, and after SCHEDULE_ABSENCES up to
 * SCHEDULE_ABSENT_LONG. No end: absent feeds come back. The poll is at no hour or day that the
 * feed skips, failed or not.
 */
struct schedule_plan schedule_next_poll(const struct schedule_poll *s, struct rng *rng);
/*
 * The wait from s->now until an hour that is not skipped, with jitter; 0: this one is not, or
 * force. Of *s only now, force and the skip times are used.
 */
int64_t schedule_skipped_now(const struct schedule_poll *s, struct rng *rng);

/*
 * The wait after the n-th attempt (from 1) to deliver a message that its receiver postpones, with
 * 20 % jitter. The retry schedule of Standard Webhooks, then once a day.
 */
int64_t schedule_next_attempt(unsigned attempts, struct rng *rng);

/* A receiver in trouble. */
struct schedule_probe {
	int64_t down;	 /* for how long */
	unsigned probes; /* that failed since */
	bool denied;	 /* 401, 403 or 404: many services ban clients that go on */
	int64_t asked;	 /* ms that it asked for; 0: none */
};
/*
 * The wait until the next probe: 5, 10, 20 s, then 30 s for an hour, 5 min for a day, 30 min. Up to
 * a tenth less, and at least what it asked for, up to SCHEDULE_PAUSE_MAX.
 */
int64_t schedule_next_probe(const struct schedule_probe *p, struct rng *rng);
/* The pause of a receiver that limits the rate, from what it asked for. */
int64_t schedule_pause(int64_t asked);

#endif
