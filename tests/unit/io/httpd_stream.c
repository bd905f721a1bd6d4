/* SPDX-License-Identifier: MIT */
/* Streams of an HTTP server. */
#include "lib/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "lib/httpd_fixture.h"

/* --- streams --- */

static void play_stream(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h), head = httpd_fixture_dial(h);

	httpd_fixture_say(head, "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(httpd_fixture_hear(h, head), 0);
	assert_null(strstr(h->got, "hello"));
	httpd_fixture_say(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_hear_some(h, fd, "5\r\nhello\r\n", 1);
	httpd_fixture_say(fd, "GET /ignored HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_doze(50);
	close(head);
	close(fd);
	httpd_fixture_doze(400);
}

static void a_stream_ends_with_its_client(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd_counts counts;

	h->o.streams = 1;
	httpd_fixture_run(h, play_stream);
	assert_int_equal(h->closed, h->drained < 20);
	assert_null(h->stream);
	httpd_count(h->httpd, &counts);
	assert_int_equal(counts.streams, 0);
	assert_int_equal(counts.connections, 0);
	assert_null(strstr(buf_z(&h->heard), "ignored"));
}

static void play_flood(struct httpd_fixture *h)
{
	httpd_fixture_ask(h, "GET /flood HTTP/1.0\r\nConnection: keep-alive\r\nHost: x\r\n\r\n");
}

static void a_full_stream_is_refilled_when_it_is_drained(void **state)
{
	struct httpd_fixture *h = *state;

	h->o.streams = 1;
	httpd_fixture_run(h, play_flood);
	assert_int_equal(h->drained, 20);
	assert_int_equal(h->closed, 0);
	assert_true(h->refused_writes >= 19);
	assert_null(strstr(h->got, "Content-Length"));
}

static void play_stall(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h), second = httpd_fixture_dial(h);
	int size = 4096;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	httpd_fixture_say(fd, "GET /flood HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_doze(100);
	httpd_fixture_say(second, "GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_int_equal(httpd_fixture_hear(h, second), 0);
	assert_non_null(strstr(h->got, " 503 "));
	while (h->closed == 0)
		httpd_fixture_doze(50);
	close(fd);
	close(second);
}

static void a_stalled_stream_is_closed(void **state)
{
	struct httpd_fixture *h = *state;

	h->o.streams = 1;
	h->o.take_ms = 500;
	h->o.stream_buffer = (size_t)8 * 1024 * 1024;
	httpd_fixture_run(h, play_stall);
	assert_int_equal(h->closed, 1);
	assert_in_range(h->took, 400, 5000);
}

static void play_open(struct httpd_fixture *h)
{
	int a = httpd_fixture_dial(h), b = httpd_fixture_dial(h), c = httpd_fixture_dial(h);

	httpd_fixture_say(a, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_say(b, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_say(c, "GET /st");
	httpd_fixture_hear_some(h, b, "hello", 1);
	httpd_fixture_doze(100);
	close(a);
	close(b);
	close(c);
}

static void play_shared(struct httpd_fixture *h)
{
	for (int i = 0; i < 2; i++)
		httpd_fixture_ask(h, "GET /shared HTTP/1.1\r\nHost: x\r\n\r\n");
}

/* Under AddressSanitizer also: it is freed once, and after the last stream. */
static void streams_share_a_text(void **state)
{
	struct httpd_fixture *h = *state;
	const char *first;

	h->o.streams = 2;
	h->text = httpd_text_new(STR("one text"));
	httpd_fixture_run(h, play_shared);
	first = strstr(h->got, "8\r\none text\r\n0\r\n");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "8\r\none text\r\n0\r\n"));
}

/* The owner ends while a call, a stream and a request are open: see httpd_fixture_tear_down(). */
static void the_server_may_end_at_any_time(void **state)
{
	struct httpd_fixture *h = *state;

	h->o.streams = 1;
	h->o.stream_buffer = 65536;
	httpd_fixture_run(h, play_open);
	httpd_free(h->httpd);
	h->httpd = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, httpd_fixture_set_up, httpd_fixture_tear_down)
		TEST(a_stream_ends_with_its_client),
		TEST(a_full_stream_is_refilled_when_it_is_drained),
		TEST(a_stalled_stream_is_closed),
		TEST(streams_share_a_text),
		TEST(the_server_may_end_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
