/* SPDX-License-Identifier: MIT */
/*
 * The delivery queue of one receiver (notify block). Private to the courier.
 *
 *	IDLE ──► ASKING ──► SENDING ──► MARKING ──► IDLE, or SENDING again
 *	  ▲         │ nothing due, must wait          │
 *	  └─────────┴──────────────── timer ◄─────────┘
 *
 *	IDLE     a timer triggers the next query of the outbox, if any delivery waits; or waiting:
 *	         another attempt must end first, then the outbox is asked again
 *	ASKING   a desk job reads the next due delivery
 *	SENDING  credentials are read, then the attempt is in flight; its callback ends it
 *	MARKING  a desk job stores the result and reads the next due delivery
 *
 * After QUEUE_TROUBLE failures in a row the receiver is probed: one delivery is retried with
 * increasing back-off. When a probe succeeds, the other waiting deliveries are retried at once.
 */
#ifndef ENGINE_DELIVERY_QUEUE_H
#define ENGINE_DELIVERY_QUEUE_H

#include <sys/queue.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/lanes.h"
#include "parts.h"
#include "store/store.h"

#define QUEUE_TROUBLE	 5
#define QUEUE_LOOK_AGAIN CLOCK_MINUTE /* a command may have changed the outbox */
#define QUEUE_DISK_RETRY (30 * CLOCK_SECOND)
#define QUEUE_GONE_RETRY CLOCK_DAY
#define QUEUE_WAIT_MAX	 (30 * CLOCK_HOUR) /* longer: the wall clock was set back */

enum queue_state { QUEUE_IDLE, QUEUE_ASKING, QUEUE_SENDING, QUEUE_MARKING };

struct delivery_queue {
	struct courier *courier;
	const struct conf_notify *cn; /* pointer into courier.conf; NULL: orphaned by a reload */
	enum queue_state state;
	unsigned reload;
	bool again;	       /* queue_poke was called while busy */
	int64_t wait_to;       /* monotonic: no attempt before */
	unsigned failures;     /* counter of failures in a row */
	bool gone;	       /* the receiver answered that it does not exist any more */
	bool recovered;	       /* a probe succeeded: retry waiting deliveries now */
	bool finished;	       /* once: no due delivery is left */
	int64_t finish_at;     /* once: wall time up to which deliveries are due */
	struct lane_peer peer; /* the receiver; running: SENDING, or ASKING with a slot */
	bool waiting;	       /* in courier.waiting */
	TAILQ_ENTRY(delivery_queue) wait_link;
	struct timer_op *timer;
	struct secret_op *secret_op; /* SENDING, before op */
	struct send_op *op;
	struct conf *conf;		   /* SENDING: the generation that the attempt uses */
	const struct conf_notify *sending; /* in conf */
	void (*attempt_done)(struct delivery_queue *q); /* see attempt_start */

	struct job job;
	/* request and result of ASKING */
	struct arena *arena;
	int64_t due_by;
	struct store_due *due;
	size_t n_due;
	int64_t next_at;
	/* result of the attempt, to be stored; marked.id 0: none */
	struct store_delivery marked;
	int64_t next_wait; /* from the end of the attempt to marked.next_at */
	bool counted;	   /* counts as an attempt */
	int64_t sent_at;   /* monotonic, for the log */
	int rc;
	struct err error;
	LIST_ENTRY(delivery_queue) link;
	UT_hash_handle hh; /* in courier.by_name */
	char name[];
};

/* Allocates an idle queue, whose cn the caller sets. Returns NULL if out of memory. */
struct delivery_queue *queue_new(struct courier *c, const char *name);
void queue_free(struct delivery_queue *q);
void queue_poke(struct delivery_queue *q);
void queue_stop(struct delivery_queue *q);

/* attempt.c: renders and sends q->due[0]; done is called later, with marked and next_wait set. */
void attempt_start(struct delivery_queue *q, void (*done)(struct delivery_queue *q));
void attempt_cancel(struct delivery_queue *q); /* the caller stops q->timer */

LIST_HEAD(queue_list, delivery_queue);
TAILQ_HEAD(queue_wait_list, delivery_queue);

struct courier {
	struct engine_parts o;
	struct conf *conf;
	struct queue_list queues;
	struct delivery_queue *by_name;		  /* the same */
	struct lanes lanes;			  /* of attempts */
	struct queue_wait_list waiting[LANES];	  /* for a slot */
	void (*on_queue_idle)(struct courier *c); /* a queue became idle or was freed */
	bool running;
	bool finishing;
	unsigned reload;
	int64_t wait_logged_at; /* monotonic: the store was last waited for; 0: never */
	int64_t clock_offset;	/* wall time less clock_boot() at the last check */
};

#endif
