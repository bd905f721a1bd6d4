/* SPDX-License-Identifier: MIT */
/* Routes of this machine, as the kernel knows them now. Nothing is sent. */
#ifndef IO_NETWORK_ROUTE_H
#define IO_NETWORK_ROUTE_H

#include <stdbool.h>
#include <sys/socket.h>

/* There is a route to the address. */
bool network_route_exists(const struct sockaddr *sa, socklen_t size);
/* There is one to public addresses. */
bool network_route_to_public_exists(void);

#endif
