/* SPDX-License-Identifier: MIT */
#include "heartbeat.h"

#include <stdio.h>
#include <string.h>

#include "daemon.h"

#define STATUS_MS	5000
#define DESK_HANGS_MS	30000 /* one job of the desk; fsync on a slow memory card takes seconds */
#define PARSER_HANGS_MS 30000 /* one document; feed_limits allows it a few seconds of CPU time */

/* The callback of the alarm: that it runs shows that the loop is alive. */
static void heartbeat_ping_watchdog(void *arg)
{
	struct daemon *d = arg;

	if (desk_thread_busy_ms(d->desk) < DESK_HANGS_MS &&
		parser_thread_busy_ms(d->parser) < PARSER_HANGS_MS)
		sd_notify_watchdog(&d->notify);
	loop_alarm_set(d->watchdog, d->notify.watchdog_ms / 3);
}

static void heartbeat_format_status(const struct daemon *d, char text[DAEMON_STATUS_MAX])
{
	struct metrics m;

	metrics_init(&m);
	engine_metrics(d->engine, &m);
	snprintf(text, DAEMON_STATUS_MAX,
		"%lld feeds (%lld failing), %zu watches; %lld polls, %lld new items, %lld alerts%s",
		(long long)m.feeds_configured, (long long)m.feeds_failing, d->conf->n_watches,
		(long long)m.polls_total, (long long)m.items_new_total,
		(long long)m.alerts_raised_total,
		d->refused ? "; the last reload was refused, see the log" : "");
}

static void heartbeat_send_status(void *arg)
{
	struct daemon *d = arg;
	char text[DAEMON_STATUS_MAX];

	heartbeat_format_status(d, text);
	if (strcmp(text, d->status_text) != 0) {
		memcpy(d->status_text, text, sizeof(text));
		sd_notify_status(&d->notify, text);
	}
	loop_alarm_set(d->status, STATUS_MS);
}

void heartbeat_send_ready(struct daemon *d)
{
	heartbeat_format_status(d, d->status_text);
	sd_notify_ready(&d->notify, d->status_text);
}

int heartbeat_init(struct daemon *d)
{
	d->watchdog = loop_alarm_new(d->loop, "watchdog", heartbeat_ping_watchdog, d);
	d->status = loop_alarm_new(d->loop, "status", heartbeat_send_status, d);
	return d->watchdog && d->status ? 0 : -(int)ERR_NOMEM;
}

void heartbeat_start(struct daemon *d)
{
	heartbeat_send_ready(d);
	loop_alarm_set(d->status, STATUS_MS);
	if (d->notify.watchdog_ms)
		heartbeat_ping_watchdog(d);
}

void heartbeat_stop(struct daemon *d)
{
	loop_alarm_clear(d->status);
}

void heartbeat_release(struct daemon *d)
{
	loop_alarm_free(d->watchdog);
	loop_alarm_free(d->status);
}
