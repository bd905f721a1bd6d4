/* SPDX-License-Identifier: MIT */
/* Requests by a proxy, and which URLs it is asked for. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

#include "io/fetch_proxy.h"

static const struct {
	const char *url;
	enum address_verdict configured, learnt, allowed; /* allowed: configured, with allow */
} t[] = {
#define PASS	ADDRESS_PASS
#define PRIVATE ADDRESS_PRIVATE
#define PORT	ADDRESS_PORT
	{"https://feed.example/", PASS, PASS, PASS},
	{"https://8.8.8.8/", PASS, PASS, PASS},
	{"http://feed.example:8080/", PASS, PASS, PASS},
	{"http://feed.example:8008/", PASS, PASS, PASS}, /* as the configured URL */
	{"http://feed.example:25/", PASS, PORT, PASS},
	{"http://127.0.0.1/", PRIVATE, PRIVATE, PASS},
	{"http://127.0.0.1:9000/", PRIVATE, PRIVATE, PASS},
	{"http://0x7f.1/", PRIVATE, PRIVATE, PASS},
	{"http://2130706433/", PRIVATE, PRIVATE, PASS},
	{"http://%31%32%37.0.0.1/", PRIVATE, PRIVATE, PASS},
	{"http://10.0.0.1./", PRIVATE, PRIVATE, PASS},
	{"http://[::1]/", PRIVATE, PRIVATE, PASS},
	{"http://[::ffff:192.168.0.1]/", PRIVATE, PRIVATE, PASS},
	{"http://localhost/", PRIVATE, PRIVATE, PASS},
	{"http://a.LOCALHOST/", PRIVATE, PRIVATE, PASS},
	{"http://169.254.169.254/", PRIVATE, PRIVATE, PRIVATE},
	{"http://intranet/", PASS, PRIVATE, PASS},
	{"http://wiki.corp./", PASS, PRIVATE, PASS},
	{"http://metadata.google.internal/", PASS, PRIVATE, PASS},
	{"http://nas.home.arpa/", PASS, PRIVATE, PASS},
};

static void private_addresses_are_not_asked_of_a_proxy(void **state)
{
	struct fetch_proxy_target target;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct address_rule r = {.policy = &fetch_fixture_deny, .home_port = 8008};

		assert_int_equal(fetch_proxy_check(&r, t[i].url, &target), t[i].configured);
		r.policy = &fetch_fixture_allow;
		assert_int_equal(fetch_proxy_check(&r, t[i].url, &target), t[i].allowed);
		r.learnt = true;
		assert_int_equal(fetch_proxy_check(&r, t[i].url, &target), t[i].learnt);
		r.policy = &fetch_fixture_deny;
		assert_int_equal(fetch_proxy_check(&r, t[i].url, &target), t[i].learnt);
	}
}

static void answer(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
}

/* The proxy is at a private address that the policy denies: it is the operator's. */
static void the_proxy_is_asked_and_the_next_request_is_direct(void **state)
{
	static struct fetch_fixture x;
	char proxy[100];
	struct fetch_request r, direct;
	struct fetch_outcome o;

	(void)state;
	fetch_fixture_open(&x, answer);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", x.server.port);
	direct = r = fetch_fixture_request(&x, "/rss");
	r.url = "http://feed.example/rss?t=secret";
	r.policy = direct.policy = &fetch_fixture_deny;
	r.proxy = proxy;
	r.hide = true;
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_non_null(
		strstr(x.server.request, "GET http://feed.example/rss?t=secret HTTP/1.1\r\n"));
	r.url = "http://127.0.0.1:80/t0ken";
	o = fetch_fixture_ask(&x, &r);
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_non_null(strstr(o.error.text, "not on the public internet"));
	assert_null(strstr(o.error.text, "t0ken"));
	assert_int_equal(x.server.requests, 1);
	r = direct;
	assert_int_equal(fetch_fixture_ask(&x, &r).error.cls, ERR_PERM);
	assert_int_equal(x.server.requests, 1);
	r.policy = &fetch_fixture_allow;
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_non_null(strstr(x.server.request, "GET /rss HTTP/1.1\r\n"));
	r.learnt = true;
	o = fetch_fixture_ask(&x, &r);
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_non_null(strstr(o.error.text, "not for where it redirects"));
	assert_int_equal(x.server.requests, 2);
	fetch_fixture_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_addresses_are_not_asked_of_a_proxy),
		cmocka_unit_test(the_proxy_is_asked_and_the_next_request_is_direct),
	};

	return cmocka_run_group_tests_name("io fetch proxy", tests, NULL, NULL);
}
