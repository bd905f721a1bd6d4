/* SPDX-License-Identifier: MIT */
/* Cookies within a poll: passed from answer to request as libcurl sees fit, kept nowhere else. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

/* The requests of one poll go on with the cookies of the last answer. */
struct poll {
	struct fetch_fixture *x;
	char *cookies[64];
	size_t n_cookies;
	long status;
};

static void poll_forget(struct poll *p)
{
	while (p->n_cookies)
		free(p->cookies[--p->n_cookies]);
}

static void poll_on_answer(void *arg, struct fetch_answer *a)
{
	struct poll *p = arg;

	poll_forget(p);
	for (size_t i = 0; i < a->n_cookies; i++)
		p->cookies[p->n_cookies++] = strdup(a->cookies[i]);
	p->status = a->status;
	loop_stop(p->x->loop);
}

static void poll_ask(struct poll *p, const char *host, const char *path, const char *header)
{
	char url[200];
	struct port_fetch port = fetch_port(p->x->fetch);
	struct fetch_request r = fetch_fixture_request(p->x, path);

	r.url = url;
	r.headers = &header;
	r.n_headers = header ? 1 : 0;
	r.cookies = (const char *const *)p->cookies;
	r.n_cookies = p->n_cookies;
	snprintf(url, sizeof(url), "http://%s:%u%s", host, p->x->server.port, path);
	assert_non_null(port.start(port.ctx, &r, poll_on_answer, p));
	assert_int_equal(loop_run(p->x->loop, NULL), 0);
	assert_int_equal(p->status, 200);
}

/* The Cookie header of the last request; "" if there was none. */
static const char *cookie_sent(const struct fetch_fixture *x)
{
	static char out[1000];
	const char *at = strstr(x->server.request, "\r\nCookie: ");

	if (!at)
		return "";
	snprintf(out, sizeof(out), "%.*s", (int)strcspn(at + 10, "\r"), at + 10);
	assert_null(strstr(at + 10, "\r\nCookie: "));
	return out;
}

static const char *set_cookie;

static void answer(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\n");
	server_say(fd, set_cookie);
	server_say(fd, "Content-Length: 1\r\nConnection: close\r\n\r\nx");
}

static void start(struct poll *p, struct fetch_fixture *x)
{
	*p = (struct poll){.x = x};
	fetch_fixture_open(x, answer);
}

static void end(struct poll *p)
{
	poll_forget(p);
	fetch_fixture_close(p->x);
}

static const struct {
	const char *set;
	const char *host, *path; /* of the second request */
	const char *sent;
} t[] = {
	{"", "127.0.0.1", "/rss", ""},
	{"Set-Cookie: seen=1; Path=/\r\n", "127.0.0.1", "/rss", "seen=1"},
	{"Set-Cookie: seen=1; HttpOnly; SameSite=Lax; Max-Age=600\r\n", "127.0.0.1", "/rss",
		"seen=1"},
	{"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/x\r\n", "127.0.0.1", "/x/y", "b=2; a=1"},
	{"Set-Cookie: seen=1; Path=/only\r\n", "127.0.0.1", "/rss", ""},
	{"Set-Cookie: seen=1; Path=/only\r\n", "127.0.0.1", "/only/rss", "seen=1"},
	{"Set-Cookie: seen=1; Max-Age=0\r\n", "127.0.0.1", "/rss", ""},
	{"Set-Cookie: seen=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n", "127.0.0.1", "/rss", ""},
	{"Set-Cookie: seen=1; Domain=example.org\r\n", "127.0.0.1", "/rss", ""},
	{"Set-Cookie: seen=1; Domain=com\r\n", "127.0.0.1", "/rss", ""},
	/* another host, although the same server */
	{"Set-Cookie: seen=1; Path=/\r\n", "localhost", "/rss", ""},
};

static void cookies_go_where_they_belong(void **state)
{
	static struct fetch_fixture x;
	struct poll p;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		start(&p, &x);
		set_cookie = t[i].set;
		poll_ask(&p, "127.0.0.1", "/gate", NULL);
		assert_string_equal(cookie_sent(&x), "");
		set_cookie = "";
		poll_ask(&p, t[i].host, t[i].path, NULL);
		assert_string_equal(cookie_sent(&x), t[i].sent);
		end(&p);
	}
}

/* The handles are pooled: what one poll received must not be sent by the next. */
static void another_poll_has_none_of_them(void **state)
{
	static struct fetch_fixture x;
	struct poll p;

	(void)state;
	start(&p, &x);
	set_cookie = "Set-Cookie: seen=1; Path=/; Max-Age=86400\r\n";
	poll_ask(&p, "127.0.0.1", "/gate", NULL);
	assert_int_equal(p.n_cookies, 1);
	poll_forget(&p);
	set_cookie = "";
	poll_ask(&p, "127.0.0.1", "/rss", NULL);
	assert_string_equal(cookie_sent(&x), "");
	assert_int_equal(p.n_cookies, 0);
	end(&p);
}

static void a_configured_cookie_is_sent_with_them_and_not_kept(void **state)
{
	static struct fetch_fixture x;
	struct poll p;

	(void)state;
	start(&p, &x);
	set_cookie = "Set-Cookie: seen=1; Path=/\r\n";
	poll_ask(&p, "127.0.0.1", "/gate", "Cookie: key=secret");
	assert_string_equal(cookie_sent(&x), "key=secret");
	poll_ask(&p, "127.0.0.1", "/rss", "cookie:key=secret");
	assert_string_equal(cookie_sent(&x), "seen=1; key=secret");
	poll_ask(&p, "127.0.0.1", "/rss", NULL);
	assert_string_equal(cookie_sent(&x), "seen=1");
	end(&p);
}

static void their_number_is_limited(void **state)
{
	static struct fetch_fixture x;
	static char many[50 * 1024];
	struct poll p;
	size_t n = 0;

	(void)state;
	start(&p, &x);
	for (int i = 0; i < 40; i++)
		n += (size_t)snprintf(
			many + n, sizeof(many) - n, "Set-Cookie: c%d=%01000d; Path=/\r\n", i, 0);
	set_cookie = many;
	poll_ask(&p, "127.0.0.1", "/gate", NULL);
	assert_in_range(p.n_cookies, 10, 24);
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cookies_go_where_they_belong),
		cmocka_unit_test(another_poll_has_none_of_them),
		cmocka_unit_test(a_configured_cookie_is_sent_with_them_and_not_kept),
		cmocka_unit_test(their_number_is_limited),
	};

	return cmocka_run_group_tests_name("io fetch cookies", tests, NULL, NULL);
}
