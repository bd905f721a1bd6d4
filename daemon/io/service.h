/* SPDX-License-Identifier: MIT */
/*
 * Talking to the service manager, as sd_notify(3) describes it, without its library. All of it is
 * best effort: a daemon that cannot tell systemd its state goes on.
 */
#ifndef IO_SERVICE_H
#define IO_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

struct service {
	const char *socket;  /* NOTIFY_SOCKET; NULL: nobody listens */
	int64_t watchdog_ms; /* how often a sign of life is wanted; 0: never */
};

/* Both texts as the environment has them; NULL where it does not. */
void service_init(struct service *s, const char *notify_socket, const char *watchdog_usec);

void service_ready(const struct service *s, const char *status);
void service_reloading(const struct service *s);
void service_stopping(const struct service *s);
void service_alive(const struct service *s);
/* What `systemctl status` shows: one line; foreign text must have been escaped. */
void service_status(const struct service *s, const char *status);

#endif
