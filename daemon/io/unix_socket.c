/* SPDX-License-Identifier: MIT */
#include "unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

static int unix_fill_address(struct sockaddr_un *sa, const char *path, struct err *e)
{
	size_t n = strlen(path);

	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n == 0 || n >= sizeof(sa->sun_path))
		return err_set(e, ERR_CONF,
			"%s: a socket's path has at most %zu characters; set daemon control", path,
			sizeof(sa->sun_path) - 1);
	memcpy(sa->sun_path, path, n);
	return 0;
}

static int unix_set_error(struct err *e, enum err_class cls, const char *path, const char *what)
{
	char text[128];

	return err_set(e, cls, "%s: %s (%s)", path, what, strerror_r(errno, text, sizeof(text)));
}

static int unix_open_stream(struct err *e, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		unix_set_error(e, ERR_IO, path, "cannot create a socket");
	return fd;
}

/* Removes a socket without listener, so that bind(2) can succeed. 0 if path is free now. */
static int unix_remove_stale(const struct sockaddr_un *sa, const char *path, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : unix_set_error(e, ERR_PERM, path, "cannot examine it");
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_PERM, "%s: exists, and is not a socket", path);
	fd = unix_open_stream(e, path);
	if (fd < 0)
		return -(int)ERR_IO;
	rc = connect(fd, (const struct sockaddr *)sa, sizeof(*sa));
	close(fd);
	if (rc == 0)
		return err_set(e, ERR_TEMP, "%s: another nightdesk answers there", path);
	if (errno != ECONNREFUSED)
		return unix_set_error(
			e, ERR_PERM, path, "cannot tell whether another nightdesk listens there");
	if (unlink(path) != 0)
		return unix_set_error(e, ERR_PERM, path, "cannot remove the stale socket");
	return 0;
}

int unix_listen(const char *path, mode_t mode, int *fd, struct unix_identity *id, struct err *e)
{
	struct sockaddr_un sa;
	struct stat st;
	mode_t before;
	int rc;

	*fd = -1;
	rc = unix_fill_address(&sa, path, e);
	if (rc == 0)
		rc = unix_remove_stale(&sa, path, e);
	if (rc)
		return rc;
	*fd = unix_open_stream(e, path);
	if (*fd < 0)
		return -(int)ERR_IO;
	/* By umask, not chmod(2) after bind(2): there must be no moment with a wider mode. */
	before = umask((mode_t)(~mode & 0777));
	rc = bind(*fd, (struct sockaddr *)&sa, sizeof(sa));
	umask(before);
	if (rc || lstat(path, &st) || listen(*fd, BACKLOG) || fcntl(*fd, F_SETFL, O_NONBLOCK)) {
		rc = unix_set_error(e, ERR_PERM, path, "cannot listen there");
		close(*fd);
		*fd = -1;
		return rc;
	}
	*id = (struct unix_identity){.dev = st.st_dev, .ino = st.st_ino};
	return 0;
}

void unix_unlink(const char *path, const struct unix_identity *id)
{
	struct stat st;

	if (lstat(path, &st) == 0 && st.st_dev == id->dev && st.st_ino == id->ino)
		unlink(path);
}

int unix_connect(const char *path, int64_t timeout_ms, int *fd, struct err *e)
{
	struct timeval tv = {.tv_sec = (time_t)(timeout_ms / 1000),
		.tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000)};
	struct sockaddr_un sa;
	int rc = unix_fill_address(&sa, path, e);

	*fd = -1;
	if (rc)
		return rc;
	*fd = unix_open_stream(e, path);
	if (*fd < 0)
		return -(int)ERR_IO;
	setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(*fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return 0;
	if (errno == EACCES || errno == EPERM)
		rc = err_set(e, ERR_PERM, "%s: not allowed; use sudo, or join the group nightdesk",
			path);
	else if (errno == ENOENT || errno == ECONNREFUSED)
		rc = err_set(e, ERR_TEMP, "%s: no nightdesk is running there", path);
	else
		rc = unix_set_error(e, ERR_TEMP, path, "cannot connect");
	close(*fd);
	*fd = -1;
	return rc;
}
