/* SPDX-License-Identifier: MIT */
/*
 * One delivery attempt, run to its end on a loop of its own, and a mail server on loopback that
 * answers one connection from a script of replies.
 */
#ifndef SEND_FIXTURE_H
#define SEND_FIXTURE_H

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

static inline void on_done(void *arg, const struct sink_answer *a)
{
	struct outcome *o = arg;

	o->calls++;
	o->error = a->error;
	o->status = a->status;
	o->retry_after = a->retry_after;
	o->body_len = a->body.n;
	snprintf(o->text, sizeof(o->text), "%.*s", STR_ARG(a->error_text));
	snprintf(o->body, sizeof(o->body), "%.*s", STR_ARG(a->body));
	for (size_t i = 0; i < a->n_recipients && i < 4; i++) {
		o->rcpt[i] = a->recipients[i].status;
		snprintf(o->said[i], sizeof(o->said[i]), "%.*s %.*s",
			STR_ARG(a->recipients[i].address), STR_ARG(a->recipients[i].said));
	}
	if (o->calls >= o->wanted)
		loop_stop(o->loop);
}

static inline struct outcome deliver(const struct sink_request *r)
{
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 1};

	assert_non_null(port.start(port.ctx, r, on_done, &o));
	assert_int_equal(o.calls, 0);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(o.calls, 1);
	send_free(s);
	loop_free(l);
	return o;
}

/* A port of the kernel's choice. type: SOCK_STREAM listens, SOCK_DGRAM is only bound. */
static inline void listen_any(int *fd, unsigned *port, int type)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t n = sizeof(sa);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(*fd, 4), 0);
	getsockname(*fd, (struct sockaddr *)&sa, &n);
	*port = ntohs(sa.sin_port);
}

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

static inline void hear(struct smtp *s, const char *line)
{
	size_t n = strlen(s->heard);

	snprintf(s->heard + n, sizeof(s->heard) - n, "%s", line);
}

static inline void *smtp_main(void *arg)
{
	struct smtp *s = arg;
	int fd = accept(s->fd, NULL, NULL);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r+");
	char line[2048];
	bool data = false;

	if (!f)
		return NULL;
	setvbuf(f, NULL, _IONBF, 0);
	fputs("220 test\r\n", f);
	while (fgets(line, sizeof(line), f)) {
		hear(s, line);
		if (data) {
			if (strcmp(line, ".\r\n") != 0)
				continue;
			data = false;
			fputs(s->end_reply, f);
		} else if (strncmp(line, "EHLO", 4) == 0) {
			fputs("250 test\r\n", f);
		} else if (strncmp(line, "RCPT", 4) == 0) {
			bool no = s->refused && strstr(line, s->refused);

			fputs(no ? s->refusal : s->rcpt_reply, f);
		} else if (strncmp(line, "DATA", 4) == 0 && s->drops) {
			break;
		} else if (strncmp(line, "DATA", 4) == 0) {
			data = true;
			fputs("354 go\r\n", f);
		} else if (strncmp(line, "QUIT", 4) == 0) {
			if (!s->hangs)
				fputs("221 bye\r\n", f);
			while (s->hangs && !s->over)
				usleep(10000);
			break;
		} else {
			fputs("250 ok\r\n", f);
		}
	}
	fclose(f);
	return NULL;
}

#endif
