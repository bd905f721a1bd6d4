/* SPDX-License-Identifier: MIT */
/*
 * The pause before a start that follows several failures in a row. The service manager restarts the
 * daemon after the same few seconds each time, and never gives up; the growing part is ours, since
 * Debian 12's systemd has no RestartSteps=.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon.h"

#define SLICE_MS  (10 * CLOCK_SECOND)
#define EXTEND_US "120000000" /* the start itself follows: as TimeoutStartSec= of the unit */

/* Returns the signal that came within ms, or 0. */
static int start_pause_wait(const sigset_t *signals, int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	int got = sigtimedwait(signals, NULL, &t);

	return got > 0 ? got : 0;
}

static int start_pause_until(struct daemon *d, const sigset_t *signals, int64_t end)
{
	int64_t left;
	int got = 0;

	while (got == 0 && (left = end - clock_mono()) > 0) {
		sd_notify_send(&d->notify,
			"EXTEND_TIMEOUT_USEC=" EXTEND_US
			"\nSTATUS=ended unexpectedly %u times in a row; starts in %lld s",
			last_run_failures(d->last_run), (long long)(left + 999) / 1000);
		got = start_pause_wait(signals, left < SLICE_MS ? left : SLICE_MS);
	}
	return got;
}

/*
 * Without memory of the last run the daemon still runs. What prevents it (another daemon, no
 * permission) is reported when the database is opened.
 */
void start_open_last_run(struct daemon *d)
{
	struct err e;

	if (last_run_open(&d->last_run, d->view.conf->daemon.state, &e))
		log_debug("last-run-unknown", LOG_E(&e));
}

bool start_pause(struct daemon *d, bool *stop)
{
	/* Without a service manager, who starts it decides how soon. */
	bool managed = d->o->notify_socket && !d->o->once;
	int64_t ms = managed ? last_run_pause(d->last_run) : 0;
	sigset_t signals, before;
	int got;

	if (ms == 0)
		return false;
	log_warn("start-delayed", LOG_I("wait_s", ms / CLOCK_SECOND),
		LOG_I("failures", last_run_failures(d->last_run)),
		LOG_S("reason", "several runs in a row ended unexpectedly, see the log before"),
		LOG_S("advice", "SIGHUP, or a restart by hand, starts it now"));
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	/* The loop of the daemon, which handles them later, does not exist yet. */
	sigprocmask(SIG_BLOCK, &signals, &before);
	got = start_pause_until(d, &signals, clock_mono() + ms);
	sigprocmask(SIG_SETMASK, &before, NULL);
	*stop = got == SIGTERM || got == SIGINT;
	if (*stop)
		log_notice("stopped", LOG_S("state", "before the start"));
	return true;
}
