/* SPDX-License-Identifier: MIT */
/*
 * Results of attempts that wait to be stored. All that have come together are stored in one
 * transaction: by the next job of the courier, or by the next commit of new items.
 */
#ifndef ENGINE_MARKS_H
#define ENGINE_MARKS_H

#include <sys/queue.h>

#include "desk/desk.h"

#define MARK_REVIVE_MAX 2

/* Strings are the owner's, until done. */
struct mark {
	int64_t id;
	enum store_delivery_state state;
	int64_t now, next_at;
	bool counted; /* as an attempt */
	struct str answer;
	struct str served;  /* absent: unchanged */
	struct str receipt; /* absent: none */
	bool repeat; /* of a delivered message that was sent again: only when to repeat it changes
		      */
	int64_t repeat_ms;    /* STORE_DELIVERED: it is sent again after that; 0: not */
	int64_t repeat_until; /* wall ms */
	struct str notify;    /* the receiver, if it has become slower or quicker; else absent */
	unsigned slowness;
	/* The receiver has no message of the alert with that row that can be changed or answered.
	 */
	struct str untied;
	int64_t untied_of;
	/* Deliveries that are dead for the same reason, and wait again. */
	int64_t revive[MARK_REVIVE_MAX];
	size_t n_revive;
	/* Stored if rc is 0, and then e is not used. */
	void (*done)(struct mark *m, int rc, const struct err *e);
	void *arg;
	STAILQ_ENTRY(mark) link;
};
STAILQ_HEAD(mark_list, mark);

/* On the loop thread: the waiting ones. */
struct marks {
	struct mark_list waiting;
	size_t n;
	void (*wake)(void *arg); /* marks_return() was called; set by the courier */
	void *arg;
};

void marks_init(struct marks *m);
void marks_add(struct marks *m, struct mark *mark);
/* Moves all that wait to the end of *out; on the loop thread. */
void marks_take(struct marks *m, struct mark_list *out);
/* The wall clock was set forward by that much: changes the times of those that wait. */
void marks_shift(struct marks *m, int64_t ms);
/* They were not stored after all. */
void marks_return(struct marks *m, struct mark_list *list);
/* Stores them, inside a transaction of the caller; on the desk thread. */
int marks_store(
	const struct mark_list *list, struct desk *desk, struct store *store, struct err *e);
/* Calls done for each, and empties the list; on the loop thread. */
void marks_end(struct mark_list *list, int rc, const struct err *e);

#endif
