/* SPDX-License-Identifier: MIT */
/* How struct troubles keeps them: private to this room. */
#ifndef TROUBLE_GROUP_H
#define TROUBLE_GROUP_H

#include <sys/queue.h>

#include "base/hash.h"
#include "trouble/trouble.h"

enum trouble_state { TROUBLE_IN_GRACE, TROUBLE_DUE, TROUBLE_TOLD, TROUBLE_ENDING, TROUBLE_STATES };

struct trouble_entry {
	struct trouble is; /* its strings are owned by the entry */
	enum trouble_state state;
	int64_t due_at;	 /* when the grace ended or ends; ENDING: when it ended */
	int64_t ends_at; /* by itself; INT64_MAX: never */
	char *detail;
	TAILQ_ENTRY(trouble_entry) link;      /* in trouble_group.in, or in troubles.gone */
	TAILQ_ENTRY(trouble_entry) ends_link; /* in trouble_group.ends */
	UT_hash_handle hh;
	char subject[];
};

TAILQ_HEAD(trouble_list, trouble_entry);

#define TROUBLE_PARTS 64

/*
 * The troubles of one kind. There may be one of each feed, so nothing goes through all of them: the
 * lists are in the order in which time changes their entries.
 */
struct trouble_group {
	/* Tables by subject; in parts, because one of 100,000 takes long to grow. */
	struct trouble_entry *parts[TROUBLE_PARTS];
	struct trouble_list in[TROUBLE_STATES];
	size_t n[TROUBLE_STATES];
	struct trouble_list ends; /* those that end by themselves */
	int64_t said_at[2];	  /* last notice: of a begin, of an end; 0: none */
};

struct troubles {
	struct trouble_group groups[TROUBLE_KINDS];
	struct trouble_list gone; /* taken by the last call of troubles_take() */
	void (*wake)(void *arg);
	void *arg;
	int64_t next;
	bool taking; /* inside troubles_take() */
};

#endif
