/* SPDX-License-Identifier: MIT */
/* Datagrams to a log of this machine: the journal's large ones, a log that reads nothing. */
#include "lib/unit.h"

#include <fcntl.h>
#include <sys/un.h>

#include "lib/send_fixture.h"

#define LARGE ((size_t)1024 * 1024) /* more than a socket takes by default */

struct fixture {
	char dir[32];
	struct sockaddr_un sa;
	int fd;
	struct sink_request request;
	char *large;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/nightdesk-local-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->sa.sun_family = AF_UNIX;
	snprintf(f->sa.sun_path, sizeof(f->sa.sun_path), "%s/socket", f->dir);
	f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->fd, (struct sockaddr *)&f->sa, sizeof(f->sa)), 0);
	f->large = malloc(LARGE);
	memset(f->large, 'x', LARGE);
	f->request = (struct sink_request){.transport = SINK_SOCKET,
		.socket = SINK_UNIX_DGRAM,
		.host = str_of(f->sa.sun_path),
		.body = {f->large, LARGE}};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	close(f->fd);
	unlink(f->sa.sun_path);
	rmdir(f->dir);
	free(f->large);
	free(f);
	return 0;
}

/* Returns the descriptor that came with an empty datagram, as journald does. */
static int receive_file(int from)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec io = {(char[16]){0}, 16};
	struct msghdr m = {.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	int fd = -1;

	assert_int_equal(recvmsg(from, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC), 0);
	assert_non_null(CMSG_FIRSTHDR(&m));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

static void a_large_entry_is_passed_as_a_sealed_file(void **state)
{
	struct fixture *f = *state;
	char *got = calloc(1, LARGE + 1);
	int fd;

	f->request.memfd = true;
	assert_int_equal(send_deliver(&f->request).error, ERR_NONE);
	fd = receive_file(f->fd);
	assert_int_equal(pread(fd, got, LARGE + 1, 0), LARGE);
	assert_memory_equal(got, f->large, LARGE);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & 0xf,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	close(fd);
	free(got);
}

static void a_large_line_is_the_fault_of_the_message(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(send_deliver(&f->request).error, ERR_INPUT);
}

static void a_log_that_reads_nothing_is_temporary(void **state)
{
	struct fixture *f = *state;
	struct outcome o = {0};

	f->request.body = STR("<61>hello");
	for (int i = 0; i < 100000 && o.error == ERR_NONE; i++)
		o = send_deliver(&f->request);
	assert_int_equal(o.error, ERR_TEMP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_large_entry_is_passed_as_a_sealed_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_large_line_is_the_fault_of_the_message, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_log_that_reads_nothing_is_temporary, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("io send local", tests, NULL, NULL);
}
