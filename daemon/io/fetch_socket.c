/* SPDX-License-Identifier: MIT */
#include "fetch_socket.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SEND_BYTES (16 * 1024)

int fetch_socket_open(int family, int type, int protocol)
{
	const int size = SEND_BYTES;
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}

unsigned fetch_socket_port(const struct sockaddr *at)
{
	uint16_t port;

	/* sin_port and sin6_port have the same offset. */
	memcpy(&port, (const char *)at + offsetof(struct sockaddr_in, sin_port), sizeof(port));
	return ntohs(port);
}
