/* SPDX-License-Identifier: MIT */
/*
 * One delivery attempt, run to its end on a loop of its own, and a mail server on loopback that
 * answers one connection from a script of replies.
 */
#ifndef LIB_SEND_FIXTURE_H
#define LIB_SEND_FIXTURE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/send.h"

/* What became of it; loop stops when all wanted answers are in. */
struct outcome {
	struct loop *loop;
	int calls, wanted;
	enum err_class error;
	long status;
	int64_t retry_after;
	char text[600], body[5000];
	long rcpt[4]; /* what was said to each recipient */
	char said[4][100];
	size_t body_len;
};

struct outcome send_deliver(const struct sink_request *r);

/* A port of the kernel's choice. type: SOCK_STREAM listens, SOCK_DGRAM is only bound. */
void listen_any(int *fd, unsigned *port, int type);

/* smtp_main plays it, on a thread of its own, on the first connection to fd. */
struct smtp {
	int fd;
	unsigned port;
	pthread_t id;
	const char *rcpt_reply, *end_reply;
	const char *refused, *refusal; /* what is said to a recipient with that in its address */
	bool drops;		       /* the line, instead of an answer to DATA */
	bool hangs;		       /* says nothing to QUIT, until the test is over */
	atomic_bool over;
	char heard[16384];
};

void *smtp_main(void *arg);

void send_on_done(void *arg, const struct sink_answer *a);

#endif
