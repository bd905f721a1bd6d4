/* SPDX-License-Identifier: MIT */
/* Requests by a proxy, and which URLs it is asked for. */
#include "lib/unit.h"

#include "lib/io_server.h"

#include "io/fetch.h"
#include "io/fetch_proxy.h"

static const struct conf_poll deny = {.private_networks = CONF_PRIVATE_DENY};
static const struct conf_poll allow = {.private_networks = CONF_PRIVATE_ALLOW};

static const struct {
	const char *url;
	enum fetch_proxy_verdict configured, learnt, allowed; /* allowed: configured, with allow */
} t[] = {
#define PASS	FETCH_PROXY_PASS
#define PRIVATE FETCH_PROXY_PRIVATE
#define PORT	FETCH_PROXY_PORT
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
		struct fetch_request r = {.url = t[i].url, .policy = &deny, .home_port = 8008};

		assert_int_equal(fetch_proxy_check(&r, &target), t[i].configured);
		r.policy = &allow;
		assert_int_equal(fetch_proxy_check(&r, &target), t[i].allowed);
		r.learnt = true;
		assert_int_equal(fetch_proxy_check(&r, &target), t[i].learnt);
		r.policy = &deny;
		assert_int_equal(fetch_proxy_check(&r, &target), t[i].learnt);
	}
}

struct outcome {
	struct loop *loop;
	struct err error;
	long status;
};

static void on_done(void *arg, struct fetch_answer *a)
{
	struct outcome *o = arg;

	o->error = a->error;
	o->status = a->status;
	loop_stop(o->loop);
}

static void answer(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
}

static struct outcome ask(struct fetch *f, struct loop *l, const struct fetch_request *r)
{
	struct outcome o = {.loop = l};
	struct port_fetch port = fetch_port(f);

	assert_non_null(port.start(port.ctx, r, on_done, &o));
	assert_int_equal(loop_run(l, NULL), 0);
	return o;
}

/* The proxy is at a private address that the policy denies: it is the operator's. */
static void the_proxy_is_asked_and_the_next_request_is_direct(void **state)
{
	static struct server s;
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 1);
	char proxy[100], direct[100];
	struct fetch_request r = {.url = "http://feed.example/rss?t=secret",
		.user_agent = "test",
		.max_body = 1000,
		.policy = &deny,
		.proxy = proxy,
		.hide = true};
	struct outcome o;

	(void)state;
	server_start(&s, answer);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", s.port);
	snprintf(direct, sizeof(direct), "http://127.0.0.1:%u/rss", s.port);
	assert_int_equal(ask(f, l, &r).status, 200);
	assert_non_null(strstr(s.request, "GET http://feed.example/rss?t=secret HTTP/1.1\r\n"));
	r.url = "http://127.0.0.1:80/t0ken";
	o = ask(f, l, &r);
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_non_null(strstr(o.error.text, "not on the public internet"));
	assert_null(strstr(o.error.text, "t0ken"));
	assert_int_equal(s.requests, 1);
	r.url = direct;
	r.proxy = NULL;
	assert_int_equal(ask(f, l, &r).error.cls, ERR_PERM);
	assert_int_equal(s.requests, 1);
	r.policy = &allow;
	assert_int_equal(ask(f, l, &r).status, 200);
	assert_non_null(strstr(s.request, "GET /rss HTTP/1.1\r\n"));
	r.learnt = true;
	o = ask(f, l, &r);
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_non_null(strstr(o.error.text, "not for where it redirects"));
	assert_int_equal(s.requests, 2);
	fetch_free(f);
	loop_free(l);
	server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_addresses_are_not_asked_of_a_proxy),
		cmocka_unit_test(the_proxy_is_asked_and_the_next_request_is_direct),
	};

	return cmocka_run_group_tests_name("io fetch proxy", tests, NULL, NULL);
}
