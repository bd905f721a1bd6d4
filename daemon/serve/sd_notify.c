/* SPDX-License-Identifier: MIT */
#include "sd_notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

#define MESSAGE_MAX 2048

void sd_notify_init(struct sd_notify *s, const char *notify_socket, const char *watchdog_usec)
{
	long long us = watchdog_usec ? strtoll(watchdog_usec, NULL, 10) : 0;

	*s = (struct sd_notify){.socket = notify_socket, .watchdog_ms = us > 0 ? us / 1000 : 0};
}

static void sd_notify_send(const struct sd_notify *s, const char *message)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t n = s->socket ? strlen(s->socket) : 0;
	int fd;

	if (n < 2 || n >= sizeof(sa.sun_path) || (s->socket[0] != '/' && s->socket[0] != '@'))
		return;
	memcpy(sa.sun_path, s->socket, n);
	if (sa.sun_path[0] == '@')
		sa.sun_path[0] = '\0'; /* an abstract socket */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&sa,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

static void sd_notify_send_status(const struct sd_notify *s, const char *head, const char *status)
{
	struct buf b;

	buf_init(&b, MESSAGE_MAX);
	buf_printf(&b, "%sSTATUS=%s", head, status);
	sd_notify_send(s, buf_z(&b));
	buf_release(&b);
}

void sd_notify_ready(const struct sd_notify *s, const char *status)
{
	sd_notify_send_status(s, "READY=1\n", status);
}

void sd_notify_reloading(const struct sd_notify *s)
{
	struct buf b;

	/* systemd 253 and later require the timestamp; older versions ignore it. */
	buf_init(&b, MESSAGE_MAX);
	buf_printf(&b, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reloading the configuration",
		(long long)clock_mono_us());
	sd_notify_send(s, buf_z(&b));
	buf_release(&b);
}

void sd_notify_stopping(const struct sd_notify *s)
{
	sd_notify_send(s, "STOPPING=1\nSTATUS=stopping");
}

void sd_notify_watchdog(const struct sd_notify *s)
{
	sd_notify_send(s, "WATCHDOG=1");
}

void sd_notify_status(const struct sd_notify *s, const char *status)
{
	sd_notify_send_status(s, "", status);
}
