/* SPDX-License-Identifier: MIT */
/* An error of curl ends all of its connections, also kept ones that no transfer uses. */
#include "lib/unit.h"

#include <curl/curl.h>
#include <dlfcn.h>

#include "lib/send_fixture.h"

#define OTHERS 8

static bool curl_fails, others_open;
static int others[OTHERS][2];

/* Fails once. */
CURLMcode curl_multi_socket_action(CURLM *m, curl_socket_t fd, int events, int *running)
{
	CURLMcode (*real)(CURLM *, curl_socket_t, int, int *);

	*(void **)&real = dlsym(RTLD_NEXT, "curl_multi_socket_action");
	if (!curl_fails)
		return real(m, fd, events, running);
	curl_fails = false;
	return CURLM_INTERNAL_ERROR;
}

/* Then opens others with the descriptors of the connections that it has closed. */
CURLMcode curl_multi_cleanup(CURLM *m)
{
	CURLMcode (*real)(CURLM *), rc;

	*(void **)&real = dlsym(RTLD_NEXT, "curl_multi_cleanup");
	rc = real(m);
	for (int i = 0; others_open && i < OTHERS; i++)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, others[i]), 0);
	return rc;
}

static enum err_class deliver(struct port_send *port, struct sink_request *r, struct loop *loop)
{
	struct outcome outcome = {.loop = loop, .wanted = 1};

	assert_non_null(port->start(port->ctx, r, send_on_done, &outcome));
	loop_run(loop, NULL);
	return outcome.error;
}

static void assert_connection_has(int listener, const char *text)
{
	int fd = accept(listener, NULL, NULL);
	char heard[64] = "";

	assert_true(read(fd, heard, sizeof(heard) - 1) > 0);
	assert_string_equal(heard, text);
	close(fd);
}

static void a_kept_connection_is_opened_again(void **state)
{
	struct loop *loop = loop_new();
	struct send *send = send_new(loop);
	struct port_send port = send_port(send);
	struct sink_request r = {.transport = SINK_SOCKET,
		.socket = SINK_TCP,
		.host = STR("127.0.0.1"),
		.body = STR("1\n")};
	unsigned own;
	int listener;

	(void)state;
	listen_any(&listener, &own, SOCK_STREAM);
	r.port = own;
	assert_int_equal(deliver(&port, &r, loop), ERR_NONE);
	curl_fails = others_open = true;
	r.port = 1;
	assert_int_equal(deliver(&port, &r, loop), ERR_IO);
	others_open = false;
	r.port = own;
	r.body = STR("2\n");
	assert_int_equal(deliver(&port, &r, loop), ERR_NONE);
	assert_connection_has(listener, "1\n");
	assert_connection_has(listener, "2\n");
	send_free(send);
	loop_free(loop);
	close(listener);
	for (int i = 0; i < OTHERS; i++) {
		close(others[i][0]);
		close(others[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_kept_connection_is_opened_again)};

	return cmocka_run_group_tests_name("io send lost", tests, NULL, NULL);
}
