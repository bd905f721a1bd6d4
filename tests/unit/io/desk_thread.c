/* SPDX-License-Identifier: MIT */
/* The desk thread: order, bounds, start-up errors, shutdown without loss. */
#include "lib/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/desk_thread.h"
#include "store/store.h"

#define JOBS 200

struct house {
	char dir[64], path[96];
	struct loop *loop;
	struct desk_thread *thread;
	struct port_job port;
	pthread_t loop_id;
	/* the desk thread's */
	int ran[JOBS + 100];
	size_t n_ran;
	/* the loop's */
	int back[JOBS + 100];
	size_t n_back, wanted;
	pthread_mutex_t gate; /* held: the desk is blocked in a job */
};

struct job {
	struct house *house;
	int number;
};

static int set_up(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct err e;

	strcpy(h->dir, "/tmp/nightdesk-thread-XXXXXX");
	if (!mkdtemp(h->dir))
		return -1;
	snprintf(h->path, sizeof(h->path), "%s/state.db", h->dir);
	pthread_mutex_init(&h->gate, NULL);
	h->loop = loop_new();
	h->loop_id = pthread_self();
	*state = h;
	if (desk_thread_new(&h->thread, h->loop, h->path, &e))
		return -1;
	h->port = desk_thread_port(h->thread);
	return 0;
}

static int tear_down(void **state)
{
	struct house *h = *state;
	char command[128];

	desk_thread_free(h->thread);
	loop_free(h->loop);
	snprintf(command, sizeof(command), "rm -rf %s", h->dir);
	assert_int_equal(system(command), 0);
	free(h);
	return 0;
}

static void run(void *arg, struct desk *desk, struct store *store)
{
	struct job *j = arg;

	if (!desk || !store || pthread_equal(pthread_self(), j->house->loop_id))
		abort();
	pthread_mutex_lock(&j->house->gate);
	pthread_mutex_unlock(&j->house->gate);
	j->house->ran[j->house->n_ran++] = j->number;
}

static void done(void *arg)
{
	struct job *j = arg;
	struct house *h = j->house;

	if (!pthread_equal(pthread_self(), h->loop_id))
		abort();
	h->back[h->n_back++] = j->number;
	free(j);
	if (h->n_back == h->wanted)
		loop_stop(h->loop);
}

static int post(struct house *h, int number)
{
	struct job *j = malloc(sizeof(*j));
	int rc;

	*j = (struct job){h, number};
	rc = h->port.post(h->port.ctx, run, done, j);
	if (rc)
		free(j);
	return rc;
}

static void jobs_run_and_come_back_in_order(void **state)
{
	struct house *h = *state;

	for (int i = 0; i < JOBS; i++)
		assert_int_equal(post(h, i), 0);
	assert_int_equal(h->n_back, 0); /* never inside post() */
	h->wanted = JOBS;
	assert_int_equal(loop_run(h->loop, NULL), 0);
	for (int i = 0; i < JOBS; i++) {
		assert_int_equal(h->ran[i], i);
		assert_int_equal(h->back[i], i);
	}
	assert_int_equal(desk_thread_waiting(h->thread), 0);
}

static void a_hanging_desk_is_detected_and_its_mailbox_bounded(void **state)
{
	struct house *h = *state;
	int64_t busy_ms;
	int taken = 0;

	pthread_mutex_lock(&h->gate);
	assert_false(h->port.busy(h->port.ctx));
	assert_int_equal(post(h, taken++), 0);
	while (desk_thread_waiting(h->thread) > 0)
		usleep(1000); /* until the desk has taken it and is blocked */
	while (taken < 1000 && post(h, taken) == 0)
		taken++;
	assert_in_range(taken, 100, 300);
	assert_true(h->port.busy(h->port.ctx));
	usleep(20000);
	busy_ms = desk_thread_busy_ms(h->thread);
	pthread_mutex_unlock(&h->gate);
	assert_true(busy_ms >= 10);
	h->wanted = (size_t)taken;
	assert_int_equal(loop_run(h->loop, NULL), 0);
	assert_int_equal(h->n_ran, taken);
	assert_false(h->port.busy(h->port.ctx));
}

static void count(void *arg, struct desk *desk, struct store *store)
{
	(void)desk;
	(void)store;
	++*(int *)arg;
}

static void never(void *arg)
{
	(void)arg;
	abort();
}

static void posted_jobs_run_before_the_end(void **state)
{
	struct house *h = *state;
	int counted = 0;

	for (int i = 0; i < 50; i++)
		assert_int_equal(h->port.post(h->port.ctx, count, never, &counted), 0);
	desk_thread_free(h->thread);
	h->thread = NULL;
	assert_int_equal(counted, 50);
}

static void a_database_that_cannot_be_opened_is_reported(void **state)
{
	struct house *h = *state;
	struct desk_thread *other;
	struct err e = {0};

	assert_int_equal(desk_thread_new(&other, h->loop, h->path, &e), -ERR_TEMP);
	assert_null(other);
	assert_int_equal(e.cls, ERR_TEMP);
	assert_int_equal(desk_thread_new(&other, h->loop, "/nowhere/at/all.db", &e), -ERR_PERM);
	assert_null(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(jobs_run_and_come_back_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_hanging_desk_is_detected_and_its_mailbox_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(posted_jobs_run_before_the_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_database_that_cannot_be_opened_is_reported, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io desk thread", tests, NULL, NULL);
}
