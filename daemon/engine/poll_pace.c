/* SPDX-License-Identifier: MIT */
/* rhythm = "learn": what the poller keeps of the rhythm of such feeds, and the interval by it. */
#include <stdlib.h>

#include "poll_feed.h"

void poll_pace_set(struct poll_feed *f, const struct pace *pace)
{
	if (!f->pace)
		f->pace = malloc(sizeof(*f->pace));
	if (f->pace)
		*f->pace = *pace;
}

int64_t poll_pace_wait(const struct poll_feed *f, const struct conf_feed *cf, int64_t wall)
{
	return f->pace && cf->learns ? pace_wait(f->pace, wall, cf->fastest, cf->every) : 0;
}
