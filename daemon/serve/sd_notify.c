/* SPDX-License-Identifier: MIT */
#include "sd_notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon.h"
#include "trouble/notice.h"

#define MESSAGE_MAX	2048
#define STATUS_MS	5000
#define DESK_HANGS_MS	30000 /* one job of the desk; fsync on a slow memory card takes seconds */
#define PARSER_HANGS_MS 30000 /* one document; feed_limits allows it a few seconds of CPU time */

/* --- messages --- */

void sd_notify_init(struct sd_notify *s, const char *notify_socket, const char *watchdog_usec)
{
	long long us = watchdog_usec ? strtoll(watchdog_usec, NULL, 10) : 0;

	*s = (struct sd_notify){.socket = notify_socket, .watchdog_ms = us > 0 ? us / 1000 : 0};
}

void sd_notify_send(const struct sd_notify *s, const char *format, ...)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t n = s->socket ? strlen(s->socket) : 0;
	char message[MESSAGE_MAX];
	va_list ap;
	int fd;

	if (n < 2 || n >= sizeof(sa.sun_path) || (s->socket[0] != '/' && s->socket[0] != '@'))
		return;
	memcpy(sa.sun_path, s->socket, n);
	if (sa.sun_path[0] == '@')
		sa.sun_path[0] = '\0'; /* an abstract socket */
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&sa,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

void sd_notify_send_reloading(const struct sd_notify *s)
{
	/* systemd 253 and later require the timestamp; older versions ignore it. */
	sd_notify_send(s, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reloading the configuration",
		(long long)clock_mono_us());
}

/* --- the running daemon --- */

/* The callback of the alarm: that it runs shows that the loop is alive. */
static void sd_notify_ping_watchdog(void *arg)
{
	struct daemon *d = arg;

	if (desk_thread_busy_ms(d->desk) < DESK_HANGS_MS &&
		parser_thread_busy_ms(d->parser) < PARSER_HANGS_MS)
		sd_notify_send(&d->notify, "WATCHDOG=1");
	loop_alarm_set(d->watchdog, d->notify.watchdog_ms / 3);
}

/* "trouble: 3 feeds fail; no network; " */
static void sd_notify_put_troubles(const struct troubles *t, struct buf *out)
{
	bool any = false;

	for (int k = 0; k < TROUBLE_KINDS; k++) {
		struct trouble first;
		struct trouble_notice notice = {.kind = (enum trouble_kind)k,
			.v = &first,
			.n = troubles_count(t, (enum trouble_kind)k)};

		if (troubles_list(t, notice.kind, &first, 1) == 0)
			continue;
		buf_addz(out, any ? "" : "trouble: ");
		trouble_put_title(&notice, out);
		buf_addz(out, "; ");
		any = true;
	}
}

static void sd_notify_format_status(const struct daemon *d, char text[DAEMON_STATUS_MAX])
{
	struct buf troubles;
	struct metrics m;

	metrics_init(&m);
	engine_metrics(d->engine, &m);
	buf_init(&troubles, DAEMON_STATUS_MAX);
	sd_notify_put_troubles(engine_troubles(d->engine), &troubles);
	snprintf(text, DAEMON_STATUS_MAX,
		"%s%lld feed%s (%lld failing), %zu watch%s; %lld poll%s, %lld new item%s, "
		"%lld alert%s",
		buf_z(&troubles), (long long)m.feeds_configured,
		str_plural((long long)m.feeds_configured), (long long)m.feeds_failing,
		d->view.conf->n_watches, d->view.conf->n_watches == 1 ? "" : "es",
		(long long)m.polls_total, str_plural((long long)m.polls_total),
		(long long)m.items_new_total, str_plural((long long)m.items_new_total),
		(long long)m.alerts_raised_total, str_plural((long long)m.alerts_raised_total));
	buf_release(&troubles);
}

static void sd_notify_update_status(void *arg)
{
	struct daemon *d = arg;
	char text[DAEMON_STATUS_MAX];

	sd_notify_format_status(d, text);
	if (strcmp(text, d->status_text) != 0) {
		memcpy(d->status_text, text, sizeof(text));
		sd_notify_send(&d->notify, "STATUS=%s", text);
	}
	loop_alarm_set(d->status, STATUS_MS);
}

void sd_notify_send_ready(struct daemon *d)
{
	sd_notify_format_status(d, d->status_text);
	sd_notify_send(&d->notify, "READY=1\nSTATUS=%s", d->status_text);
}

int sd_notify_new_alarms(struct daemon *d)
{
	d->watchdog = loop_alarm_new(d->loop, "watchdog", sd_notify_ping_watchdog, d);
	d->status = loop_alarm_new(d->loop, "status", sd_notify_update_status, d);
	return d->watchdog && d->status ? 0 : -(int)ERR_NOMEM;
}

void sd_notify_start(struct daemon *d)
{
	sd_notify_send_ready(d);
	loop_alarm_set(d->status, STATUS_MS);
	if (d->notify.watchdog_ms)
		sd_notify_ping_watchdog(d);
}

void sd_notify_stop_status(struct daemon *d)
{
	loop_alarm_clear(d->status);
}

void sd_notify_release(struct daemon *d)
{
	loop_alarm_free(d->watchdog);
	loop_alarm_free(d->status);
}
