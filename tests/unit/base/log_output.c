/* SPDX-License-Identifier: MIT */
/* The log when standard error is not read: nothing waits, no line is torn, lost ones are counted.
 */
#include "lib/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

#define LINES	 20000 /* more than a pipe and what is kept hold */
#define TOO_LONG 20    /* seconds: a write that waits would never return */

static int saved;

/* Replaces standard error; returns the end that reads. */
static int unread_pipe(bool is_socket)
{
	int fd[2];

	if (is_socket)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	else
		assert_int_equal(pipe(fd), 0);
	saved = dup(STDERR_FILENO);
	dup2(fd[1], STDERR_FILENO);
	close(fd[1]);
	return fd[0];
}

static void restore(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
}

/* Reads lines until one contains `last`; returns how many have "event=x", each of which must be
 * whole. */
static int read_lines(int fd, const char *last, char line[512])
{
	FILE *in = fdopen(fd, "r");
	int n = 0, before = -1;

	while (fgets(line, 512, in) && !strstr(line, last)) {
		const char *number = strstr(line, " event=x n=");
		int i;

		assert_non_null(number);
		i = (int)strtol(number + 11, NULL, 10);
		assert_true(i > before);
		assert_non_null(strstr(line, " text=\"so that it is a line of some length\"\n"));
		before = i;
		n++;
	}
	fclose(in);
	return n;
}

static void check_unread(bool is_socket)
{
	uint64_t before = log_lines_lost(), lost;
	int fd = unread_pipe(is_socket), n;
	char line[512], expected[64];

	alarm(TOO_LONG);
	for (int i = 0; i < LINES; i++)
		log_warn("x", LOG_I("n", i), LOG_S("text", "so that it is a line of some length"));
	lost = log_lines_lost() - before;
	assert_in_range(lost, 1, LINES - 1);
	n = read_lines(fd, " event=log-lines-lost", line);
	alarm(0);
	restore();
	snprintf(expected, sizeof(expected), " lines=%llu ", (unsigned long long)lost);
	assert_non_null(strstr(line, expected));
	assert_int_equal(n + (int)lost, LINES);
}

static void a_pipe_that_is_not_read(void **state)
{
	(void)state;
	check_unread(false);
}

static void a_socket_that_is_not_read(void **state)
{
	(void)state;
	check_unread(true);
}

/* Fewer lines than are kept: none is lost when the reader is only slow. */
static void a_slow_reader_gets_all(void **state)
{
	uint64_t before = log_lines_lost();
	int fd = unread_pipe(false), n;
	char line[512];

	(void)state;
	alarm(TOO_LONG);
	for (int i = 0; i < 2000; i++)
		log_warn("x", LOG_I("n", i), LOG_S("text", "so that it is a line of some length"));
	log_warn("end");
	n = read_lines(fd, " event=end", line);
	alarm(0);
	restore();
	assert_int_equal(n, 2000);
	assert_int_equal(log_lines_lost(), before);
}

static void the_end_waits_for_no_reader(void **state)
{
	int fd = unread_pipe(false);

	(void)state;
	alarm(TOO_LONG);
	for (int i = 0; i < LINES; i++)
		log_warn("x", LOG_I("n", i));
	log_flush();
	alarm(0);
	restore();
	close(fd);
}

/* Only the process that filled the descriptor may be affected, not others that share it. */
static void the_descriptor_stays_blocking(void **state)
{
	int fd = unread_pipe(false), flags;

	(void)state;
	log_warn("x");
	flags = fcntl(STDERR_FILENO, F_GETFL);
	restore();
	close(fd);
	assert_int_equal(flags & O_NONBLOCK, 0);
}

static void a_closed_descriptor_counts(void **state)
{
	uint64_t before = log_lines_lost();

	(void)state;
	saved = dup(STDERR_FILENO);
	close(STDERR_FILENO);
	log_warn("x");
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(log_lines_lost(), before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_that_is_not_read),
		cmocka_unit_test(a_socket_that_is_not_read),
		cmocka_unit_test(a_slow_reader_gets_all),
		cmocka_unit_test(the_descriptor_stays_blocking),
		cmocka_unit_test(a_closed_descriptor_counts),
		cmocka_unit_test(the_end_waits_for_no_reader), /* leaves lines */
	};

	return cmocka_run_group_tests_name("base log output", tests, NULL, NULL);
}
