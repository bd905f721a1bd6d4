/* SPDX-License-Identifier: MIT */
/* Transfers of curl on the loop. */
#include "lib/unit.h"

#include <poll.h>

#include "base/clock.h"
#include "io/multi.h"
#include "lib/io_server.h"

#define SLOW_MS	       300
#define BURST_PARALLEL 48
#define BURST_COUNT    960
#define BURST_MS       30000 /* takes half a second; one for each dozen if only the tick adds */

static struct loop *loop;

static void note_end(void *arg, CURLcode rc)
{
	CURLcode *kept = arg;

	*kept = rc;
	loop_stop(loop);
}

/* Answers two requests on one connection, the second late. */
static void answer_twice(struct server *s, int fd, char *request)
{
	char text[4096];

	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
	if (read(fd, text, sizeof(text)) > 0) {
		poll(NULL, 0, SLOW_MS);
		server_say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
	}
}

static long run_one(struct multi *m, struct multi_op *op, const char *url, bool kick)
{
	CURLcode rc = CURLE_FAILED_INIT;
	long connects = -1;

	op->easy = multi_easy(m);
	assert_non_null(op->easy);
	curl_easy_setopt(op->easy, CURLOPT_URL, url);
	op->done = note_end;
	op->arg = &rc;
	assert_int_equal(multi_start(m, op), 0);
	loop_timer(loop, "kick", SLOW_MS / 3, (loop_fn *)loop_stop, loop);
	if (kick) {
		loop_run(loop, NULL);
		assert_int_equal(rc, CURLE_FAILED_INIT);
		multi_kick(m, op);
	}
	while (rc == CURLE_FAILED_INIT)
		loop_run(loop, NULL);
	assert_int_equal(rc, CURLE_OK);
	curl_easy_getinfo(op->easy, CURLINFO_NUM_CONNECTS, &connects);
	multi_release(m, op->easy, false);
	return connects;
}

/* It has no time of connecting, as one that is still connecting. */
static void a_transfer_on_a_kept_connection_is_not_kicked_for_ever(void **state)
{
	static const struct multi_limits limits = {.idle = 8, .idle_seconds = 60};
	static struct server server;
	struct multi_op first = {0}, second = {0};
	struct multi *m;
	char url[64];

	(void)state;
	loop = loop_new();
	m = multi_new(loop, "test", &limits);
	server_start(&server, answer_twice);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
	assert_int_equal(run_one(m, &first, url, false), 1);
	assert_int_equal(run_one(m, &second, url, true), 0);
	assert_in_range(second.kicks, 1, 4);
	multi_free(m);
	server_stop(&server);
	loop_free(loop);
}

static void answer_once(struct server *s, int fd, char *request)
{
	(void)s;
	(void)request;
	server_say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
}

struct refusing {
	struct multi *m;
	struct multi_op op;
	int left; /* addresses that are refused */
};

static curl_socket_t open_last(void *arg, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct refusing *r = arg;

	(void)purpose;
	if (r->left-- > 0) {
		multi_kick(r->m, &r->op);
		return CURL_SOCKET_BAD;
	}
	return socket(sa->family, sa->socktype | SOCK_CLOEXEC, sa->protocol);
}

/* Otherwise it waits between them until it has no more time to connect. */
static void refused_addresses_take_no_time(void **state)
{
	static const struct multi_limits limits = {.idle = 8, .idle_seconds = 60};
	static struct server server;
	struct refusing r = {.left = 99};
	struct curl_slist *names;
	CURLcode rc = CURLE_FAILED_INIT;
	char text[4096], url[64];
	size_t n;

	(void)state;
	loop = loop_new();
	r.m = multi_new(loop, "test", &limits);
	server_start(&server, answer_once);
	n = (size_t)snprintf(text, sizeof(text), "many.test:%u:127.0.0.1", server.port);
	for (int i = 0; i < r.left; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ",127.0.0.1");
	names = curl_slist_append(NULL, text);
	snprintf(url, sizeof(url), "http://many.test:%u/", server.port);
	r.op.easy = multi_easy(r.m);
	curl_easy_setopt(r.op.easy, CURLOPT_URL, url);
	curl_easy_setopt(r.op.easy, CURLOPT_RESOLVE, names);
	curl_easy_setopt(r.op.easy, CURLOPT_OPENSOCKETFUNCTION, open_last);
	curl_easy_setopt(r.op.easy, CURLOPT_OPENSOCKETDATA, &r);
	r.op.done = note_end;
	r.op.arg = &rc;
	assert_int_equal(multi_start(r.m, &r.op), 0);
	loop_run(loop, NULL);
	assert_int_equal(rc, CURLE_OK);
	assert_true(r.left < 0);
	multi_release(r.m, r.op.easy, false);
	multi_free(r.m);
	curl_slist_free_all(names);
	server_stop(&server);
	loop_free(loop);
}

/* Transfers that are started when others end, more than one callback of the loop may add. */
struct burst {
	struct multi *m;
	struct multi_op ops[BURST_PARALLEL];
	int started, ended;
};
static struct burst burst;

static void burst_start(struct multi_op *op)
{
	burst.started++;
	assert_int_equal(multi_start(burst.m, op), 0);
}

static void burst_on_end(void *arg, CURLcode rc)
{
	assert_int_equal(rc, CURLE_OK);
	if (burst.started < BURST_COUNT)
		burst_start(arg);
	if (++burst.ended == BURST_COUNT)
		loop_stop(loop);
}

/* What is left over waits for the next callback, not for the tick of each second. */
static void a_burst_does_not_wait_for_the_tick(void **state)
{
	static const struct multi_limits limits = {.idle = 8, .idle_seconds = 60};
	static struct server server;
	int64_t begun = clock_mono();
	char url[64];

	(void)state;
	loop = loop_new();
	burst.m = multi_new(loop, "test", &limits);
	server_start(&server, answer_once);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
	for (int i = 0; i < BURST_PARALLEL; i++) {
		struct multi_op *op = &burst.ops[i];

		op->easy = multi_easy(burst.m);
		curl_easy_setopt(op->easy, CURLOPT_URL, url);
		op->done = burst_on_end;
		op->arg = op;
		burst_start(op);
	}
	loop_run(loop, NULL);
	assert_true(clock_mono() - begun < BURST_MS);
	for (int i = 0; i < BURST_PARALLEL; i++)
		multi_release(burst.m, burst.ops[i].easy, false);
	multi_free(burst.m);
	server_stop(&server);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_does_not_wait_for_the_tick),
		cmocka_unit_test(refused_addresses_take_no_time),
		cmocka_unit_test(a_transfer_on_a_kept_connection_is_not_kicked_for_ever),
	};

	return cmocka_run_group_tests_name("io multi", tests, NULL, NULL);
}
