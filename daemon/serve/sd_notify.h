/* SPDX-License-Identifier: MIT */
/*
 * What the daemon reports to the service manager, in the protocol of sd_notify(3), without
 * libsystemd: its state, a status line, watchdog pings. All of it is best effort: the daemon
 * continues when a message cannot be sent.
 */
#ifndef SERVE_SD_NOTIFY_H
#define SERVE_SD_NOTIFY_H

#include <stdint.h>

struct daemon;

struct sd_notify {
	const char *socket;  /* $NOTIFY_SOCKET, not copied; NULL: send nothing */
	int64_t watchdog_ms; /* the watchdog's timeout; 0: no watchdog */
};

/* Both values as in the environment; NULL if unset. */
void sd_notify_init(struct sd_notify *s, const char *notify_socket, const char *watchdog_usec);
/* Sends one message. The caller has escaped any foreign text in it. */
void sd_notify_send(const struct sd_notify *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void sd_notify_send_reloading(const struct sd_notify *s);

int sd_notify_new_alarms(struct daemon *d); /* 0 or -ERR_NOMEM; before the following */
/* Reports that the daemon is ready, then pings the watchdog and updates the status line. */
void sd_notify_start(struct daemon *d);
/* Sends READY=1 with the current status line: after start-up, and after each reload. */
void sd_notify_send_ready(struct daemon *d);
void sd_notify_stop_status(struct daemon *d); /* the watchdog continues */
void sd_notify_release(struct daemon *d);

#endif
