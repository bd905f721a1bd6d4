/* SPDX-License-Identifier: MIT */
/* Single requests to all kinds of servers: results and errors. */
#include "lib/unit.h"

#include "lib/io_server.h"

#include "io/fetch.h"

static struct conf_poll allow = {.private_networks = CONF_PRIVATE_ALLOW};
static struct conf_poll deny = {.private_networks = CONF_PRIVATE_DENY};

struct outcome {
	struct loop *loop;
	int calls;
	struct err error;
	long status;
	size_t body_len;
	char body[256], etag[256], location[256], type[64];
	int64_t retry_after, max_age;
	char *taken;
	bool take;
};

static void keep(char *out, size_t size, const char *z)
{
	snprintf(out, size, "%s", z ? z : "(none)");
}

static void on_done(void *arg, struct fetch_answer *a)
{
	struct outcome *o = arg;

	o->calls++;
	o->error = a->error;
	o->status = a->status;
	o->body_len = a->body.n;
	if (a->error.cls == ERR_NONE)
		snprintf(o->body, sizeof(o->body), "%.*s", (int)(a->body.n < 200 ? a->body.n : 200),
			a->body.p);
	keep(o->etag, sizeof(o->etag), a->etag);
	keep(o->location, sizeof(o->location), a->location);
	keep(o->type, sizeof(o->type), a->content_type);
	o->retry_after = a->retry_after;
	o->max_age = a->max_age;
	if (o->take) {
		o->taken = a->body_owned;
		a->body_owned = NULL;
	}
	loop_stop(o->loop);
}

static struct fetch_request request_for(char *url, unsigned port, const char *path)
{
	snprintf(url, 256, "http://127.0.0.1:%u%s", port, path);
	return (struct fetch_request){
		.url = url, .user_agent = "test", .max_body = 100000, .policy = &allow};
}

static struct outcome run(struct loop *l, struct fetch *f, const struct fetch_request *r)
{
	struct outcome o = {.loop = l};
	struct port_fetch port = fetch_port(f);

	assert_non_null(port.start(port.ctx, r, on_done, &o));
	assert_int_equal(o.calls, 0);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(o.calls, 1);
	return o;
}

static struct outcome fetch_from(server_fn *fn, struct server *s, struct fetch_request *change)
{
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);
	struct fetch_request r;
	struct outcome o;
	char url[256];

	server_start(s, fn);
	r = request_for(url, s->port, "/feed?token=secret");
	if (change) {
		change->url = r.url;
		change->user_agent = r.user_agent;
		if (!change->max_body)
			change->max_body = r.max_body;
		if (!change->policy)
			change->policy = r.policy;
		r = *change;
	}
	o = run(l, f, &r);
	fetch_free(f);
	loop_free(l);
	server_stop(s);
	return o;
}

static void answer_plain(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Type: text/xml\r\n"
		       "Cache-Control: public, max-age=300\r\nRetry-After: 20\r\n"
		       "Content-Length: 5\r\nConnection: close\r\n\r\n<rss>");
}

static void a_plain_answer_is_read(void **state)
{
	static struct server s;
	static const char *const headers[] = {"X-Key: abc", "X-Evil: a\r\nX-Injected: b"};
	struct fetch_request r = {.etag = "\"old\"",
		.last_modified = "Mon, 14 Feb 2022 18:20:00 GMT",
		.headers = headers,
		.n_headers = 2,
		.user = "u",
		.password = "p"};
	struct outcome o = fetch_from(answer_plain, &s, &r);

	(void)state;
	assert_int_equal(o.error.cls, ERR_NONE);
	assert_int_equal(o.status, 200);
	assert_string_equal(o.body, "<rss>");
	assert_string_equal(o.etag, "\"a\"");
	assert_string_equal(o.type, "text/xml");
	assert_string_equal(o.location, "(none)");
	assert_int_equal(o.max_age, 300000);
	assert_int_equal(o.retry_after, 20000);
	assert_non_null(strstr(s.request, "If-None-Match: \"old\"\r\n"));
	assert_non_null(strstr(s.request, "If-Modified-Since: Mon, 14 Feb 2022 18:20:00 GMT\r\n"));
	assert_non_null(strstr(s.request, "X-Key: abc\r\n"));
	assert_null(strstr(s.request, "X-Injected"));
	assert_non_null(strstr(s.request, "User-Agent: test\r\n"));
	assert_non_null(strstr(s.request, "Accept: application/atom+xml"));
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
	static struct server s;
	struct outcome o = fetch_from(answer_redirect, &s, NULL);

	(void)state;
	assert_int_equal(o.status, 301);
	assert_string_equal(o.location, "file:///etc/passwd");
	assert_int_equal(s.requests, 1);
}

static void private_addresses_are_refused(void **state)
{
	static struct server s;
	struct fetch_request r = {.policy = &deny};
	struct outcome o = fetch_from(answer_plain, &s, &r);

	(void)state;
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_non_null(strstr(o.error.text, "127.0.0.1"));
	assert_non_null(strstr(o.error.text, "private-networks"));
	assert_null(strstr(o.error.text, "secret"));
	assert_int_equal(s.connections, 0);
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
	static struct server s;
	static const char *const headers[] = {"X-Keep: 1"};
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);
	struct fetch_request r;
	struct outcome o;
	char url[256];

	(void)state;
	server_start(&s, answer_kept_alive);
	r = request_for(url, s.port, "/");
	r.headers = headers;
	r.n_headers = 1;
	assert_int_equal(run(l, f, &r).status, 200);
	assert_int_equal(run(l, f, &r).status, 200);
	assert_int_equal(s.connections, 1);
	r.policy = &deny;
	o = run(l, f, &r);
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_int_equal(s.requests, 2);
	fetch_free(f);
	loop_free(l);
	server_stop(&s);
}

static void no_state_of_a_request_affects_the_next(void **state)
{
	static struct server s;
	static const char *const headers[] = {"X-Keep: 1", "X-Secret: 1"};
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);
	struct fetch_request r, plain;
	char url[256];

	(void)state;
	server_start(&s, answer_kept_alive);
	plain = r = request_for(url, s.port, "/");
	plain.headers = r.headers = headers;
	plain.n_headers = 1;
	r.n_headers = 2;
	r.user = "u";
	r.password = "hunter2";
	r.etag = "\"e\"";
	assert_int_equal(run(l, f, &plain).status, 200);
	assert_int_equal(run(l, f, &r).status, 200);
	assert_non_null(strstr(s.request, "X-Secret"));
	assert_int_equal(run(l, f, &plain).status, 200);
	assert_null(strstr(s.request, "X-Secret"));
	assert_null(strstr(s.request, "If-None-Match"));
	assert_null(strstr(s.request, "Authorization"));
	fetch_free(f);
	loop_free(l);
	server_stop(&s);
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
	static struct server s;
	struct outcome o = fetch_from(answer_endless, &s, NULL);

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
	static struct server s;
	struct outcome o = fetch_from(answer_hollow, &s, NULL);

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
	static struct server s;
	struct outcome o = fetch_from(answer_announced, &s, NULL);

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
	static struct server s;
	struct outcome o = fetch_from(answer_huge_header, &s, NULL);

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
	static struct server s;

	(void)state;
	for (at_flood = 0; at_flood < sizeof(floods) / sizeof(floods[0]); at_flood++) {
		struct fetch_request r = {.max_body = 10000000};
		struct outcome o = fetch_from(answer_flood, &s, &r);

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
	static struct server s;
	struct outcome o = fetch_from(answer_small_chunks, &s, NULL);

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
	static struct server s;
	struct outcome o = fetch_from(answer_long_etag, &s, NULL);

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
	static struct server s;
	struct outcome o = fetch_from(answer_nothing, &s, NULL);

	(void)state;
	assert_int_equal(o.error.cls, ERR_TEMP);
	assert_null(strstr(o.error.text, "secret"));
}

static void a_cancelled_fetch_never_completes(void **state)
{
	static struct server s;
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);
	struct port_fetch port = fetch_port(f);
	struct outcome o = {.loop = l};
	struct fetch_request r;
	char url[256];

	(void)state;
	server_start(&s, answer_plain);
	r = request_for(url, s.port, "/");
	port.cancel(port.ctx, port.start(port.ctx, &r, on_done, &o));
	assert_non_null(port.start(port.ctx, &r, on_done, &o)); /* left to fetch_free */
	loop_timer(l, "end", 0, (loop_fn *)loop_stop, l);
	assert_int_equal(loop_run(l, NULL), 0);
	fetch_free(f);
	loop_free(l);
	server_stop(&s);
	assert_int_equal(o.calls, 0);
}

static void only_http_is_allowed(void **state)
{
	static const char *const urls[] = {"file:///etc/hostname", "ftp://127.0.0.1/",
		"gopher://x/", "dict://127.0.0.1:1/", "not a url at all", ""};
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct fetch_request r = {
			.url = urls[i], .user_agent = "t", .max_body = 1000, .policy = &allow};
		struct outcome o = run(l, f, &r);

		assert_int_not_equal(o.error.cls, ERR_NONE);
	}
	fetch_free(f);
	loop_free(l);
}

static void the_body_can_be_moved(void **state)
{
	static struct server s;
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);
	struct port_fetch port = fetch_port(f);
	struct outcome o = {.loop = l, .take = true};
	struct fetch_request r;
	char url[256];

	(void)state;
	server_start(&s, answer_plain);
	r = request_for(url, s.port, "/");
	assert_non_null(port.start(port.ctx, &r, on_done, &o));
	assert_int_equal(loop_run(l, NULL), 0);
	fetch_free(f);
	loop_free(l);
	server_stop(&s);
	assert_memory_equal(o.taken, "<rss>", 5);
	free(o.taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_answer_is_read),
		cmocka_unit_test(redirects_are_returned_not_followed),
		cmocka_unit_test(private_addresses_are_refused),
		cmocka_unit_test(a_reused_connection_is_checked_too),
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
