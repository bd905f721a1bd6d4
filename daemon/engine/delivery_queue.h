/* SPDX-License-Identifier: MIT */
/*
 * Inside the courier: the lane of one notify block.
 *
 *	IDLE ──► ASKING ──► SENDING ──► MARKING ──► IDLE, or SENDING again
 *	  ▲         │ nothing due, must wait          │
 *	  └─────────┴──────────────── timer ◄─────────┘
 *
 *	IDLE     timer says when to look again, if there is anything to look for
 *	ASKING   job: what is due?
 *	SENDING  op runs
 *	MARKING  job: the result is stored, and what is due next is asked for in the same go
 *
 * A receiver that failed LANE_TROUBLE times in a row is probed with one delivery now and then; when
 * a probe gets through, all that failed meanwhile is sent at once.
 */
#ifndef ENGINE_DELIVERY_QUEUE_H
#define ENGINE_DELIVERY_QUEUE_H

#include <sys/queue.h>

#include "base/arena.h"
#include "courier.h"
#include "store/store.h"

#define LANE_TROUBLE	5
#define LANE_LOOK_AGAIN CLOCK_MINUTE /* a person may have asked for a retry by command */
#define LANE_DISK_RETRY (30 * CLOCK_SECOND)
#define LANE_GONE_RETRY CLOCK_DAY
#define LANE_WAIT_MAX	(30 * CLOCK_HOUR) /* nothing waits longer: the wall clock was set back */

enum lane_state { LANE_IDLE, LANE_ASKING, LANE_SENDING, LANE_MARKING };

struct lane {
	struct courier *courier;
	const struct conf_notify *cn; /* in courier.conf; NULL: removed by a reload */
	enum lane_state state;
	unsigned reload;
	bool again;	   /* poked while it was busy */
	int64_t wait_to;   /* monotonic: nothing is sent before */
	unsigned failures; /* in a row */
	bool gone;	   /* the receiver says that it is no more */
	bool recovered;	   /* after trouble: what waits for its next attempt need not wait */
	bool finished;	   /* once: nothing due is left */
	int64_t finish_at; /* once: what is due by then, wall */
	struct timer_op *timer;
	struct send_op *op;
	struct conf *conf;		   /* SENDING: the configuration that it is sent under */
	const struct conf_notify *sending; /* in conf */

	struct job job;
	/* the question and its answer */
	struct arena *arena;
	int64_t due_by;
	struct store_due *due;
	size_t n_due;
	int64_t next_at;
	/* the result to be stored; marked.id 0: none */
	struct store_delivery marked;
	bool counted;	 /* as an attempt */
	int64_t sent_at; /* monotonic, for the log */
	int rc;
	struct err error;
	LIST_ENTRY(lane) link;
	char name[];
};

/* lane.c */
struct lane *lane_new(struct courier *c, const struct conf_notify *cn);
void lane_free(struct lane *l);
void lane_poke(struct lane *l);
void lane_stop(struct lane *l);
void lane_post(struct lane *l, enum lane_state s); /* asks, and stores the result if there is one */

/* sending.c: l->due[0] goes out. */
void lane_send(struct lane *l);
void lane_send_cancel(struct lane *l);

LIST_HEAD(lane_list, lane);

struct courier {
	struct courier_options o;
	struct conf *conf;
	struct lane_list lanes;
	bool running;
	bool finishing;
	unsigned reload;
	int64_t clock_offset; /* wall minus monotonic, at the last look */
	uint64_t delivered, failures;
};

/* courier.c: before the outbox is asked or told of a time: has the wall clock been set? */
void courier_look_at_clock(struct courier *c);
/* The lane has come to rest, or is gone. */
void courier_lane_rests(struct courier *c);

#endif
