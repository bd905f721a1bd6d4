/* SPDX-License-Identifier: MIT */
/* What the daemon reports to the service manager while it runs: watchdog pings, a status line. */
#ifndef SERVE_HEARTBEAT_H
#define SERVE_HEARTBEAT_H

struct daemon;

int heartbeat_init(struct daemon *d); /* 0 or -ERR_NOMEM; before any other call here */
void heartbeat_start(struct daemon *d);
void heartbeat_stop(struct daemon *d); /* no more status lines; the watchdog continues */
void heartbeat_release(struct daemon *d);

/* Sends READY=1 with the current status line: after start-up, and after each reload. */
void heartbeat_send_ready(struct daemon *d);

#endif
