/* SPDX-License-Identifier: MIT */
/*
 * The socket of a request. What is sent is short, so its buffer for that is too: a server that
 * floods HTTP/2 with frames to be acknowledged, and reads no acknowledgement, would otherwise hold
 * the loop until megabytes of them are in it.
 */
#ifndef IO_FETCH_SOCKET_H
#define IO_FETCH_SOCKET_H

#include <sys/socket.h>

int fetch_socket_open(int family, int type, int protocol); /* as socket() */
unsigned fetch_socket_port(const struct sockaddr *at);	   /* of IPv4 or IPv6 */

#endif
