/* SPDX-License-Identifier: MIT */
/*
 * How people acknowledge an alert where they read its message: a button, or a reaction. The engine
 * asks the service while an alert waits for somebody; a service has one struct sink_ack_source.
 * Pure functions, as in sink.h. What an answer says is bounded and only ever text.
 */
#ifndef SINK_ACK_SOURCE_H
#define SINK_ACK_SOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "sink/request.h"

struct sink_context;
struct sink_verdict;

#define SINK_ACKS_MAX	    ((size_t)16)	 /* in one answer */
#define SINK_ACK_BY_MAX	    ((size_t)100)	 /* bytes of a name */
#define SINK_ACK_ANSWER_MAX ((size_t)160 * 1024) /* bytes of an answer that are read */

struct sink_ack_question {
	struct str receipt; /* of the message that is asked about, see struct sink_verdict */
	int64_t mark;	    /* that of an earlier answer, once; 0: there is no new one */
};

/* An acknowledgement. All strings are in the arena of the answer. */
struct sink_ack {
	struct str receipt; /* of the message */
	struct str by;	    /* the name of a person, one line; absent: name_request asks for it */
	struct str who;	    /* what the service calls the person */
	struct str token;   /* by which reply_request answers; absent: nothing to answer */
};

struct sink_acks {
	struct sink_ack v[SINK_ACKS_MAX]; /* the earliest first */
	size_t n;
	int64_t mark; /* of the next question. The service forgets what was before it */
	bool more;    /* there is more to read now */
};

struct sink_ack_source {
	bool whole;	 /* one answer is about all messages of a receiver; else about one */
	int64_t pace_ms; /* least time between two questions */
	/* Writes the request, as the render of struct sink_type. */
	int (*ask)(const struct sink_context *ctx, const struct sink_ack_question *q,
		struct arena *arena, struct sink_request *out, struct err *e);
	/*
	 * Reads its answer. *v as by judge; of SINK_BAD and SINK_UNTIED only the message is the
	 * reason. out is zeroed.
	 */
	void (*hear)(const struct sink_ack_question *q, const struct sink_answer *a,
		struct arena *arena, struct sink_acks *out, struct sink_verdict *v);
	/* The name of a person, where the service has it elsewhere; NULL: not needed. */
	int (*ask_name)(const struct sink_context *ctx, struct str who, struct arena *arena,
		struct sink_request *out, struct err *e);
	struct str (*hear_name)(const struct sink_answer *a, struct arena *arena);
	/* Answers the person with a line of text; NULL: the message shows it. */
	int (*reply)(const struct sink_context *ctx, const struct sink_ack *ack, const char *text,
		struct arena *arena, struct sink_request *out, struct err *e);
};

/*
 * The requests of the source of a receiver that has one; *out is set as by sink_render(). ask_name
 * and reply only if the source has them.
 */
int sink_ack_ask(const struct sink_context *ctx, const struct sink_ack_question *q,
	struct arena *arena, struct sink_request *out, struct err *e);
int sink_ack_ask_name(const struct sink_context *ctx, struct str who, struct arena *arena,
	struct sink_request *out, struct err *e);
int sink_ack_reply(const struct sink_context *ctx, const struct sink_ack *ack, const char *text,
	struct arena *arena, struct sink_request *out, struct err *e);

#endif
