/* SPDX-License-Identifier: MIT */
#include "fetch_socket.h"

#include <sys/socket.h>

#define SEND_BYTES (16 * 1024)

int fetch_socket_open(int family, int type, int protocol)
{
	const int size = SEND_BYTES;
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}
