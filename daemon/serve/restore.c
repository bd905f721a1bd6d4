/* SPDX-License-Identifier: MIT */
/*
 * `nightdesk restore`: all work is ended as for a stop, the database is replaced while no part of
 * the daemon uses it, and the daemon begins again with the configuration in force. The process goes
 * on, so the service manager need not know.
 */
#include "daemon.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/backup.h"

#define ANSWER_LEAVES_MS 100
#define SWAP_MAX	 CLOCK_HOUR

static void restore_stop_work(void *arg)
{
	struct daemon *d = arg;

	if (d->view.stopping)
		return;
	d->view.stopping = d->restoring = true;
	log_notice("restoring", LOG_S("database", d->view.conf->daemon.state));
	sd_notify_send(&d->notify, "STATUS=restoring the database");
	sd_notify_stop_status(d);
	engine_stop(d->engine);
}

void restore_start(void *daemon)
{
	struct daemon *d = daemon;

	if (!d->restore)
		d->restore = loop_alarm_new(d->loop, "restore", restore_stop_work, d);
	if (d->restore)
		loop_alarm_set(d->restore, ANSWER_LEAVES_MS);
}

void restore_database(const struct sd_notify *notify, const char *path)
{
	struct store_restored r;
	struct err e;

	if (notify->watchdog_ms) /* without a loop no ping is sent */
		sd_notify_send(notify, "WATCHDOG_USEC=%lld", (long long)SWAP_MAX * 1000);
	if (store_restore(path, &r, &e)) {
		store_restore_give_up(path);
		log_error("restore-failed", LOG_E(&e), LOG_S("state", "the database is unchanged"));
	} else if (r.unknown.cls != ERR_NONE) {
		log_warn("restored", LOG_S("database", path), LOG_S("told", "unknown"),
			LOG_E(&r.unknown));
	} else {
		log_notice("restored", LOG_S("database", path), LOG_I("told", r.told));
	}
	if (notify->watchdog_ms)
		sd_notify_send(notify, "WATCHDOG_USEC=%lld", (long long)notify->watchdog_ms * 1000);
}
