/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/fetch_socket.h"

static void little_waits_to_be_sent(void **state)
{
	char block[4096] = {0};
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	int fd = fetch_socket_open(AF_INET, SOCK_STREAM, 0);
	int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096, size = 0;

	(void)state;
	assert_true(fd >= 0 && peer >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	n = sizeof(size);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &n), 0);
	assert_true(size <= 64 * 1024); /* Linux doubles what is asked for */
	/* To a peer that reads nothing. */
	setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	assert_int_equal(listen(peer, 1), 0);
	n = sizeof(at);
	assert_int_equal(getsockname(peer, (struct sockaddr *)&at, &n), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, n), 0);
	size = 0;
	for (ssize_t sent; (sent = send(fd, block, sizeof(block), MSG_DONTWAIT)) > 0;)
		size += (int)sent;
	assert_int_equal(errno, EAGAIN);
	assert_true(size > 4096 && size < 256 * 1024);
	close(fd);
	close(peer);
	assert_true(fetch_socket_open(-1, SOCK_STREAM, 0) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_waits_to_be_sent),
	};

	return cmocka_run_group_tests_name("io fetch_socket", tests, NULL, NULL);
}
