/* SPDX-License-Identifier: MIT */
/* Credentials read by the desk thread: values, errors, a full mailbox, cancellation, shutdown. */
#include "lib/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/secrets.h"
#include "io/desk_thread.h"
#include "sink/sink.h"

struct bench {
	char dir[64];
	struct conf *conf;
	struct loop *loop;
	pthread_t loop_id;
	struct desk_thread *thread;
	pthread_mutex_t gate; /* held: the desk is stuck in a job */
	struct port_secret port;
	/* results */
	int called;
	size_t n;
	char values[SECRETS_MAX][64];
	struct err error;
};

static void write_secret(struct bench *b, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/credentials/%s", b->dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0600), 0);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct conf_env env = {.state_directory = "/tmp", .notify_types = sink_conf_type};
	char path[128];
	struct err e;

	strcpy(b->dir, "/tmp/nightdesk-secret-XXXXXX");
	if (!mkdtemp(b->dir))
		return -1;
	snprintf(path, sizeof(path), "%s/credentials", b->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(conf_load_daemon(b->dir, &env, &b->conf), 0);
	b->loop = loop_new();
	b->loop_id = pthread_self();
	snprintf(path, sizeof(path), "%s/state.db", b->dir);
	if (desk_thread_new(&b->thread, b->loop, path, &e))
		return -1;
	pthread_mutex_init(&b->gate, NULL);
	b->port = desk_thread_secrets(b->thread);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	char command[128];

	desk_thread_free(b->thread);
	loop_free(b->loop);
	assert_true(conf_is_last(b->conf));
	conf_unref(b->conf);
	snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

static void on_secrets(void *arg, const struct secrets *s, const struct err *e)
{
	struct bench *b = arg;

	assert_true(pthread_equal(pthread_self(), b->loop_id));
	assert_true(!s == !!e);
	b->called++;
	b->n = s ? s->shown.n : 0;
	for (size_t i = 0; i < b->n; i++) {
		assert_true(str_is(s->shown.v[i].value, buf_z(&s->v[i])));
		snprintf(b->values[i], sizeof(b->values[i]), "%s=%s", s->shown.v[i].credential,
			buf_z(&s->v[i]));
	}
	if (e)
		b->error = *e;
	loop_stop(b->loop);
}

static struct secret_op *start(struct bench *b, size_t n)
{
	const char *const names[] = {"one", "two"};
	struct secret_op *op = b->port.start(b->port.ctx, b->conf, names, n, on_secrets, b);

	assert_non_null(op);
	assert_int_equal(b->called, 0); /* never inside start */
	return op;
}

static void secrets_are_read_on_request(void **state)
{
	struct bench *b = *state;

	write_secret(b, "one", "first\n");
	write_secret(b, "two", "second");
	start(b, 2);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->n, 2);
	assert_string_equal(b->values[0], "one=first");
	assert_string_equal(b->values[1], "two=second");
	b->called = 0;
	write_secret(b, "one", "changed");
	start(b, 1);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->n, 1);
	assert_string_equal(b->values[0], "one=changed");
}

static void a_missing_secret_fails_all(void **state)
{
	struct bench *b = *state;

	write_secret(b, "one", "first");
	start(b, 2);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->called, 1);
	assert_int_equal(b->n, 0);
	assert_int_equal(b->error.cls, ERR_CONF);
	assert_non_null(strstr(b->error.text, "credential two"));
}

static void wait_for_gate(void *arg, struct desk *desk, struct store *store)
{
	struct bench *b = arg;

	(void)desk;
	(void)store;
	pthread_mutex_lock(&b->gate);
	pthread_mutex_unlock(&b->gate);
}

static void ignore(void *arg)
{
	(void)arg;
}

static void a_full_mailbox_refuses_no_secrets(void **state)
{
	struct bench *b = *state;
	struct port_job jobs = desk_thread_port(b->thread);

	write_secret(b, "one", "first");
	pthread_mutex_lock(&b->gate);
	while (jobs.post(jobs.ctx, wait_for_gate, ignore, b) == 0)
		;
	start(b, 1);
	pthread_mutex_unlock(&b->gate);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->n, 1);
}

static void cancelled_requests_never_complete(void **state)
{
	struct bench *b = *state;
	struct secret_op *first, *second;

	write_secret(b, "one", "first");
	first = start(b, 1);
	second = start(b, 1);
	b->port.cancel(b->port.ctx, second);
	b->port.cancel(b->port.ctx, first);
	start(b, 1);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->called, 1);
}

static void it_can_be_freed_with_requests_pending(void **state)
{
	struct bench *b = *state;

	write_secret(b, "one", "first");
	start(b, 1);
	start(b, 1);
	b->port.cancel(b->port.ctx, start(b, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(secrets_are_read_on_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_missing_secret_fails_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_mailbox_refuses_no_secrets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			cancelled_requests_never_complete, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			it_can_be_freed_with_requests_pending, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io secrets", tests, NULL, NULL);
}
