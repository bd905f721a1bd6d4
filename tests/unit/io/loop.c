/* SPDX-License-Identifier: MIT */
/* The loop: timers, posts from other threads, descriptors, statistics. */
#include "lib/unit.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/loop.h"

static char order[64];

struct step {
	struct loop *loop;
	char mark;
	bool last;
	struct timer_op *victim; /* cancelled by this step */
};

static void mark(void *arg)
{
	struct step *s = arg;
	size_t n = strlen(order);

	order[n] = s->mark;
	order[n + 1] = '\0';
	loop_timer_cancel(s->victim);
	if (s->last)
		loop_stop(s->loop);
}

static void timers_run_in_order_and_can_be_cancelled(void **state)
{
	struct loop *l = loop_new();
	struct step a = {.loop = l, .mark = 'a'}, b = {.loop = l, .mark = 'b'};
	struct step c = {.loop = l, .mark = 'c'}, d = {.loop = l, .mark = 'd', .last = true};

	(void)state;
	order[0] = '\0';
	assert_non_null(loop_timer(l, "t", 60, mark, &d));
	a.victim = loop_timer(l, "t", 40, mark, &c);
	assert_non_null(loop_timer(l, "t", 20, mark, &b));
	assert_non_null(loop_timer(l, "t", -5, mark, &a));
	assert_string_equal(order, ""); /* never inside the start */
	assert_int_equal(loop_run(l, NULL), 0);
	assert_string_equal(order, "abd");
	loop_free(l);
}

struct poster {
	struct loop *loop;
	struct loop_post posts[1000];
	struct step steps[1000];
	int seen;
};

static void on_post(void *arg)
{
	struct poster *p = arg;

	if (++p->seen == 1000)
		loop_stop(p->loop);
}

static void *post_all(void *arg)
{
	struct poster *p = arg;

	for (size_t i = 0; i < 1000; i++) {
		p->posts[i] = (struct loop_post){.fn = on_post, .arg = p};
		loop_post(p->loop, &p->posts[i]);
	}
	return NULL;
}

static void posts_from_other_threads_all_arrive(void **state)
{
	static struct poster p;
	pthread_t id;

	(void)state;
	p.loop = loop_new();
	assert_int_equal(pthread_create(&id, NULL, post_all, &p), 0);
	assert_int_equal(loop_run(p.loop, NULL), 0);
	pthread_join(id, NULL);
	assert_int_equal(p.seen, 1000);
	loop_free(p.loop);
}

struct pipe_end {
	struct loop *loop;
	struct loop_fd *watch;
	int fds[2];
	int reads;
};

static void on_pipe(void *arg, enum loop_event happened)
{
	struct pipe_end *p = arg;
	char c;

	assert_int_equal(happened, LOOP_READ);
	assert_int_equal(read(p->fds[0], &c, 1), 1);
	if (++p->reads == 3) {
		loop_fd_free(p->watch); /* inside its own callback */
		loop_stop(p->loop);
	}
}

static void descriptors_are_watched_until_freed(void **state)
{
	struct pipe_end p = {.loop = loop_new()};

	(void)state;
	assert_int_equal(pipe(p.fds), 0);
	p.watch = loop_fd_new(p.loop, "pipe", p.fds[0], on_pipe, &p);
	assert_int_equal(loop_fd_watch(p.watch, LOOP_READ), 0);
	assert_int_equal(write(p.fds[1], "abcd", 4), 4);
	assert_int_equal(loop_run(p.loop, NULL), 0);
	assert_int_equal(p.reads, 3);
	close(p.fds[0]);
	close(p.fds[1]);
	loop_free(p.loop);
}

static void hold(void *arg)
{
	clock_virtual_advance(20);
	loop_stop(arg);
}

static void the_slowest_callback_is_known(void **state)
{
	struct loop *l = loop_new();
	struct metrics m;
	uint64_t sum = 0;

	(void)state;
	clock_virtual_start(0);
	loop_timer(l, "quick", 0, (loop_fn *)loop_fd_free, NULL);
	loop_timer(l, "holder", 5, hold, l);
	assert_int_equal(loop_run(l, NULL), 0);
	clock_virtual_stop();
	metrics_init(&m);
	loop_metrics(l, &m);
	assert_string_equal(m.loop_longest, "holder");
	assert_int_equal(m.loop_longest_us, 20000);
	for (size_t i = 0; i < METRICS_BUCKETS; i++)
		sum += m.loop_callback_us[i];
	assert_int_equal(sum, m.loop_callbacks_total);
	assert_int_equal(m.loop_callbacks_total, 2);
	loop_free(l);
}

/* Uses so much CPU. */
static void work(void *arg)
{
	int64_t until = clock_thread_cpu_us() + 30000;

	while (clock_thread_cpu_us() < until)
		;
	loop_stop(arg);
}

static void sleep_long(void *arg)
{
	(void)arg;
	usleep(60000);
}

/* A callback that waits, or whose thread is not scheduled, is long by the wall clock only. */
static void cpu_time_has_a_histogram_of_its_own(void **state)
{
	struct loop *l = loop_new();
	struct metrics m;
	uint64_t sum = 0;

	(void)state;
	loop_timer(l, "sleeper", 0, sleep_long, NULL);
	loop_timer(l, "worker", 1, work, l);
	assert_int_equal(loop_run(l, NULL), 0);
	metrics_init(&m);
	loop_metrics(l, &m);
	assert_true(m.loop_longest_us >= 60000);
	assert_string_equal(m.loop_longest_cpu, "worker");
	assert_in_range(m.loop_longest_cpu_us, 30000, 55000);
	for (size_t i = 0; i < METRICS_BUCKETS; i++)
		sum += m.loop_callback_cpu_us[i];
	assert_int_equal(sum, 2);
	loop_free(l);
}

static void signals_arrive_on_the_loop(void **state)
{
	struct loop *l = loop_new();

	(void)state;
	assert_int_equal(loop_signal(l, SIGUSR1, (loop_fn *)loop_stop, l), 0);
	raise(SIGUSR1);
	assert_int_equal(loop_run(l, NULL), 0);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_run_in_order_and_can_be_cancelled),
		cmocka_unit_test(posts_from_other_threads_all_arrive),
		cmocka_unit_test(descriptors_are_watched_until_freed),
		cmocka_unit_test(the_slowest_callback_is_known),
		cmocka_unit_test(cpu_time_has_a_histogram_of_its_own),
		cmocka_unit_test(signals_arrive_on_the_loop),
	};

	return cmocka_run_group_tests_name("io loop", tests, NULL, NULL);
}
