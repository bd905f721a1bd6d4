/* SPDX-License-Identifier: MIT */
/* Requests while the process has no free descriptor. */
#include "lib/unit.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "lib/fetch_fixture.h"

#define DESCRIPTORS 256

static struct err fetch_error(struct fetch_fixture *x, const char *url)
{
	struct fetch_request r = fetch_fixture_request(x, "/");

	r.url = url;
	return fetch_fixture_ask(x, &r).error;
}

/* curl calls it "cannot connect", and getaddrinfo(3) a host that does not exist. */
static void missing_descriptors_are_no_fault_of_the_server(void **state)
{
	static const char *const urls[] = {"http://127.0.0.1:9/", "http://localhost:9/"};
	static struct fetch_fixture x;
	int fds[DESCRIPTORS], n = 0;
	struct err e;

	(void)state;
	fetch_fixture_open(&x, NULL);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		while (n < DESCRIPTORS && (fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
			n++;
		assert_in_range(n, 1, DESCRIPTORS - 1);
		e = fetch_error(&x, urls[i]);
		while (n > 0)
			close(fds[--n]);
		assert_int_equal(e.cls, ERR_IO);
		assert_non_null(strstr(e.text, "Too many open files"));
		assert_int_equal(fetch_error(&x, urls[i]).cls, ERR_TEMP);
	}
	fetch_fixture_close(&x);
}

int main(void)
{
	const struct rlimit few = {DESCRIPTORS, DESCRIPTORS};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_descriptors_are_no_fault_of_the_server),
	};

	if (setrlimit(RLIMIT_NOFILE, &few) != 0)
		return 1;
	return cmocka_run_group_tests_name("io fetch lack", tests, NULL, NULL);
}
