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

/* The result; the loop stops when all expected answers are in. */
struct outcome {
	struct loop *loop;
	int calls, wanted;
	enum err_class error;
	long status;
	int64_t retry_after;
	bool sent;
	char text[600], body[5000];
	long rcpt[4]; /* the reply for each recipient */
	char said[4][100];
	size_t body_len;
};

struct outcome send_deliver(const struct sink_request *r);

/* Binds a port chosen by the kernel. type: SOCK_STREAM listens, SOCK_DGRAM is only bound. */
void listen_any(int *fd, unsigned *port, int type);

/* Script of smtp_main, which runs in its own thread on the first connection to fd. */
struct smtp {
	int fd;
	unsigned port;
	pthread_t id;
	const char *rcpt_reply;
	const char *end_reply;	       /* to the mail; NULL: closes the connection */
	const char *refused, *refusal; /* reply to a recipient whose address contains that */
	bool drops;		       /* closes the connection instead of answering DATA */
	bool hangs;		       /* does not answer QUIT until the test ends */
	atomic_bool over;
	char heard[16384];
};

void *smtp_main(void *arg);

void send_on_done(void *arg, const struct sink_answer *a);

#endif
