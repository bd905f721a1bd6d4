/* SPDX-License-Identifier: MIT */
/*
 * What waits for further independent sources of a story: matches of watches with sources>=n, and
 * alerts that a block raise may give a higher priority. See store.h for the errors.
 */
#ifndef STORE_WAITS_H
#define STORE_WAITS_H

#include "store/store.h"

/* The first match of a watch in a story that needs the fewest sources. */
struct store_wait {
	int64_t story; /* as in struct store_story */
	struct str watch;
	int64_t item;	  /* row */
	uint8_t key[16];  /* as in struct store_item */
	bool link_shared; /* the same */
	uint32_t sources; /* with so many it alerts */
	bool done;	  /* it did: the watch alerts once for a story */
	struct str alert; /* then the id; absent: unknown */
};

/* *found: false if there is none. Strings are in arena. */
int store_wait_get(struct store *s, int64_t story, struct str watch, struct arena *arena,
	struct store_wait *out, bool *found, struct err *e);
/* Inserts or replaces that of the watch and story. */
int store_wait_put(struct store *s, const struct store_wait *w, int64_t now, struct err *e);
int store_wait_end(struct store *s, int64_t story, struct str watch, struct err *e);
/* Those of the story that wait for no more than so many sources, by item, at most max, in arena. */
int store_waits_due(struct store *s, int64_t story, int64_t sources, size_t max,
	struct arena *arena, struct store_wait **out, size_t *n, struct err *e);

/* An alert that gets a higher priority when its story has so many sources. */
struct store_raise_step {
	int64_t story;
	int64_t alert; /* row */
	int64_t item;  /* that of the alert; with store_raise_steps_take() */
	uint32_t sources;
	enum alert_priority priority;
};
int store_raise_step_put(
	struct store *s, const struct store_raise_step *r, int64_t now, struct err *e);
/*
 * Removes those of the story that are due with so many sources, and returns of each alert the
 * highest priority, at most max, in arena; the others stay for the next call. Those of alerts
 * that retention has deleted are only removed.
 */
int store_raise_steps_take(struct store *s, int64_t story, int64_t sources, size_t max,
	struct arena *arena, struct store_raise_step **out, size_t *n, struct err *e);

/* The alert is shown with that priority from now on. */
int store_alert_set_priority(
	struct store *s, int64_t alert, enum alert_priority priority, struct err *e);

/* A story has another report: what waits for it is kept from then on. */
int store_waits_touch(struct store *s, int64_t story, int64_t now, struct err *e);
/* Forgets all that waits for the story. */
int store_waits_forget_story(struct store *s, int64_t story, struct err *e);
/* Forgets what was kept before, and all but the newest `most`. */
int store_waits_forget(struct store *s, int64_t before, size_t most, struct err *e);

/* The different origins of a story, in the order in which they reported, at most max, in arena. */
int store_story_origins(struct store *s, int64_t story, size_t max, struct arena *arena,
	struct str **out, size_t *n, struct err *e);

#endif
