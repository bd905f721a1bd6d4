/* SPDX-License-Identifier: MIT */
#include "stop_deadline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "io/thread.h"

struct stop_deadline {
	pthread_t id;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool cancelled;
	int64_t ms;
	int code;
};

static void *stop_deadline_main(void *arg)
{
	struct stop_deadline *d = arg;
	int64_t end = clock_mono() + d->ms;
	bool cancelled;

	pthread_mutex_lock(&d->lock);
	while (!d->cancelled && clock_mono() < end) {
		/* In short steps: the wait uses the wall clock, which may be set during it. */
		int64_t until = clock_wall() + 100;
		struct timespec ts = {.tv_sec = (time_t)(until / 1000),
			.tv_nsec = (long)(until % 1000) * 1000000};

		pthread_cond_timedwait(&d->changed, &d->lock, &ts);
	}
	cancelled = d->cancelled;
	pthread_mutex_unlock(&d->lock);
	if (!cancelled) {
		log_warn("stop-forced", LOG_I("after_ms", d->ms));
		_exit(d->code);
	}
	return NULL;
}

static void stop_deadline_free(struct stop_deadline *d)
{
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->changed);
	free(d);
}

struct stop_deadline *stop_deadline_start(int64_t ms, int code)
{
	struct stop_deadline *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->ms = ms;
	d->code = code;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	if (thread_start(&d->id, 0, stop_deadline_main, d)) {
		stop_deadline_free(d);
		return NULL;
	}
	return d;
}

void stop_deadline_cancel(struct stop_deadline *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->cancelled = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->id, NULL);
	stop_deadline_free(d);
}
