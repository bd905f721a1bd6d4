/* SPDX-License-Identifier: MIT */
#include "unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET_MODE 0660
#define BACKLOG	    64

int unix_socket_address(struct sockaddr_un *sa, const char *path, const char *key, struct err *e)
{
	size_t n = strlen(path);

	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n == 0 || n >= sizeof(sa->sun_path))
		return err_set(e, ERR_CONF,
			"%s: a socket's path has at most %zu characters; set %s", path,
			sizeof(sa->sun_path) - 1, key);
	memcpy(sa->sun_path, path, n);
	return 0;
}

int unix_socket_error(struct err *e, enum err_class cls, const char *path, const char *what)
{
	char text[128];

	return err_set(e, cls, "%s: %s (%s)", path, what, strerror_r(errno, text, sizeof(text)));
}

int unix_socket_open(const char *path, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		unix_socket_error(e, ERR_IO, path, "cannot create a socket");
	return fd;
}

/* Removes a socket without listener, so that bind(2) can succeed. 0 if path is free now. */
static int unix_socket_remove_stale(const struct sockaddr_un *sa, const char *path, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0
				       : unix_socket_error(e, ERR_PERM, path, "cannot examine it");
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_PERM, "%s: exists, and is not a socket", path);
	fd = unix_socket_open(path, e);
	if (fd < 0)
		return -(int)ERR_IO;
	rc = connect(fd, (const struct sockaddr *)sa, sizeof(*sa));
	close(fd);
	if (rc == 0)
		return err_set(e, ERR_TEMP, "%s: another nightdesk answers there", path);
	if (errno != ECONNREFUSED)
		return unix_socket_error(
			e, ERR_PERM, path, "cannot tell whether another nightdesk listens there");
	if (unlink(path) != 0)
		return unix_socket_error(e, ERR_PERM, path, "cannot remove the stale socket");
	return 0;
}

int unix_socket_listen(struct unix_socket *s, const char *path, const char *key, struct err *e)
{
	struct sockaddr_un sa;
	struct stat st;
	mode_t before;
	int rc = unix_socket_address(&sa, path, key, e);

	*s = (struct unix_socket){.fd = -1};
	if (rc == 0)
		rc = unix_socket_remove_stale(&sa, path, e);
	if (rc)
		return rc;
	s->fd = unix_socket_open(path, e);
	if (s->fd < 0)
		return -(int)ERR_IO;
	/* By umask, not chmod(2) after bind(2): there must be no moment with a wider mode. */
	before = umask(0777 & ~SOCKET_MODE);
	rc = bind(s->fd, (struct sockaddr *)&sa, sizeof(sa));
	umask(before);
	if (rc || lstat(path, &st) || listen(s->fd, BACKLOG) || fcntl(s->fd, F_SETFL, O_NONBLOCK)) {
		unix_socket_error(e, ERR_PERM, path, "cannot listen there");
		close(s->fd);
		s->fd = -1;
		return -(int)ERR_PERM;
	}
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return 0;
}

void unix_socket_unlink(const struct unix_socket *s, const char *path)
{
	struct stat st;

	if (s->ino && lstat(path, &st) == 0 && st.st_dev == s->dev && st.st_ino == s->ino)
		unlink(path);
}
