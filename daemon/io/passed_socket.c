/* SPDX-License-Identifier: MIT */
#include "passed_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool passed_socket_listens(int fd)
{
	int listens = 0, type = 0;
	socklen_t n = sizeof(listens), m = sizeof(type);

	return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 && listens &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &m) == 0 && type == SOCK_STREAM;
}

/* Whether only this machine reaches it; false as well for an unknown family. */
static bool passed_socket_is_local(int fd, unsigned short *port)
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&at;
	socklen_t n = sizeof(at);

	*port = 0;
	if (getsockname(fd, (struct sockaddr *)&at, &n))
		return false;
	switch (at.ss_family) {
	case AF_UNIX: return true;
	case AF_INET:
		*port = ntohs(v4->sin_port);
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	case AF_INET6: *port = ntohs(v6->sin6_port); return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	default: return false;
	}
}

int passed_socket_open(int fd, bool open, unsigned short *port, struct err *e)
{
	char text[128];
	int own;

	if (!passed_socket_listens(fd)) {
		(void)err_set(e, ERR_CONF,
			"systemd passed no socket to listen on: see nightdesk-status.socket");
		return -1;
	}
	if (!passed_socket_is_local(fd, port) && !open) {
		(void)err_set(e, ERR_CONF,
			"others than this machine reach the socket that systemd passed: "
			"everybody could read what is there; see status-open");
		return -1;
	}
	own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own >= 0 && fcntl(own, F_SETFL, O_NONBLOCK) == 0)
		return own;
	(void)err_set(e, ERR_IO, "cannot use the socket that systemd passed: %s",
		strerror_r(errno, text, sizeof(text)));
	if (own >= 0)
		close(own);
	return -1;
}
