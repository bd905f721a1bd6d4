/* SPDX-License-Identifier: MIT */
/* The listening sockets that the service manager passed: sd_listen_fds(3), without libsystemd. */
#ifndef SERVE_SD_SOCKETS_H
#define SERVE_SD_SOCKETS_H

/* As in the environment; NULL if unset. */
struct sd_sockets {
	const char *pid, *fds, *names; /* $LISTEN_PID, $LISTEN_FDS, $LISTEN_FDNAMES */
};

/*
 * Returns the descriptor that has the name; without it, the only one that was passed; -1: none, or
 * they are for another process. All that were passed are closed on exec afterwards.
 */
int sd_sockets_find(const struct sd_sockets *s, const char *name);

#endif
