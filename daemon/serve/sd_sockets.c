/* SPDX-License-Identifier: MIT */
#include "sd_sockets.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */
#define FDS_MAX	 256

/* Returns the number, -1: it is none, or too large. */
static long sd_sockets_read_number(const char *text, long max)
{
	char *end;
	long n = text && *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;

	return n < 0 || *end || n > max ? -1 : n;
}

/* The names are in the order of the descriptors, separated by colons. -1: it is not among them. */
static int sd_sockets_index(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; names; i++) {
		size_t length = strcspn(names, ":");

		if (length == n && memcmp(names, name, n) == 0)
			return i;
		names = names[length] ? names + length + 1 : NULL;
	}
	return -1;
}

int sd_sockets_find(const struct sd_sockets *s, const char *name)
{
	long n = sd_sockets_read_number(s->fds, FDS_MAX);
	int at;

	if (n <= 0 || sd_sockets_read_number(s->pid, INT32_MAX) != (long)getpid())
		return -1;
	for (int fd = FIRST_FD; fd < FIRST_FD + n; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	at = sd_sockets_index(s->names, name);
	if (at < 0 && n == 1)
		at = 0;
	return at >= 0 && at < n ? FIRST_FD + at : -1;
}
