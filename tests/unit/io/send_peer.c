/* SPDX-License-Identifier: MIT */
/* Kept connections for UDP and TCP: what arrives, and what a close means. */
#include "lib/unit.h"

#include <limits.h>
#include <poll.h>

#include "lib/send_fixture.h"

/* How a receiver treats its connections, one after the other. */
enum manner {
	READS,		     /* to the end */
	READS_ONE,	     /* one frame, then closes */
	READS_TWO,	     /* shuts down after two, and reads what its kernel had accepted */
	READS_ONE_AND_STOPS, /* and closes 800 ms later: a reset, if more has come */
	CLOSES,		     /* without reading */
	CLOSES_LATER,	     /* reads nothing, closes after 50 ms: a reset */
	SLEEPS,		     /* reads nothing until the end of the test */
};

struct receiver {
	int fd;
	unsigned port;
	pthread_t id;
	const enum manner *manners; /* of the connections in order; the last one repeats */
	size_t n;
	atomic_uint connections, closed, frames;
	atomic_bool stop;
	char heard[1 << 16]; /* the beginning of what came */
	size_t n_heard;
};

/* Frames end with a line break. */
static void receiver_read(struct receiver *r, int fd, unsigned most)
{
	char text[65536];
	ssize_t n;

	while ((n = recv(fd, text, sizeof(text), 0)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			r->frames += text[i] == '\n';
			most -= text[i] == '\n';
			if (r->n_heard < sizeof(r->heard) - 1)
				r->heard[r->n_heard++] = text[i];
		}
		if (most == 0)
			return;
	}
}

static void receiver_serve(struct receiver *r, int fd, enum manner manner)
{
	switch (manner) {
	case READS: receiver_read(r, fd, UINT_MAX); break;
	case READS_ONE: receiver_read(r, fd, 1); break;
	case READS_TWO:
		receiver_read(r, fd, 2);
		shutdown(fd, SHUT_RDWR); /* from here on its kernel refuses what comes */
		receiver_read(r, fd, UINT_MAX);
		break;
	case READS_ONE_AND_STOPS:
		receiver_read(r, fd, 1);
		usleep(800000);
		break;
	case CLOSES: break;
	case CLOSES_LATER: usleep(50000); break;
	case SLEEPS:
		while (!r->stop)
			usleep(1000);
	}
}

static void *receiver_main(void *arg)
{
	struct receiver *r = arg;
	int fd;

	while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
		unsigned k = r->connections++;

		receiver_serve(r, fd, r->manners[k < r->n ? k : r->n - 1]);
		close(fd);
		r->closed++;
	}
	return NULL;
}

struct fixture {
	struct receiver r;
	struct loop *loop;
	struct send *send;
	struct port_send port;
	struct sink_request request;
	struct outcome outcome;
	int left; /* to be started */
	char text[32];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = loop_new();
	f->send = send_new(f->loop);
	f->port = send_port(f->send);
	*state = f;
	return 0;
}

static void start(struct fixture *f, const enum manner *manners, size_t n)
{
	f->r.manners = manners;
	f->r.n = n;
	listen_any(&f->r.fd, &f->r.port, SOCK_STREAM);
	assert_int_equal(pthread_create(&f->r.id, NULL, receiver_main, &f->r), 0);
	f->request = (struct sink_request){.transport = SINK_SOCKET,
		.socket = SINK_TCP,
		.host = STR("127.0.0.1"),
		.port = f->r.port};
}

static void stop(struct fixture *f)
{
	send_free(f->send);
	f->send = NULL;
	f->r.stop = true;
	shutdown(f->r.fd, SHUT_RDWR);
	pthread_join(f->r.id, NULL);
	close(f->r.fd);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	send_free(f->send);
	loop_free(f->loop);
	free(f);
	return 0;
}

static enum err_class deliver(struct fixture *f, const char *text)
{
	f->outcome = (struct outcome){.loop = f->loop, .wanted = 1};
	f->request.body = str_of(text);
	assert_non_null(f->port.start(f->port.ctx, &f->request, send_on_done, &f->outcome));
	loop_run(f->loop, NULL);
	return f->outcome.error;
}

static void messages_share_a_connection(void **state)
{
	static const enum manner manners[] = {READS};
	struct fixture *f = *state;

	start(f, manners, 1);
	assert_int_equal(deliver(f, "1\n"), ERR_NONE);
	assert_int_equal(deliver(f, "2\n"), ERR_NONE);
	assert_int_equal(deliver(f, "3\n"), ERR_NONE);
	stop(f);
	assert_int_equal(f->r.connections, 1);
	assert_string_equal(f->r.heard, "1\n2\n3\n");
}

static void a_receiver_that_closed_gets_the_next_message_anew(void **state)
{
	static const enum manner manners[] = {READS_ONE, READS_ONE, READS};
	struct fixture *f = *state;

	start(f, manners, 3);
	assert_int_equal(deliver(f, "1\n"), ERR_NONE);
	assert_int_equal(deliver(f, "2\n"), ERR_NONE);
	assert_int_equal(deliver(f, "3\n"), ERR_NONE);
	stop(f);
	assert_int_equal(f->r.connections, 3);
	assert_string_equal(f->r.heard, "1\n2\n3\n");
}

/* Nothing is lost, and nothing that was confirmed comes twice. */
static void a_close_between_messages_loses_none(void **state)
{
	static const enum manner manners[] = {READS_ONE};
	struct fixture *f = *state;

	start(f, manners, 1);
	for (int i = 0; i < 200; i++) {
		snprintf(f->text, sizeof(f->text), "%d\n", i);
		assert_int_equal(deliver(f, f->text), ERR_NONE);
	}
	stop(f);
	assert_int_equal(f->r.frames, 200);
}

static void a_receiver_that_reads_nothing_is_no_success(void **state)
{
	static const enum manner closes[] = {CLOSES}, later[] = {CLOSES_LATER};
	struct fixture *f = *state;

	start(f, later, 1);
	assert_int_equal(deliver(f, "1\n"), ERR_TEMP);
	stop(f);
	assert_non_null(strstr(f->outcome.text, "tcp://127.0.0.1:"));
	f->send = send_new(f->loop);
	f->port = send_port(f->send);
	start(f, closes, 1);
	assert_int_equal(deliver(f, "1\n"), ERR_TEMP);
	stop(f);
}

static void what_a_broken_connection_had_is_sent_again_once(void **state)
{
	static const enum manner manners[] = {READS_ONE, CLOSES_LATER, READS};
	struct fixture *f = *state;

	start(f, manners, 3);
	assert_int_equal(deliver(f, "1\n"), ERR_NONE);
	/* The new connection fails too, and has not worked before: that is the receiver's fault. */
	assert_int_equal(deliver(f, "2\n"), ERR_TEMP);
	assert_int_equal(deliver(f, "2\n"), ERR_NONE);
	stop(f);
	assert_string_equal(f->r.heard, "1\n2\n");
}

static void what_a_kept_connection_lost_is_sent_again(void **state)
{
	enum { SIZE = 3 << 20 };
	static const enum manner manners[] = {READS_ONE_AND_STOPS, READS};
	struct fixture *f = *state;
	char *large = malloc(SIZE + 1);

	memset(large, 'x', SIZE);
	large[SIZE - 1] = '\n';
	large[SIZE] = '\0';
	start(f, manners, 2);
	assert_int_equal(deliver(f, "1\n"), ERR_NONE);
	/* It is written in part when the receiver resets the connection. */
	assert_int_equal(deliver(f, large), ERR_NONE);
	stop(f);
	assert_int_equal(f->r.connections, 2);
	assert_int_equal(f->r.frames, 2);
	free(large);
}

/*
 * The close races with the message that follows, which the receiver's kernel accepts or refuses.
 * One that it has accepted is delivered, also if a receiver closes without reading it: that
 * discards it, and TCP does not report so. So this receiver reads everything that was accepted.
 */
static void a_close_right_after_a_message_loses_none(void **state)
{
	static const enum manner manners[] = {READS_TWO};
	struct fixture *f = *state;

	start(f, manners, 1);
	for (int i = 0; i < 9; i++) {
		snprintf(f->text, sizeof(f->text), "message %d\n", i);
		assert_int_equal(deliver(f, f->text), ERR_NONE);
	}
	stop(f);
	assert_int_equal(f->r.frames, 9); /* none twice */
	for (int i = 0; i < 9; i++) {
		snprintf(f->text, sizeof(f->text), "message %d\n", i);
		assert_non_null(strstr(f->r.heard, f->text));
	}
}

/* libcurl looks for closed connections when it opens another one, and would close this one. */
static void a_request_opens_beside_a_closed_connection(void **state)
{
	static const enum manner manners[] = {READS_ONE_AND_STOPS, READS};
	struct fixture *f = *state;
	struct outcome other = {.loop = f->loop, .wanted = 2};
	struct sink_request http = {.transport = SINK_HTTP};
	struct send_op *op;
	unsigned port;
	int fd;

	start(f, manners, 2);
	listen_any(&fd, &port, SOCK_STREAM);
	snprintf(f->text, sizeof(f->text), "http://127.0.0.1:%u/", port);
	http.url = str_of(f->text);
	assert_int_equal(deliver(f, "1\n"), ERR_NONE);
	while (!f->r.closed)
		usleep(1000);
	usleep(1100000); /* it looks once a second */
	op = f->port.start(f->port.ctx, &http, send_on_done, &other);
	assert_non_null(op);
	assert_int_equal(deliver(f, "2\n"), ERR_NONE);
	f->port.cancel(f->port.ctx, op);
	stop(f);
	close(fd);
	assert_int_equal(other.calls, 0);
	assert_int_equal(f->r.connections, 2);
	assert_string_equal(f->r.heard, "1\n2\n");
}

/* --- many at once --- */

static void on_one_of_many(void *arg, const struct sink_answer *a)
{
	struct fixture *f = arg;

	if (a->error != ERR_NONE)
		f->outcome.error = a->error;
	if (f->left > 0) {
		f->left--;
		assert_non_null(f->port.start(f->port.ctx, &f->request, on_one_of_many, f));
	}
	if (++f->outcome.calls == f->outcome.wanted)
		loop_stop(f->loop);
}

/* Sends n, with window of them at a time. */
static void deliver_many(struct fixture *f, int n, int window)
{
	f->request.body =
		STR("a frame of a hundred bytes, more or less, as the lines of a log are, "
		    "and then some more of them\n");
	f->outcome = (struct outcome){.wanted = n};
	f->left = n - window;
	for (int i = 0; i < window; i++)
		assert_non_null(f->port.start(f->port.ctx, &f->request, on_one_of_many, f));
	loop_run(f->loop, NULL);
	assert_int_equal(f->outcome.error, ERR_NONE);
}

static void tcp_carries_thousands_on_kept_connections(void **state)
{
	static const enum manner manners[] = {READS};
	struct fixture *f = *state;

	start(f, manners, 1);
	deliver_many(f, 8, 8); /* the connection */
	deliver_many(f, 6000, 8);
	stop(f);
	assert_int_equal(f->r.frames, 6008);
	assert_in_range(f->r.connections, 1, 8); /* kept: one for each that is in flight */
}

static void *receive_datagrams(void *arg)
{
	struct receiver *r = arg;
	char text[2048];
	struct pollfd p = {.fd = r->fd, .events = POLLIN};

	while (poll(&p, 1, 200) > 0 || !r->stop)
		while (recv(r->fd, text, sizeof(text), MSG_DONTWAIT) > 0)
			r->frames++;
	return NULL;
}

static void udp_carries_thousands(void **state)
{
	struct fixture *f = *state;

	listen_any(&f->r.fd, &f->r.port, SOCK_DGRAM);
	assert_int_equal(pthread_create(&f->r.id, NULL, receive_datagrams, &f->r), 0);
	f->request = (struct sink_request){.transport = SINK_SOCKET,
		.socket = SINK_UDP,
		.host = STR("127.0.0.1"),
		.port = f->r.port};
	deliver_many(f, 10000, 8);
	f->r.stop = true;
	pthread_join(f->r.id, NULL);
	close(f->r.fd);
	assert_true(f->r.frames > 0); /* a slow receiver's kernel drops some */
}

/* A fast burst also ends when the receiver goes away. */
static void udp_to_nobody_is_noticed_in_a_burst(void **state)
{
	struct fixture *f = *state;
	int fd;

	listen_any(&fd, &f->r.port, SOCK_DGRAM);
	f->request = (struct sink_request){.transport = SINK_SOCKET,
		.socket = SINK_UDP,
		.host = STR("127.0.0.1"),
		.port = f->r.port};
	deliver_many(f, 100, 8);
	close(fd);
	f->outcome = (struct outcome){.wanted = 8};
	f->left = 0;
	for (int i = 0; i < 8; i++)
		assert_non_null(f->port.start(f->port.ctx, &f->request, on_one_of_many, f));
	loop_run(f->loop, NULL);
	assert_int_equal(f->outcome.error, ERR_TEMP);
	/* A socket opened there later receives. */
	listen_any(&fd, &f->r.port, SOCK_DGRAM);
	f->request.port = f->r.port;
	assert_int_equal(deliver(f, "x"), ERR_NONE);
	close(fd);
}

static void too_long_a_datagram_is_the_fault_of_the_message(void **state)
{
	struct fixture *f = *state;
	static char text[70000];
	int fd;

	listen_any(&fd, &f->r.port, SOCK_DGRAM);
	memset(text, 'x', sizeof(text) - 1);
	f->request = (struct sink_request){.transport = SINK_SOCKET,
		.socket = SINK_UDP,
		.host = STR("127.0.0.1"),
		.port = f->r.port};
	assert_int_equal(deliver(f, text), ERR_INPUT);
	assert_int_equal(deliver(f, "short"), ERR_NONE);
	close(fd);
}

/* --- cancelling --- */

static void a_message_that_was_written_in_part_ends_the_connection(void **state)
{
	static const enum manner manners[] = {SLEEPS, READS};
	struct fixture *f = *state;
	char *large = malloc(4 << 20);
	struct send_op *op;

	memset(large, 'x', 4 << 20);
	start(f, manners, 2);
	f->request.body = str_slice(large, (4 << 20) - 1);
	f->outcome = (struct outcome){.loop = f->loop, .wanted = 1};
	op = f->port.start(f->port.ctx, &f->request, send_on_done, &f->outcome);
	loop_timer(f->loop, "end", 300, (loop_fn *)loop_stop, f->loop);
	loop_run(f->loop, NULL);
	assert_int_equal(f->outcome.calls, 0);
	f->port.cancel(f->port.ctx, op);
	f->r.stop = true; /* the first connection ends */
	assert_int_equal(deliver(f, "whole\n"), ERR_NONE);
	stop(f);
	assert_string_equal(f->r.heard, "whole\n");
	free(large);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_share_a_connection),
		TEST(a_receiver_that_closed_gets_the_next_message_anew),
		TEST(a_close_between_messages_loses_none),
		TEST(a_receiver_that_reads_nothing_is_no_success),
		TEST(what_a_broken_connection_had_is_sent_again_once),
		TEST(what_a_kept_connection_lost_is_sent_again),
		TEST(a_close_right_after_a_message_loses_none),
		TEST(a_request_opens_beside_a_closed_connection),
		TEST(tcp_carries_thousands_on_kept_connections),
		TEST(udp_carries_thousands),
		TEST(udp_to_nobody_is_noticed_in_a_burst),
		TEST(too_long_a_datagram_is_the_fault_of_the_message),
		TEST(a_message_that_was_written_in_part_ends_the_connection),
	};

	return cmocka_run_group_tests_name("io send peer", tests, NULL, NULL);
}
