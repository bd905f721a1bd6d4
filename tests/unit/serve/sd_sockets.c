/* SPDX-License-Identifier: MIT */
/* Which descriptor the service manager means. */
#include "lib/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "serve/sd_sockets.h"

static void the_socket_is_found_by_its_name(void **state)
{
	static const struct {
		const char *fds, *names;
		int want;
	} rows[] = {
		{"1", NULL, 3},
		{"1", "status", 3},
		{"1", "nightdesk-status.socket", 3}, /* without FileDescriptorName= */
		{"2", "hub:status", 4},
		{"2", "status:hub", 3},
		{"3", "a:stat:status", 5},
		{"3", "a::status", 5},
		{"2", "hub:statuses", -1},
		{"2", NULL, -1},
		{"1", "hub:status", -1}, /* fewer than are named */
		{"0", "status", -1},
		{NULL, "status", -1},
		{"", "status", -1},
		{"-1", "status", -1},
		{"1x", "status", -1},
		{"99999999999999999999", "status", -1},
	};
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct sd_sockets s = {pid, rows[i].fds, rows[i].names};

		if (sd_sockets_find(&s, "status") != rows[i].want)
			fail_msg("row %zu: %d", i, sd_sockets_find(&s, "status"));
	}
}

static void those_of_another_process_are_not_ours(void **state)
{
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getppid());
	assert_int_equal(sd_sockets_find(&(struct sd_sockets){pid, "1", NULL}, "status"), -1);
	assert_int_equal(sd_sockets_find(&(struct sd_sockets){NULL, "1", NULL}, "status"), -1);
	assert_int_equal(sd_sockets_find(&(struct sd_sockets){"", "1", NULL}, "status"), -1);
}

/* The first free descriptors of a test are those that would be passed. */
static void they_are_closed_on_exec(void **state)
{
	char pid[32];
	int fd = fcntl(STDERR_FILENO, F_DUPFD, 3);

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (fd != 3) {
		close(fd);
		skip();
	}
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	assert_int_equal(sd_sockets_find(&(struct sd_sockets){pid, "1", NULL}, "status"), 3);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_socket_is_found_by_its_name),
		cmocka_unit_test(those_of_another_process_are_not_ours),
		cmocka_unit_test(they_are_closed_on_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
