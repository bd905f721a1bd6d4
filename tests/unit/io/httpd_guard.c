/* SPDX-License-Identifier: MIT */
/* What an HTTP listener refuses: hosts, sites, framing; and the parameters of a query. */
#include "lib/unit.h"

#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <sys/queue.h>

#include "io/httpd_guard.h"

static const struct str hosts[] = {{"desk.example.org", 16}, {"192.0.2.7", 9}};

static int check_as(enum httpd_method method, const char *authority, const char *const *lines)
{
	const struct httpd_options o = {
		.guard_host = true, .hosts = hosts, .n_hosts = 2, .guard_site = true};
	struct evkeyvalq headers;
	struct httpd_guard_request q = {.method = method,
		.http_1_1 = true,
		.authority = str_of(authority),
		.headers = &headers};
	int status;

	TAILQ_INIT(&headers);
	for (; lines[0]; lines += 2)
		evhttp_add_header(&headers, lines[0], lines[1]);
	status = httpd_guard_check(&o, &q);
	evhttp_clear_headers(&headers);
	return status;
}

#define CHECK(...) check_as(HTTPD_GET, NULL, (const char *const[]){__VA_ARGS__, NULL})
#define POST(...)  check_as(HTTPD_POST, NULL, (const char *const[]){__VA_ARGS__, NULL})

static void only_known_hosts_pass(void **state)
{
	static const char *const good[] = {"localhost", "LOCALHOST:8440", "127.0.0.1",
		"127.9.9.9:80", "[::1]", "[::1]:8440", "desk.example.org", "Desk.Example.ORG:443",
		"192.0.2.7:8440"};
	static const char *const bad[] = {"evil.example", "127.0.0.1.evil.example", "", ":80",
		"localhost:x", "desk.example.org.", "sub.desk.example.org", "[::2]", "128.0.0.1",
		"desk.example.org@evil.example", "0.0.0.0", "[::ffff:127.0.0.1]:8440x"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (CHECK("Host", good[i]) != 0)
			fail_msg("%s does not pass", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (CHECK("Host", bad[i]) != 421)
			fail_msg("%s passes", bad[i]);
	assert_int_equal(CHECK("X", "y"), 400);
	assert_int_equal(CHECK("Host", "localhost", "host", "localhost"), 400);
	assert_int_equal(check_as(HTTPD_GET, "evil.example",
				 (const char *const[]){"Host", "localhost", NULL}),
		421);
	assert_int_equal(check_as(HTTPD_GET, "localhost:8440",
				 (const char *const[]){"Host", "localhost:8440", NULL}),
		0);
}

static void other_sites_are_refused(void **state)
{
	(void)state;
	assert_int_equal(CHECK("Host", "localhost", "Sec-Fetch-Site", "same-origin"), 0);
	assert_int_equal(CHECK("Host", "localhost", "Sec-Fetch-Site", "none"), 0);
	assert_int_equal(CHECK("Host", "localhost", "Sec-Fetch-Site", "cross-site"), 403);
	assert_int_equal(CHECK("Host", "localhost", "Sec-Fetch-Site", "same-site"), 403);
	/* A link in a chat is followed, a frame is not filled. */
	assert_int_equal(CHECK("Host", "localhost", "Sec-Fetch-Site", "cross-site",
				 "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"),
		0);
	assert_int_equal(CHECK("Host", "localhost", "Sec-Fetch-Site", "cross-site",
				 "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"),
		403);
	assert_int_equal(POST("Host", "localhost", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode",
				 "navigate", "Sec-Fetch-Dest", "document"),
		403);
	assert_int_equal(CHECK("Host", "localhost:8440", "Origin", "http://localhost:8440"), 0);
	assert_int_equal(
		CHECK("Host", "desk.example.org", "Origin", "https://desk.example.org"), 0);
	assert_int_equal(CHECK("Host", "localhost:8440", "Origin", "http://localhost:8441"), 403);
	assert_int_equal(CHECK("Host", "localhost", "Origin", "https://evil.example"), 403);
	assert_int_equal(CHECK("Host", "localhost", "Origin", "null"), 403);
}

static void ambiguous_framing_is_refused(void **state)
{
	(void)state;
	assert_int_equal(POST("Host", "localhost", "Content-Length", "3"), 0);
	assert_int_equal(POST("Host", "localhost", "Transfer-Encoding", "Chunked"), 0);
	assert_int_equal(CHECK("Host", "localhost", "Content-Length", "0"), 0);
	assert_int_equal(CHECK("Host", "localhost", "Content-Length", "3"), 400);
	assert_int_equal(CHECK("Host", "localhost", "Transfer-Encoding", "chunked"), 400);
	assert_int_equal(POST("Host", "localhost", "Content-Length", "3, 3"), 400);
	assert_int_equal(POST("Host", "localhost", "Transfer-Encoding", "xchunked"), 400);
	assert_int_equal(
		POST("Host", "localhost", "Content-Length", "3", "Transfer-Encoding", "chunked"),
		400);
	assert_int_equal(POST("Host", "localhost", "Content Length", "3"), 400);
	assert_int_equal(POST("Host", "localhost", "", "3"), 400);
}

static const char *parameter(const char *query, const char *name)
{
	static struct buf out;

	buf_release(&out);
	buf_init(&out, 64);
	return httpd_parameter(str_of(query), name, &out) ? buf_z(&out) : NULL;
}

static void parameters_are_decoded(void **state)
{
	(void)state;
	assert_string_equal(parameter("a=1&b=2", "b"), "2");
	assert_string_equal(
		parameter("hub.topic=http%3A%2F%2Fa%2f%3Fb&x=", "hub.topic"), "http://a/?b");
	assert_string_equal(parameter("a=b+c%2B", "a"), "b c+");
	assert_string_equal(parameter("a=&a=2", "a"), "");
	assert_string_equal(parameter("&&a=%C3%A9", "a"), "\xc3\xa9");
	assert_null(parameter("ab=1&xa=2&a", "a"));
	assert_null(parameter("", "a"));
	assert_null(parameter(NULL, "a"));
	assert_null(parameter("a=%4", "a"));
	assert_null(parameter("a=%zz", "a"));
	assert_null(parameter("a=%00", "a"));
	assert_null(parameter(
		"a=0123456789012345678901234567890123456789012345678901234567890123456", "a"));
	(void)parameter("a=1", "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_known_hosts_pass),
		cmocka_unit_test(other_sites_are_refused),
		cmocka_unit_test(ambiguous_framing_is_refused),
		cmocka_unit_test(parameters_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
