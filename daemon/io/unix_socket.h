/* SPDX-License-Identifier: MIT */
/* Unix stream sockets with a path. */
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
 * Creates a listening socket with that mode. Replaces an existing socket that has no listener;
 * -ERR_TEMP if it has one, -ERR_PERM if path is another kind of file. The caller closes *fd.
 */
int unix_listen(const char *path, mode_t mode, int *fd, struct unix_identity *id, struct err *e);
/* Removes path if it is still the same socket. */
void unix_unlink(const char *path, const struct unix_identity *id);
/* Connects, and sets the timeout of every send and receive. The caller closes *fd. */
int unix_connect(const char *path, int64_t timeout_ms, int *fd, struct err *e);

#endif
