/* SPDX-License-Identifier: MIT */
/* Preloaded by lifecycle.py: the name server never answers for *.invalid. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(
	const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	size_t n = name ? strlen(name) : 0;
	lookup *real = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");

	if (n > 8 && strcmp(name + n - 8, ".invalid") == 0)
		sleep(60);
	return real(name, service, hints, out);
}
