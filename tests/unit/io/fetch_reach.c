/* SPDX-License-Identifier: MIT */
/* What a request without an answer says about the network. */
#include "lib/unit.h"

#include "lib/fetch_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_refuses_was_reached),
		cmocka_unit_test(a_name_that_is_not_found_leaves_it_open),
		cmocka_unit_test(an_address_refused_here_says_nothing),
	};

	return cmocka_run_group_tests_name("io fetch reach", tests, NULL, NULL);
}
