/* SPDX-License-Identifier: MIT */
/* The store cannot be written now, for lack of space or memory: no fetch starts until it was. */
#include "base/log.h"
#include "poll_steps.h"

/* In a run with once the feeds that follow are tried all the same. */
void poll_disk_begin_wait(struct poller *p, const struct err *e)
{
	bool memory = e->cls == ERR_NOMEM;

	if (!p->disk_full)
		log_error(memory ? "store-waits" : "store-full", LOG_E(e),
			LOG_S("advice", "nothing is lost; polling goes on when it can be written"));
	p->disk_full = !p->o.once;
	trouble_begin(p->o.troubles, memory ? TROUBLE_EXHAUSTED : TROUBLE_DISK_FULL, STR_NONE,
		str_of(e->text));
}

void poll_disk_end_wait(struct poller *p)
{
	if (p->disk_full)
		log_notice("store-recovered", LOG_S("state", "polling goes on"));
	p->disk_full = false;
	trouble_end(p->o.troubles, TROUBLE_DISK_FULL, STR_NONE);
}
