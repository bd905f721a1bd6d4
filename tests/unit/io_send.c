/* SPDX-License-Identifier: MIT */
/* Delivery attempts: HTTP, SMTP, sockets, standard output. */
#include "unit.h"

#include "io_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/un.h>

#include "base/clock.h"
#include "io/send.h"

struct outcome {
	struct loop *loop;
	int calls, wanted;
	enum err_class error;
	long status;
	int64_t retry_after;
	char text[600], body[5000];
	size_t body_len;
};

static void on_done(void *arg, const struct sink_answer *a)
{
	struct outcome *o = arg;

	o->calls++;
	o->error = a->error;
	o->status = a->status;
	o->retry_after = a->retry_after;
	o->body_len = a->body.n;
	snprintf(o->text, sizeof(o->text), "%.*s", STR_ARG(a->error_text));
	snprintf(o->body, sizeof(o->body), "%.*s", STR_ARG(a->body));
	if (o->calls >= o->wanted)
		loop_stop(o->loop);
}

static struct outcome deliver(const struct sink_request *r)
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
	o = deliver(&r);
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

static void a_header_with_a_line_break_is_never_sent(void **state)
{
	static struct server s;
	struct str headers[] = {STR("X: a\r\nY: b")};
	struct outcome o = post_to(&s, answer_429, headers, 1);

	(void)state;
	assert_int_equal(o.error, ERR_CONF);
	assert_int_equal(s.connections, 0);
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

static void of_an_endless_answer_the_beginning_is_enough(void **state)
{
	static struct server s;
	struct outcome o = post_to(&s, answer_long, NULL, 0);

	(void)state;
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(o.status, 200);
	assert_int_equal(o.body_len, 4096);
}

static void answer_nothing(struct server *s, int fd, char *request)
{
	(void)s;
	(void)fd;
	(void)request;
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

/* --- SMTP: one connection, played from a script of replies --- */

struct smtp {
	int fd;
	unsigned port;
	pthread_t id;
	const char *rcpt_reply, *end_reply;
	bool hangs; /* says nothing to QUIT, until the test is over */
	atomic_bool over;
	char heard[16384];
};

static void hear(struct smtp *s, const char *line)
{
	size_t n = strlen(s->heard);

	snprintf(s->heard + n, sizeof(s->heard) - n, "%s", line);
}

static void *smtp_main(void *arg)
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
			fputs(s->rcpt_reply, f);
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

static void listen_any(int *fd, unsigned *port, int type)
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

static struct outcome mail(struct smtp *s, struct sink_request *r)
{
	struct outcome o;
	char url[64];

	listen_any(&s->fd, &s->port, SOCK_STREAM);
	assert_int_equal(pthread_create(&s->id, NULL, smtp_main, s), 0);
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%u", s->port);
	r->transport = SINK_SMTP;
	r->url = str_of(url);
	o = deliver(r);
	s->over = true;
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->id, NULL);
	close(s->fd);
	return o;
}

/* curl waits for the answer to QUIT in the middle of the loop, unless it is kept from it. */
static void a_server_that_hangs_at_the_end_holds_nobody_up(void **state)
{
	static struct smtp s = {
		.rcpt_reply = "250 ok\r\n", .end_reply = "250 ok\r\n", .hangs = true};
	static struct smtp no = {.rcpt_reply = "550 no\r\n", .end_reply = "", .hangs = true};
	struct str to[] = {STR("duty@example.org")};
	struct sink_request r = {.from = STR("n@example.org"),
		.to = to,
		.n_to = 1,
		.body = STR("Subject: x\r\n\r\n")};
	int64_t start = clock_mono();

	(void)state;
	assert_int_equal(mail(&s, &r).status, 250);
	assert_non_null(strstr(s.heard, "QUIT\r\n"));
	assert_int_equal(mail(&no, &r).status, 550);
	assert_non_null(strstr(no.heard, "QUIT\r\n"));
	assert_true(clock_mono() - start < 900);
}

static void a_mail_to_a_silent_server_is_cancelled_at_once(void **state)
{
	static struct smtp s;
	struct str to[] = {STR("duty@example.org")};
	struct loop *l = loop_new();
	struct send *out = send_new(l);
	struct port_send port = send_port(out);
	struct outcome o = {.loop = l, .wanted = 1};
	struct sink_request r = {.transport = SINK_SMTP,
		.from = STR("n@example.org"),
		.to = to,
		.n_to = 1,
		.body = STR("Subject: x\r\n\r\n")};
	struct send_op *op;
	char url[64];
	int64_t start;

	(void)state;
	listen_any(&s.fd, &s.port, SOCK_STREAM);
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%u", s.port);
	r.url = str_of(url);
	op = port.start(port.ctx, &r, on_done, &o);
	loop_timer(l, "end", 100, (loop_fn *)loop_stop, l);
	loop_run(l, NULL);
	start = clock_mono();
	port.cancel(port.ctx, op);
	send_free(out);
	assert_true(clock_mono() - start < 500);
	assert_int_equal(o.calls, 0);
	loop_free(l);
	close(s.fd);
}

static void a_mail_is_handed_over(void **state)
{
	static struct smtp s = {
		.rcpt_reply = "250 ok\r\n", .end_reply = "250 2.0.0 kept as 77\r\n"};
	struct str to[] = {STR("duty@example.org"), STR("foreign@example.org")};
	struct sink_request r = {.from = STR("nightdesk@example.org"),
		.to = to,
		.n_to = 2,
		.body = STR("Subject: x\r\n\r\n.\r\nend\r\n")};
	struct outcome o = mail(&s, &r);

	(void)state;
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(o.status, 250);
	assert_string_equal(o.body, "2.0.0 kept as 77");
	assert_non_null(strstr(s.heard, "MAIL FROM:<nightdesk@example.org>"));
	assert_non_null(strstr(s.heard, "RCPT TO:<duty@example.org>\r\n"));
	assert_non_null(strstr(s.heard, "RCPT TO:<foreign@example.org>\r\n"));
	assert_non_null(strstr(s.heard, "\r\n..\r\nend\r\n.\r\n"));
}

static void refusals_of_a_mail_keep_their_code(void **state)
{
	static struct smtp later = {.rcpt_reply = "451 4.7.1 come back\r\n", .end_reply = ""};
	static struct smtp never = {
		.rcpt_reply = "250 ok\r\n", .end_reply = "550 5.7.1 not wanted\r\n"};
	struct str to[] = {STR("duty@example.org")};
	struct sink_request r = {.from = STR("n@example.org"),
		.to = to,
		.n_to = 1,
		.body = STR("Subject: x\r\n\r\n")};
	struct outcome o = mail(&later, &r);

	(void)state;
	assert_int_equal(o.status, 451);
	assert_string_equal(o.body, "4.7.1 come back");
	o = mail(&never, &r);
	assert_int_equal(o.status, 550);
}

static void starttls_that_is_required_is_required(void **state)
{
	static struct smtp s = {.rcpt_reply = "250 ok\r\n", .end_reply = "250 ok\r\n"};
	struct str to[] = {STR("duty@example.org")};
	struct sink_request r = {.from = STR("n@example.org"),
		.to = to,
		.n_to = 1,
		.body = STR("Subject: x\r\n\r\n"),
		.starttls_required = true,
		.user = STR("u"),
		.password = STR("hunter2")};
	struct outcome o = mail(&s, &r);

	(void)state;
	assert_int_equal(o.error, ERR_TEMP);
	assert_int_equal(o.status, 0);
	assert_null(strstr(s.heard, "MAIL"));
	assert_null(strstr(s.heard, "AUTH"));
}

static void what_could_be_a_command_is_no_address(void **state)
{
	static const char *const bad[] = {"a@b\r\nRCPT TO:<x@y>", "a b@c", "<a@b>", "a", "@b", "a@",
		"a@b>c", "\"a\"@b", "a@b\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct str to[] = {str_of(bad[i])};
		struct sink_request r = {.transport = SINK_SMTP,
			.url = STR("smtp://127.0.0.1:1"),
			.from = STR("n@example.org"),
			.to = to,
			.n_to = 1,
			.body = STR("Subject: x\r\n\r\n")};

		assert_int_equal(deliver(&r).error, ERR_CONF);
		r.from = to[0];
		to[0] = STR("a@example.org");
		assert_int_equal(deliver(&r).error, ERR_CONF);
	}
}

static void bare_line_ends_are_not_mailed(void **state)
{
	static const struct str bad[] = {{"a\n.\r\nb\r\n", 8}, {"a\rb\r\n", 5}, {"a\r\n\r", 4}};
	struct str to[] = {STR("a@example.org")};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sink_request r = {.transport = SINK_SMTP,
			.url = STR("smtp://127.0.0.1:1"),
			.from = STR("n@example.org"),
			.to = to,
			.n_to = 1,
			.body = bad[i]};

		assert_int_equal(deliver(&r).error, ERR_BUG);
	}
}

/* --- sockets --- */

static void the_local_log_is_told(void **state)
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
	assert_int_equal(deliver(&r).error, ERR_TEMP); /* nobody there */
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(deliver(&r).error, ERR_NONE);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 9);
	assert_string_equal(got, "<61>hello");
	close(fd);
	assert_int_equal(deliver(&r).error, ERR_TEMP); /* left behind */
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
	o = deliver(&r);
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 13);
	assert_string_equal(got, "<61>1 - hello");
	close(fd);
	o = deliver(&r);
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
	o = deliver(&r);
	pthread_join(s.id, NULL);
	close(s.fd);
	assert_string_equal(o.text, "");
	assert_int_equal(o.error, ERR_NONE);
	assert_string_equal(s.heard, "13 <61>1 - hello");
	o = deliver(&r);
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
	o = deliver(&r);
	shutdown(s.fd, SHUT_RDWR);
	pthread_join(s.id, NULL);
	close(s.fd);
	assert_int_equal(o.error, ERR_TEMP);
	assert_null(strstr(s.heard, "hello"));
}

/* --- standard output --- */

struct tap {
	int saved, out[2];
	pthread_t id;
	char *got;
	size_t len;
};

static void *slow_reader(void *arg)
{
	struct tap *t = arg;
	ssize_t n;

	while ((n = read(t->out[0], t->got + t->len, 3000)) > 0) {
		t->len += (size_t)n;
		usleep(200);
	}
	return NULL;
}

static void texts_come_out_whole_and_in_order(void **state)
{
	enum { SIZE = 100000 };
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 2};
	struct tap t = {.got = calloc(1, 2 * SIZE + 4096)};
	char *text = malloc(SIZE);
	struct sink_request r = {.transport = SINK_STDOUT, .body = {text, SIZE}};

	(void)state;
	fflush(stdout);
	t.saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe(t.out), 0);
	dup2(t.out[1], STDOUT_FILENO);
	close(t.out[1]);
	assert_int_equal(pthread_create(&t.id, NULL, slow_reader, &t), 0);
	memset(text, 'a', SIZE);
	port.start(port.ctx, &r, on_done, &o);
	memset(text, 'b', SIZE);
	port.start(port.ctx, &r, on_done, &o);
	loop_run(l, NULL);
	dup2(t.saved, STDOUT_FILENO);
	close(t.saved);
	pthread_join(t.id, NULL);
	close(t.out[0]);
	assert_int_equal(o.calls, 2);
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(t.len, 2 * SIZE);
	assert_int_equal(strspn(t.got, "a"), SIZE);
	assert_int_equal(strspn(t.got + SIZE, "b"), SIZE);
	send_free(s);
	loop_free(l);
	free(t.got);
	free(text);
}

static void a_closed_pipe_is_temporary(void **state)
{
	struct sink_request r = {.transport = SINK_STDOUT, .body = STR("x\n")};
	struct outcome o;
	int saved, out[2];

	(void)state;
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe(out), 0);
	dup2(out[1], STDOUT_FILENO);
	close(out[0]);
	close(out[1]);
	o = deliver(&r);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(o.error, ERR_TEMP);
}

static void a_cancelled_delivery_never_comes_back(void **state)
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
		port.cancel(port.ctx, port.start(port.ctx, &requests[i], on_done, &o));
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
		cmocka_unit_test(a_header_with_a_line_break_is_never_sent),
		cmocka_unit_test(redirects_are_not_followed),
		cmocka_unit_test(of_an_endless_answer_the_beginning_is_enough),
		cmocka_unit_test(an_error_never_shows_the_path),
		cmocka_unit_test(a_mail_is_handed_over),
		cmocka_unit_test(a_server_that_hangs_at_the_end_holds_nobody_up),
		cmocka_unit_test(a_mail_to_a_silent_server_is_cancelled_at_once),
		cmocka_unit_test(refusals_of_a_mail_keep_their_code),
		cmocka_unit_test(starttls_that_is_required_is_required),
		cmocka_unit_test(what_could_be_a_command_is_no_address),
		cmocka_unit_test(bare_line_ends_are_not_mailed),
		cmocka_unit_test(the_local_log_is_told),
		cmocka_unit_test(a_datagram_arrives_or_is_known_to_be_refused),
		cmocka_unit_test(a_frame_goes_over_tcp),
		cmocka_unit_test(tls_to_a_plain_server_fails),
		cmocka_unit_test(texts_come_out_whole_and_in_order),
		cmocka_unit_test(a_closed_pipe_is_temporary),
		cmocka_unit_test(a_cancelled_delivery_never_comes_back),
	};

	return cmocka_run_group_tests_name("io send", tests, NULL, NULL);
}
