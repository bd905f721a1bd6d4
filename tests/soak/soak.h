/* SPDX-License-Identifier: MIT */
/*
 * A long run on virtual time: generated feeds and receivers with faults of all kinds around the
 * real engine, desk and store, and a ledger of what each receiver must get. All is a function of
 * the seed and the time, so the run repeats.
 */
#ifndef SOAK_SOAK_H
#define SOAK_SOAK_H

#include "scenario/world.h"

#define SOAK_SHOWN     (48 * CLOCK_HOUR) /* how long an item stays in its feed */
#define SOAK_RECEIVERS 9
#define SOAK_STORIES   512 /* of one feed, at most */

/* What one receiver knows of one story. */
struct soak_entry {
	uint32_t id, body;	   /* hashes of the message */
	uint8_t accepted, allowed; /* times; allowed: of these with good reason */
	bool refused;		   /* for good */
};

struct soak {
	struct world world;
	struct world_driver driver;
	uint64_t seed;
	int feeds;
	int64_t begin, calm, end; /* time of the servers; no faults from calm to end */
	bool offline;
	int64_t *first; /* of each feed: when its first body was served; 0: not yet */
	struct soak_entry *entries;
	uint64_t requests, faults, messages, refusals, repeats, notices, errors, warnings;
	uint64_t failures, crashes, steps, days;
	bool second; /* the second version of the configuration is in force */
	struct soak_sizes {
		size_t memory, descriptors; /* bytes; count */
		size_t database, log;	    /* bytes */
	} after_day, most, settled; /* after the first day; the most so far; on the fifth day */
};

/* A number that only depends on its arguments and the seed. */
uint64_t soak_number(const struct soak *s, uint64_t what, uint64_t a, uint64_t b);
uint64_t soak_hash(const void *p, size_t n);
/* The time of the servers: the clock of the daemon may be wrong. */
int64_t soak_now(const struct soak *s);
void soak_fail(struct soak *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* feeds.c */
struct reply *soak_feed_reply(void *ctx, const struct fetch_request *q);
int64_t soak_published(const struct soak *s, int feed, int story);
/* Does watch w (0 siren, 1 quake) match that story? */
bool soak_matches(const struct soak *s, int watch, int feed, int story);

/* receivers.c */
struct reply *soak_receiver_answer(void *ctx, const struct sink_request *q);
struct soak_entry *soak_entry(const struct soak *s, int feed, int story, int receiver);
/* Finds "Siren FEED-STORY" in a text. */
bool soak_story_of(const struct soak *s, struct str text, int *feed, int *story);
/* Of each watch: its receivers are [first, after). */
extern const struct soak_watch {
	const char *name;
	int first, after;
} soak_watches[2];

#endif
