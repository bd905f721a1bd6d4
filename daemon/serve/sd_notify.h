/* SPDX-License-Identifier: MIT */
/*
 * Messages to the service manager in the protocol of sd_notify(3), without libsystemd. All of them
 * are best effort: the daemon continues when a message cannot be sent.
 */
#ifndef SERVE_SD_NOTIFY_H
#define SERVE_SD_NOTIFY_H

#include <stdint.h>

struct sd_notify {
	const char *socket;  /* $NOTIFY_SOCKET, not copied; NULL: send nothing */
	int64_t watchdog_ms; /* the watchdog's timeout; 0: no watchdog */
};

/* Both values as in the environment; NULL if unset. */
void sd_notify_init(struct sd_notify *s, const char *notify_socket, const char *watchdog_usec);

void sd_notify_ready(const struct sd_notify *s, const char *status);
void sd_notify_reloading(const struct sd_notify *s);
void sd_notify_stopping(const struct sd_notify *s);
void sd_notify_watchdog(const struct sd_notify *s);
/* The line that `systemctl status` shows. The caller has escaped any foreign text in it. */
void sd_notify_status(const struct sd_notify *s, const char *status);

#endif
