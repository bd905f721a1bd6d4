/* SPDX-License-Identifier: MIT */
/* One delivery attempt, as the files send*.c share it. Private to them. */
#ifndef IO_SEND_OP_H
#define IO_SEND_OP_H

#include "base/buf.h"
#include "multi.h"
#include "io/send.h"

#define SEND_ANSWER_MAX ((size_t)4096)
#define SEND_WHERE_MAX	300

struct send {
	struct loop *loop;
	struct multi *multi;
	LIST_HEAD(, send_op) ops;
	TAILQ_HEAD(, send_op) lines;  /* for standard output, in order */
	struct loop_fd *stdout_watch; /* while it is full */
	bool torn;		      /* a line was begun and given up: start on a new one */
};

struct send_wire;
struct send_talk;

struct send_op {
	struct send *send;
	enum sink_transport transport;
	enum sink_socket socket;
	struct multi_op transfer; /* easy NULL: not curl's */
	struct timer_op *timer;	  /* deadline, or the deferred end */
	struct loop_fd *watch;	  /* a connection that is written to by us */
	int fd;			  /* of watch; curl's */
	struct send_wire *wire;	  /* SMTP */
	struct send_talk *talk;	  /* SMTP */
	struct curl_slist *list;  /* header lines, or recipients */
	struct buf body;
	size_t sent;
	struct buf answer; /* first SEND_ANSWER_MAX bytes */
	size_t answered;   /* all of them */
	bool queued;	   /* in send.lines */
	struct err error;
	long status;
	int64_t retry_after;
	char where[SEND_WHERE_MAX]; /* for people; never a path, which may be a secret */
	char detail[CURL_ERROR_SIZE];
	send_done_fn *done;
	void *arg;
	LIST_ENTRY(send_op) link;
	TAILQ_ENTRY(send_op) line;
};

/* Ends op with its error, status and answer, which runs done() and frees it. From the loop only. */
void send_end(struct send_op *op);
/* The same from the loop, soon; for what is over inside the start. 0 or -ERR_NOMEM. */
int send_end_soon(struct send_op *op);
/* Replaces op's timer. 0 or -ERR_NOMEM. */
int send_set_timer(struct send_op *op, int64_t ms, loop_fn *fn);

/*
 * Begin an attempt: 0, or a negative class when it could not even begin. A refusal that is known at
 * once goes into op->error and send_end_soon().
 */
int send_http_start(struct send_op *op, const struct sink_request *r);
int send_smtp_start(struct send_op *op, const struct sink_request *r);
void send_smtp_cut(struct send_op *op);
void send_smtp_release(struct send_op *op);
void send_smtp_tell(const struct send_op *op, struct sink_answer *a); /* of each recipient */
int send_socket_start(struct send_op *op, const struct sink_request *r);
int send_stdout_start(struct send_op *op);
void send_stdout_forget(struct send_op *op); /* cancelled while queued */

/* --- for what goes through curl: 0 or -ERR_NOMEM --- */

/* url is copied; op->where gets what may be shown of it. false: out of memory. */
bool send_set_url(struct send_op *op, struct str url);
int send_add_line(struct send_op *op, struct str line); /* to op->list */
/* Ends soon with that error; where it could not be sent. */
int send_refuse(struct send_op *op, enum err_class cls, const char *text);
/* Starts the transfer; a while after ms it is given up should curl have forgotten to. */
int send_launch(struct send_op *op, long ms, void (*done)(void *, CURLcode));

#endif
