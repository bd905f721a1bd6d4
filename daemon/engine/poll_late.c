/* SPDX-License-Identifier: MIT */
/*
 * Feeds that are polled late: due, and waiting for their turn for longer than usual. Looks at all
 * feeds once a minute, some hundred in a callback. One that waits for a network that is down, or
 * for a disk that is full, is not late: those are troubles of their own. So many hosts that are
 * idle are freed meanwhile, which a burst of polls leaves.
 */
#include "base/clock.h"
#include "poll_steps.h"

#define LATE_EVERY CLOCK_MINUTE
#define LATE_STEP  256
#define LATE_LEAST (5 * CLOCK_MINUTE)
#define LATE_MOST  CLOCK_HOUR
#define LATE_POLLS 3 /* that were left out: a trouble before its grace is over */

/* How long it waits. After a start or a suspend feeds are overdue for another reason. */
static int64_t poll_late_wait(const struct poll_feed *f, int64_t now)
{
	const struct poller *p = f->poller;
	int64_t since = f->due.at > p->ramp_at ? f->due.at : p->ramp_at;

	if (f->state != POLL_DUE || f->visit || p->disk_full || !f->network || f->network->down)
		return 0;
	return now - since;
}

static int64_t poll_late_after(const struct poll_feed *f)
{
	int64_t interval = f->interval > 0 ? f->interval : f->cf->every;

	if (interval < LATE_LEAST)
		return LATE_LEAST;
	return interval < LATE_MOST ? interval : LATE_MOST;
}

/* How it counts in the gauges: a feed counts once, by the worst. */
static void poll_late_count(struct poller *p, const struct poll_feed *f, bool late)
{
	const struct troubles *t = p->o.troubles;
	struct str name = str_of(f->name);

	if (f->failures > 0)
		return; /* counted at once */
	p->health_next.late += late;
	p->health_next.late_unread += late && f->polled_at == 0;
	if (late)
		return;
	if (trouble_exists(t, TROUBLE_FEED_SILENT, name))
		p->health_next.silent++;
	else if (trouble_exists(t, TROUBLE_FEED_STALE, name))
		p->health_next.stale++;
}

static void poll_late_look(struct poll_feed *f, int64_t now)
{
	struct troubles *t = f->poller->o.troubles;
	int64_t wait = poll_late_wait(f, now);
	bool late = f->cf && wait > poll_late_after(f);
	char text[64];

	poll_late_count(f->poller, f, late);
	if (!late) {
		trouble_end(t, TROUBLE_FEED_LATE, str_of(f->name));
		return;
	}
	snprintf(text, sizeof(text), "due for %lld minutes", (long long)(wait / CLOCK_MINUTE));
	trouble_begin(t, TROUBLE_FEED_LATE, str_of(f->name), str_of(text));
	if (wait > LATE_POLLS * f->cf->every && wait > LATE_POLLS * LATE_LEAST)
		trouble_skip_grace(t, TROUBLE_FEED_LATE, str_of(f->name));
}

static void poll_late_on_timer(void *arg)
{
	struct poller *p = arg;
	int64_t now = clock_mono();
	size_t end = p->looked + LATE_STEP, n = p->conf->n_feeds;

	p->late_timer = NULL;
	for (; p->looked < n && p->looked < end; p->looked++)
		if (p->feeds[p->looked])
			poll_late_look(p->feeds[p->looked], now);
	for (int i = 0; i < POLL_NETWORKS; i++)
		hosts_sweep(&p->networks[i].hosts, LATE_STEP, now);
	if (p->looked >= n) {
		p->health = p->health_next;
		p->health_next = (struct poll_health){0};
		p->looked = 0;
		poll_late_start(p);
		return;
	}
	p->late_timer = p->o.ports->timer.start(p->o.ports->timer.ctx, 0, poll_late_on_timer, p);
}

void poll_late_start(struct poller *p)
{
	const struct port_timer *port = &p->o.ports->timer;

	if (p->running && !p->o.once && !p->late_timer)
		p->late_timer = port->start(port->ctx, LATE_EVERY, poll_late_on_timer, p);
}

void poll_late_stop(struct poller *p)
{
	port_timer_stop(&p->o.ports->timer, &p->late_timer);
}
