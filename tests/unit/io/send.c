/* SPDX-License-Identifier: MIT */
/* Delivery attempts: HTTP and sockets. */
#include "lib/unit.h"

#include <sys/un.h>

#include "io/send_op.h"
#include "lib/io_server.h"
#include "lib/send_fixture.h"

/* --- HTTP --- */

static struct outcome post_to(struct server *s, server_fn *fn, struct str *headers, size_t n)
{
	struct sink_request r = {.transport = SINK_HTTP,
		.body = STR("{\"a\":1}"),
		.headers = headers,
		.n_headers = n};
	struct outcome o;
	char url[128];

	server_start(s, fn);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/T00/secret?key=secret", s->port);
	r.url = str_of(url);
	o = send_deliver(&r);
	server_stop(s);
	return o;
}

static void answer_429(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nslow");
}

static void a_post_is_sent_and_its_answer_read(void **state)
{
	static struct server s;
	struct str headers[] = {STR("Content-Type: application/json"), STR("webhook-id: al_x")};
	struct outcome o = post_to(&s, answer_429, headers, 2);

	(void)state;
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(o.status, 429);
	assert_int_equal(o.retry_after, 7000);
	assert_string_equal(o.body, "slow");
	assert_non_null(strstr(s.request, "POST /T00/secret?key=secret HTTP/1.1\r\n"));
	assert_non_null(strstr(s.request, "webhook-id: al_x\r\n"));
	assert_non_null(strstr(s.request, "\r\n\r\n{\"a\":1}"));
	assert_null(strstr(s.request, "Expect"));
}

static void a_request_has_the_method_it_says(void **state)
{
	static struct server s;
	struct sink_request r = {
		.transport = SINK_HTTP, .method = "PATCH", .body = STR("{\"a\":1}")};
	char url[128];

	(void)state;
	server_start(&s, answer_429);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/x", s.port);
	r.url = str_of(url);
	(void)send_deliver(&r);
	assert_non_null(strstr(s.request, "PATCH /x HTTP/1.1\r\n"));
	assert_non_null(strstr(s.request, "Content-Length: 7\r\n"));
	assert_non_null(strstr(s.request, "\r\n\r\n{\"a\":1}"));
	r.method = NULL;
	(void)send_deliver(&r);
	assert_non_null(strstr(s.request, "POST /x HTTP/1.1\r\n"));
	server_stop(&s);
}

static void a_header_with_a_line_break_is_never_sent(void **state)
{
	static struct server s;
	struct str headers[] = {STR("X: a\r\nY: b")};
	struct outcome o = post_to(&s, answer_429, headers, 1);

	(void)state;
	assert_int_equal(o.error, ERR_CONF);
	assert_int_equal(s.connections, 0);
}

/* The address of a message that is changed is used once. */
static void only_handles_of_posts_are_kept(void **state)
{
	static const char *const methods[] = {NULL, "PATCH", "PUT"};
	static struct server s;
	struct loop *l = loop_new();
	struct send *send = send_new(l);
	struct port_send port = send_port(send);
	char url[128];

	(void)state;
	server_start(&s, answer_429);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", s.port);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct sink_request r = {.transport = SINK_HTTP,
			.url = str_of(url),
			.method = methods[i],
			.body = STR("{}")};
		struct outcome o = {.loop = l, .wanted = 1};

		assert_non_null(port.start(port.ctx, &r, send_on_done, &o));
		assert_int_equal(loop_run(l, NULL), 0);
		assert_int_equal(o.status, 429);
		assert_int_equal(send->posts.n_idle, 1);
	}
	server_stop(&s);
	send_free(send);
	loop_free(l);
}

static void answer_echo(struct server *s, int fd, char *request)
{
	(void)s;
	request[strcspn(request, "\r")] = '\0';
	server_say(fd, "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nCannot ");
	server_say(fd, request);
}

static void a_secret_that_the_answer_repeats_is_not_kept(void **state)
{
	static struct server s;
	struct str secret;
	struct sink_request r = {.transport = SINK_HTTP, .secrets = &secret, .n_secrets = 1};
	struct outcome o;
	char url[128];

	(void)state;
	server_start(&s, answer_echo);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/T00/secret?key=secret", s.port);
	r.url = secret = str_of(url);
	o = send_deliver(&r);
	server_stop(&s);
	assert_int_equal(o.status, 404);
	assert_string_equal(o.body, "Cannot POST *** HTTP/1.1");
	/* A token in an address of the configuration, too. */
	o = post_to(&s, answer_echo, NULL, 0);
	assert_string_equal(o.body, "Cannot POST /T00/***?key=*** HTTP/1.1");
}

static void answer_302(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
}

static void redirects_are_not_followed(void **state)
{
	static struct server s;

	(void)state;
	assert_int_equal(post_to(&s, answer_302, NULL, 0).status, 302);
	assert_int_equal(s.requests, 1);
}

static void answer_long(struct server *s, int fd, char *request)
{
	char block[1024];

	(void)request;
	memset(block, 'x', sizeof(block));
	server_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	while (!s->stop && send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
}

static void an_endless_answer_is_cut(void **state)
{
	static struct server s;
	struct outcome o = post_to(&s, answer_long, NULL, 0);

	(void)state;
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(o.status, 200);
	assert_int_equal(o.body_len, 32768);
}

static void answer_short(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd,
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Yes\r\nContent-Length: 500\r\n\r\nyes");
}

static void answer_no_header(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 100 Continue\r\n\r\n");
}

/* Otherwise a receiver that says yes would get the message again and again. */
static void an_answer_that_breaks_off_is_one(void **state)
{
	static struct server s, none;
	struct outcome o = post_to(&s, answer_short, NULL, 0);

	(void)state;
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(o.status, 202);
	assert_string_equal(o.body, "yes");
	o = post_to(&none, answer_no_header, NULL, 0);
	assert_int_equal(o.error, ERR_TEMP);
	assert_int_equal(o.status, 0);
}

static void answer_nothing(struct server *s, int fd, char *request)
{
	(void)s;
	(void)fd;
	(void)request;
}

static void answer_endless_trailers(struct server *s, int fd, char *request)
{
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
	server_flood(s, fd, "X-Trailer: a\r\n");
}

static void the_headers_of_an_answer_have_a_limit(void **state)
{
	static struct server s;
	struct outcome o = post_to(&s, answer_endless_trailers, NULL, 0);

	(void)state;
	assert_int_equal(o.error, ERR_LIMIT);
	assert_non_null(strstr(o.text, "trailers"));
	assert_null(strstr(o.text, "secret"));
}

/* The extension of a chunk, which is nothing of the answer. */
static void answer_endless_framing(struct server *s, int fd, char *request)
{
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;");
	server_flood(s, fd, "aaaaaaaa");
}

/* It is counted after a second only, see multi_limits_watch(). */
static void the_framing_of_an_answer_has_a_limit(void **state)
{
	static struct server s;
	struct outcome o = post_to(&s, answer_endless_framing, NULL, 0);

	(void)state;
	assert_int_equal(o.error, ERR_LIMIT);
	assert_non_null(strstr(o.text, "nearly empty chunks"));
}

static void an_error_never_shows_the_path(void **state)
{
	static struct server s;
	struct outcome o = post_to(&s, answer_nothing, NULL, 0);

	(void)state;
	assert_int_equal(o.error, ERR_TEMP);
	assert_non_null(strstr(o.text, "127.0.0.1"));
	assert_null(strstr(o.text, "secret"));
}

/* --- sockets --- */

static void the_local_syslog_receives_messages(void **state)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	char dir[] = "/tmp/nightdesk-send-XXXXXX", got[64] = "";
	struct sink_request r = {
		.transport = SINK_SOCKET, .socket = SINK_UNIX_DGRAM, .body = STR("<61>hello")};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/log", dir);
	r.host = str_of(sa.sun_path);
	assert_int_equal(send_deliver(&r).error, ERR_TEMP); /* no listener */
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(send_deliver(&r).error, ERR_NONE);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 9);
	assert_string_equal(got, "<61>hello");
	close(fd);
	assert_int_equal(send_deliver(&r).error, ERR_TEMP); /* stale */
	unlink(sa.sun_path);
	rmdir(dir);
}

static void a_datagram_arrives_or_is_known_to_be_refused(void **state)
{
	struct sink_request r = {.transport = SINK_SOCKET,
		.socket = SINK_UDP,
		.host = STR("127.0.0.1"),
		.body = STR("<61>1 - hello")};
	struct outcome o;
	char got[64] = "";
	int fd;

	(void)state;
	listen_any(&fd, &r.port, SOCK_DGRAM);
	o = send_deliver(&r);
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 13);
	assert_string_equal(got, "<61>1 - hello");
	close(fd);
	o = send_deliver(&r);
	assert_int_equal(o.error, ERR_TEMP);
}

static void *swallow(void *arg)
{
	struct smtp *s = arg;
	int fd = accept(s->fd, NULL, NULL);
	size_t n = 0;
	ssize_t got;

	while (fd >= 0 && n < sizeof(s->heard) - 1 &&
		(got = recv(fd, s->heard + n, sizeof(s->heard) - 1 - n, 0)) > 0)
		n += (size_t)got;
	close(fd);
	return NULL;
}

static void a_frame_goes_over_tcp(void **state)
{
	static struct smtp s;
	struct sink_request r = {.transport = SINK_SOCKET,
		.socket = SINK_TCP,
		.host = STR("localhost"),
		.body = STR("13 <61>1 - hello")};
	struct outcome o;

	(void)state;
	listen_any(&s.fd, &r.port, SOCK_STREAM);
	assert_int_equal(pthread_create(&s.id, NULL, swallow, &s), 0);
	o = send_deliver(&r);
	pthread_join(s.id, NULL);
	close(s.fd);
	assert_string_equal(o.text, "");
	assert_int_equal(o.error, ERR_NONE);
	assert_string_equal(s.heard, "13 <61>1 - hello");
	o = send_deliver(&r);
	assert_int_equal(o.error, ERR_TEMP);
	assert_non_null(strstr(o.text, "tcp://localhost:"));
}

static void tls_to_a_plain_server_fails(void **state)
{
	static struct smtp s;
	struct sink_request r = {.transport = SINK_SOCKET,
		.socket = SINK_TLS,
		.host = STR("localhost"),
		.body = STR("5 hello")};
	struct outcome o;

	(void)state;
	listen_any(&s.fd, &r.port, SOCK_STREAM);
	s.rcpt_reply = "";
	assert_int_equal(pthread_create(&s.id, NULL, smtp_main, &s), 0);
	o = send_deliver(&r);
	shutdown(s.fd, SHUT_RDWR);
	pthread_join(s.id, NULL);
	close(s.fd);
	assert_int_equal(o.error, ERR_TEMP);
	assert_null(strstr(s.heard, "hello"));
}

/* --- standard output --- */

/* The kernel completes the connections; no byte is ever read or answered. */
static void many_that_hang_do_not_hold_up_another(void **state)
{
	enum { HANGING = 100 };
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 1};
	struct sink_request r = {.transport = SINK_HTTP, .body = STR("x")};
	struct server good;
	unsigned silent_port;
	char silent[64], url[64];
	int fd;

	(void)state;
	listen_any(&fd, &silent_port, SOCK_STREAM);
	assert_int_equal(listen(fd, 2 * HANGING), 0);
	server_start(&good, answer_429);
	snprintf(silent, sizeof(silent), "http://127.0.0.1:%u/", silent_port);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", good.port);
	r.url = str_of(silent);
	for (int i = 0; i < HANGING; i++)
		assert_non_null(port.start(port.ctx, &r, send_on_done, &o));
	r.url = str_of(url);
	assert_non_null(port.start(port.ctx, &r, send_on_done, &o));
	loop_run(l, NULL);
	assert_int_equal(o.error, ERR_NONE); /* not the time-out of one that hangs */
	assert_int_equal(o.status, 429);
	send_free(s);
	loop_free(l);
	server_stop(&good);
	close(fd);
}

static void a_cancelled_delivery_never_completes(void **state)
{
	struct sink_request requests[] = {
		{.transport = SINK_HTTP, .url = STR("http://127.0.0.1:1/"), .body = STR("x")},
		{.transport = SINK_SOCKET,
			.socket = SINK_UNIX_DGRAM,
			.host = STR("/nowhere"),
			.body = STR("x")},
		{.transport = SINK_SOCKET,
			.socket = SINK_TCP,
			.host = STR("127.0.0.1"),
			.port = 1,
			.body = STR("x")},
		{.transport = SINK_STDOUT, .body = STR("never seen\n")},
	};
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		port.cancel(port.ctx, port.start(port.ctx, &requests[i], send_on_done, &o));
	loop_timer(l, "end", 20, (loop_fn *)loop_stop, l);
	loop_run(l, NULL);
	assert_int_equal(o.calls, 0);
	send_free(s);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_is_sent_and_its_answer_read),
		cmocka_unit_test(a_secret_that_the_answer_repeats_is_not_kept),
		cmocka_unit_test(a_request_has_the_method_it_says),
		cmocka_unit_test(only_handles_of_posts_are_kept),
		cmocka_unit_test(a_header_with_a_line_break_is_never_sent),
		cmocka_unit_test(redirects_are_not_followed),
		cmocka_unit_test(an_endless_answer_is_cut),
		cmocka_unit_test(an_answer_that_breaks_off_is_one),
		cmocka_unit_test(the_headers_of_an_answer_have_a_limit),
		cmocka_unit_test(the_framing_of_an_answer_has_a_limit),
		cmocka_unit_test(an_error_never_shows_the_path),
		cmocka_unit_test(the_local_syslog_receives_messages),
		cmocka_unit_test(a_datagram_arrives_or_is_known_to_be_refused),
		cmocka_unit_test(a_frame_goes_over_tcp),
		cmocka_unit_test(tls_to_a_plain_server_fails),
		cmocka_unit_test(many_that_hang_do_not_hold_up_another),
		cmocka_unit_test(a_cancelled_delivery_never_completes),
	};

	return cmocka_run_group_tests_name("io send", tests, NULL, NULL);
}
