/* SPDX-License-Identifier: MIT */
/* Unix stream sockets with a path: the control socket, and HTTP for a local proxy. */
#ifndef IO_UNIX_SOCKET_H
#define IO_UNIX_SOCKET_H

#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"

/* A listening socket. */
struct unix_socket {
	int fd;	   /* not blocking; -1: none */
	dev_t dev; /* of its file, which is known by them: another must not be removed */
	ino_t ino;
};

/* 0, or -ERR_CONF: the path is empty or too long. key: that of the configuration. */
int unix_socket_address(struct sockaddr_un *sa, const char *path, const char *key, struct err *e);
/* Returns a descriptor, or -1 and e. */
int unix_socket_open(const char *path, struct err *e);
/* Returns -cls; the text ends with the one of errno. */
int unix_socket_error(struct err *e, enum err_class cls, const char *path, const char *what);
/*
 * Binds and listens, with mode 0660. Replaces an existing socket that has no listener; -ERR_TEMP if
 * it has one, -ERR_PERM if the path is another kind of file. *s is initialised in any case.
 */
int unix_socket_listen(struct unix_socket *s, const char *path, const char *key, struct err *e);
/* Removes its file, unless that is of another socket by now. */
void unix_socket_unlink(const struct unix_socket *s, const char *path);

#endif
