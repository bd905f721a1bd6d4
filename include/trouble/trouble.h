/* SPDX-License-Identifier: MIT */
/*
 * What is wrong now: every trouble of the daemon by kind and subject, begun and ended where the
 * fact is known. Status, the service manager, the log and the notices to receivers read it here.
 *
 *	begin ──► IN_GRACE ──time──► DUE ──taken──► TOLD ──end──► ENDING ──taken──► removed
 *	             └─────────end─────┴──► removed     ◄──begin──┘
 *
 * Kinds are the rows of trouble/kinds.def. Used on the loop thread only; no I/O; times of state
 * changes are monotonic.
 */
#ifndef TROUBLE_TROUBLE_H
#define TROUBLE_TROUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "conf/conf.h"

enum trouble_kind {
#define TROUBLE(id, name, ...) TROUBLE_##id,
#include "trouble/kinds.def"
	TROUBLE_KINDS,
};

/* Whether an operator must act: decides the exit code of `status`. */
enum trouble_person {
	TROUBLE_NO_PERSON,
	TROUBLE_PERSON,
	TROUBLE_PERSON_FEEDS, /* more than 5 % of the feeds, or one that a watch names */
	TROUBLE_PERSON_NAMED, /* a feed that a watch names */
};

/* What the subject is. A trouble of a block ends when the block is removed. */
enum trouble_of {
	TROUBLE_OF_NONE, /* there is no subject */
	TROUBLE_OF_FEED,
	TROUBLE_OF_RECEIVER,
	TROUBLE_OF_WATCH,
	TROUBLE_OF_OTHER,
};

struct trouble_row {
	const char *name;   /* in documents and in the database: never changed */
	enum trouble_of of; /* OTHER has a noun of its own */
	const char *noun;   /* before the subject: "feed"; NULL: no subject */
	int64_t grace;	    /* ms from begin until it counts */
	int64_t gather;	    /* ms more until its notice, which names all that began by then */
	int64_t lasts; /* ends by itself, so long after the last begin; 0: trouble_end() ends it */
	bool until_start; /* that the daemon started ends it */
	enum trouble_person person;
	const char *one, *many;	  /* after "feed x", "3 feeds"; a sentence if there is no noun */
	const char *over, *overs; /* the same when it is over */
	const char *advice;	  /* what to do */
};
extern const struct trouble_row trouble_rows[TROUBLE_KINDS];
/* TROUBLE_KINDS if none has that name. */
enum trouble_kind trouble_kind_of(struct str name);

#define TROUBLE_NAMED_MAX ((size_t)10)	  /* troubles that one notice names */
#define TROUBLE_TAKE_MAX  ((size_t)10000) /* troubles of one notice: it is made on the loop */

struct troubles;

/*
 * wake is called when troubles_next() may have become earlier; not inside troubles_take(). NULL:
 * out of memory.
 */
struct troubles *troubles_new(void (*wake)(void *arg), void *arg);
void troubles_free(struct troubles *t); /* NULL is fine */

/*
 * The trouble is there. Cheap: may be called with every failure. Subject: the name of the feed,
 * receiver or watch; STR_NONE for kinds without one. Detail: for people, absent: none; the last
 * one is kept; without secrets.
 */
void trouble_begin(
	struct troubles *t, enum trouble_kind kind, struct str subject, struct str detail);
/* Ends the grace of a trouble early. */
void trouble_skip_grace(struct troubles *t, enum trouble_kind kind, struct str subject);
/* The trouble is over. Cheap: may be called with every success. */
void trouble_end(struct troubles *t, enum trouble_kind kind, struct str subject);
/* An earlier process sent its notice, and it is not known to be over; since: wall ms. */
void trouble_remember(struct troubles *t, enum trouble_kind kind, struct str subject, int64_t since,
	struct str detail);
/* Ends every trouble of such a subject that does not exist any more. Goes through all of them. */
void troubles_prune(struct troubles *t, enum trouble_of of,
	bool (*exists)(void *arg, const struct trouble_row *row, struct str subject), void *arg);
/* Such a subject was removed: ends its troubles. */
void troubles_end_subject(struct troubles *t, enum trouble_of of, struct str subject);

/* --- notices --- */

struct trouble {
	enum trouble_kind kind;
	struct str subject; /* absent: the kind has none */
	int64_t since;	    /* wall ms */
	struct str detail;  /* absent: none */
};

/* Monotonic ms at which troubles_take() may return a notice; INT64_MAX: at another begin or end. */
int64_t troubles_next(const struct troubles *t);
/*
 * Takes one notice that is due: troubles of one kind that began, or ended, within a minute. Returns
 * their number, 0: none is due. *out is allocated; strings are valid until the next call of any
 * function of troubles. The caller frees *out.
 */
size_t troubles_take(
	struct troubles *t, enum trouble_kind *kind, bool *ended, struct trouble **out);

/* --- the current troubles --- */

/* Past its grace, and not over. Cheap. */
bool trouble_exists(const struct troubles *t, enum trouble_kind kind, struct str subject);
/* How many troubles of a kind are past their grace. */
size_t troubles_count(const struct troubles *t, enum trouble_kind kind);
/*
 * Some of them, at most max, the first to begin before others. Strings are valid until the
 * next call of any function that changes troubles. Returns their number.
 */
size_t troubles_list(
	const struct troubles *t, enum trouble_kind kind, struct trouble *out, size_t max);
/* Whether an operator must act on troubles of that kind now; of all kinds: TROUBLE_KINDS. */
bool troubles_need_person(
	const struct troubles *t, enum trouble_kind kind, const struct conf *conf);

#endif
