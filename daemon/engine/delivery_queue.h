/* SPDX-License-Identifier: MIT */
/*
 * The delivery queue of one receiver (notify block) and its attempts. Private to the courier.
 *
 * A queue has up to `width` attempts, of which each takes a place until its result is stored:
 *
 *	read by the desk ──► SENDING ──► ENDED ──► MARKING: stored by the desk, and freed
 *
 * A queue with free places asks: the next desk job of the courier reads what is due, the most
 * urgent first, and the attempts begin when it is done. After that it asks again when a place is
 * free, when courier_poke() says that there are new deliveries, or when the timer triggers: the
 * next due time, the end of a pause, or QUEUE_LOOK_AGAIN.
 *
 * The width begins at one and doubles with every success, up to the window of the sink. A receiver
 * in trouble is probed with one delivery, the most urgent: see receiver.h.
 */
#ifndef ENGINE_DELIVERY_QUEUE_H
#define ENGINE_DELIVERY_QUEUE_H

#include <sys/queue.h>

#include "alert_cache.h"
#include "base/arena.h"
#include "base/hash.h"
#include "engine/lanes.h"
#include "engine/secrets.h"
#include "marks.h"
#include "parts.h"
#include "receiver.h"
#include "sink/sink.h"
#include "store/outbox.h"
#include "store/store.h"

#define QUEUE_WINDOW_MAX 64
#define QUEUE_LOOK_AGAIN CLOCK_MINUTE /* a command may have changed the outbox */
#define QUEUE_DISK_RETRY (30 * CLOCK_SECOND)
#define QUEUE_GONE_RETRY CLOCK_DAY
#define QUEUE_WAIT_MAX	 (30 * CLOCK_HOUR) /* longer: the wall clock was set back */

enum attempt_state { ATTEMPT_READ, ATTEMPT_SENDING, ATTEMPT_ENDED, ATTEMPT_MARKING };

struct attempt {
	struct delivery_queue *queue;
	enum attempt_state state;
	struct store_delivery d; /* strings in arena */
	struct alert alert;	 /* that of copy, with the other alerts of the message */
	struct alert_copy *copy;
	struct store_receipt receipt; /* of the alert that this one is tied to; in arena */
	bool asks;		      /* as in struct notice */
	struct str document;	      /* of copy; absent: the sink does not send it as it is */
	struct arena *arena;
	struct conf *conf;		   /* SENDING: the generation that it uses */
	const struct conf_notify *sending; /* in conf */
	bool first;			   /* has the slot that each receiver may have */
	bool probe;			   /* began while the receiver was in trouble */
	bool repeat;			   /* it was delivered, and is sent again */
	struct lane_peer peer;		   /* in courier.first or courier.further */
	struct timer_op *timer;
	struct send_op *op;
	struct err error;
	int rc;
	int64_t sent_us;   /* monotonic */
	int64_t next_wait; /* from the end of the attempt to mark.next_at */
	struct mark mark;
	void (*ended)(struct attempt *a); /* the result is in mark and next_wait */
	TAILQ_ENTRY(attempt) link;	  /* queue.attempts */
};
TAILQ_HEAD(attempt_list, attempt);

/* What a queue wants to know from the desk, and the result. */
struct queue_ask {
	struct delivery_queue *queue;
	struct str name;
	int64_t due_by;
	size_t places;
	bool alone; /* one message names no further alerts: the receiver is a program */
	bool json;  /* its sink sends documents */
	int64_t taken[QUEUE_WINDOW_MAX]; /* deliveries that have an attempt: not to be read */
	size_t n_taken;
	struct receiver_ring avoid; /* others come first */
	bool repeats;		    /* what is to be sent again comes last */
	bool knows_slowness;
	/* result */
	unsigned slowness;	   /* unless it is known */
	struct attempt_list found; /* READ */
	size_t n_found;
	bool tied; /* some may wait for another of the same alert. If places are left */
	/* Alert of one that was not read, nor what comes after it: its parts became deliveries. */
	int64_t split;
	int64_t next_at; /* when the next one is due; STAMP_NONE: none is. If places are left */
	int rc;
	struct err error;
	void (*answered)(struct delivery_queue *q);
	bool asked; /* in courier.asking */
	bool out;   /* a job is under way */
	STAILQ_ENTRY(queue_ask) link;
};
STAILQ_HEAD(queue_ask_list, queue_ask);

struct delivery_queue {
	struct courier *courier;
	const struct conf_notify *cn; /* pointer into courier.conf; NULL: orphaned by a reload */
	unsigned reload;
	struct attempt_list attempts;
	size_t n_attempts, n_marking;
	int64_t answer_us; /* how long its answers take, about */
	size_t width;
	bool again;	   /* queue_poke was called while it asked */
	bool tied;	   /* one waits until another attempt has ended */
	bool empty;	   /* nothing more can begin now, as far as is known */
	int64_t wait_to;   /* monotonic: no attempt before */
	bool finished;	   /* once: no due delivery is left */
	int64_t finish_at; /* once: wall time up to which deliveries are due */
	struct receiver receiver;
	bool any_time;	       /* what waits for a later time is due too */
	struct lane_peer peer; /* the receiver; running: it keeps a slot for its next attempt */
	unsigned slowness;     /* its doubt as stored */
	bool waiting;	       /* in courier.waiting */
	TAILQ_ENTRY(delivery_queue) wait_link;
	struct timer_op *timer;
	struct secret_op *secret_op; /* for the attempts that are READ */
	struct conf *group_conf;     /* the generation that they will use */
	struct queue_ask ask;
	UT_hash_handle hh; /* in courier.queues */
	char name[];
};

/* Allocates a queue, whose cn the caller sets. Returns NULL if out of memory. */
struct delivery_queue *queue_new(struct courier *c, const char *name);
void queue_free(struct delivery_queue *q); /* no job may use it */
void queue_poke(struct delivery_queue *q);
void queue_stop(struct delivery_queue *q);
/*
 * These are being stored: asks for the places that become free then. under_way false: they could
 * not be, and will be tried again.
 */
void queue_on_marking(const struct mark_list *list, bool under_way);
/* Frees it if it is no longer configured and has nothing under way; true if it did. */
bool queue_free_unused(struct delivery_queue *q);

/* queue_slots.c */
bool slots_take(
	struct delivery_queue *q, struct attempt *a); /* it begins now; false: none is free */
void slots_leave(struct attempt *a); /* it ended: how long it took becomes known of the receiver */
void slots_cancel(struct attempt *a);
/* The queue is asked again when it can have a slot, which it then keeps for its attempt. */
void slots_wait(struct delivery_queue *q);
void slots_stop_waiting(struct delivery_queue *q);
void slots_release(struct delivery_queue *q); /* the slot that it keeps */
/* Lets queues that wait have free slots. */
void slots_admit(struct courier *c);

/* attempt.c */
struct attempt *attempt_new(void);    /* on any thread. NULL: out of memory */
void attempt_free(struct attempt *a); /* cancels what is under way */
/* Renders and sends; a->ended is called later. */
void attempt_start(struct attempt *a, struct conf *conf, const struct sink_secrets *secrets);
/* The same for one whose credentials could not be read. */
void attempt_start_failed(struct attempt *a, struct conf *conf, const struct err *e);

TAILQ_HEAD(queue_wait_list, delivery_queue);

/* A queue may be freed only in a loop that takes the next one before. */
#define QUEUE_FOREACH(q, c) for ((q) = (c)->queues; (q); (q) = (q)->hh.next)

struct courier {
	struct engine_parts o;
	struct conf *conf;
	struct delivery_queue *queues;	       /* by name */
	struct lanes first;		       /* one attempt of each receiver */
	struct lanes further;		       /* all others */
	struct queue_wait_list waiting[LANES]; /* for a slot in first */
	/* Calls of files that are below those of the queues. */
	void (*on_queue_idle)(struct courier *c); /* a queue became idle or was freed */
	void (*on_admitted)(struct delivery_queue *q);
	void (*on_marking)(const struct mark_list *list, bool under_way);
	bool running;
	bool finishing;
	unsigned reload;
	int64_t wait_logged_at; /* monotonic: the store was last waited for; 0: never */
	int64_t clock_offset;	/* wall minus monotonic at the last check */

	/* courier_job.c: at most one job is under way */
	struct alert_cache *cache; /* used by the job only */
	struct job job;
	bool job_out;
	struct queue_ask_list asking; /* to be asked with the next job */
	struct queue_ask_list asked;  /* of the job under way */
	struct mark_list marking;     /* of the job under way */
	int mark_rc;
	struct err mark_error;
	struct timer_op *disk_timer; /* marks are tried again */
	struct timer_op *post_timer; /* a job is posted after the callbacks of this moment */
	bool post_waits;	     /* it is posted later, with more results */
	int64_t posted_us, job_us;   /* when the last job was; how long a job takes, about */
};

/* courier_clock.c */

/* courier_job.c */
void courier_ask(struct delivery_queue *q); /* with the next job */
void courier_post(struct courier *c);	    /* a job, if there is work and none is under way */
void courier_post_soon(struct courier *c);  /* with all that comes at this moment */
void courier_wake(void *courier);	    /* see struct marks */

#endif
