/* SPDX-License-Identifier: MIT */
/* Credentials read by the desk thread: values, errors, a full mailbox, cancellation, the end. */
#include "lib/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/secrets.h"
#include "io/desk_thread.h"
#include "io/secret_reader.h"

struct bench {
	char dir[64];
	struct conf *conf;
	struct loop *loop;
	pthread_t loop_id;
	struct desk_thread *thread;
	struct port_job desk;
	int refusals; /* of the next posts */
	struct secret_reader *reader;
	struct port_secret port;
	/* what came */
	int called;
	size_t n;
	char values[SECRETS_MAX][64];
	struct err error;
};

/* The mailbox in front of the desk thread: full as often as the test wants. */
static int post(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	struct bench *b = ctx;

	if (b->refusals > 0) {
		b->refusals--;
		return -(int)ERR_TEMP;
	}
	return b->desk.post(b->desk.ctx, run, done, arg);
}

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
	struct conf_env env = {.state_directory = "/tmp"};
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
	b->desk = desk_thread_port(b->thread);
	b->reader = secret_reader_new(b->loop, (struct port_job){.ctx = b, .post = post});
	b->port = secret_reader_port(b->reader);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	char command[128];

	desk_thread_free(b->thread);
	secret_reader_free(b->reader);
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

static void a_full_mailbox_is_retried(void **state)
{
	struct bench *b = *state;

	write_secret(b, "one", "first");
	b->refusals = 2;
	start(b, 1);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->refusals, 0);
	assert_int_equal(b->n, 1);
}

static void cancelled_requests_never_complete(void **state)
{
	struct bench *b = *state;
	struct secret_op *waiting, *posted;

	write_secret(b, "one", "first");
	b->refusals = 1;
	waiting = start(b, 1);
	posted = start(b, 1);
	b->port.cancel(b->port.ctx, waiting);
	b->port.cancel(b->port.ctx, posted);
	start(b, 1);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	assert_int_equal(b->called, 1);
}

static void it_can_be_freed_with_requests_pending(void **state)
{
	struct bench *b = *state;

	write_secret(b, "one", "first");
	b->refusals = 1;
	start(b, 1);
	start(b, 1);
	b->port.cancel(b->port.ctx, start(b, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(secrets_are_read_on_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_missing_secret_fails_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_mailbox_is_retried, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			cancelled_requests_never_complete, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			it_can_be_freed_with_requests_pending, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io secret reader", tests, NULL, NULL);
}
