/* SPDX-License-Identifier: MIT */
#include "loop_meter.h"

#include "base/clock.h"
#include "base/log.h"

/* Log a callback that takes longer. The design limit is 10 ms of CPU. */
#define HELD_US	    (INT64_C(250) * 1000)
#define CPU_READ_US 1000 /* at least that between two readings of the CPU time */

void loop_meter_init(struct loop_meter *m)
{
	*m = (struct loop_meter){.cpu_us = 0};
	metrics_init(&m->metrics);
	m->metrics.loop_longest_us = m->metrics.loop_longest_cpu_us = 0;
	m->metrics.loop_lag_max_us = 0;
}

void loop_meter_start(struct loop_meter *m)
{
	m->cpu_us = clock_thread_cpu_us();
	m->cpu_read_at = clock_mono_us();
}

/*
 * The CPU time of a callback that ended now and took us. A reading is a system call, so there is at
 * most one in CPU_READ_US: other callbacks since the reading before may have used up to that much.
 * A callback that is shorter counts with its duration, which is never less.
 */
static int64_t loop_meter_cpu(struct loop_meter *m, int64_t now, int64_t us)
{
	int64_t before = m->cpu_us, used;

	if (now - m->cpu_read_at < CPU_READ_US)
		return us;
	m->cpu_read_at = now;
	m->cpu_us = clock_thread_cpu_us();
	used = m->cpu_us - before;
	return used < us ? used : us;
}

void loop_meter_count(struct loop_meter *m, const char *what, int64_t since_us)
{
	int64_t now = clock_mono_us(), us = now - since_us, cpu = loop_meter_cpu(m, now, us);
	struct metrics *c = &m->metrics;

	metrics_observe_us(c->loop_callback_us, us);
	metrics_observe_us(c->loop_callback_cpu_us, cpu);
	c->loop_callbacks_total++;
	c->loop_busy_us_total += us > 0 ? us : 0;
	if (us > c->loop_longest_us) {
		c->loop_longest_us = us;
		c->loop_longest = what;
	}
	if (cpu > c->loop_longest_cpu_us) {
		c->loop_longest_cpu_us = cpu;
		c->loop_longest_cpu = what;
	}
	if (us > HELD_US)
		log_warn("loop-held", LOG_S("by", what), LOG_I("ms", us / 1000));
}

void loop_meter_late(struct loop_meter *m, int64_t us)
{
	metrics_observe_us(m->metrics.loop_lag_us, us);
	if (us > m->metrics.loop_lag_max_us)
		m->metrics.loop_lag_max_us = us;
}
