/* SPDX-License-Identifier: MIT */
/* Deadlines of an HTTP server, and many connections. */
#include "lib/unit.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/httpd_fixture.h"

/* --- deadlines --- */

static void play_slow(struct httpd_fixture *h)
{
	const char *text = "GET / HTTP/1.1\r\nX: 0123456789012345678901234567890123456789";
	int fd = httpd_fixture_dial(h);

	for (const char *p = text; *p; p++) {
		if (send(fd, p, 1, MSG_NOSIGNAL) != 1)
			break;
		httpd_fixture_doze(20);
	}
	(void)httpd_fixture_hear(h, fd);
	close(fd);
}

static void bytes_do_not_extend_a_deadline(void **state)
{
	struct httpd_fixture *h = *state;

	h->o.request_ms = 300;
	httpd_fixture_run(h, play_slow);
	assert_in_range(h->took, 300, 3000);
	assert_int_equal(h->n_got, 0);
}

static void play_idle(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h), again = httpd_fixture_dial(h);

	httpd_fixture_say(again, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_hear_some(h, again, "hello", 1);
	assert_int_equal(httpd_fixture_hear(h, fd), 0);
	assert_int_equal(httpd_fixture_hear(h, again), 0);
	close(fd);
	close(again);
}

static void idle_connections_are_closed(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd_counts counts;

	h->o.idle_ms = 300;
	httpd_fixture_run(h, play_idle);
	assert_in_range(h->took, 300, 3000);
	httpd_count(h->httpd, &counts);
	assert_int_equal(counts.late, 2);
}

static void play_not_taken(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h);
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};

	httpd_fixture_say(fd, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	(void)poll(&p, 1, 8000);
	close(fd);
}

static void an_answer_must_be_taken_in_time(void **state)
{
	struct httpd_fixture *h = *state;

	h->o.take_ms = 300;
	httpd_fixture_run(h, play_not_taken);
	assert_in_range(h->took, 300, 4000);
}

/* --- many connections --- */

#define SILENT 64

static void play_crowd(struct httpd_fixture *h)
{
	int fd[SILENT], last;

	for (int i = 0; i < SILENT; i++)
		fd[i] = httpd_fixture_dial(h);
	last = httpd_fixture_dial(h);
	httpd_fixture_say(last, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_int_equal(httpd_fixture_hear(h, last), 0);
	close(last);
	for (int i = 0; i < SILENT; i++)
		close(fd[i]);
	httpd_fixture_doze(500);
}

/* All places are taken by clients that send nothing, some more wait before ours. */
static void silent_connections_make_room(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd_counts counts;

	h->o.connections = 32;
	h->o.idle_ms = 60000;
	httpd_fixture_run(h, play_crowd);
	assert_non_null(strstr(h->got, "hello"));
	assert_in_range(h->took, 1000, 9000);
	httpd_count(h->httpd, &counts);
	assert_int_equal(counts.connections, 0);
	assert_true(counts.evicted >= SILENT - 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, httpd_fixture_set_up, httpd_fixture_tear_down)
		TEST(bytes_do_not_extend_a_deadline),
		TEST(idle_connections_are_closed),
		TEST(an_answer_must_be_taken_in_time),
		TEST(silent_connections_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
