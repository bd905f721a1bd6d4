/* SPDX-License-Identifier: MIT */
/*
 * Datagrams to a socket of this machine: syslog and the journal. The socket is opened for each one,
 * so that a log that was restarted is found; the kernel accepts a datagram at once or refuses it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "send_op.h"

/* The seals without which journald does not read a file: it cannot change any more. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/* Returns a descriptor to be closed, or -1 with errno. */
static int send_local_connect(const char *path, size_t n)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(sa.sun_path, path, n);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* systemd.journal-fields(7), "native protocol": an empty datagram with a sealed file. */
static ssize_t send_local_pass_file(int to, const struct buf *body)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr m = {.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	int fd = memfd_create("nightdesk-journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	ssize_t n = -1;
	int saved;

	if (fd < 0)
		return -1;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (write(fd, body->data, body->len) == (ssize_t)body->len &&
		fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		n = sendmsg(to, &m, MSG_NOSIGNAL);
	saved = errno;
	close(fd);
	errno = saved;
	return n;
}

static bool send_local_is_too_large(int code)
{
	return code == EMSGSIZE || code == ENOBUFS;
}

void send_local_datagram(struct send_op *op, const struct sink_request *r)
{
	int fd = -1, code;
	char text[128];
	ssize_t n = -1;

	if (r->host.n >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		err_set(&op->error, ERR_CONF, "%.*s: the path is too long for a socket",
			STR_ARG(r->host));
		return;
	}
	fd = send_local_connect(r->host.p, r->host.n);
	if (fd >= 0) {
		n = send(fd, op->body.data, op->body.len, MSG_NOSIGNAL);
		if (n < 0 && r->memfd && send_local_is_too_large(errno))
			n = send_local_pass_file(fd, &op->body);
	}
	code = errno;
	if (n < 0)
		err_set(&op->error, code == EMSGSIZE ? ERR_INPUT : ERR_TEMP,
			"%.*s: the log refused it (%s)", STR_ARG(r->host),
			strerror_r(code, text, sizeof(text)));
	if (fd >= 0)
		close(fd);
}
