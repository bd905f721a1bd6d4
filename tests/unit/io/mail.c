/* SPDX-License-Identifier: MIT */
/* Delivery attempts by mail: the SMTP dialogue, refusals, servers that hang. */
#include "lib/unit.h"

#include "base/clock.h"
#include "lib/send_fixture.h"

#define HANGS_MS 20000 /* curl would wait for longer, however slow the machine is */

static struct outcome mail(struct smtp *s, struct sink_request *r)
{
	struct outcome o;
	char url[64];

	listen_any(&s->fd, &s->port, SOCK_STREAM);
	assert_int_equal(pthread_create(&s->id, NULL, smtp_main, s), 0);
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%u", s->port);
	r->transport = SINK_SMTP;
	r->url = str_of(url);
	o = send_deliver(r);
	s->over = true;
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->id, NULL);
	close(s->fd);
	return o;
}

/* curl would block the loop until the answer to QUIT. */
static void a_server_that_hangs_at_quit_does_not_block_the_loop(void **state)
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
	assert_true(clock_mono() - start < HANGS_MS);
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
	op = port.start(port.ctx, &r, send_on_done, &o);
	loop_timer(l, "end", 100, (loop_fn *)loop_stop, l);
	loop_run(l, NULL);
	start = clock_mono();
	port.cancel(port.ctx, op);
	send_free(out);
	assert_true(clock_mono() - start < HANGS_MS);
	assert_int_equal(o.calls, 0);
	loop_free(l);
	close(s.fd);
}

static void a_mail_is_delivered(void **state)
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

static void the_replies_of_a_server_have_a_limit(void **state)
{
	static const char line[] = "250-and more\r\n";
	static char replies[300 * 1024];
	static struct smtp s = {.rcpt_reply = replies, .end_reply = "250 ok\r\n"};
	struct str to[] = {STR("duty@example.org")};
	struct sink_request r = {.from = STR("n@example.org"),
		.to = to,
		.n_to = 1,
		.body = STR("Subject: x\r\n\r\n")};
	struct outcome o;
	size_t n = 0;

	(void)state;
	for (; n + 2 * sizeof(line) < sizeof(replies); n += sizeof(line) - 1)
		memcpy(replies + n, line, sizeof(line) - 1);
	memcpy(replies + n, "250 ok\r\n", 9);
	o = mail(&s, &r);
	assert_int_equal(o.error, ERR_LIMIT);
	assert_non_null(strstr(o.text, "replies"));
	assert_null(strstr(s.heard, "DATA"));
}

static struct sink_request mail_to_two(struct str to[2])
{
	to[0] = STR("duty@example.org");
	to[1] = STR("gone@example.org");
	return (struct sink_request){.from = STR("n@example.org"),
		.to = to,
		.n_to = 2,
		.body = STR("Subject: x\r\n\r\n")};
}

static void a_refused_recipient_does_not_stop_the_others(void **state)
{
	static struct smtp s = {.rcpt_reply = "250-taken\r\n250 ok\r\n",
		.end_reply = "250 kept\r\n",
		.refused = "gone",
		.refusal = "550-5.1.1 no\r\n550 5.1.1 no such user\r\n"};
	struct str to[2];
	struct sink_request r = mail_to_two(to);
	struct outcome o = mail(&s, &r);

	(void)state;
	assert_int_equal(o.status, 250);
	assert_int_equal(o.rcpt[0], 250);
	assert_int_equal(o.rcpt[1], 550);
	assert_string_equal(o.said[1], "gone@example.org 5.1.1 no such user");
	assert_non_null(strstr(s.heard, "Subject: x\r\n"));
}

/* The mail itself was not refused; an earlier refusal of one recipient does not answer it. */
static void a_connection_lost_after_a_refusal_is_temporary(void **state)
{
	static struct smtp s = {.rcpt_reply = "250 ok\r\n",
		.end_reply = "",
		.refused = "gone",
		.refusal = "550 no\r\n",
		.drops = true};
	struct str to[2];
	struct sink_request r = mail_to_two(to);
	struct outcome o = mail(&s, &r);

	(void)state;
	assert_int_equal(o.error, ERR_TEMP);
	assert_int_equal(o.status, 0);
}

static void a_mail_without_a_reply_may_have_arrived(void **state)
{
	static struct smtp s = {.rcpt_reply = "250 ok\r\n", .end_reply = NULL},
			   dropping = {.rcpt_reply = "250 ok\r\n", .drops = true};
	struct str to[2];
	struct sink_request r = mail_to_two(to);
	struct outcome o = mail(&s, &r);

	(void)state;
	assert_int_equal(o.error, ERR_TEMP);
	assert_true(o.sent);
	o = mail(&dropping, &r);
	assert_int_equal(o.error, ERR_TEMP);
	assert_false(o.sent);
}

static void all_refused_recipients_are_reported(void **state)
{
	static struct smtp s = {.rcpt_reply = "451 later\r\n",
		.end_reply = "",
		.refused = "gone",
		.refusal = "550 no\r\n"};
	struct str to[2];
	struct sink_request r = mail_to_two(to);
	struct outcome o = mail(&s, &r);

	(void)state;
	assert_int_equal(o.status, 550);
	assert_int_equal(o.rcpt[0], 451);
	assert_int_equal(o.rcpt[1], 550);
	assert_null(strstr(s.heard, "DATA"));
}

static void required_starttls_is_enforced(void **state)
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

static void addresses_with_smtp_commands_are_refused(void **state)
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

		assert_int_equal(send_deliver(&r).error, ERR_CONF);
		r.from = to[0];
		to[0] = STR("a@example.org");
		assert_int_equal(send_deliver(&r).error, ERR_CONF);
	}
}

static void bare_line_endings_are_not_sent(void **state)
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

		assert_int_equal(send_deliver(&r).error, ERR_BUG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_delivered),
		cmocka_unit_test(a_server_that_hangs_at_quit_does_not_block_the_loop),
		cmocka_unit_test(a_mail_to_a_silent_server_is_cancelled_at_once),
		cmocka_unit_test(refusals_of_a_mail_keep_their_code),
		cmocka_unit_test(the_replies_of_a_server_have_a_limit),
		cmocka_unit_test(a_refused_recipient_does_not_stop_the_others),
		cmocka_unit_test(a_connection_lost_after_a_refusal_is_temporary),
		cmocka_unit_test(a_mail_without_a_reply_may_have_arrived),
		cmocka_unit_test(all_refused_recipients_are_reported),
		cmocka_unit_test(required_starttls_is_enforced),
		cmocka_unit_test(addresses_with_smtp_commands_are_refused),
		cmocka_unit_test(bare_line_endings_are_not_sent),
	};

	return cmocka_run_group_tests_name("io mail", tests, NULL, NULL);
}
