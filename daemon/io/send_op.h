/* SPDX-License-Identifier: MIT */
/* One delivery attempt: what the files send*.c share. */
#ifndef IO_SEND_OP_H
#define IO_SEND_OP_H

#include "base/buf.h"
#include "base/redact.h"
#include "io/send.h"
#include "io/worker.h"
#include "multi.h"
#include "post_pool.h"

#define SEND_ANSWER_MAX ((size_t)4096)
#define SEND_WHERE_MAX	300

struct send {
	struct loop *loop;
	struct multi *multi;
	LIST_HEAD(, send_op) ops;
	struct post_pool posts; /* send_http.c */
	/* send_stdout.c */
	TAILQ_HEAD(, send_op) lines;	  /* in the order to be written */
	struct loop_fd *stdout_watch;	  /* while the descriptor takes no more bytes */
	bool torn;			  /* a text was cut off: start the next one on a new line */
	LIST_HEAD(, send_child) children; /* send_exec.c */
	LIST_HEAD(, send_spawner) spawners;
	LIST_HEAD(, send_file) files; /* send_file.c */
	LIST_HEAD(, send_peer) peers; /* send_peer.c */
};

/* How a transport makes an attempt. All but start may be NULL. */
struct send_transport {
	/*
	 * 0, or a negative class if the attempt could not begin; the caller then frees op. An
	 * error that is known at once goes into op->error and send_op_end_soon().
	 */
	int (*start)(struct send_op *op, const struct sink_request *r);
	/* Adds to the answer what only the transport knows. */
	void (*report)(const struct send_op *op, struct sink_answer *a);
	/* Called when op ends or is cancelled: before its transfer leaves curl, and after. */
	void (*stop)(struct send_op *op);
	void (*release)(struct send_op *op);
};

extern const struct send_transport send_http, send_smtp, send_socket, send_stdout, send_file,
	send_exec;

/* Sends the body as one datagram to the local socket of the request; sets op->error. */
void send_local_datagram(struct send_op *op, const struct sink_request *r);

/* For send_new(). */
void send_http_begin(struct send *s);
/* For send_free(), when all operations are cancelled. */
void send_exec_end_all(struct send *s);
void send_file_end_all(struct send *s);

struct send_peer;
TAILQ_HEAD(send_peer_ops, send_op);
struct smtp_sockets;
struct smtp_dialogue;
struct send_child;
struct send_line;

struct send_op {
	struct send *send;
	const struct send_transport *transport;
	struct multi_op transfer; /* easy NULL: not sent through curl */
	struct timer_op *timer;	  /* a deadline, or the deferred end */
	struct curl_slist *list;  /* recipients */
	struct buf body;
	size_t sent;	   /* bytes of body */
	struct buf answer; /* its beginning: SEND_ANSWER_MAX bytes, of HTTP more */
	size_t answered;   /* bytes of answer received in all */
	struct err error;
	bool headed; /* HTTP: the headers of the answer are complete */
	long status;
	int64_t retry_after;
	struct redact secrets;	    /* of the request, to be taken out of all that is answered */
	char where[SEND_WHERE_MAX]; /* for messages; without path, which may be a secret */
	char detail[CURL_ERROR_SIZE];
	send_done_fn *done;
	void *arg;
	LIST_ENTRY(send_op) link;

	/* send_http.c */
	struct post_address *address;
	struct curl_slist *headers;
	size_t headers_bytes;

	/* send_peer.c */
	struct send_peer *peer;
	struct send_peer_ops *peer_list; /* of peer, that it is in */
	TAILQ_ENTRY(send_op) in_peer;

	/* send_smtp.c */
	struct smtp_sockets *sockets;
	struct smtp_dialogue *dialogue;

	/* send_stdout.c */
	bool queued; /* in send.lines */
	TAILQ_ENTRY(send_op) line;

	struct send_child *child;  /* send_exec.c */
	struct send_line *written; /* send_file.c */
};

/* Calls done() with op's error, status and answer, frees op. From a callback of the loop only. */
void send_op_end(struct send_op *op);
/* The same from a later callback, for what ends inside its start. 0 or -ERR_NOMEM. */
int send_op_end_soon(struct send_op *op);
/* Returns op->where. Of a transfer by curl it is set at the first call: few attempts need it. */
const char *send_op_where(struct send_op *op);
/* The same with an error, for what is refused before it is sent. */
int send_op_refuse(struct send_op *op, enum err_class cls, const char *text);
/* Replaces the timer. 0 or -ERR_NOMEM. fn clears op->timer first. */
int send_op_set_timer(struct send_op *op, int64_t ms, loop_fn *fn);

/* --- for transports that use curl --- */

/* Copies url. False: out of memory. */
bool send_curl_set_url(struct send_op *op, struct str url);
/*
 * Starts the transfer. curl's own timeout is ms; some time after it the attempt ends even if curl
 * fails to end it. 0 or -ERR_NOMEM.
 */
int send_curl_start(struct send_op *op, long ms, void (*done)(void *, CURLcode));

#endif
