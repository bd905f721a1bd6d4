/* SPDX-License-Identifier: MIT */
#include "lib/httpd_fixture.h"

#include "lib/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* --- the owner --- */

static void answer_late(void *arg)
{
	struct httpd_fixture *h = arg;

	httpd_answer(h->kept, &(struct httpd_reply){.status = 200, .body = STR("late")});
	h->kept = NULL;
}

static void write_stream(void *arg)
{
	struct httpd_fixture *h = arg;
	static char block[4096];

	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 64 && h->stream; i++) {
		if (httpd_stream_write(h->stream, str_slice(block, sizeof(block))) == 0)
			continue;
		h->refused_writes++;
		break;
	}
}

static void on_drained(void *arg)
{
	struct httpd_fixture *h = arg;

	h->drained++;
	if (h->drained < 20) {
		write_stream(h);
	} else {
		httpd_stream_end(h->stream);
		h->stream = NULL;
	}
}

static void on_closed(void *arg)
{
	struct httpd_fixture *h = arg;

	h->closed++;
	h->stream = NULL;
}

static void start_stream(struct httpd_fixture *h, struct httpd_call *call, bool full)
{
	const struct httpd_stream_events events = {on_drained, on_closed, h};
	const struct httpd_reply r = {.content_type = "text/event-stream"};
	struct httpd_stream *s = httpd_stream(call, &r, &events);

	if (!s || h->stream)
		return;
	h->stream = s;
	if (full)
		write_stream(h);
	else
		assert_int_equal(httpd_stream_write(s, STR("hello")), 0);
}

/* Several of them may be open. */
static void start_shared(const struct httpd_fixture *h, struct httpd_call *call)
{
	const struct httpd_stream_events events = {0};
	struct httpd_stream *s = httpd_stream(call, &(struct httpd_reply){0}, &events);

	if (s)
		assert_int_equal(httpd_stream_share(s, h->text), 0);
	httpd_stream_end(s);
}

static void answer_big(struct httpd_call *call)
{
	char *big = calloc(1, HTTPD_FIXTURE_BIG);

	httpd_answer(call,
		&(struct httpd_reply){.status = 200, .body = str_slice(big, HTTPD_FIXTURE_BIG)});
	free(big);
}

static void on_request(void *arg, struct httpd_call *call, const struct httpd_request *q)
{
	struct httpd_fixture *h = arg;
	const struct httpd_field field = {"X-Field", "value"};

	buf_printf(&h->heard, "%d %s", (int)q->method, q->path);
	if (str_present(q->query))
		buf_printf(&h->heard, "?%.*s", STR_ARG(q->query));
	buf_printf(&h->heard, " %.*s\n", STR_ARG(q->body));
	if (strcmp(q->path, "/late") == 0) {
		h->kept = call;
		loop_timer(h->loop, "late", 150, answer_late, h);
	} else if (strcmp(q->path, "/never") == 0) {
		h->kept = call;
	} else if (strcmp(q->path, "/stream") == 0) {
		start_stream(h, call, false);
	} else if (strcmp(q->path, "/flood") == 0) {
		start_stream(h, call, true);
	} else if (strcmp(q->path, "/shared") == 0) {
		start_shared(h, call);
	} else if (strcmp(q->path, "/big") == 0) {
		answer_big(call);
	} else {
		httpd_answer(call, &(struct httpd_reply){.status = 200,
					   .content_type = "text/plain",
					   .headers = &field,
					   .n_headers = 1,
					   .body = STR("hello")});
	}
}

void httpd_fixture_open_server(struct httpd_fixture *h)
{
	struct err e;

	assert_int_equal(httpd_new(&h->httpd, h->loop, &h->o, &e), 0);
}

int httpd_fixture_set_up(void **state)
{
	struct httpd_fixture *h = calloc(1, sizeof(*h));

	h->loop = loop_new();
	buf_init(&h->heard, 65536);
	httpd_options_init(&h->o);
	h->o.listen = "127.0.0.1:0";
	h->o.methods = HTTPD_GET | HTTPD_HEAD | HTTPD_POST;
	h->o.handler = on_request;
	h->o.arg = h;
	*state = h;
	return 0;
}

int httpd_fixture_tear_down(void **state)
{
	struct httpd_fixture *h = *state;

	httpd_free(h->httpd);
	if (h->kept)
		httpd_answer_status(h->kept, 200);
	httpd_text_unref(h->text);
	loop_free(h->loop);
	buf_release(&h->heard);
	free(h);
	return 0;
}

/* --- the client --- */

static void *client_main(void *arg)
{
	struct httpd_fixture *h = arg;
	int64_t start = clock_mono();

	h->play(h);
	h->took = clock_mono() - start;
	h->end = (struct loop_post){.fn = (loop_fn *)loop_stop, .arg = h->loop};
	loop_post(h->loop, &h->end);
	return NULL;
}

/* Runs the loop while play() runs in another thread. */
void httpd_fixture_run(struct httpd_fixture *h, void (*play)(struct httpd_fixture *h))
{
	pthread_t id;

	if (!h->httpd)
		httpd_fixture_open_server(h);
	h->play = play;
	h->n_got = 0;
	h->got[0] = '\0';
	pthread_create(&id, NULL, client_main, h);
	loop_run(h->loop, NULL);
	pthread_join(id, NULL);
}

void httpd_fixture_doze(int64_t ms)
{
	poll(NULL, 0, (int)ms);
}

int httpd_fixture_dial(const struct httpd_fixture *h)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(httpd_port(h->httpd))};
	struct timeval tv = {.tv_sec = 10};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

void httpd_fixture_say(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Until the server closes, or nothing comes for 10 s, which is no end: -1. */
int httpd_fixture_hear(struct httpd_fixture *h, int fd)
{
	ssize_t n = 1;

	while (n > 0) {
		char spill[65536];
		size_t room = sizeof(h->got) - 1 - h->n_got;

		n = recv(fd, spill, sizeof(spill), 0);
		if (n < 0 && errno == EAGAIN)
			return -1;
		if (n > 0 && (size_t)n <= room) {
			memcpy(h->got + h->n_got, spill, (size_t)n);
			h->n_got += (size_t)n;
			h->got[h->n_got] = '\0';
		}
	}
	return 0;
}

/* Until `n` answers to HEAD or with the body "hello" came. */
void httpd_fixture_hear_some(struct httpd_fixture *h, int fd, const char *end, int n)
{
	for (;;) {
		const char *p = h->got;
		int found = 0;
		ssize_t r;

		while ((p = strstr(p, end)) != NULL) {
			found++;
			p += strlen(end);
		}
		if (found >= n)
			return;
		r = recv(fd, h->got + h->n_got, sizeof(h->got) - 1 - h->n_got, 0);
		assert_true(r > 0);
		h->n_got += (size_t)r;
		h->got[h->n_got] = '\0';
	}
}

void httpd_fixture_ask(struct httpd_fixture *h, const char *text)
{
	int fd = httpd_fixture_dial(h);

	httpd_fixture_say(fd, text);
	if (httpd_fixture_hear(h, fd) != 0)
		fprintf(stderr, "no end after: %s\n", text);
	close(fd);
}
