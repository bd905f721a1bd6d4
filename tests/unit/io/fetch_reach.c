/* SPDX-License-Identifier: MIT */
/* What a request without an answer says about the network. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

#include "io/network_watch.h"
#include "io/network_route.h"

static struct fetch_outcome ask(const char *url, const struct conf_poll *policy)
{
	static struct fetch_fixture x;
	struct fetch_request r;
	struct fetch_outcome o;

	fetch_fixture_open(&x, NULL);
	r = fetch_fixture_request(&x, "/");
	r.url = url;
	r.connect_ms = 3000;
	r.policy = policy;
	o = fetch_fixture_ask(&x, &r);
	fetch_fixture_close(&x);
	return o;
}

/* A port at which nothing listens: it was bound a moment ago. */
static unsigned closed_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static void a_host_that_refuses_was_reached(void **state)
{
	struct fetch_outcome o;
	char url[64];

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", closed_port());
	o = ask(url, &fetch_fixture_allow);
	assert_int_equal(o.error.cls, ERR_TEMP);
	assert_int_equal(o.reach, FETCH_REACHED);
}

static void a_name_that_is_not_found_leaves_it_open(void **state)
{
	struct fetch_outcome o = ask("http://no-such-host.invalid/", &fetch_fixture_allow);

	(void)state;
	assert_int_equal(o.error.cls, ERR_TEMP);
	assert_int_equal(
		o.reach, network_route_to_public_exists() ? FETCH_UNREACHED : FETCH_NO_ROUTE);
}

static void an_address_refused_here_says_nothing(void **state)
{
	struct fetch_outcome o = ask("http://127.0.0.1:1/", &fetch_fixture_deny);

	(void)state;
	assert_int_equal(o.error.cls, ERR_PERM);
	assert_int_equal(o.reach, FETCH_UNKNOWN);
}

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

static void on_nothing(void *arg)
{
	loop_stop(arg);
}

static void on_resumed(void *arg, int64_t slept_ms)
{
	(void)arg;
	(void)slept_ms;
	fail_msg("nothing slept");
}

static void a_watch_can_be_freed_at_any_time(void **state)
{
	struct loop *l = loop_new();
	const struct network_watch_events events = {on_nothing, on_resumed, l};
	struct network_watch *w = network_watch_new(l, &events);

	(void)state;
	assert_non_null(w);
	assert_non_null(loop_timer(l, "test", 10, on_nothing, l));
	assert_int_equal(loop_run(l, NULL), 0);
	network_watch_free(w);
	network_watch_free(NULL);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_refuses_was_reached),
		cmocka_unit_test(a_name_that_is_not_found_leaves_it_open),
		cmocka_unit_test(an_address_refused_here_says_nothing),
		cmocka_unit_test(routes_are_asked_of_the_kernel),
		cmocka_unit_test(a_watch_can_be_freed_at_any_time),
	};

	return cmocka_run_group_tests_name("io fetch reach", tests, NULL, NULL);
}
