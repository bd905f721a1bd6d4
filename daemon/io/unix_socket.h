/* SPDX-License-Identifier: MIT */
/* Sockets in the file system. */
#ifndef IO_UNIX_SOCKET_H
#define IO_UNIX_SOCKET_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

struct unix_identity {
	dev_t dev;
	ino_t ino;
};

/*
 * A listening stream socket with that mode. What stands at path is replaced only if it is a socket
 * on which nobody answers; -ERR_TEMP when somebody does. The caller closes *fd.
 */
int unix_listen(const char *path, mode_t mode, int *fd, struct unix_identity *id, struct err *e);
/* Removes path if it is still that socket. */
void unix_unlink(const char *path, const struct unix_identity *id);
/* Connected, with that timeout for every send and receive. */
int unix_connect(const char *path, int64_t timeout_ms, int *fd, struct err *e);

#endif
