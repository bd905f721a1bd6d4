/* SPDX-License-Identifier: MIT */
/* The control socket. */
#include "lib/unit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/control.h"

struct house {
	struct loop *loop;
	struct control *control;
	char dir[64], path[96];
	struct control_call *kept; /* answered later */
	int requests;
	/* result of the caller's thread */
	json_t *answer;
	int rc;
	struct err error;
	const char *command;
	int64_t delivery; /* an argument that goes with the command; 0: none */
	struct loop_post end;
};

static void answer_late(void *arg)
{
	struct house *h = arg;

	control_answer(h->kept, json_pack("{ss}", "was", "late"));
}

static void on_request(void *arg, struct control_call *call, json_t *request)
{
	struct house *h = arg;
	const char *command = json_string_value(json_object_get(request, "command"));

	h->requests++;
	if (command && strcmp(command, "late") == 0) {
		h->kept = call;
		loop_timer(h->loop, "late", 30, answer_late, h);
		return;
	}
	control_answer(call, json_pack("{ss sO*}", "heard", command ? command : "nothing",
				     "delivery", json_object_get(request, "delivery")));
}

static int set_up(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct err e;

	strcpy(h->dir, "/tmp/nightdesk-control-XXXXXX");
	if (!mkdtemp(h->dir))
		return -1;
	snprintf(h->path, sizeof(h->path), "%s/control.sock", h->dir);
	h->loop = loop_new();
	*state = h;
	return control_new(&h->control, h->loop, h->path, on_request, h, &e);
}

static int tear_down(void **state)
{
	struct house *h = *state;

	control_free(h->control);
	assert_int_equal(access(h->path, F_OK), -1);
	loop_free(h->loop);
	json_decref(h->answer);
	rmdir(h->dir);
	free(h);
	return 0;
}

static void *call_main(void *arg)
{
	struct house *h = arg;

	if (h->delivery)
		h->rc = control_ask(h->path,
			json_pack("{ss sI}", "command", h->command, "delivery",
				(json_int_t)h->delivery),
			3000, &h->answer, &h->error);
	else
		h->rc = control_ask_command(h->path, h->command, 3000, &h->answer, &h->error);
	h->end = (struct loop_post){.fn = (loop_fn *)loop_stop, .arg = h->loop};
	loop_post(h->loop, &h->end);
	return NULL;
}

static void call(struct house *h, const char *command)
{
	pthread_t id;

	h->command = command;
	pthread_create(&id, NULL, call_main, h);
	loop_run(h->loop, NULL);
	pthread_join(id, NULL);
}

static const char *said(const struct house *h, const char *key)
{
	return json_string_value(json_object_get(h->answer, key));
}

static void a_command_is_answered(void **state)
{
	struct house *h = *state;
	struct stat st;

	assert_int_equal(stat(h->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	call(h, "status");
	assert_int_equal(h->rc, 0);
	assert_string_equal(said(h, "heard"), "status");
}

static void a_command_has_an_argument(void **state)
{
	struct house *h = *state;

	h->delivery = INT64_C(5000000000);
	call(h, "retry");
	assert_int_equal(h->rc, 0);
	assert_string_equal(said(h, "heard"), "retry");
	assert_int_equal(json_integer_value(json_object_get(h->answer, "delivery")), h->delivery);
}

static void an_answer_may_come_later(void **state)
{
	struct house *h = *state;

	call(h, "late");
	assert_int_equal(h->rc, 0);
	assert_string_equal(said(h, "was"), "late");
}

static void a_second_daemon_does_not_take_the_socket(void **state)
{
	struct house *h = *state;
	struct control *other;
	struct err e;

	assert_int_equal(control_new(&other, h->loop, h->path, on_request, h, &e), -ERR_TEMP);
	assert_null(other);
	call(h, "still");
	assert_string_equal(said(h, "heard"), "still");
}

/* A socket of this process: bound to path, or connected to it. */
static int open_socket(const char *path, bool bound)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	strcpy(sa.sun_path, path);
	if (bound)
		assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	else
		assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static void a_stale_socket_is_replaced(void **state)
{
	struct house *h = *state;
	struct control *other;
	char path[96];
	struct err e;

	snprintf(path, sizeof(path), "%s/stale", h->dir);
	assert_int_equal(control_ask_command(path, "x", 1000, &h->answer, &e), -ERR_TEMP);
	close(open_socket(path, true));
	assert_int_equal(control_ask_command(path, "x", 1000, &h->answer, &e), -ERR_TEMP);
	assert_false(control_listening(path));
	assert_int_equal(control_new(&other, h->loop, path, on_request, h, &e), 0);
	assert_true(control_listening(path));
	control_free(other);
	/* A file that is not a socket is not replaced. */
	fclose(fopen(path, "w"));
	assert_int_equal(control_new(&other, h->loop, path, on_request, h, &e), -ERR_PERM);
	assert_int_equal(unlink(path), 0);
}

static void run_for(struct house *h, int64_t ms)
{
	loop_timer(h->loop, "end", ms, (loop_fn *)loop_stop, h->loop);
	loop_run(h->loop, NULL);
}

/* Reads the answer from fd, running the loop as often as needed. */
static ssize_t hear(struct house *h, int fd, char *got, size_t size)
{
	ssize_t n = -1;

	for (int i = 0; i < 10000 && n < 0; i++) {
		run_for(h, 1);
		n = recv(fd, got, size, MSG_DONTWAIT);
	}
	return n;
}

static void invalid_requests_get_an_error(void **state)
{
	static const char *const bad[] = {
		"hello\n", "[1]\n", "{\"command\":1\n", "\n", "{\"a\":1,\"a\":2}\n"};
	struct house *h = *state;
	char got[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int fd = open_socket(h->path, false);
		ssize_t n;

		send(fd, bad[i], strlen(bad[i]), 0);
		n = hear(h, fd, got, sizeof(got) - 1);
		assert_true(n > 0);
		got[n] = '\0';
		assert_non_null(strstr(got, "\"error\""));
		close(fd);
	}
	assert_int_equal(h->requests, 0);
}

static void an_endless_request_is_disconnected(void **state)
{
	struct house *h = *state;
	char block[4096];
	int fd = open_socket(h->path, false);
	size_t sent = 0;
	ssize_t n;

	memset(block, ' ', sizeof(block));
	for (int i = 0; i < 100; i++) {
		n = send(fd, block, sizeof(block), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			sent += (size_t)n;
		run_for(h, 1);
	}
	assert_true(sent < 400000);
	assert_true(recv(fd, block, sizeof(block), MSG_DONTWAIT) <= 0);
	close(fd);
}

static void silent_callers_do_not_block_others(void **state)
{
	struct house *h = *state;
	int fds[40];

	for (size_t i = 0; i < 15; i++)
		fds[i] = open_socket(h->path, false);
	run_for(h, 30);
	call(h, "in");
	assert_string_equal(said(h, "heard"), "in");
	for (size_t i = 0; i < 15; i++)
		close(fds[i]);
	run_for(h, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_command_is_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_command_has_an_argument, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_may_come_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_second_daemon_does_not_take_the_socket, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stale_socket_is_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(invalid_requests_get_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_endless_request_is_disconnected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			silent_callers_do_not_block_others, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io control", tests, NULL, NULL);
}
