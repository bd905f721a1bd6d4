/* SPDX-License-Identifier: MIT */
/* Delivery attempts: texts on standard output. */
#include "lib/unit.h"

#include <pthread.h>

#include "lib/send_fixture.h"

struct tap {
	int saved, out[2];
	pthread_t id;
	char *got;
	size_t len;
};

static void *slow_reader(void *arg)
{
	struct tap *t = arg;
	ssize_t n;

	while ((n = read(t->out[0], t->got + t->len, 3000)) > 0) {
		t->len += (size_t)n;
		usleep(200);
	}
	return NULL;
}

static void texts_are_written_completely_and_in_order(void **state)
{
	enum { SIZE = 100000 };
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 2};
	struct tap t = {.got = calloc(1, 2 * SIZE + 4096)};
	char *text = malloc(SIZE);
	struct sink_request r = {.transport = SINK_STDOUT, .body = {text, SIZE}};

	(void)state;
	fflush(stdout);
	t.saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe(t.out), 0);
	dup2(t.out[1], STDOUT_FILENO);
	close(t.out[1]);
	assert_int_equal(pthread_create(&t.id, NULL, slow_reader, &t), 0);
	memset(text, 'a', SIZE);
	port.start(port.ctx, &r, send_on_done, &o);
	memset(text, 'b', SIZE);
	port.start(port.ctx, &r, send_on_done, &o);
	loop_run(l, NULL);
	dup2(t.saved, STDOUT_FILENO);
	close(t.saved);
	pthread_join(t.id, NULL);
	close(t.out[0]);
	assert_int_equal(o.calls, 2);
	assert_int_equal(o.error, ERR_NONE);
	assert_int_equal(t.len, 2 * SIZE);
	assert_int_equal(strspn(t.got, "a"), SIZE);
	assert_int_equal(strspn(t.got + SIZE, "b"), SIZE);
	send_free(s);
	loop_free(l);
	free(t.got);
	free(text);
}

static void a_closed_pipe_is_temporary(void **state)
{
	struct sink_request r = {.transport = SINK_STDOUT, .body = STR("x\n")};
	struct outcome o;
	int saved, out[2];

	(void)state;
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe(out), 0);
	dup2(out[1], STDOUT_FILENO);
	close(out[0]);
	close(out[1]);
	o = send_deliver(&r);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(o.error, ERR_TEMP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_written_completely_and_in_order),
		cmocka_unit_test(a_closed_pipe_is_temporary),
	};

	return cmocka_run_group_tests_name("io send stdout", tests, NULL, NULL);
}
