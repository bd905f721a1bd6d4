/* SPDX-License-Identifier: MIT */
/* Requests while the process has no free descriptor, or can start no thread. */
#include "lib/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>

#include "lib/fetch_fixture.h"

#define DESCRIPTORS 256

static bool no_threads;

/* Replaces that of the C library, for libcurl too. */
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (no_threads)
		return EAGAIN;
	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(thread, how, run, arg);
}

static struct fetch_outcome ask(struct fetch_fixture *x, const char *url)
{
	struct fetch_request r = fetch_fixture_request(x, "/");

	r.url = url;
	return fetch_fixture_ask(x, &r);
}

static struct err fetch_error(struct fetch_fixture *x, const char *url)
{
	return ask(x, url).error;
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

/* curl calls it a host that does not exist. */
static void a_missing_thread_is_no_fault_of_the_server(void **state)
{
	static struct fetch_fixture x;
	struct fetch_outcome o;

	(void)state;
	fetch_fixture_open(&x, NULL);
	no_threads = true;
	o = ask(&x, "http://some-host.invalid/");
	no_threads = false;
	assert_int_equal(o.error.cls, ERR_IO);
	assert_non_null(strstr(o.error.text, "cannot start a thread"));
	assert_int_equal(o.reach, FETCH_UNKNOWN);
	fetch_fixture_close(&x);
}

int main(void)
{
	const struct rlimit few = {DESCRIPTORS, DESCRIPTORS};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_descriptors_are_no_fault_of_the_server),
		cmocka_unit_test(a_missing_thread_is_no_fault_of_the_server),
	};

	if (setrlimit(RLIMIT_NOFILE, &few) != 0)
		return 1;
	return cmocka_run_group_tests_name("io fetch lack", tests, NULL, NULL);
}
