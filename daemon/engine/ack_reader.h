/* SPDX-License-Identifier: MIT */
/*
 * Reads from services which alerts people have acknowledged there: only of receivers that have got
 * the message of an alert that waits for somebody, see store/acks.h. Each has a reader, which is
 * gone once nothing waits any more:
 *
 *	LOOK ──► ASK ──► NAME ──► PUT ──► REPLY ──► a pause, and LOOK
 *	desk     send    send     desk    send
 *
 * NAME and REPLY are about each acknowledgement in turn, if the service has them. What was read is
 * stored before the service is allowed to forget it, and storing it twice changes nothing: neither
 * a crash nor a restart loses one. No failure here ends or delays a delivery.
 */
#ifndef ENGINE_ACK_READER_H
#define ENGINE_ACK_READER_H

#include "parts.h"
#include "sink/sink.h"
#include "store/acks.h"

LIST_HEAD(ack_reader_list, ack_reader);

/* ack_readers.c: all of them */
struct ack_readers {
	/* set by the owner before start */
	struct engine_parts o;
	struct conf *conf;	  /* own reference */
	void (*acked)(void *arg); /* some were stored; arg: that of o */

	bool running;
	struct ack_reader_list list;
};

void ack_readers_start(struct ack_readers *r);
void ack_readers_reload(struct ack_readers *r, struct conf *conf);
/* An alert may wait for somebody, or none does. Cheap. */
void ack_readers_poke(struct ack_readers *r, bool asked);
void ack_readers_stop(struct ack_readers *r);	 /* jobs that are out still come back */
void ack_readers_release(struct ack_readers *r); /* they must have come back */

/* --- ack_reader.c: that of one receiver --- */

enum ack_reader_step { READER_ASK, READER_NAME, READER_REPLY };

struct ack_reader {
	struct ack_readers *all;
	struct timer_op *timer;
	struct job job;
	bool job_out;
	struct conf *conf; /* own reference, of this round */
	const struct conf_notify *notify;
	const struct sink_ack_source *source;
	enum ack_reader_step step;
	struct secret_op *secret_op;
	struct send_op *send_op;
	struct arena *arena; /* of this round */
	/* LOOK and PUT */
	int64_t now; /* wall ms */
	struct store_asked *asked;
	size_t n_asked;
	bool any; /* an alert waits for somebody, perhaps elsewhere */
	int rc;
	struct err error;
	/* ASK and what follows */
	struct sink_ack_question question;
	struct sink_acks acks;
	size_t at;				/* the acknowledgement in turn */
	struct store_ack stored[SINK_ACKS_MAX]; /* STORE_ACK_UNKNOWN: nobody asks for it */
	/* across rounds */
	int64_t mark;  /* up to which all is stored */
	int64_t noted; /* what the service knows of that */
	size_t turn;
	char newest[64]; /* the alert of the newest message */
	int64_t since;	 /* monotonic: when that was first seen */
	unsigned fails;
	LIST_ENTRY(ack_reader) link;
	char name[];
};

/* Adds one to the list, which looks after a pause. False: out of memory. */
bool ack_reader_add(struct ack_readers *all, const char *name);
void ack_reader_stop(struct ack_reader *r);
void ack_reader_free(struct ack_reader *r); /* its job must have come back */

#endif
