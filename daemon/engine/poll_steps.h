/* SPDX-License-Identifier: MIT */
/* The steps of a poll, each a file poll_NAME.c that poller.c calls, and what they use. */
#ifndef ENGINE_POLL_STEPS_H
#define ENGINE_POLL_STEPS_H

#include "poll_feed.h"

/* --- poll_places.c --- */

/* Monotonic ms at which there is another place; INT64_MAX: there are all. */
int64_t poll_ramp_next(const struct poller *p, int64_t now);
/* Whether a feed in that lane may start now. */
bool poll_may_start(struct poller *p, enum lane lane);
bool poll_desk_is_busy(const struct poller *p);
/* Feeds that are not slow wait, and could start if there were places. */
bool poll_lacks_room(struct poller *p, int64_t now);

/* --- the steps --- */

void poll_load_add(struct poll_feed *f); /* LOADING: into poller.to_load */
/* Reads the stored state of the feeds in poller.to_load. May be called at any time. */
void poll_load_start(struct poller *p);
void poll_load_stop(struct poller *p);

/* Reads the rhythms of feeds that are unpaced. */
void poll_learn_start(struct poller *p);
void poll_learn_stop(struct poller *p);

/* The feed's slot is active, and is left by the caller when the step ended. */
enum poll_step poll_fetch_start(struct poll_visit *v);
void poll_fetch_cancel(struct poll_visit *v);

/* Notes that the host of the next request is asked now. */
bool poll_reuse_is_likely(struct poll_visit *v);

void poll_network_init(struct poll_network *n, struct host_budgets *b);
/* connected of struct fetch_request; arg: the visit. */
void poll_network_note_connected(void *arg, bool near);
/* A poll ended with this answer. True: POLL_HELD is its result. */
bool poll_network_note(struct poll_visit *v, const struct fetch_answer *a);
/*
 * The next feed that may start; NULL: none. slow: those in LANE_SLOW may; while their network is
 * down, only when a probe is due.
 */
struct poll_feed *poll_network_take(struct poller *p, int64_t now, bool slow);
/* After a network came back: some more of the feeds that failed without it are due. */
void poll_network_repeat(struct poller *p);
/* When poll_network_take returns one, monotonic; INT64_MAX: at another event. */
int64_t poll_network_next(const struct poller *p, bool slow);
bool poll_network_is_down(const struct poller *p);
/* v starts to fetch: if the network is down, as the probe. */
void poll_network_note_start(struct poll_visit *v);
void poll_network_note_end(struct poll_visit *v); /* its fetch ended or was cancelled */
/* As in struct fetch_request. */
int64_t poll_network_connect_ms(const struct poll_visit *v);
void poll_network_hurry(struct poller *p); /* the next probes are due now */
/* The machine was suspended for `slept` ms, until now. */
void poll_network_resume(struct poller *p, int64_t slept);

/* v->request is moved to the parser; its limits are set here. */
enum poll_step poll_parse_start(struct poll_visit *v);
void poll_parse_cancel(struct poll_visit *v);

/* Sets the times in v->poll. POLL_PENDING: the desk gets it; POLL_STORED: see poll_quiet.c. */
enum poll_step poll_ingest_start(struct poll_visit *v);
/* Ends what the desk does not have yet. */
void poll_ingest_stop(struct poller *p);

/* poll_disk.c: the store cannot be written now; and it was written. */
void poll_disk_begin_wait(struct poller *p, const struct err *e);
void poll_disk_end_wait(struct poller *p);

/* True: the poll brought nothing, v->result is set, and it will be stored soon. */
bool poll_quiet_take(struct poll_visit *v);
/* Stores what was taken before the next job for the desk. */
void poll_quiet_post(struct poller *p);
/* The same; true: it is stored. Else step_ended() is called when it is. */
bool poll_quiet_is_stored(struct poller *p);
void poll_quiet_stop(struct poller *p);
void poll_quiet_release(struct poller *p);

/* --- poll_late.c --- */

void poll_late_start(struct poller *p);
void poll_late_stop(struct poller *p);

/* poll_log.c: the result of a stored poll, in v->result, into the log. */
void poll_log_stored(const struct poll_visit *v);

#endif
