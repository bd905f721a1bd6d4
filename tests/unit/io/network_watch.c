/* SPDX-License-Identifier: MIT */
/* The network of this machine: its routes, and the report of a change. */
#include "lib/unit.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io/network_route.h"
#include "io/network_watch.h"

#define TOO_LONG_MS 20000

static void routes_are_asked_of_the_kernel(void **state)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(80)};
	const struct sockaddr *sa = (const struct sockaddr *)&a;

	(void)state;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(network_route_exists(sa, sizeof(a)));
	/* the broadcast address, which a plain socket may not reach */
	a.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	assert_false(network_route_exists(sa, sizeof(a)));
}

struct change {
	struct loop *loop;
	bool came;
};

static void on_changed(void *arg)
{
	struct change *c = arg;

	c->came = true;
	loop_stop(c->loop);
}

static void on_resumed(void *arg, int64_t slept_ms)
{
	(void)arg;
	(void)slept_ms;
	fail_msg("nothing slept");
}

static void end_loop(void *arg)
{
	loop_stop(arg);
}

static void a_watch_can_be_freed_at_any_time(void **state)
{
	struct change c = {.loop = loop_new()};
	const struct network_watch_events events = {on_changed, on_resumed, &c};
	struct network_watch *w = network_watch_new(c.loop, &events);

	(void)state;
	assert_non_null(w);
	assert_non_null(loop_timer(c.loop, "test", 10, end_loop, c.loop));
	assert_int_equal(loop_run(c.loop, NULL), 0);
	network_watch_free(w);
	network_watch_free(NULL);
	loop_free(c.loop);
}

static void raise_loopback(void *arg)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)arg;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &r), 0);
	close(fd);
}

/* In a network of its own, which begins without any route. Changes the process: the last test. */
static void a_network_that_comes_back_is_reported(void **state)
{
	struct change c = {.came = false};
	const struct network_watch_events events = {on_changed, on_resumed, &c};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(80)};
	const struct sockaddr *sa = (const struct sockaddr *)&a;
	struct network_watch *w;
	struct timer_op *end;

	(void)state;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		skip(); /* not permitted here */
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_false(network_route_exists(sa, sizeof(a)));
	assert_false(network_route_to_public_exists());
	c.loop = loop_new();
	w = network_watch_new(c.loop, &events);
	assert_non_null(w);
	assert_non_null(loop_timer(c.loop, "up", 10, raise_loopback, NULL));
	end = loop_timer(c.loop, "end", TOO_LONG_MS, end_loop, c.loop);
	assert_non_null(end);
	assert_int_equal(loop_run(c.loop, NULL), 0);
	assert_true(c.came);
	loop_timer_cancel(end);
	assert_true(network_route_exists(sa, sizeof(a)));
	network_watch_free(w);
	loop_free(c.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_asked_of_the_kernel),
		cmocka_unit_test(a_watch_can_be_freed_at_any_time),
		cmocka_unit_test(a_network_that_comes_back_is_reported),
	};

	return cmocka_run_group_tests_name("io network watch", tests, NULL, NULL);
}
