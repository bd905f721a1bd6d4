/* SPDX-License-Identifier: MIT */
/*
 * An HTTP server with an owner that answers /late after 150 ms, /never not at all, /stream and
 * /flood with a stream, /shared with one of a text that is shared, /big with 8 MiB and the rest
 * with "hello"; and a client in another thread.
 */
#ifndef LIB_HTTPD_FIXTURE_H
#define LIB_HTTPD_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "io/httpd.h"

#define HTTPD_FIXTURE_BIG ((size_t)8 * 1024 * 1024)

struct httpd_fixture {
	struct loop *loop;
	struct httpd *httpd;
	struct httpd_options o;
	struct httpd_call *kept;     /* /late */
	struct httpd_stream *stream; /* /stream */
	struct httpd_text *text;     /* /shared */
	struct buf heard;	     /* method, path, query and body of each request */
	unsigned drained, refused_writes;
	atomic_uint closed; /* the client waits for it in its thread */
	struct loop_post end;
	/* the client's thread */
	void (*play)(struct httpd_fixture *h);
	char got[65536];
	size_t n_got;
	int64_t took;
};

int httpd_fixture_set_up(void **state); /* options may be changed before the server is opened */
int httpd_fixture_tear_down(void **state);
void httpd_fixture_open_server(struct httpd_fixture *h);
/* Opens the server, and runs the loop while play() runs in another thread. */
void httpd_fixture_run(struct httpd_fixture *h, void (*play)(struct httpd_fixture *h));

/* --- for play() --- */

void httpd_fixture_doze(int64_t ms);
int httpd_fixture_dial(const struct httpd_fixture *h);
void httpd_fixture_say(int fd, const char *text);
/* Collects in got until the server closes; -1: it did not within 10 s. */
int httpd_fixture_hear(struct httpd_fixture *h, int fd);
/* Until `end` came n times. */
void httpd_fixture_hear_some(struct httpd_fixture *h, int fd, const char *end, int n);
/* One request on a connection of its own. */
void httpd_fixture_ask(struct httpd_fixture *h, const char *text);

#endif
