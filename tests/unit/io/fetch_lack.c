/* SPDX-License-Identifier: MIT */
/* Requests while the process has no free descriptor. */
#include "lib/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/fetch.h"

#define DESCRIPTORS 256

struct outcome {
	struct loop *loop;
	struct err error;
};

static void on_done(void *arg, struct fetch_answer *a)
{
	struct outcome *o = arg;

	o->error = a->error;
	loop_stop(o->loop);
}

static struct err fetch_error(struct loop *l, struct fetch *f, const char *url)
{
	static struct conf_poll allow = {.private_networks = CONF_PRIVATE_ALLOW};
	const struct fetch_request r = {
		.url = url, .user_agent = "test", .max_body = 1000, .policy = &allow};
	struct port_fetch port = fetch_port(f);
	struct outcome o = {.loop = l};

	assert_non_null(port.start(port.ctx, &r, on_done, &o));
	assert_int_equal(loop_run(l, NULL), 0);
	return o.error;
}

/* curl calls it "cannot connect", and getaddrinfo(3) a host that does not exist. */
static void missing_descriptors_are_no_fault_of_the_server(void **state)
{
	static const char *const urls[] = {"http://127.0.0.1:9/", "http://localhost:9/"};
	struct loop *l = loop_new();
	struct fetch *f = fetch_new(l, 64);
	int fds[DESCRIPTORS], n = 0;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		while (n < DESCRIPTORS && (fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
			n++;
		assert_in_range(n, 1, DESCRIPTORS - 1);
		e = fetch_error(l, f, urls[i]);
		while (n > 0)
			close(fds[--n]);
		assert_int_equal(e.cls, ERR_IO);
		assert_non_null(strstr(e.text, "Too many open files"));
		assert_int_equal(fetch_error(l, f, urls[i]).cls, ERR_TEMP);
	}
	fetch_free(f);
	loop_free(l);
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
