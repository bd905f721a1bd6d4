/* SPDX-License-Identifier: MIT */
#include "network_route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

bool network_route_exists(const struct sockaddr *sa, socklen_t size)
{
	int fd = socket(sa->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd < 0)
		return errno != EAFNOSUPPORT; /* out of descriptors: nothing is known */
	ok = connect(fd, sa, size) == 0;      /* a datagram socket only looks up the route */
	close(fd);
	return ok;
}

bool network_route_to_public_exists(void)
{
	/* Addresses for documentation, RFC 5737 and RFC 3849: any public one will do. */
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(53)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(53)};

	inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
	inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
	return network_route_exists((const struct sockaddr *)&v4, sizeof(v4)) ||
	       network_route_exists((const struct sockaddr *)&v6, sizeof(v6));
}
