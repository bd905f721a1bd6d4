/* SPDX-License-Identifier: MIT */
/* Bodies of real transfers: codings that the headers name or not, and transfers that end early. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

#define FEED	 "<rss><channel><title>Harbour</title></channel></rss>"
#define FEED_LEN "52"

/* The feed as gzip. */
static const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
	0xb3, 0x29, 0x2a, 0x2e, 0xb6, 0xb3, 0x49, 0xce, 0x48, 0xcc, 0xcb, 0x4b, 0xcd, 0xb1, 0xb3,
	0x29, 0xc9, 0x2c, 0xc9, 0x49, 0xb5, 0xf3, 0x48, 0x2c, 0x4a, 0xca, 0x2f, 0x2d, 0xb2, 0xd1,
	0x87, 0x70, 0x6d, 0xf4, 0xe1, 0xf2, 0xfa, 0x20, 0xe5, 0x00, 0x25, 0x0d, 0xbd, 0x9f, 0x34,
	0x00, 0x00, 0x00};

/* What the server sends; with packed in place of a final %. */
static const char *reply;
static bool resets;

static void answer(struct server *s, int fd, char *request)
{
	size_t n = strlen(reply);
	struct linger linger = {1, 0};

	(void)s;
	(void)request;
	if (reply[n - 1] != '%') {
		server_say(fd, reply);
	} else {
		(void)!send(fd, reply, n - 1, MSG_NOSIGNAL);
		(void)!send(fd, packed, sizeof(packed), MSG_NOSIGNAL);
	}
	if (resets) {
		usleep(100000);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	}
}

static struct fetch_outcome fetch_reply(const char *text)
{
	static struct fetch_fixture x;
	struct fetch_outcome o;

	reply = text;
	o = fetch_fixture_run(&x, answer, NULL);
	assert_non_null(strstr(x.server.request, "Accept-Encoding: gzip, deflate"));
	return o;
}

#define OK_CLOSE "HTTP/1.1 200 OK\r\nConnection: close\r\n"

static const char *const whole[] = {
	OK_CLOSE "Content-Encoding: utf-8\r\n\r\n" FEED,
	OK_CLOSE "Content-Encoding: aws-chunked\r\nContent-Length: " FEED_LEN "\r\n\r\n" FEED,
	OK_CLOSE "Content-Encoding: binary, none\r\n\r\n" FEED,
	OK_CLOSE "Content-Encoding:\r\n\r\n" FEED,
	OK_CLOSE "Content-Encoding: gzip\r\n\r\n" FEED,
	OK_CLOSE "Content-Encoding: gzip\r\n\r\n%",
	OK_CLOSE "Content-Encoding: x-gzip\r\n\r\n%",
	OK_CLOSE "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n%",
	OK_CLOSE "\r\n%",
	OK_CLOSE "Content-Type: application/x-gzip\r\nContent-Encoding: utf-8\r\n\r\n%",
};

static void codings_are_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		struct fetch_outcome o = fetch_reply(whole[i]);

		assert_string_equal(o.error.text, "");
		assert_int_equal(o.cut.cls, ERR_NONE);
		assert_int_equal(o.status, 200);
		assert_string_equal(o.body, FEED);
	}
}

static void too_many_codings_are_refused(void **state)
{
	struct fetch_outcome o = fetch_reply(
		OK_CLOSE "Content-Encoding: gzip, gzip\r\nContent-Encoding: gzip, gzip\r\n\r\n%");

	(void)state;
	assert_int_equal(o.error.cls, ERR_TEMP);
	assert_non_null(strstr(o.error.text, "compression"));
}

static const char *const cut[] = {
	OK_CLOSE "Content-Length: 92\r\n\r\n" FEED,
	OK_CLOSE "Transfer-Encoding: chunked\r\n\r\n34\r\n" FEED "\r\n",
	OK_CLOSE "Transfer-Encoding: chunked\r\n\r\n34\r\n" FEED,
	OK_CLOSE "Transfer-Encoding: chunked\r\n\r\n94\r\n" FEED,
	OK_CLOSE "Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n%",
};

static void an_early_end_is_reported_with_the_body(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cut) / sizeof(cut[0]); i++) {
		struct fetch_outcome o;

		resets = i % 2;
		o = fetch_reply(cut[i / 2]);
		assert_string_equal(o.error.text, "");
		assert_int_equal(o.cut.cls, ERR_TEMP);
		assert_int_equal(o.status, 200);
		assert_string_equal(o.body, FEED);
	}
	resets = false;
}

static void an_early_end_without_a_body_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(fetch_reply(OK_CLOSE "Content-Length: 92\r\n\r\n").error.cls, ERR_TEMP);
}

static void too_many_headers_are_refused(void **state)
{
	static char many[20000];
	size_t n = (size_t)snprintf(many, sizeof(many), "%s", OK_CLOSE);
	struct fetch_outcome o;

	(void)state;
	while (n < sizeof(many) - 10)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "A:\r\n");
	snprintf(many + n, sizeof(many) - n, "\r\n");
	o = fetch_reply(many);
	assert_int_equal(o.error.cls, ERR_LIMIT);
	assert_non_null(strstr(o.error.text, "more than 4096"));
}

/* Icecast, HTTP/0.9, a version that does not exist, no status. */
static const char *const odd[] = {
	"ICY 200 OK\r\nicy-name: radio\r\n\r\n" FEED,
	FEED,
	"HTTP/9.9 200 OK\r\n\r\n" FEED,
	"HTTP/1.1 OK\r\n\r\n" FEED,
};

static void answers_that_are_not_http_are_temporary_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct fetch_outcome o = fetch_reply(odd[i]);

		if (o.error.cls != ERR_TEMP)
			fail_msg("%s: %d %s", odd[i], (int)o.error.cls, o.error.text);
	}
}

/* 300 KiB, which is more than is free, without a length. */
static void say_large_body(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, OK_CLOSE "\r\n");
	for (int i = 0; i < 6000; i++)
		server_say(fd, FEED);
}

static struct fetch_outcome fetch_large_body(struct body_share *share)
{
	static struct fetch_fixture x;
	const struct fetch_request r = {.max_body = 1000000, .share = share};

	return fetch_fixture_run(&x, say_large_body, &r);
}

static void a_body_over_the_budget_of_all_is_postponed(void **state)
{
	struct body_budget budget = {0};
	struct body_share own = {.budget = &budget}, other = {.budget = &budget};
	struct fetch_outcome o;

	(void)state;
	assert_true(body_share_set(&other, BODY_BUDGET_MAX + BODY_BUDGET_FREE));
	o = fetch_large_body(&own);
	assert_true(o.crowded);
	assert_int_equal(o.error.cls, ERR_NOMEM);
	assert_non_null(strstr(o.error.text, "128 MiB"));
	body_share_release(&other);
	o = fetch_large_body(&own);
	assert_false(o.crowded);
	assert_int_equal(o.error.cls, ERR_NONE);
	assert_int_equal(budget.used, 6000 * strlen(FEED) - BODY_BUDGET_FREE);
	body_share_release(&own);
	assert_int_equal(budget.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codings_are_undone),
		cmocka_unit_test(too_many_codings_are_refused),
		cmocka_unit_test(an_early_end_is_reported_with_the_body),
		cmocka_unit_test(an_early_end_without_a_body_is_an_error),
		cmocka_unit_test(too_many_headers_are_refused),
		cmocka_unit_test(answers_that_are_not_http_are_temporary_errors),
		cmocka_unit_test(a_body_over_the_budget_of_all_is_postponed),
	};

	return cmocka_run_group_tests_name("io fetch body", tests, NULL, NULL);
}
