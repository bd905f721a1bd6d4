/* SPDX-License-Identifier: MIT */
/* A listening socket that the service manager opened for the HTTP server. */
#ifndef IO_PASSED_SOCKET_H
#define IO_PASSED_SOCKET_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Returns a descriptor of our own for the same socket, not blocking, or -1 and e: fd, which may be
 * -1, is none that listens (-ERR_CONF), or others than this machine reach it and open is false.
 * Sets *port, 0: it is a unix socket.
 */
int passed_socket_open(int fd, bool open, unsigned short *port, struct err *e);

#endif
