/* SPDX-License-Identifier: MIT */
/* Single requests to all kinds of servers: results and errors. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

static void answer_plain(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Type: text/xml\r\n"
		       "Cache-Control: public, max-age=300\r\nRetry-After: 20\r\n"
		       "IM: feed\r\nVary: Cookie\r\nIM: gzip\r\n"
		       "Content-Length: 5\r\nConnection: close\r\n\r\n<rss>");
}

static void a_plain_answer_is_read(void **state)
{
	static struct fetch_fixture x;
	static const char *const headers[] = {"X-Key: abc", "X-Evil: a\r\nX-Injected: b"};
	struct fetch_request r = {.etag = "\"old\"",
		.last_modified = "Mon, 14 Feb 2022 18:20:00 GMT",
		.delta = true,
		.headers = headers,
		.n_headers = 2,
		.user = "u",
		.password = "p"};
	struct fetch_outcome o = fetch_fixture_run(&x, answer_plain, &r);

	(void)state;
	assert_int_equal(o.error.cls, ERR_NONE);
	assert_int_equal(o.status, 200);
	assert_string_equal(o.body, "<rss>");
	assert_string_equal(o.etag, "\"a\"");
	assert_string_equal(o.type, "text/xml");
	assert_string_equal(o.location, "(none)");
	assert_string_equal(o.im, "feed, gzip");
	assert_string_equal(o.vary, "Cookie");
	assert_string_equal(o.origin, "peer 127.0.0.1\netag: \"a\"\ncontent-type: text/xml\n");
	assert_int_equal(o.max_age, 300000);
	assert_int_equal(o.retry_after, 20000);
	assert_non_null(strstr(x.server.request, "If-None-Match: \"old\"\r\n"));
	assert_non_null(
		strstr(x.server.request, "If-Modified-Since: Mon, 14 Feb 2022 18:20:00 GMT\r\n"));
	assert_non_null(strstr(x.server.request, "A-IM: feed\r\n"));
	assert_non_null(strstr(x.server.request, "X-Key: abc\r\n"));
	assert_null(strstr(x.server.request, "X-Injected"));
	assert_non_null(strstr(x.server.request, "User-Agent: test\r\n"));
	assert_non_null(strstr(x.server.request, "Accept: application/atom+xml"));
}

static unsigned requests_with(const struct fetch_fixture *x, const char *text)
{
	unsigned n = 0;

	for (const char *at = x->server.request; (at = strcasestr(at, text)) != NULL; at++)
		n++;
	return n;
}

static void configured_headers_replace_ours(void **state)
{
	static struct fetch_fixture x;
	static const char *const headers[] = {"user-agent: mine/1", "ACCEPT: text/xml"};
	const struct fetch_request r = {.headers = headers, .n_headers = 2, .etag = "\"e\""};

	(void)state;
	assert_int_equal(fetch_fixture_run(&x, answer_plain, &r).status, 200);
	assert_int_equal(requests_with(&x, "\r\nuser-agent:"), 1);
	assert_int_equal(requests_with(&x, "\r\nuser-agent: mine/1\r\n"), 1);
	assert_int_equal(requests_with(&x, "\r\naccept:"), 1);
	assert_int_equal(requests_with(&x, "\r\naccept: text/xml\r\n"), 1);
	assert_int_equal(requests_with(&x, "\r\naccept-encoding:"), 1);
	assert_int_equal(requests_with(&x, "\r\nif-none-match: \"e\"\r\n"), 1);
	assert_int_equal(requests_with(&x, "\r\nif-modified-since:"), 0);
}

static void answer_redirect(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\n"
		       "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void redirects_are_returned_not_followed(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_redirect, NULL);

	(void)state;
	assert_int_equal(o.status, 301);
	assert_string_equal(o.location, "file:///etc/passwd");
	assert_int_equal(x.server.requests, 1);
}

static void private_addresses_are_refused(void **state)
{
	static struct fetch_fixture x;
	struct fetch_request r = {.policy = &fetch_fixture_deny};
	struct fetch_outcome o = fetch_fixture_run(&x, answer_plain, &r);

	(void)state;
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_non_null(strstr(o.error.text, "127.0.0.1"));
	assert_non_null(strstr(o.error.text, "private-networks"));
	assert_null(strstr(o.error.text, "secret"));
	assert_int_equal(x.server.connections, 0);
}

static void answer_kept_alive(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
}

/* curl's connection cache would reuse the open connection for a request that must not go there. */
static void a_reused_connection_is_checked_too(void **state)
{
	static struct fetch_fixture x;
	static const char *const headers[] = {"X-Keep: 1"};
	struct fetch_request r;
	struct fetch_outcome o;

	(void)state;
	fetch_fixture_open(&x, answer_kept_alive);
	r = fetch_fixture_request(&x, "/");
	r.headers = headers;
	r.n_headers = 1;
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_int_equal(x.server.connections, 1);
	r.policy = &fetch_fixture_deny;
	o = fetch_fixture_ask(&x, &r);
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_int_equal(x.server.requests, 2);
	fetch_fixture_close(&x);
}

static void the_connection_to_a_lone_host_is_closed(void **state)
{
	static struct fetch_fixture x;
	static const char *const headers[] = {"X-Keep: 1"};
	struct fetch_request r;

	(void)state;
	fetch_fixture_open(&x, answer_kept_alive);
	r = fetch_fixture_request(&x, "/");
	r.headers = headers;
	r.n_headers = 1;
	r.alone = true;
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	r.alone = false;
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_int_equal(x.server.connections, 2);
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_int_equal(x.server.connections, 2);
	fetch_fixture_close(&x);
}

static void no_state_of_a_request_affects_the_next(void **state)
{
	static struct fetch_fixture x;
	static const char *const headers[] = {"X-Keep: 1", "X-Secret: 1"};
	struct fetch_request r, plain;

	(void)state;
	fetch_fixture_open(&x, answer_kept_alive);
	plain = r = fetch_fixture_request(&x, "/");
	plain.headers = r.headers = headers;
	plain.n_headers = 1;
	r.n_headers = 2;
	r.user = "u";
	r.password = "hunter2";
	r.etag = "\"e\"";
	assert_int_equal(fetch_fixture_ask(&x, &plain).status, 200);
	assert_int_equal(fetch_fixture_ask(&x, &r).status, 200);
	assert_non_null(strstr(x.server.request, "X-Secret"));
	assert_int_equal(fetch_fixture_ask(&x, &plain).status, 200);
	assert_null(strstr(x.server.request, "X-Secret"));
	assert_null(strstr(x.server.request, "If-None-Match"));
	assert_null(strstr(x.server.request, "Authorization"));
	fetch_fixture_close(&x);
}

static void answer_endless(struct server *s, int fd, char *request)
{
	char block[4096];

	(void)request;
	memset(block, 'x', sizeof(block));
	server_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	while (!s->stop && send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
}

static void an_endless_body_is_cut(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_endless, NULL);

	(void)state;
	assert_int_equal(o.error.cls, ERR_LIMIT);
	assert_non_null(strstr(o.error.text, "max-body"));
}

static void answer_hollow(struct server *s, int fd, char *request)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
	char block[5 * 4096];

	(void)request;
	/* stored blocks of no bytes, RFC 1951 section 3.2.4 */
	for (size_t i = 0; i < sizeof(block); i += 5)
		memcpy(block + i, "\0\0\0\xff\xff", 5);
	server_say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
	if (send(fd, head, 10, MSG_NOSIGNAL) == 10)
		while (!s->stop && send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
			usleep(1000);
}

static void endless_empty_compressed_blocks_are_cut(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_hollow, NULL);

	(void)state;
	assert_int_equal(o.error.cls, ERR_LIMIT);
}

static void answer_announced(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
}

static void a_body_announced_too_large_is_not_read(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_announced, NULL);

	(void)state;
	assert_int_equal(o.error.cls, ERR_LIMIT);
}

static void answer_huge_header(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nX: ");
	for (int i = 0; i < 30000; i++)
		server_say(fd, "aaaaaaaaaa");
	server_say(fd, "\r\n\r\n");
}

/* curl reports "out of memory", but it is an error of the peer. */
static void a_huge_header_is_a_peer_error(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_huge_header, NULL);

	(void)state;
	assert_int_equal(o.error.cls, ERR_TEMP);
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

/* What the server sends once, and then repeatedly. */
static const struct flood {
	const char *head, *block, *reason;
} floods[] = {
	{CHUNKED "1\r\nx\r\n0\r\n", "X-Trailer: a\r\n", "trailers"},
	{"HTTP/1.1 200 OK\r\n", "a:\r\n", "headers"},
	{"HTTP/1.1 200 OK\r\nX-Folded: a\r\n", " a\r\n", "headers"},
	{"", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "headers"},
	{CHUNKED "1;x=", "a", "chunks"},
	{CHUNKED, "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n", "chunks"},
};
static size_t at_flood;

static void answer_flood(struct server *s, int fd, char *request)
{
	(void)request;
	server_say(fd, floods[at_flood].head);
	server_flood(s, fd, floods[at_flood].block);
}

static void headers_and_trailers_count_towards_the_limit(void **state)
{
	static struct fetch_fixture x;

	(void)state;
	for (at_flood = 0; at_flood < sizeof(floods) / sizeof(floods[0]); at_flood++) {
		struct fetch_request r = {.max_body = 10000000};
		struct fetch_outcome o = fetch_fixture_run(&x, answer_flood, &r);

		assert_int_equal(o.error.cls, ERR_LIMIT);
		assert_non_null(strstr(o.error.text, floods[at_flood].reason));
		assert_null(strstr(o.error.text, "secret"));
	}
}

static void answer_small_chunks(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, CHUNKED);
	for (int i = 0; i < 90000; i += 3)
		server_say(fd, "1\r\nx\r\n1\r\nx\r\n1\r\nx\r\n");
	server_say(fd, "0\r\nX-Trailer: a\r\n\r\n");
}

/* Some servers send single characters. */
static void small_chunks_and_a_trailer_are_read(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_small_chunks, NULL);

	(void)state;
	assert_string_equal(o.error.text, "");
	assert_int_equal(o.status, 200);
	assert_int_equal(o.body_len, 90000);
}

static void answer_long_etag(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nETag: ");
	for (int i = 0; i < 110; i++)
		server_say(fd, "aaaaaaaaaa");
	server_say(fd, "\r\nRetry-After: soon\r\nCache-Control: max-age=x\r\n"
		       "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void invalid_headers_are_ignored(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_long_etag, NULL);

	(void)state;
	assert_int_equal(o.status, 200);
	assert_string_equal(o.etag, "(none)");
	assert_int_equal(o.retry_after, -1);
	assert_int_equal(o.max_age, -1);
}

static void answer_nothing(struct server *s, int fd, char *request)
{
	(void)s;
	(void)fd;
	(void)request;
}

static void an_empty_answer_is_temporary(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = fetch_fixture_run(&x, answer_nothing, NULL);

	(void)state;
	assert_int_equal(o.error.cls, ERR_TEMP);
	assert_null(strstr(o.error.text, "secret"));
}

static void a_cancelled_fetch_never_completes(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o = {.calls = 0};
	struct fetch_request r;
	struct port_fetch port;

	(void)state;
	fetch_fixture_open(&x, answer_plain);
	r = fetch_fixture_request(&x, "/");
	port = fetch_port(x.fetch);
	port.cancel(port.ctx, port.start(port.ctx, &r, fetch_fixture_note, &o));
	assert_non_null(port.start(port.ctx, &r, fetch_fixture_note, &o)); /* left to fetch_free */
	loop_timer(x.loop, "end", 0, (loop_fn *)loop_stop, x.loop);
	assert_int_equal(loop_run(x.loop, NULL), 0);
	fetch_fixture_close(&x);
	assert_int_equal(o.calls, 0);
}

static void only_http_is_allowed(void **state)
{
	static const char *const urls[] = {"file:///etc/hostname", "ftp://127.0.0.1/",
		"gopher://x/", "dict://127.0.0.1:1/", "not a url at all", ""};
	static struct fetch_fixture x;

	(void)state;
	fetch_fixture_open(&x, NULL);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct fetch_request r = fetch_fixture_request(&x, "/");

		r.url = urls[i];
		assert_int_not_equal(fetch_fixture_ask(&x, &r).error.cls, ERR_NONE);
	}
	fetch_fixture_close(&x);
}

struct taken {
	struct loop *loop;
	char *body;
};

static void take_body(void *arg, struct fetch_answer *a)
{
	struct taken *t = arg;

	t->body = a->body_owned;
	a->body_owned = NULL;
	loop_stop(t->loop);
}

static void the_body_can_be_moved(void **state)
{
	static struct fetch_fixture x;
	struct fetch_request r;
	struct port_fetch port;
	struct taken t;

	(void)state;
	fetch_fixture_open(&x, answer_plain);
	r = fetch_fixture_request(&x, "/");
	port = fetch_port(x.fetch);
	t = (struct taken){.loop = x.loop};
	assert_non_null(port.start(port.ctx, &r, take_body, &t));
	assert_int_equal(loop_run(x.loop, NULL), 0);
	fetch_fixture_close(&x);
	assert_memory_equal(t.body, "<rss>", 5);
	free(t.body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_answer_is_read),
		cmocka_unit_test(configured_headers_replace_ours),
		cmocka_unit_test(redirects_are_returned_not_followed),
		cmocka_unit_test(private_addresses_are_refused),
		cmocka_unit_test(a_reused_connection_is_checked_too),
		cmocka_unit_test(the_connection_to_a_lone_host_is_closed),
		cmocka_unit_test(no_state_of_a_request_affects_the_next),
		cmocka_unit_test(an_endless_body_is_cut),
		cmocka_unit_test(endless_empty_compressed_blocks_are_cut),
		cmocka_unit_test(a_body_announced_too_large_is_not_read),
		cmocka_unit_test(a_huge_header_is_a_peer_error),
		cmocka_unit_test(headers_and_trailers_count_towards_the_limit),
		cmocka_unit_test(small_chunks_and_a_trailer_are_read),
		cmocka_unit_test(invalid_headers_are_ignored),
		cmocka_unit_test(an_empty_answer_is_temporary),
		cmocka_unit_test(a_cancelled_fetch_never_completes),
		cmocka_unit_test(only_http_is_allowed),
		cmocka_unit_test(the_body_can_be_moved),
	};

	return cmocka_run_group_tests_name("io fetch", tests, NULL, NULL);
}
