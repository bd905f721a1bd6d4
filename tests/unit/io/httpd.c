/* SPDX-License-Identifier: MIT */
/* The HTTP server, over real sockets: answers, and what is refused. */
#include "lib/unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/httpd_fixture.h"

/* --- answers --- */

static void play_keep_alive(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h);

	httpd_fixture_say(fd, "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_hear_some(h, fd, "\r\n\r\nhello", 1);
	httpd_fixture_say(fd, "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nefg"
			      "GET /e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_int_equal(httpd_fixture_hear(h, fd), 0);
	close(fd);
}

static void one_connection_has_many_requests(void **state)
{
	struct httpd_fixture *h = *state;

	httpd_fixture_run(h, play_keep_alive);
	assert_string_equal(buf_z(&h->heard), "1 /a?b=c \n4 /d efg\n1 /e \n");
	assert_non_null(strstr(h->got, "X-Field: value\r\n"));
	assert_non_null(strstr(h->got, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(h->got, "X-Content-Type-Options: nosniff\r\n"));
}

static void play_head(struct httpd_fixture *h)
{
	httpd_fixture_ask(h, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

static void head_has_the_length_and_no_body(void **state)
{
	struct httpd_fixture *h = *state;

	httpd_fixture_run(h, play_head);
	assert_non_null(strstr(h->got, "Content-Length: 5\r\n"));
	assert_null(strstr(h->got, "hello"));
}

/* The client sends more, and ends, while the answer is not ready: evhttp must not read it. */
static void play_late(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h);

	httpd_fixture_say(fd, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_doze(50);
	httpd_fixture_say(fd, "GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	shutdown(fd, SHUT_WR);
	assert_int_equal(httpd_fixture_hear(h, fd), 0);
	close(fd);
}

static void an_answer_may_come_later(void **state)
{
	struct httpd_fixture *h = *state;

	httpd_fixture_run(h, play_late);
	assert_non_null(strstr(h->got, "\r\n\r\nlate"));
	assert_non_null(strstr(h->got, "\r\n\r\nhello"));
}

static void play_half_closed(struct httpd_fixture *h)
{
	static char block[65536];
	int fd = httpd_fixture_dial(h);
	ssize_t n;

	httpd_fixture_say(fd, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, block, sizeof(block), 0)) > 0)
		h->n_got += (size_t)n;
	close(fd);
}

static void a_half_closed_client_gets_its_answer(void **state)
{
	struct httpd_fixture *h = *state;

	httpd_fixture_run(h, play_half_closed);
	assert_true(h->n_got > HTTPD_FIXTURE_BIG);
}

static void play_leave(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h);

	httpd_fixture_say(fd, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
	httpd_fixture_doze(50);
	close(fd);
	httpd_fixture_doze(400);
}

static void the_client_may_leave_before_the_answer(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd_counts counts;

	httpd_fixture_run(h, play_leave);
	assert_null(h->kept);
	httpd_count(h->httpd, &counts);
	assert_int_equal(counts.connections, 0);
}

static void play_never(struct httpd_fixture *h)
{
	httpd_fixture_ask(h, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void a_late_call_is_answered_503(void **state)
{
	struct httpd_fixture *h = *state;

	h->o.answer_ms = 200;
	httpd_fixture_run(h, play_never);
	assert_non_null(strstr(h->got, "HTTP/1.1 503 "));
	assert_in_range(h->took, 200, 3000);
	httpd_answer_status(h->kept, 200); /* nothing happens */
	h->kept = NULL;
}

/* --- what is refused --- */

static const char *refused_text;
static char refused_big[20000];

static void play_refused(struct httpd_fixture *h)
{
	httpd_fixture_ask(h, refused_text);
}

static void assert_refused(struct httpd_fixture *h, const char *text, int status)
{
	char want[32];

	snprintf(want, sizeof(want), "HTTP/1.1 %d ", status);
	refused_text = text;
	httpd_fixture_run(h, play_refused);
	if (strncmp(h->got, want, strlen(want)) != 0)
		fail_msg("%d is not the answer to\n%s\nbut\n%s", status, text, h->got);
}

static void malformed_requests_are_refused(void **state)
{
	struct httpd_fixture *h = *state;

	assert_refused(h, "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 405);
	assert_refused(h, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", 405);
	assert_refused(h, "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405);
	assert_refused(h, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400);
	assert_refused(h, "GET / HTTP/1.1\r\n\r\n", 400);
	assert_refused(h, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400);
	assert_refused(h,
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
		"chunked\r\n\r\n0\r\n\r\n",
		400);
	assert_refused(h,
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: "
		"2\r\n\r\nab",
		400);
	assert_refused(h,
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		400);
	assert_refused(h, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nGET", 400);
	assert_refused(h, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nGET", 400);
	assert_refused(h, "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nGET", 400);
	assert_refused(h, "rubbish\r\n\r\n", 400);
	assert_string_equal(buf_z(&h->heard), "");
}

static const char *fill_big(const char *start)
{
	size_t n = strlen(start);

	memset(refused_big, 'a', sizeof(refused_big) - 1);
	memcpy(refused_big, start, n);
	memcpy(refused_big + sizeof(refused_big) - 5, "\r\n\r\n", 5);
	return refused_big;
}

static void what_is_too_large_is_refused(void **state)
{
	struct httpd_fixture *h = *state;

	assert_refused(h, fill_big("GET / HTTP/1.1\r\nHost: x\r\nX: "), 400);
	assert_refused(h, fill_big("GET /"), 400);
	assert_refused(
		h, fill_big("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 19900\r\n\r\n"), 413);
	assert_refused(h,
		fill_big("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
			 "4000\r\n"),
		413);
	assert_string_equal(buf_z(&h->heard), "");
}

/* A size of a chunk without an end: evhttp would collect it. */
static void play_endless_chunk(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h);

	httpd_fixture_say(fd, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	memset(refused_big, '0', sizeof(refused_big) - 1);
	refused_big[sizeof(refused_big) - 1] = '\0';
	httpd_fixture_say(fd, refused_big);
	assert_int_equal(httpd_fixture_hear(h, fd), 0);
	close(fd);
}

static void every_byte_is_counted(void **state)
{
	struct httpd_fixture *h = *state;

	httpd_fixture_run(h, play_endless_chunk);
	assert_true(h->took < 5000);
}

/* Together they are more than max_pending: the largest is dropped. */
static void play_pending(struct httpd_fixture *h)
{
	int small = httpd_fixture_dial(h), large = httpd_fixture_dial(h);

	httpd_fixture_say(small, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	httpd_fixture_say(small, "some");
	httpd_fixture_doze(100);
	httpd_fixture_say(large, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	memset(refused_big, 'b', 900);
	refused_big[900] = '\0';
	httpd_fixture_say(large, refused_big);
	assert_int_equal(httpd_fixture_hear(h, large), 0);
	h->o.max_pending = 1; /* for the assertion only */
	assert_int_equal(recv(small, refused_big, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	close(small);
	close(large);
}

static void what_all_send_is_limited(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd_counts counts;

	h->o.max_pending = 800;
	httpd_fixture_run(h, play_pending);
	assert_true(h->took < 5000);
	httpd_count(h->httpd, &counts);
	assert_int_equal(counts.evicted, 1);
}

/* Chunks that are whole are held as well: evhttp has taken them. */
static void play_pending_chunks(struct httpd_fixture *h)
{
	int fd = httpd_fixture_dial(h);

	httpd_fixture_say(fd, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	memset(refused_big, 'b', 100);
	refused_big[100] = '\0';
	for (int i = 0; i < 9; i++) {
		httpd_fixture_say(fd, "64\r\n");
		httpd_fixture_say(fd, refused_big);
		httpd_fixture_say(fd, "\r\n");
		httpd_fixture_doze(10);
	}
	assert_int_equal(httpd_fixture_hear(h, fd), 0);
	close(fd);
}

static void chunks_that_all_send_are_limited(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd_counts counts;

	h->o.max_pending = 800;
	httpd_fixture_run(h, play_pending_chunks);
	assert_true(h->took < 5000);
	httpd_count(h->httpd, &counts);
	assert_int_equal(counts.evicted, 1);
}

/* --- where it listens --- */

static char unix_path[64];

static void play_unix(struct httpd_fixture *h)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(at.sun_path, unix_path);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	httpd_fixture_say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	assert_int_equal(httpd_fixture_hear(h, fd), 0);
	close(fd);
}

static void it_listens_on_a_unix_socket(void **state)
{
	struct httpd_fixture *h = *state;
	char listen_on[80];

	snprintf(unix_path, sizeof(unix_path), "/tmp/nightdesk-httpd-%d.sock", (int)getpid());
	snprintf(listen_on, sizeof(listen_on), "unix:%s", unix_path);
	h->o.listen = listen_on;
	h->o.guard_host = true;
	httpd_fixture_run(h, play_unix);
	assert_non_null(strstr(h->got, "hello"));
	httpd_free(h->httpd);
	h->httpd = NULL;
	assert_int_equal(access(unix_path, F_OK), -1);
}

static void where_it_cannot_listen_is_an_error(void **state)
{
	struct httpd_fixture *h = *state;
	struct httpd *second;
	char listen_on[32];
	struct err e;

	httpd_fixture_open_server(h);
	snprintf(listen_on, sizeof(listen_on), "127.0.0.1:%u", (unsigned)httpd_port(h->httpd));
	h->o.listen = listen_on;
	assert_int_equal(httpd_new(&second, h->loop, &h->o, &e), -(int)ERR_TEMP);
	assert_non_null(strstr(e.text, "is another program using it?"));
	h->o.listen = "192.0.2.1:0";
	assert_int_equal(httpd_new(&second, h->loop, &h->o, &e), -(int)ERR_TEMP);
	h->o.listen = "somewhere";
	assert_int_equal(httpd_new(&second, h->loop, &h->o, &e), -(int)ERR_CONF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, httpd_fixture_set_up, httpd_fixture_tear_down)
		TEST(one_connection_has_many_requests),
		TEST(head_has_the_length_and_no_body),
		TEST(an_answer_may_come_later),
		TEST(the_client_may_leave_before_the_answer),
		TEST(a_half_closed_client_gets_its_answer),
		TEST(a_late_call_is_answered_503),
		TEST(malformed_requests_are_refused),
		TEST(what_is_too_large_is_refused),
		TEST(every_byte_is_counted),
		TEST(what_all_send_is_limited),
		TEST(chunks_that_all_send_are_limited),
		TEST(it_listens_on_a_unix_socket),
		TEST(where_it_cannot_listen_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
